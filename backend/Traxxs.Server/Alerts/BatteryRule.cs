using System.Globalization;
using Traxxs.Protocol;
using Traxxs.Server.Alerts.Rules;
using Traxxs.Server.Ingest;

namespace Traxxs.Server.Alerts;

/// <summary>
/// Low battery: raised at or below a threshold or when the device says so, ended when charging or clearly above it.
/// Readings are judged by their own time: an old one that comes late changes nothing.
/// </summary>
public sealed class BatteryRule(IRuleBook book) : IAlertRule
{
    /// <inheritdoc/>
    public DeviceRuleState Evaluate(DeviceRuleState state, AcceptedReport report, AlertBatch batch)
    {
        var saidLow = report.Events.FirstOrDefault(item => item.Code == EventCode.BatteryLow);
        if (report.Battery is null && saidLow.Code == EventCode.None) return state;
        var readAt = report.DeviceTime ?? report.ServerTime;
        if (state.Battery is { } known && readAt < known.ReadAt) return state;

        var settings = book.RulesOf(report.DeviceId)[AlertRuleName.LowBattery];
        var alertId = state.Battery?.AlertId;
        var charging = report.Battery is { Charging: true };
        var low = saidLow.Code != EventCode.None || report.Battery?.Percent <= settings.Of("lowPercent");
        var well = charging || report.Battery?.Percent >= settings.Of("recoveredPercent");
        if (alertId is null && low && !charging)
        {
            if (settings.RaisesAt(readAt)) alertId = Raise(state, report, readAt, settings, batch);
        }
        else if (alertId is not null && well && saidLow.Code == EventCode.None)
        {
            batch.Ended.Add(new AlertEnd(alertId, EndRule.BatteryRecovered));
            alertId = null;
        }

        return state with { Battery = new BatteryState(readAt, alertId) };
    }

    private static string Raise(DeviceRuleState state, AcceptedReport report, DateTimeOffset readAt, RuleSettings settings, AlertBatch batch)
    {
        var level = report.Battery is { } battery ? $"{battery.Percent} %, {battery.Millivolts} mV" : "level not reported";
        return batch.Raise(AlertRuleName.LowBattery, report.DeviceId,
            readAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), settings.Severity,
            $"{report.DeviceId}: battery low ({level})",
            new AlertCause(readAt, ReportPositions.Nearest(report, state.LastPosition, readAt))
            {
                Epoch = report.Epoch,
                Sequence = report.Sequence,
            });
    }
}
