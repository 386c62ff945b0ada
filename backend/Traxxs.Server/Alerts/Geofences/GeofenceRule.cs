using System.Collections.Immutable;
using System.Globalization;
using Traxxs.Server.Ingest;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts.Geofences;

/// <summary>
/// Geofence crossings in the order of fix times. Fixes that come late are put where they belong: the stretch around them
/// is walked again over the stored fixes, a crossing nobody knew of alerts with its true age, one known already at most
/// gets its better time. No order of arrival hides a crossing; what was raised is never taken back.
/// </summary>
public sealed class GeofenceRule(RuleOptions options, GeofenceCatalog fences, IFixHistory history) : IAlertRule
{
    // Fixes before the late ones that a pending crossing may hang on; the side itself is remembered.
    private static readonly TimeSpan LookBack = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public DeviceRuleState Evaluate(DeviceRuleState state, AcceptedReport report, AlertBatch batch)
    {
        if (report.Fixes.IsEmpty) return state;
        var states = state.Fences;
        foreach (var fence in fences.Of(report.DeviceId))
        {
            var before = states.GetValueOrDefault(fence.Id) is { } known && known.Version == fence.Version
                ? known
                : new FenceState { Version = fence.Version };
            var isLate = report.Fixes.Any(fix => fix.FixTime < before.LastFixTime);
            var after = isLate ? WalkAgain(fence, before, report, batch) : WalkOn(fence, before, report, batch);
            if (after != before) states = states.SetItem(fence.Id, after);
        }

        foreach (var id in states.Keys)
        {
            if (!fences.Current.Any(fence => fence.Id == id)) states = states.Remove(id);
        }

        return ReferenceEquals(states, state.Fences) ? state : state with { Fences = states };
    }

    /// <inheritdoc/>
    public DeviceRuleState Tick(DeviceRuleState state, string deviceId, TickContext context, AlertBatch batch)
    {
        var states = state.Fences;
        foreach (var (id, fenceState) in state.Fences)
        {
            if (fenceState.Candidate is not { } candidate || context.Now < candidate.SeenAt + options.GeofenceConfirm) continue;
            if (fences.Current.FirstOrDefault(item => item.Id == id) is not { } fence || fence.Version != fenceState.Version) continue;
            var walk = Resume(fence, fenceState, batch.Now);
            walk.Confirm();
            states = states.SetItem(id, TakeOver(fence, fenceState, walk, deviceId, batch));
        }

        return ReferenceEquals(states, state.Fences) ? state : state with { Fences = states };
    }

    private FenceState WalkOn(Geofence fence, FenceState before, AcceptedReport report, AlertBatch batch)
    {
        var walk = Resume(fence, before, batch.Now);
        foreach (var fix in report.Fixes) walk.Follow(fix);
        return TakeOver(fence, before, walk, report.DeviceId, batch);
    }

    private FenceWalk Resume(Geofence fence, FenceState state, DateTimeOffset now)
    {
        var walk = new FenceWalk(fence, options, now);
        walk.Begin(state.Side, state.FirstTime, state.Candidate, state.LastFixTime);
        return walk;
    }

    private FenceState TakeOver(Geofence fence, FenceState before, FenceWalk walk, string deviceId, AlertBatch batch)
    {
        var crossings = before.Crossings.ToBuilder();
        foreach (var (time, side, position) in walk.Crossings)
        {
            crossings.Add(new FenceCrossing(time, side, Raise(fence, deviceId, before, time, side, position, batch), false));
        }

        return Settle(before with
        {
            FirstSide = before.FirstSide == FenceSide.Unknown ? walk.FirstSide : before.FirstSide,
            FirstTime = before.FirstSide == FenceSide.Unknown ? walk.FirstTime : before.FirstTime,
            Candidate = walk.Candidate,
            LastFixTime = walk.LastFixTime,
        }, crossings, batch);
    }

    /// <summary>Walks the stretch around late fixes again and reconciles what is found with what was known.</summary>
    private FenceState WalkAgain(Geofence fence, FenceState before, AcceptedReport report, AlertBatch batch)
    {
        var newest = report.Fixes[^1].FixTime > before.LastFixTime ? report.Fixes[^1].FixTime : before.LastFixTime;
        var from = report.Fixes[0].FixTime - LookBack;
        var to = report.Fixes.Last(fix => fix.FixTime <= newest).FixTime;
        for (var ahead = LookBack; ; ahead *= 4)
        {
            // Far enough is where the walk agrees with what was known from there on; at the latest, the newest fix.
            to = to + ahead < newest ? to + ahead : newest;
            var walk = new FenceWalk(fence, options, batch.Now);
            walk.Begin(before.SideAt(from), before.FirstTime, null, DateTimeOffset.MinValue);
            foreach (var fix in history.Read(report.DeviceId, from, to, report.Position)) walk.Follow(fix);
            if (to >= newest || (walk.Candidate is null && walk.Side == before.SideAt(to) && newest > to))
            {
                return Reconcile(fence, before, walk, new Stretch(from, to, newest), report.DeviceId, batch);
            }
        }
    }

