using System.Globalization;
using Traxxs.Protocol;
using Traxxs.Server.Alerts.Rules;
using Traxxs.Server.Ingest;

namespace Traxxs.Server.Alerts;

/// <summary>Faults the device tells of: a part that failed, a self-test that did not pass, reports it had to drop.</summary>
public sealed class DeviceFaultRule(IRuleBook book) : IAlertRule
{
    /// <inheritdoc/>
    public DeviceRuleState Evaluate(DeviceRuleState state, AcceptedReport report, AlertBatch batch)
    {
        for (var i = 0; i < report.Events.Length; i++)
        {
            var item = report.Events[i];
            if (item.Value == 0 || Words(item) is not { } words) continue;
            var settings = book.RulesOf(report.DeviceId)[AlertRuleName.DeviceFault];
            if (!settings.RaisesAt(item.Time ?? report.ServerTime)) continue;
            var when = item.Time is { } time ? time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) : $"#{report.Sequence}.{i}";
            batch.Raise(AlertRuleName.DeviceFault, report.DeviceId, $"{(byte)item.Code}|{report.Epoch}|{when}", settings.Severity,
                $"{report.DeviceId}: {words}",
                new AlertCause(item.Time, ReportPositions.Nearest(report, state.LastPosition, item.Time))
                {
                    Epoch = report.Epoch,
                    Sequence = report.Sequence,
                });
        }

        return state;
    }

    private static string? Words(ReportEvent item) => item.Code switch
    {
        EventCode.Degraded => $"a part failed (parts 0x{item.Value:x}); the device goes on without it",
        EventCode.SelfTest => $"self-test failed (parts 0x{item.Value:x})",
        EventCode.ReportsDropped => $"{item.Value} reports were dropped because the device's queue was full",
        _ => null,
    };
}
