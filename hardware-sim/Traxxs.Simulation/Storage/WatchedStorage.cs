using Traxxs.Core.Uplink;
using Traxxs.Server.Ingest;
using Traxxs.Simulation.Chips;
using Traxxs.Simulation.Energy;

namespace Traxxs.Simulation.Storage;

/// <summary>A report that the firmware has put on flash: from here on it has promised to deliver it.</summary>
/// <param name="Epoch">Numbering.</param>
/// <param name="Sequence">Number.</param>
/// <param name="Frame">The frame as it is sent.</param>
/// <param name="TimeMs">When, ms of the run.</param>
public sealed record AcceptedFrame(int Epoch, uint Sequence, byte[] Frame, long TimeMs)
{
    /// <summary>Whether a stored frame is this report: the same bytes or, where it was closed before the time was known, the same report in true time.</summary>
    public bool IsStoredAs(byte[] stored) => IsStored(Frame, stored);

    /// <summary>The same of a frame that was accepted or sent.</summary>
    public static bool IsStored(byte[] frame, byte[] stored) => stored.AsSpan().SequenceEqual(frame) || TrueTime.IsSameReport(frame, stored);
}

/// <summary>
/// Flash that notes every report which reached it whole. This is the device's side of the account "stored exactly once":
/// taken at the storage, so that the firmware's own counters need not be believed.
/// </summary>
public sealed class WatchedStorage(SegmentFlash flash, EnergyMeter energy, Func<long> nowMs) : MeteredStorage(flash, energy)
{
    private readonly JournalRecord _record = new();
    private readonly HashSet<(int, uint)> _seen = [];

    /// <summary>Reports in the order they were accepted, each once however often it is copied.</summary>
    public List<AcceptedFrame> Accepted { get; } = [];

    /// <inheritdoc/>
    public override bool TryAppend(int segment, byte[] buffer, int offset, int count)
    {
        if (!base.TryAppend(segment, buffer, offset, count)) return false;
        for (var at = offset; at + JournalRecord.HeaderSize <= offset + count && _record.TryReadHeader(buffer, at);)
        {
            var size = JournalRecord.HeaderSize + _record.Length;
            if (at + size > offset + count) break;
            if (_record.Kind == RecordKind.Report && _record.IsWhole(buffer, at) && _seen.Add((_record.Epoch, _record.Sequence)))
            {
                Accepted.Add(new AcceptedFrame(_record.Epoch, _record.Sequence, buffer.AsSpan(at + JournalRecord.HeaderSize, _record.Length).ToArray(), nowMs()));
            }

            at += size;
        }

        return true;
    }
}