    private FenceState Reconcile(Geofence fence, FenceState before, FenceWalk walk, Stretch stretch, string deviceId, AlertBatch batch)
    {
        var crossings = ImmutableArray.CreateBuilder<FenceCrossing>();
        crossings.AddRange(before.Crossings.Where(known => known.Time < stretch.From));
        for (var i = 0; i < walk.Crossings.Count; i++)
        {
            var (time, side, position) = walk.Crossings[i];
            var after = i == 0 ? stretch.From : walk.Crossings[i - 1].Time;
            var until = i + 1 < walk.Crossings.Count ? walk.Crossings[i + 1].Time : stretch.To;
            // The same way across between the same two neighbours is the same crossing, seen better.
            var known = before.Crossings.FirstOrDefault(item => item.Side == side && item.Time > after && item.Time <= until);
            if (known is null)
            {
                crossings.Add(new FenceCrossing(time, side, Raise(fence, deviceId, before, time, side, position, batch), false));
                continue;
            }

            if (known.Time != time && known.AlertId is { } alertId) batch.Amended.Add(new AlertAmendment(alertId, time, position));
            crossings.Add(known with { Time = time });
        }

        crossings.AddRange(before.Crossings.Where(known => known.Time > stretch.To));
        var startsEarlier = walk.FirstSide != FenceSide.Unknown && (before.FirstSide == FenceSide.Unknown || walk.FirstTime < before.FirstTime);
        return Settle(before with
        {
            FirstSide = startsEarlier ? walk.FirstSide : before.FirstSide,
            FirstTime = startsEarlier ? walk.FirstTime : before.FirstTime,
            Candidate = stretch.To >= stretch.Newest ? walk.Candidate : before.Candidate,
            LastFixTime = stretch.Newest,
        }, crossings, batch);
    }

    /// <summary>Ends the alerts of crossings that were crossed back, and forgets the oldest crossings beyond the bound.</summary>
    private static FenceState Settle(FenceState state, ImmutableArray<FenceCrossing>.Builder crossings, AlertBatch batch)
    {
        for (var i = 0; i + 1 < crossings.Count; i++)
        {
            if (crossings[i] is not { AlertId: { } alertId, Ended: false } crossing) continue;
            batch.Ended.Add(new AlertEnd(alertId, EndRule.CrossedBack));
            crossings[i] = crossing with { Ended = true };
        }

        var surplus = crossings.Count - FenceState.CrossingsMax;
        if (surplus > 0)
        {
            state = state with { FirstSide = crossings[surplus - 1].Side, FirstTime = crossings[surplus - 1].Time };
            crossings.RemoveRange(0, surplus);
        }

        var same = crossings.Count == state.Crossings.Length && crossings.SequenceEqual(state.Crossings);
        return same ? state : state with { Crossings = crossings.ToImmutable() };
    }

    private static string? Raise(
        Geofence fence, string deviceId, FenceState known, DateTimeOffset time, FenceSide side, AlertPosition position, AlertBatch batch)
    {
        var wanted = side == FenceSide.Inside ? FenceCrossings.Enter : FenceCrossings.Leave;
        if (!fence.AlertOn.HasFlag(wanted)) return null;
        var (rule, verb) = side == FenceSide.Inside ? (AlertRuleName.GeofenceEnter, "entered") : (AlertRuleName.GeofenceLeave, "left");
        var cause = string.Create(CultureInfo.InvariantCulture, $"{fence.Id}|{fence.Version}|{time.ToUnixTimeSeconds()}");
        // An alert first found at this time may since have been put at an earlier one: this is another crossing then.
        while (known.Crossings.Any(item => item.Time != time && item.AlertId == AlertBatch.IdOf(rule, deviceId, cause))) cause += "'";
        return batch.Raise(rule, deviceId, cause, fence.Severity, $"{deviceId} {verb} {fence.Name}",
            new AlertCause(time, position) { Subject = fence.Id });
    }

    private readonly record struct Stretch(DateTimeOffset From, DateTimeOffset To, DateTimeOffset Newest);
}
