using Traxxs.Server.Alerts.Geofences;
using Traxxs.Server.Alerts.Rules;

namespace Traxxs.Server.Alerts;

/// <summary>The rules in the order they see a report.</summary>
public static class AlertRules
{
    /// <summary>All rules, by what a book says of each device. Those that watch where somebody goes see what may be shown; alarms carry their place in any case.</summary>
    public static IReadOnlyList<IAlertRule> All(IRuleBook book, GeofenceCatalog fences, IFixHistory history, Func<string, DateTimeOffset, bool> isHidden)
    {
        var shown = new ShownFixHistory(history, isHidden);
        return
        [
            new AlarmEventRule(book),
            new ContactRule(book),
            new BatteryRule(book),
            new DeviceFaultRule(book),
            new ShownPlacesRule(new GeofenceRule(book, fences, shown), isHidden),
            new ShownPlacesRule(new SpeedRule(book, shown), isHidden),
            new ShoeRule(book),
            new PositionMemory(),
        ];
    }

    /// <summary>All rules, where every place may be shown.</summary>
    public static IReadOnlyList<IAlertRule> All(IRuleBook book, GeofenceCatalog fences, IFixHistory history) => All(book, fences, history, static (_, _) => false);

    /// <summary>All rules with the same numbers for every device.</summary>
    public static IReadOnlyList<IAlertRule> All(RuleOptions options, GeofenceCatalog fences, IFixHistory history) =>
        All(new FixedRuleBook(RuleSet.From(options)), fences, history);
}
