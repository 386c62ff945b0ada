namespace Traxxs.Store;

/// <summary>
/// One report as it came, with the few facts queries need. The payload is opaque here: who writes it decodes it.
/// </summary>
/// <param name="DeviceId">Device identity, 1..64 characters.</param>
/// <param name="Epoch">Numbering of the device, 0..65535.</param>
/// <param name="Sequence">Number within the epoch, 0..2^32-1. (DeviceId, Epoch, Sequence) is stored once.</param>
/// <param name="ServerTimeMs">When the server received it, ms since 1970-01-01 UTC.</param>
/// <param name="DeviceTimeS">When the device closed it, s since 1970-01-01 UTC; null where the device did not know.</param>
/// <param name="FirstFixTimeS">Earliest fix time in it; null where it has no fix.</param>
/// <param name="LastFixTimeS">Latest fix time in it; null where it has no fix.</param>
/// <param name="FixCount">Number of fixes in it.</param>
/// <param name="Payload">The frame as received. Must not change after it was handed over.</param>
public sealed record ReportRecord(
    string DeviceId,
    int Epoch,
    long Sequence,
    long ServerTimeMs,
    long? DeviceTimeS,
    long? FirstFixTimeS,
    long? LastFixTimeS,
    int FixCount,
    ReadOnlyMemory<byte> Payload)
{
    /// <summary>
    /// What the appender has made of the payload, or null: handed on to who reads the report while it is still in memory, so
    /// that nothing is decoded twice. Never stored, and gone once the report is read from disk.
    /// </summary>
    public object? Decoded { get; init; }
}

/// <summary>A report as read back, with its place in the order of arrival.</summary>
/// <param name="Position">Grows by arrival; not gapless.</param>
/// <param name="Report">What was appended.</param>
public sealed record StoredReport(long Position, ReportRecord Report);

/// <summary>One numbering of a device: it begins a new one when it lost its counter.</summary>
/// <param name="Epoch">0..65535.</param>
/// <param name="FirstSequence">Lowest number stored.</param>
/// <param name="LastSequence">Highest number stored; numbers between may still be on the device.</param>
public readonly record struct Numbering(int Epoch, long FirstSequence, long LastSequence);

/// <summary>A frame that was refused, kept for inspection.</summary>
/// <param name="Id">Number in order of arrival.</param>
/// <param name="DeviceId">Who sent it.</param>
/// <param name="ServerTimeMs">When, ms since 1970-01-01 UTC.</param>
/// <param name="Reason">Name of the error, such as <c>TooShort</c>.</param>
/// <param name="Payload">The bytes as they came, cut at the store's bound.</param>
public sealed record RejectedFrame(long Id, string DeviceId, long ServerTimeMs, string Reason, byte[] Payload);

/// <summary>What came of appending a report. All but an exception mean: on disk, may be acknowledged.</summary>
public enum AppendOutcome
{
    /// <summary>Stored now.</summary>
    Stored,

    /// <summary>The same report, byte for byte, was stored before.</summary>
    Duplicate,

    /// <summary>Another payload stands under the same (device, epoch, sequence). Both are kept: the newer among the rejected frames.</summary>
    Conflict,
}

/// <summary>Outcome and place of one append.</summary>
/// <param name="Outcome">See <see cref="AppendOutcome"/>.</param>
/// <param name="Position">Position of the stored report (of the earlier one for a duplicate).</param>
public readonly record struct AppendResult(AppendOutcome Outcome, long Position);
