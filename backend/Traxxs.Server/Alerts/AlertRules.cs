using Traxxs.Server.Alerts.Geofences;

namespace Traxxs.Server.Alerts;

/// <summary>The rules in the order they see a report.</summary>
public static class AlertRules
{
    /// <summary>All rules.</summary>
    public static IReadOnlyList<IAlertRule> All(RuleOptions options, GeofenceCatalog fences, IFixHistory history) =>
    [
        new AlarmEventRule(),
        new ContactRule(options),
        new BatteryRule(options),
        new DeviceFaultRule(),
        new GeofenceRule(options, fences, history),
        new PositionMemory(),
    ];
}
