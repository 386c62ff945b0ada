using System.Globalization;
using Traxxs.Protocol;
using Traxxs.Server.Alerts.Rules;
using Traxxs.Server.Alerts.Schedules;
using Traxxs.Server.Ingest;

namespace Traxxs.Server.Alerts;

/// <summary>
/// The shoe off the foot during working hours for longer than allowed. Changes are put in the order of their times, so one
/// that comes late may show a stretch nobody knew of, which alerts with its age, or that the shoe was on again, which ends
/// the alert. The rule's own schedule, where it has one, stands in the place of the wearer's working hours.
/// </summary>
public sealed class ShoeRule(IRuleBook book) : IAlertRule
{
    /// <inheritdoc/>
    public DeviceRuleState Evaluate(DeviceRuleState state, AcceptedReport report, AlertBatch batch)
    {
        var before = state.Shoe ?? new ShoeState();
        var after = before;
        foreach (var item in report.Events)
        {
            if (item.Code is EventCode.ShoeOff or EventCode.ShoeOn) after = Insert(after, new ShoeChange(item.Time ?? report.ServerTime, item.Code == EventCode.ShoeOff));
        }

        return ReferenceEquals(before, after) ? state : Judge(state with { Shoe = after }, report.DeviceId, batch);
    }

    /// <inheritdoc/>
    public DeviceRuleState Tick(DeviceRuleState state, string deviceId, TickContext context, AlertBatch batch)
    {
        if (state.Shoe is not { OffSince: { } off } shoe) return state;
        var settings = book.RulesOf(deviceId)[AlertRuleName.ShoeOff];
        if (!settings.Enabled) return state;
        var since = LastingAlerts.DueSince(off, settings.SpanOf("afterS"), ScheduleOf(settings, deviceId, context.Now), context.Now);
        return since is null || shoe.Raised.Any(alert => alert.Since >= since) ? state : Judge(state, deviceId, batch);
    }

    private DeviceRuleState Judge(DeviceRuleState state, string deviceId, AlertBatch batch)
    {
        var shoe = state.Shoe!;
        var raised = shoe.Raised;
        var settings = book.RulesOf(deviceId)[AlertRuleName.ShoeOff];
        if (settings.Enabled)
        {
            raised = LastingAlerts.Judge(raised, Off(shoe), settings.SpanOf("afterS"), ScheduleOf(settings, deviceId, batch.Now), batch.Now,
                since => batch.Raise(AlertRuleName.ShoeOff, deviceId, since.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), settings.Severity,
                    $"{deviceId}: the shoe is off the foot", new AlertCause(since, state.LastPosition)));
        }

        return state with { Shoe = shoe with { Raised = LastingAlerts.End(raised, shoe.OffSince, EndRule.ShoeOnAgain, batch) } };
    }

    private Schedule? ScheduleOf(RuleSettings settings, string deviceId, DateTimeOffset at) => settings.Schedule ?? book.ShiftOf(deviceId, at);

    private static IEnumerable<Stretch> Off(ShoeState shoe)
    {
        for (var i = 0; i < shoe.Changes.Length; i++)
        {
            if (shoe.Changes[i].Off) yield return new Stretch(shoe.Changes[i].Time, i + 1 < shoe.Changes.Length ? shoe.Changes[i + 1].Time : null);
        }
    }

    /// <summary>Puts a change where it belongs; off after off, or on after on, says nothing new.</summary>
    private static ShoeState Insert(ShoeState shoe, ShoeChange change)
    {
        var at = shoe.Changes.Length;
        while (at > 0 && shoe.Changes[at - 1].Time > change.Time) at--;
        if (at == 0 && shoe.Changes.Length == ShoeState.ChangesMax) return shoe;
        if (at > 0 && shoe.Changes[at - 1].Off == change.Off) return shoe;
        var changes = shoe.Changes.Insert(at, change);
        if (at + 1 < changes.Length && changes[at + 1].Off == change.Off) changes = changes.RemoveAt(at + 1);
        return shoe with { Changes = changes.Length > ShoeState.ChangesMax ? changes.RemoveAt(0) : changes };
    }
}
