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
public sealed class ReportIngest(IReportStore store, TimeProvider clock, IngestCounters counters, Action reportStored)
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
        var taken = new Taken(this, completed, state);

        // Decode.
        var result = ReportFrame.Decode(payload, out var report);

        // Identify. The device is who it authenticated as: topics are below its id, and a report does not name one.
        if (result != DecodeResult.Ok || !report.HasIdentity)
        {
            counters.CountRejected(result);
            _ = KeepRejectedAsync(taken, deviceId, serverTimeMs, result == DecodeResult.Ok ? ReportFrame.NoIdentity : result.ToString(), payload);
            return true;
        }

        // De-duplicate and store: the store does both, by (device, epoch, sequence), in one commit.
        return store.TryAppend(ReportFrame.ToRecord(deviceId, serverTimeMs, report, payload), Appended, taken);
    }

    private static void Appended(object? state, AppendResult result, Exception? error)
    {
        var taken = (Taken)state!;
        taken.Complete(error is not null ? IngestOutcome.Unavailable : result.Outcome switch
        {
            AppendOutcome.Stored => IngestOutcome.Stored,
            AppendOutcome.Duplicate => IngestOutcome.Duplicate,
            _ => IngestOutcome.Conflict,
        });
    }

    private async Task KeepRejectedAsync(Taken taken, string deviceId, long serverTimeMs, string reason, byte[] payload)
    {
        try
        {
            await store.AppendRejectedAsync(deviceId, serverTimeMs, reason, payload).ConfigureAwait(false);
            taken.Complete(IngestOutcome.Rejected);
        }
        catch (Exception error) when (error is StoreUnavailableException or ObjectDisposedException)
        {
            taken.Complete(IngestOutcome.Unavailable);
        }
    }

    private sealed record Taken(ReportIngest Ingest, Action<object?, IngestOutcome> Completed, object? State)
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
