using Traxxs.Protocol;
using Traxxs.Server.Ingest;
using Traxxs.Store.Service;

namespace Traxxs.Server.Firmware;

/// <summary>
/// What a device's words make of its update. Pure. Words come in the order of reports, a late one perhaps after what it led to; each
/// is heard at least once, so that hearing it again changes nothing.
/// </summary>
public static class UpdateProgress
{
    // How far a device's clock may be behind ours before its answer would look older than the offer.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    /// <summary>Whether a device speaks of an update here.</summary>
    public static bool IsWord(EventCode code) => code is >= EventCode.UpdateRefused and <= EventCode.UpdateReturned;

    /// <summary>The version that a word of a report speaks of by the event before it; null where there is none.</summary>
    public static uint? VersionOf(IReadOnlyList<ReportEvent> events, int word)
        => word > 0 && events[word - 1] is { Code: EventCode.UpdateVersion } named ? unchecked((uint)named.Value) : null;

    /// <summary>The update after a word of the device on <paramref name="version"/>, where that is known; the same where that says nothing of it.</summary>
    public static DeviceUpdate After(DeviceUpdate update, in ReportEvent word, uint? version, DateTimeOffset now)
    {
        // Refusals and wishes of older devices do not name the version: what was said before this offer was of another one.
        var isOfEarlier = word.Time < update.AskedAt - ClockTolerance || (version is { } named && named != update.Version);
        return word.Code switch
        {
            EventCode.UpdateRefused when update.IsTaking && !isOfEarlier => End(update, UpdateState.Refused, now) with { Reason = word.Value },
            EventCode.UpdateWants when update.IsTaking && !isOfEarlier && word.Value >= 0 && word.Value <= update.Size =>
                update with { State = UpdateState.Downloading, Progress = word.Value, ToldAt = now },
            EventCode.UpdateReady when update.IsTaking && IsOf(update, word) => update with { State = UpdateState.Restarting, Progress = update.Size, ToldAt = now },
            // How it came out is the truth whatever was thought of it meanwhile.
            EventCode.UpdateKept when update.State != UpdateState.Kept && IsOf(update, word) => End(update, UpdateState.Kept, now),
            // But a version that only found no network may be offered again, and then what came of it before is no answer.
            EventCode.UpdateReturned when update.State != UpdateState.Returned && !isOfEarlier && IsOf(update, word) => End(update, UpdateState.Returned, now),
            _ => update,
        };
    }

    // A version is an unsigned number in an event's signed value.
    private static bool IsOf(DeviceUpdate update, in ReportEvent word) => unchecked((uint)word.Value) == update.Version;

    private static DeviceUpdate End(DeviceUpdate update, UpdateState state, DateTimeOffset now) => update with { State = state, Reason = null, ToldAt = now, EndedAt = now };
}
