using Traxxs.Server.Alerts.Geofences;
using Traxxs.Server.Alerts.Rules;

namespace Traxxs.Server.Alerts;

/// <summary>The rules in the order they see a report.</summary>
public static class AlertRules
{
    /// <summary>All rules, by what a book says of each device.</summary>
    public static IReadOnlyList<IAlertRule> All(IRuleBook book, GeofenceCatalog fences, IFixHistory history) =>
    [
        new AlarmEventRule(book),
        new ContactRule(book),
        new BatteryRule(book),
        new DeviceFaultRule(book),
        new GeofenceRule(book, fences, history),
        new SpeedRule(book, history),
        new ShoeRule(book),
        new PositionMemory(),
    ];

    /// <summary>All rules with the same numbers for every device.</summary>
    public static IReadOnlyList<IAlertRule> All(RuleOptions options, GeofenceCatalog fences, IFixHistory history) =>
        All(new FixedRuleBook(RuleSet.From(options)), fences, history);
}
