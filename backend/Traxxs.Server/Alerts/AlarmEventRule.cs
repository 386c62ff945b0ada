using System.Globalization;
using Traxxs.Protocol;
using Traxxs.Server.Alerts.Rules;
using Traxxs.Server.Ingest;

namespace Traxxs.Server.Alerts;

/// <summary>
/// Alarms the device itself raised: SOS, man down, immobility, missed check-in. However late they come, they alert.
/// Every SOS press is an alert of its own: its cause is the press (epoch, time, count). The others are one alert an
/// incident (epoch, time it began), however often the device repeats it. The device gets its proof even of an alarm whose
/// rule is off: it is stored, and repeating it would only cost the battery.
/// </summary>
public sealed class AlarmEventRule(IRuleBook book) : IAlertRule
{
    // Beside the press count of an SOS: given by a gesture of the foot, not by the button.
    private const int ByGesture = 1 << 16;

    /// <inheritdoc/>
    public DeviceRuleState Evaluate(DeviceRuleState state, AcceptedReport report, AlertBatch batch)
    {
        var alarms = false;
        for (var i = 0; i < report.Events.Length; i++)
        {
            var item = report.Events[i];
            if (item.Code == EventCode.CheckIn) state = CheckedIn(state, item, batch);
            if (!Alarm.Is(item.Code)) continue;
            alarms = true;
            state = Raise(state, report, i, batch);
        }

        if (alarms) batch.Proofs.Add(new AlarmProof(report.DeviceId, report.Epoch, report.Sequence));
        return state;
    }

    private DeviceRuleState Raise(DeviceRuleState state, AcceptedReport report, int index, AlertBatch batch)
    {
        var item = report.Events[index];
        var (rule, words) = Describe(item);
        var settings = book.RulesOf(report.DeviceId)[rule];
        if (!settings.RaisesAt(item.Time ?? report.ServerTime)) return state;
        var id = batch.Raise(rule, report.DeviceId, CauseOf(report, index), settings.Severity, $"{report.DeviceId}: {words}",
            new AlertCause(item.Time, ReportPositions.Nearest(report, state.LastPosition, item.Time))
            {
                Epoch = report.Epoch,
                Sequence = report.Sequence,
            });
        return item.Code == EventCode.CheckInMissed ? state with { CheckIn = new CheckInState(item.Time, id) } : state;
    }

    private static DeviceRuleState CheckedIn(DeviceRuleState state, ReportEvent item, AlertBatch batch)
    {
        if (state.CheckIn is not { } open) return state;
        if (item.Time is { } at && open.MissedAt is { } missed && at < missed) return state; // an older check-in, come late
        batch.Ended.Add(new AlertEnd(open.AlertId, EndRule.WearerCheckedIn));
        return state with { CheckIn = null };
    }

    // Where the device knew no time, the event's place in its report stands for it: reports are stored once.
    private static string CauseOf(AcceptedReport report, int index)
    {
        var item = report.Events[index];
        var when = report.DeviceTime is not null && item.Time is { } time
            ? time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)
            : $"#{report.Sequence}.{index}";
        return item.Code == EventCode.Sos ? $"{report.Epoch}|{when}|{item.Value}" : $"{report.Epoch}|{when}";
    }

    private static (string Rule, string Words) Describe(ReportEvent item) => item.Code switch
    {
        EventCode.Sos when (item.Value & ByGesture) != 0 =>
            (AlertRuleName.Sos, $"SOS, the wearer called for help with the foot (press {item.Value & ~ByGesture})"),
        EventCode.Sos => (AlertRuleName.Sos, $"SOS, the wearer pressed for help (press {item.Value})"),
        EventCode.ManDown => (AlertRuleName.ManDown, $"man down, a fall and no movement for {item.Value} s"),
        EventCode.Immobile => (AlertRuleName.Immobile, $"no movement for {item.Value} s"),
        EventCode.CheckInMissed => (AlertRuleName.CheckInMissed, $"check-in missed by {item.Value} s"),
        _ => ($"alarm-{(byte)item.Code}", $"alarm {(byte)item.Code} (value {item.Value}), not known to this server version"),
    };
}
