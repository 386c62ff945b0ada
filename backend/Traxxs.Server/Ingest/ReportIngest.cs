using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Protocol;
using Traxxs.Store;

namespace Traxxs.Server.Ingest;

/// <summary>What became of a frame. All but <see cref="Unavailable"/> mean: on disk, to be acknowledged.</summary>
public enum IngestOutcome
{
    /// <summary>Stored now.</summary>
    Stored,

    /// <summary>Stored before, byte for byte the same.</summary>
    Duplicate,

    /// <summary>Another report has its number; this one is kept among the rejected frames.</summary>
    Conflict,

    /// <summary>Not a report; kept among the rejected frames, so that it need not be sent for ever.</summary>
    Rejected,

    /// <summary>Could not be kept. It must not be acknowledged, so that it comes again.</summary>
    Unavailable,
}

/// <summary>
/// The line every frame goes through, in this order: decode, identify, de-duplicate and store, and behind the commit the
/// consumers (<see cref="ReportDispatcher"/>) and the acknowledgement.
/// </summary>
/// <param name="store">Where reports go.</param>
/// <param name="clock">Gives <c>ServerTime</c>.</param>
/// <param name="counters">What is counted.</param>
/// <param name="reportStored">Told, from the store's writer, that a report was stored; must not block.</param>
/// <param name="unread">
/// Told of each frame that is kept among the rejected ones, with its device and the name of the reason, before it is acknowledged, from a thread
/// that may wait; of the same frame again where it had to come again. Where it fails with <see cref="StoreUnavailableException"/> the frame is
/// not acknowledged and comes again; any other failure is logged and counted, and costs no other frame its turn. Null where nobody is told.
/// </param>
/// <param name="log">Where such failures are told.</param>
public sealed class ReportIngest(
    IReportStore store, TimeProvider clock, IngestCounters counters, Action reportStored, Action<string, string>? unread = null, ILogger? log = null)
{
    // Conflicts the store has kept while nobody could be told: at the next try they are told of and not kept again. Beyond it they are.
    private const int UntoldMax = 1000;

    private readonly ConcurrentDictionary<(string DeviceId, string Hash), bool> _untold = new();
    private readonly ILogger _log = log ?? NullLogger.Instance;

    /// <summary>
    /// Takes a frame of an authenticated device. <paramref name="completed"/> is called once, after the commit, from another
    /// thread or before this returns; it must not block. False: the store's queue is full, nothing was taken and nothing
    /// will be called.
    /// </summary>
    public bool TryTake(string deviceId, ReadOnlySpan<byte> frame, Action<object?, IngestOutcome> completed, object? state) =>
        TryTake(deviceId, frame, clock.GetUtcNow(), completed, state);

    /// <summary>As above, with the time another broker took the frame for us.</summary>
    public bool TryTake(string deviceId, ReadOnlySpan<byte> frame, DateTimeOffset received, Action<object?, IngestOutcome> completed, object? state)
    {
        var serverTimeMs = received.ToUnixTimeMilliseconds();
        var payload = frame.ToArray();
        var taken = new Taken(this, deviceId, payload, completed, state);

        // Decode.
        var result = ReportFrame.Decode(payload, out var report);

        // Identify. The device is who it authenticated as: topics are below its id, and a report does not name one.
        if (result != DecodeResult.Ok || !report.HasIdentity)
        {
            _ = RejectAsync(taken, serverTimeMs, result);
            return true;
        }

        if (!_untold.IsEmpty && _untold.TryRemove(KeyOf(deviceId, payload), out _))
        {
            _ = TellConflictAsync(taken);
            return true;
        }

        // De-duplicate and store: the store does both, by (device, epoch, sequence), in one commit.
        return store.TryAppend(ReportFrame.ToRecord(deviceId, serverTimeMs, report, payload), Appended, taken);
    }

    private static void Appended(object? state, AppendResult result, Exception? error)
    {
        var taken = (Taken)state!;
        if (error is null && result.Outcome == AppendOutcome.Conflict)
        {
            _ = taken.Ingest.JudgeConflictAsync(taken, result.Position);
            return;
        }

        taken.Complete(error is not null ? IngestOutcome.Unavailable : result.Outcome == AppendOutcome.Stored ? IngestOutcome.Stored : IngestOutcome.Duplicate);
    }

    // People first: a frame that has to come again is then kept once, by the try that tells of it.
    private async Task RejectAsync(Taken taken, long serverTimeMs, DecodeResult result)
    {
        var reason = result == DecodeResult.Ok ? ReportFrame.NoIdentity : result.ToString();
        try
        {
            await TellAsync(taken.DeviceId, reason).ConfigureAwait(false);
            await store.AppendRejectedAsync(taken.DeviceId, serverTimeMs, reason, taken.Payload).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            if (error is not (StoreUnavailableException or ObjectDisposedException)) _log.LogError(error, "a refused frame of {Device} could not be kept", taken.DeviceId);
            taken.Complete(IngestOutcome.Unavailable);
            return;
        }

        counters.CountRejected(result);
        taken.Complete(IngestOutcome.Rejected);
    }

    // Apart from the store's writer, since it reads.
    private async Task JudgeConflictAsync(Taken taken, long position)
    {
        bool isSame;
        try
        {
            isSame = await Task.Run(() => IsSameReport(taken, position)).ConfigureAwait(false);
        }
        catch (Exception error) when (error is StoreUnavailableException or ObjectDisposedException)
        {
            taken.Complete(IngestOutcome.Unavailable);
            return;
        }

        if (isSame) taken.Complete(IngestOutcome.Duplicate);
        else await TellConflictAsync(taken).ConfigureAwait(false);
    }

    private bool IsSameReport(Taken taken, long position) =>
        position > 0 && store.ReadAfter(position - 1, 1) is [var stored] && stored.Position == position && stored.Report.DeviceId == taken.DeviceId
        && TrueTime.IsSameReport(stored.Report.Payload.ToArray(), taken.Payload);

    private async Task TellConflictAsync(Taken taken)
    {
        try
        {
            await TellAsync(taken.DeviceId, nameof(AppendOutcome.Conflict)).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            if (_untold.Count < UntoldMax) _untold.TryAdd(KeyOf(taken.DeviceId, taken.Payload), true);
            taken.Complete(IngestOutcome.Unavailable);
            return;
        }

        taken.Complete(IngestOutcome.Conflict);
    }

    // Who is told may write to a database, which the store's writer must not wait for.
    private async Task TellAsync(string deviceId, string reason)
    {
        if (unread is null) return;
        try
        {
            await Task.Run(() => unread(deviceId, reason)).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not StoreUnavailableException)
        {
            // Trying again would help nobody, and everybody behind this frame would wait for it.
            counters.CountUntold();
            _log.LogError(error, "nobody could be told that a frame of {Device} cannot be read ({Reason}): it may have been a call for help", deviceId, reason);
        }
    }

    private static (string DeviceId, string Hash) KeyOf(string deviceId, byte[] payload) => (deviceId, Convert.ToHexStringLower(SHA256.HashData(payload)));

    private sealed record Taken(ReportIngest Ingest, string DeviceId, byte[] Payload, Action<object?, IngestOutcome> Completed, object? State)
    {
        public void Complete(IngestOutcome outcome)
        {
            Ingest.Done(outcome);
            Completed(State, outcome);
        }
    }

    private void Done(IngestOutcome outcome)
    {
        counters.Count(outcome);
        if (outcome == IngestOutcome.Stored) reportStored();
    }
}
