using System.Collections.Immutable;
using System.Globalization;
using Traxxs.Server.Alerts.Rules;
using Traxxs.Server.Alerts.Schedules;
using Traxxs.Server.Ingest;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts.Geofences;

/// <summary>
/// Geofence crossings in the order of fix times. Fixes that come late are put where they belong: the stretch around them
/// is walked again over the stored fixes, a crossing nobody knew of alerts with its true age, one known already at most
/// gets its better time. No order of arrival hides a crossing; what was raised is never taken back. A fence whose shape was
/// changed moved its edge, which is no crossing: the last position says the side, and an open alert ends by crossing back
/// as before. A stay that lasts too long alerts once for each stretch of the fence's schedule, or of the working hours.
/// </summary>
public sealed class GeofenceRule(IRuleBook book, GeofenceCatalog fences, IFixHistory history) : IAlertRule
{
    // Fixes before the late ones that a pending crossing may hang on; the side itself is remembered.
    private static readonly TimeSpan LookBack = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public DeviceRuleState Evaluate(DeviceRuleState state, AcceptedReport report, AlertBatch batch)
    {
        if (report.Fixes.IsEmpty) return state;
        var look = new Look(report.DeviceId, book.RulesOf(report.DeviceId)[RuleCatalogue.Geofence], state.LastPosition, batch);
        var states = state.Fences;
        foreach (var fence in fences.Of(report.DeviceId))
        {
            var known = states.GetValueOrDefault(fence.Id);
            var before = known ?? new FenceState { ShapeKey = fence.ShapeKey };
            if (before.ShapeKey != fence.ShapeKey) before = Reshaped(fence, before, look);
            var isLate = report.Fixes.Any(fix => fix.FixTime < before.LastFixTime);
            var after = Stay(fence, isLate ? WalkAgain(fence, before, report, look) : WalkOn(fence, before, report, look), look);
            if (after != known) states = states.SetItem(fence.Id, after);
        }

        foreach (var id in states.Keys)
        {
            if (fences.Find(id) is null) states = states.Remove(id);
        }

        return ReferenceEquals(states, state.Fences) ? state : state with { Fences = states };
    }

    /// <inheritdoc/>
    public DeviceRuleState Tick(DeviceRuleState state, string deviceId, TickContext context, AlertBatch batch)
    {
        var states = state.Fences;
        foreach (var (id, before) in state.Fences)
        {
            if (before.Candidate is null && before.InsideSince is null) continue;
            if (fences.Find(id) is not { } fence || before.ShapeKey != fence.ShapeKey) continue;
            if (before.Candidate is null && !fence.AlertOn.HasFlag(FenceCrossings.Dwell)) continue;
            var look = new Look(deviceId, book.RulesOf(deviceId)[RuleCatalogue.Geofence], state.LastPosition, batch);
            var after = before;
            if (before.Candidate is { } candidate && context.Now >= candidate.SeenAt + look.Certainty.Confirm)
            {
                var walk = Resume(fence, before, look);
                walk.Confirm();
                after = TakeOver(fence, before, walk, look);
            }

            if (StaysTooLong(fence, after, look) || !ReferenceEquals(before, after)) after = Stay(fence, after, look);
            if (!ReferenceEquals(before, after)) states = states.SetItem(id, after);
        }

        return ReferenceEquals(states, state.Fences) ? state : state with { Fences = states };
    }

    /// <summary>The edge moved: the last position says the side now, and what is open stays open until it is crossed back.</summary>
    private static FenceState Reshaped(Geofence fence, FenceState before, Look look)
    {
        var last = look.LastPosition;
        var side = last is null ? FenceSide.Unknown : FenceWalk.Classify(fence, last.ToFix(), look.Certainty);
        var after = new FenceState
        {
            ShapeKey = fence.ShapeKey,
            FirstSide = side,
            FirstTime = last?.FixTime ?? default,
            LastFixTime = before.LastFixTime,
            Dwells = before.Dwells,
        };
        // The stay goes on where the wearer is inside still; it is counted from the move.
        if (side == FenceSide.Inside) after = after with { Dwells = [.. before.Dwells.Select(alert => alert.Ended ? alert : alert with { Since = after.FirstTime })] };
        if (before.Crossings.LastOrDefault() is not { AlertId: { } alertId, Ended: false } open) return after;
        if (side == FenceSide.Unknown || side == open.Side)
        {
            var opposite = open.Side == FenceSide.Inside ? FenceSide.Outside : FenceSide.Inside;
            return after with { FirstSide = opposite, FirstTime = DateTimeOffset.MinValue, Crossings = [open] };
        }

        look.Batch.Ended.Add(new AlertEnd(alertId, EndRule.CrossedBack));
        return after;
    }

    private FenceState WalkOn(Geofence fence, FenceState before, AcceptedReport report, Look look)
    {
        var walk = Resume(fence, before, look);
        foreach (var fix in report.Fixes) walk.Follow(fix);
        return TakeOver(fence, before, walk, look);
    }

    private static FenceWalk Resume(Geofence fence, FenceState state, Look look)
    {
        var walk = new FenceWalk(fence, look.Certainty, look.Batch.Now);
        walk.Begin(state.Side, state.FirstTime, state.Candidate, state.LastFixTime);
        return walk;
    }

