using Traxxs.Protocol;

namespace Traxxs.Server.Devices;

/// <summary>One setting of a device.</summary>
/// <param name="Code">Its number on the wire.</param>
/// <param name="Name">Its name in the API.</param>
/// <param name="Unit">Unit of its value; empty for counts and switches.</param>
/// <param name="Min">Smallest value.</param>
/// <param name="Max">Largest value.</param>
/// <param name="Default">What the device does where nothing else is said.</param>
/// <param name="Meaning">One sentence.</param>
public sealed record Setting(SettingCode Code, string Name, string Unit, int Min, int Max, int Default, string Meaning);

/// <summary>
/// Every setting there is, with the device's own ranges and defaults: what is refused here need not be refused by a foot in
/// a dead zone. A test holds it against the firmware's profile.
/// </summary>
public static class SettingCatalogue
{
    /// <summary>All, by number.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Of(SettingCode.FixIntervalS, "s", 30, 3600, 70, "Time between fixes on the move."),
        Of(SettingCode.FixStepsMin, "steps", 0, 1000, 10, "Steps since the last fix below which no new one is taken."),
        Of(SettingCode.SearchTimeoutS, "s", 15, 600, 60, "Longest search for a fix."),
        Of(SettingCode.SearchBackoffMaxS, "s", 60, 7200, 900, "Longest wait after searches in vain."),
        Of(SettingCode.AccuracyGoodM, "m", 1, 100, 12, "Accuracy at which a fix is taken at once."),
        Of(SettingCode.AccuracyWorstM, "m", 1, 1000, 100, "Accuracy beyond which a fix is never taken; not below the good one."),
        Of(SettingCode.BatchFixes, "fixes", 1, Report.FixesMax, 20, "Fixes that close a report."),
        Of(SettingCode.BatchAgeS, "s", 30, 86400, 1200, "Age that closes a report."),
        Of(SettingCode.StopReportS, "s", 10, 3600, 120, "How long after a stop the report of the walk is closed."),
        Of(SettingCode.HeartbeatS, "s", 60, 86400, 3600, "Longest silence while still."),
        Of(SettingCode.FallImpactMg, "mg", 1200, 16000, 1400, "Peak that may be a fall."),
        Of(SettingCode.FallCancelS, "s", 5, 300, 30, "How long a suspected fall can be cancelled."),
        Of(SettingCode.ImmobileS, "s", 0, 86400, 0, "Stillness while worn that is an alarm; 0 is off."),
        Of(SettingCode.CheckInS, "s", 0, 86400, 0, "Time between check-ins; 0 is off."),
        Of(SettingCode.CheckInReminderS, "s", 5, 600, 60, "How long before a check-in runs out the wearer is reminded."),
        Of(SettingCode.AlarmRetryS, "s", 10, 3600, 60, "How long an alarm waits for \"received\" before it is sent again."),
        Of(SettingCode.AlarmListenS, "s", 0, 3600, 600, "How long the link stays open after an alarm to hear of its acknowledgement."),
        Of(SettingCode.BatteryLowPercent, "%", 1, 50, 15, "Charge that raises \"battery low\"."),
        Of(SettingCode.BatteryHysteresisPercent, "%", 1, 30, 5, "How far the charge must rise before it can be raised again."),
        Of(SettingCode.BatteryIntervalS, "s", 60, 86400, 900, "Time between battery measurements."),
        Of(SettingCode.LowBatteryFactor, "", 1, 10, 3, "What fix and batch intervals are multiplied by while the battery is low."),
        Of(SettingCode.ActiveLevelMg, "mg", 10, 1000, 60, "Activity from which a second counts as moved."),
        Of(SettingCode.WakeWindowMs, "ms", 1000, 30000, 3000, "How long activity must last before it is movement."),
        Of(SettingCode.WakeQuietMs, "ms", 1000, 30000, 2000, "How long a knock keeps the accelerometer awake."),
        Of(SettingCode.SettleAfterMs, "ms", 2000, 60000, 5000, "Quiet time after which movement may have ended."),
        Of(SettingCode.StillAfterMs, "ms", 3000, 600000, 30000, "Quiet time after which movement has ended; a second above settleAfterMs at least."),
        Of(SettingCode.GestureSos, "", 0, 1, 1, "Whether a gesture of the foot calls for help; 1 is on."),
        Of(SettingCode.OffFoot, "", 0, 1, 1, "Whether the insole notices a shoe that is off; 1 is on."),
    ];

    private static readonly Dictionary<string, Setting> ByName = All.ToDictionary(setting => setting.Name, StringComparer.Ordinal);

    /// <summary>A setting by its name; null where there is none.</summary>
    public static Setting? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>A setting by its number; null where there is none.</summary>
    public static Setting? Find(int code) => All.FirstOrDefault(setting => (int)setting.Code == code);

    private static Setting Of(SettingCode code, string unit, int min, int max, int usual, string meaning)
    {
        var name = code.ToString();
        return new Setting(code, char.ToLowerInvariant(name[0]) + name[1..], unit, min, max, usual, meaning);
    }
}
