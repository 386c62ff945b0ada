using Traxxs.Server.Alerts.Geofences;
using Traxxs.Server.Ingest;

namespace Traxxs.Server.Alerts;

/// <summary>
/// A rule that watches where somebody goes, kept from looking where nobody may: it gets reports without the fixes that lie
/// outside working hours or without consent. Else a fence around a home would tell what the map does not show.
/// </summary>
/// <param name="rule">The rule.</param>
/// <param name="isHidden">Whether a device's place at a time is not to be shown.</param>
public sealed class ShownPlacesRule(IAlertRule rule, Func<string, DateTimeOffset, bool> isHidden) : IAlertRule
{
    /// <inheritdoc/>
    public DeviceRuleState Evaluate(DeviceRuleState state, AcceptedReport report, AlertBatch batch)
    {
        var shown = report.Fixes.RemoveAll(fix => isHidden(report.DeviceId, fix.FixTime));
        return rule.Evaluate(state, shown.Length == report.Fixes.Length ? report : report.With(shown), batch);
    }

    /// <inheritdoc/>
    public DeviceRuleState Tick(DeviceRuleState state, string deviceId, TickContext context, AlertBatch batch) =>
        state.Fences.IsEmpty || isHidden(deviceId, context.Now) ? state : rule.Tick(state, deviceId, context, batch); // where somebody is now is nobody's business
}

/// <summary>Stored fixes without those that are not to be shown: for rules that walk a stretch again.</summary>
public sealed class ShownFixHistory(IFixHistory history, Func<string, DateTimeOffset, bool> isHidden) : IFixHistory
{
    /// <inheritdoc/>
    public IReadOnlyList<ReportFix> Read(string deviceId, DateTimeOffset from, DateTimeOffset to, long throughPosition) =>
        [.. history.Read(deviceId, from, to, throughPosition).Where(fix => !isHidden(deviceId, fix.FixTime))];
}
