using System.Globalization;
using Traxxs.Server.Alerts.Geofences;
using Traxxs.Server.Alerts.Rules;
using Traxxs.Server.Ingest;

namespace Traxxs.Server.Alerts;

/// <summary>
/// Too high a speed for too long, from fix to fix in the order of fix times. When fixes come late the stretch around them
/// is walked again over the stored ones: one nobody knew of alerts with its age, one that meets a known one is the same.
/// Ends when the wearer is certainly slower than the limit.
/// </summary>
public sealed class SpeedRule(IRuleBook book, IFixHistory history) : IAlertRule
{
    // Around late fixes: longer than any pause between two fixes of somebody who moves.
    private static readonly TimeSpan Around = TimeSpan.FromMinutes(15);

    /// <inheritdoc/>
    public DeviceRuleState Evaluate(DeviceRuleState state, AcceptedReport report, AlertBatch batch)
    {
        if (report.Fixes.IsEmpty) return state;
        var settings = book.RulesOf(report.DeviceId)[AlertRuleName.Speed];
        if (!settings.Enabled && state.Speed is null) return state;
        if (state.Speed is not { } before) return state with { Speed = Walk(new SpeedState { Last = report.Fixes[0].ToPosition() }, report, settings, batch) };
        var isLate = report.Fixes.Any(fix => fix.FixTime < before.Last.FixTime);
        return state with { Speed = isLate ? WalkAgain(before, report, settings, batch) : Walk(before, report, settings, batch) };
    }

    private static SpeedState Walk(SpeedState before, AcceptedReport report, RuleSettings settings, AlertBatch batch)
    {
        var walk = new SpeedWalk(settings.Of("limitKmh"), settings.SpanOf("forS"), before.Last, before.RunFrom);
        foreach (var fix in report.Fixes) walk.Follow(fix.ToPosition());
        return TakeOver(before with { Last = walk.Last, RunFrom = walk.RunFrom }, walk, report.DeviceId, settings, batch);
    }

    private SpeedState WalkAgain(SpeedState before, AcceptedReport report, RuleSettings settings, AlertBatch batch)
    {
        var newest = report.Fixes[^1].FixTime > before.Last.FixTime ? report.Fixes[^1].FixTime : before.Last.FixTime;
        var to = report.Fixes.Last(fix => fix.FixTime <= newest).FixTime + Around;
        var fixes = history.Read(report.DeviceId, report.Fixes[0].FixTime - Around, to < newest ? to : newest, report.Position);
        if (fixes.Count == 0) return before;
        var walk = new SpeedWalk(settings.Of("limitKmh"), settings.SpanOf("forS"), fixes[0].ToPosition(), null);
        foreach (var fix in fixes) walk.Follow(fix.ToPosition());
        var atEnd = walk.Last.FixTime >= newest;
        return TakeOver(atEnd ? before with { Last = walk.Last, RunFrom = walk.RunFrom } : before, walk, report.DeviceId, settings, batch);
    }

    private static SpeedState TakeOver(SpeedState state, SpeedWalk walk, string deviceId, RuleSettings settings, AlertBatch batch)
    {
        var runs = state.Runs;
        foreach (var (from, to) in walk.Runs)
        {
            var known = runs.FirstOrDefault(run => run.From <= to && run.To >= from.FixTime);
            if (known is not null)
            {
                runs = runs.Replace(known, known with { To = known.To > to ? known.To : to });
                continue;
            }

            if (!settings.RaisesAt(from.FixTime)) continue;
            var id = batch.Raise(AlertRuleName.Speed, deviceId, from.FixTime.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                settings.Severity, $"{deviceId}: faster than {settings.Of("limitKmh")} km/h", new AlertCause(from.FixTime, from));
            runs = runs.Add(new SpeedRun(from.FixTime, to, id, false));
        }

        for (var i = 0; i < runs.Length; i++)
        {
            if (runs[i].Ended || !walk.Slow.Any(time => time > runs[i].To)) continue;
            batch.Ended.Add(new AlertEnd(runs[i].AlertId, EndRule.SlowedDown));
            runs = runs.SetItem(i, runs[i] with { Ended = true });
        }

        if (runs == state.Runs) return state;
        var ordered = runs.Sort((a, b) => a.From.CompareTo(b.From));
        return state with { Runs = ordered.Length > SpeedState.RunsMax ? ordered.RemoveRange(0, ordered.Length - SpeedState.RunsMax) : ordered };
    }
}
