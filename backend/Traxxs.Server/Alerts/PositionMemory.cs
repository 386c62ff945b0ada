using Traxxs.Server.Ingest;

namespace Traxxs.Server.Alerts;

/// <summary>Remembers the newest position by fix time, for alerts that bring none. Stands last: the others see what was known before.</summary>
public sealed class PositionMemory : IAlertRule
{
    /// <inheritdoc/>
    public DeviceRuleState Evaluate(DeviceRuleState state, AcceptedReport report, AlertBatch batch)
    {
        if (report.Fixes.IsEmpty) return state;
        var newest = report.Fixes[^1];
        return state.LastPosition is { } last && newest.FixTime <= last.FixTime ? state : state with { LastPosition = newest.ToPosition() };
    }
}
