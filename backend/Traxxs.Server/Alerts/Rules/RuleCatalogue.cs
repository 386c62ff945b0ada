using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts.Rules;

/// <summary>Every rule there is, with what may be set: the one place for names, bounds and defaults.</summary>
public static class RuleCatalogue
{
    /// <summary>What holds for all geofences; what an edge alerts on stands with each fence.</summary>
    public const string Geofence = "geofence";

    private static readonly RuleOptions Usual = new();

    /// <summary>All rules, in the order people read them.</summary>
    public static IReadOnlyList<RuleDescription> All { get; } =
    [
        new(AlertRuleName.Sos, "The wearer pressed for help. Every press is an alert.", AlertSeverity.Critical, null, [])
        {
            Required = true,
            SeverityMin = AlertSeverity.High,
        },
        new(AlertRuleName.ManDown, "A fall, then no movement.", AlertSeverity.Critical, null, [])
        {
            Required = true,
            SeverityMin = AlertSeverity.High,
        },
        new(AlertRuleName.Immobile, "No movement for longer than the device's configuration allows.", AlertSeverity.High, null, []),
        new(AlertRuleName.CheckInMissed, "The wearer did not check in.", AlertSeverity.High, EndRule.WearerCheckedIn, []),
        new(AlertRuleName.MissedContact, "The device did not speak when it had said it would.", AlertSeverity.High, EndRule.DeviceSpokeAgain,
        [
            new("graceS", "s", 1, 86_400, Usual.ContactGraceSeconds, "Time a device gets beyond its own contract of silence."),
        ]),
        new(AlertRuleName.LowBattery, "The battery is nearly empty.", AlertSeverity.Warning, EndRule.BatteryRecovered,
        [
            new("lowPercent", "%", 1, 90, Usual.LowBatteryPercent, "A reading at or below this alerts."),
            new("recoveredPercent", "%", 2, 100, Usual.BatteryRecoveredPercent, "A reading at or above this ends it; more than lowPercent."),
        ]),
        new(Geofence, "How certain a geofence crossing must be; what alerts and how urgently stands with each geofence.", AlertSeverity.Warning, EndRule.CrossedBack,
        [
            new("marginM", "m", 0, 1000, Usual.GeofenceMarginM, "Least distance beyond the edge before a fix counts as across, where the fence names none."),
            new("accuracyMaxM", "m", 1, 10_000, Usual.GeofenceAccuracyMaxM, "A fix less accurate than this places nobody inside."),
            new("confirmFixes", "", 1, 20, Usual.GeofenceConfirmFixes, "Fixes in a row across the edge that make a crossing."),
            new("confirmS", "s", 1, 86_400, Usual.GeofenceConfirmSeconds, "A single fix across the edge counts after this time without another."),
        ])
        {
            SeverityIsElsewhere = true,
        },
        new(AlertRuleName.Speed, "The wearer moves faster than is allowed.", AlertSeverity.Warning, EndRule.SlowedDown,
        [
            new("limitKmh", "km/h", 3, 300, 30, "Speed from fix to fix that is too fast even when both fixes err towards each other."),
            new("forS", "s", 0, 3600, 30, "How long it must last."),
        ])
        {
            Enabled = false,
        },
        new(AlertRuleName.ShoeOff, "The shoe is off the foot during the wearer's working hours.", AlertSeverity.Warning, EndRule.ShoeOnAgain,
        [
            new("afterS", "s", 0, 7200, 300, "How long it may be off."),
        ]),
        new(AlertRuleName.DeviceFault, "The device tells of a fault: a part that failed, a self-test not passed, reports it had to drop.", AlertSeverity.Warning, null, []),
    ];

    /// <summary>One rule, or null.</summary>
    public static RuleDescription? Find(string name) => All.FirstOrDefault(rule => rule.Name == name);
}