    private FenceState TakeOver(Geofence fence, FenceState before, FenceWalk walk, Look look)
    {
        var crossings = before.Crossings.ToBuilder();
        foreach (var (time, side, position) in walk.Crossings)
        {
            crossings.Add(new FenceCrossing(time, side, Raise(fence, before, time, side, position, look), false));
        }

        return Settle(before with
        {
            FirstSide = before.FirstSide == FenceSide.Unknown ? walk.FirstSide : before.FirstSide,
            FirstTime = before.FirstSide == FenceSide.Unknown ? walk.FirstTime : before.FirstTime,
            Candidate = walk.Candidate,
            LastFixTime = walk.LastFixTime,
        }, crossings, look.Batch);
    }

    /// <summary>Walks the stretch around late fixes again and reconciles what is found with what was known.</summary>
    private FenceState WalkAgain(Geofence fence, FenceState before, AcceptedReport report, Look look)
    {
        var newest = report.Fixes[^1].FixTime > before.LastFixTime ? report.Fixes[^1].FixTime : before.LastFixTime;
        var from = report.Fixes[0].FixTime - LookBack;
        var to = report.Fixes.Last(fix => fix.FixTime <= newest).FixTime;
        for (var ahead = LookBack; ; ahead *= 4)
        {
            // Far enough is where the walk agrees with what was known from there on; at the latest, the newest fix.
            to = to + ahead < newest ? to + ahead : newest;
            var walk = new FenceWalk(fence, look.Certainty, look.Batch.Now);
            walk.Begin(before.SideAt(from), before.FirstTime, null, DateTimeOffset.MinValue);
            foreach (var fix in history.Read(report.DeviceId, from, to, report.Position)) walk.Follow(fix);
            if (to >= newest || (walk.Candidate is null && walk.Side == before.SideAt(to) && newest > to))
            {
                return Reconcile(fence, before, walk, new Window(from, to, newest), look);
            }
        }
    }

    private FenceState Reconcile(Geofence fence, FenceState before, FenceWalk walk, Window stretch, Look look)
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
                crossings.Add(new FenceCrossing(time, side, Raise(fence, before, time, side, position, look), false));
                continue;
            }

            if (known.Time != time && known.AlertId is { } alertId) look.Batch.Amended.Add(new AlertAmendment(alertId, time, position));
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
        }, crossings, look.Batch);
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

    private static string? Raise(Geofence fence, FenceState known, DateTimeOffset time, FenceSide side, AlertPosition position, Look look)
    {
        var wanted = side == FenceSide.Inside ? FenceCrossings.Enter : FenceCrossings.Leave;
        if (!fence.AlertOn.HasFlag(wanted) || !look.Settings.RaisesAt(time) || fence.Schedule?.IsActive(time) == false) return null;
        var (rule, verb) = side == FenceSide.Inside ? (AlertRuleName.GeofenceEnter, "entered") : (AlertRuleName.GeofenceLeave, "left");
        var cause = CauseOf(fence, time);
        // An alert first found at this time may since have been put at an earlier one: this is another crossing then.
        while (known.Crossings.Any(item => item.Time != time && item.AlertId == AlertBatch.IdOf(rule, look.DeviceId, cause))) cause += "'";
        return look.Batch.Raise(rule, look.DeviceId, cause, fence.Severity, $"{look.DeviceId} {verb} {fence.Name}",
            new AlertCause(time, position) { Subject = fence.Id });
    }

    private bool StaysTooLong(Geofence fence, FenceState state, Look look) =>
        fence.AlertOn.HasFlag(FenceCrossings.Dwell) && look.Settings.Enabled && state.InsideSince is { } since
        && LastingAlerts.DueSince(since, fence.Dwell, ScheduleOf(fence, look), look.Batch.Now) is { } due && !state.Dwells.Any(alert => alert.Since >= due);

    /// <summary>Raises for stays that lasted too long, and ends those that are over.</summary>
    private FenceState Stay(Geofence fence, FenceState state, Look look)
    {
        var dwells = state.Dwells;
        if (fence.AlertOn.HasFlag(FenceCrossings.Dwell) && look.Settings.Enabled)
        {
            dwells = LastingAlerts.Judge(dwells, state.Stays(), fence.Dwell, ScheduleOf(fence, look), look.Batch.Now, since => look.Batch.Raise(
                AlertRuleName.GeofenceDwell, look.DeviceId, CauseOf(fence, since), fence.Severity,
                $"{look.DeviceId} stays in {fence.Name} for more than {Minutes(fence.Dwell)} min",
                new AlertCause(since + fence.Dwell, look.LastPosition) { Subject = fence.Id }));
        }

        dwells = LastingAlerts.End(dwells, state.InsideSince, EndRule.CrossedBack, look.Batch);
        return dwells == state.Dwells ? state : state with { Dwells = dwells };
    }

    // Who stays in a locker overnight is a shoe.
    private Schedule? ScheduleOf(Geofence fence, Look look) => fence.Schedule ?? book.ShiftOf(look.DeviceId, look.Batch.Now);

    private static string CauseOf(Geofence fence, DateTimeOffset time) =>
        string.Create(CultureInfo.InvariantCulture, $"{fence.Id}|{fence.ShapeKey}|{time.ToUnixTimeSeconds()}");

    private static string Minutes(TimeSpan span) => span.TotalMinutes.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>What one look at a device works with.</summary>
    private sealed record Look(string DeviceId, RuleSettings Settings, AlertPosition? LastPosition, AlertBatch Batch)
    {
        public FenceCertainty Certainty { get; } = FenceCertainty.Of(Settings);
    }

    private readonly record struct Window(DateTimeOffset From, DateTimeOffset To, DateTimeOffset Newest);
}
