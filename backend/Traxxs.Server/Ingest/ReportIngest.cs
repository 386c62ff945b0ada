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
/// <param name="keptUnread">
/// Told of each frame kept among the rejected ones, with its device and the name of the reason, after that and before it is acknowledged, from
/// a thread that may wait. Where it fails the frame is not acknowledged and comes again. Null where nobody is told.
/// </param>
public sealed class ReportIngest(IReportStore store, TimeProvider clock, IngestCounters counters, Action reportStored, Action<string, string>? keptUnread = null)
{
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
        var taken = new Taken(this, deviceId, completed, state);

        // Decode.
        var result = ReportFrame.Decode(payload, out var report);

        // Identify. The device is who it authenticated as: topics are below its id, and a report does not name one.
        if (result != DecodeResult.Ok || !report.HasIdentity)
        {
            counters.CountRejected(result);
            _ = KeepRejectedAsync(taken, serverTimeMs, result == DecodeResult.Ok ? ReportFrame.NoIdentity : result.ToString(), payload);
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
            _ = taken.Ingest.TellUnreadAsync(taken, nameof(AppendOutcome.Conflict), IngestOutcome.Conflict);
            return;
        }

        taken.Complete(error is not null ? IngestOutcome.Unavailable : result.Outcome == AppendOutcome.Stored ? IngestOutcome.Stored : IngestOutcome.Duplicate);
    }

    private async Task KeepRejectedAsync(Taken taken, long serverTimeMs, string reason, byte[] payload)
    {
        try
        {
            await store.AppendRejectedAsync(taken.DeviceId, serverTimeMs, reason, payload).ConfigureAwait(false);
        }
        catch (Exception error) when (error is StoreUnavailableException or ObjectDisposedException)
        {
            taken.Complete(IngestOutcome.Unavailable);
            return;
        }

        await TellUnreadAsync(taken, reason, IngestOutcome.Rejected).ConfigureAwait(false);
    }

    // Kept is not known to anybody: who is told of it may write to a database, which the store's writer must not wait for.
    private async Task TellUnreadAsync(Taken taken, string reason, IngestOutcome outcome)
    {
        try
        {
            if (keptUnread is not null) await Task.Run(() => keptUnread(taken.DeviceId, reason)).ConfigureAwait(false);
        }
        catch (Exception)
        {
            outcome = IngestOutcome.Unavailable; // whatever it was: the frame comes again, and people are told then
        }

        taken.Complete(outcome);
    }

    private sealed record Taken(ReportIngest Ingest, string DeviceId, Action<object?, IngestOutcome> Completed, object? State)
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
