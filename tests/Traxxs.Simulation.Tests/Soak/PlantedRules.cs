using Traxxs.Server.Alerts;
using Traxxs.Server.Ingest;

namespace Traxxs.Simulation.Tests.Soak;

/// <summary>A rule that passes over every other alarm.</summary>
internal sealed class SkippingRule(IAlertRule rule) : IAlertRule
{
    private int _seen;

    public DeviceRuleState Evaluate(DeviceRuleState state, AcceptedReport report, AlertBatch batch)
        => report.Events.Any(one => Traxxs.Protocol.Alarm.Is(one.Code)) && _seen++ % 2 == 1 ? state : rule.Evaluate(state, report, batch);

    public DeviceRuleState Tick(DeviceRuleState state, string deviceId, TickContext context, AlertBatch batch) => rule.Tick(state, deviceId, context, batch);
}

/// <summary>A rule that does not know when the server was away.</summary>
internal sealed class AccusingRule(IAlertRule rule) : IAlertRule
{
    public DeviceRuleState Evaluate(DeviceRuleState state, AcceptedReport report, AlertBatch batch) => rule.Evaluate(state, report, batch);

    public DeviceRuleState Tick(DeviceRuleState state, string deviceId, TickContext context, AlertBatch batch)
        => rule.Tick(state, deviceId, context with { ListeningSince = DateTimeOffset.MinValue }, batch);
}

/// <summary>A rule that raises each alert a second time under another cause.</summary>
internal sealed class StutteringRule(IAlertRule rule) : IAlertRule
{
    public DeviceRuleState Evaluate(DeviceRuleState state, AcceptedReport report, AlertBatch batch)
    {
        var before = batch.Raised.Count;
        var after = rule.Evaluate(state, report, batch);
        foreach (var alert in batch.Raised.Skip(before).ToList()) batch.Raised.Add(alert with { Id = alert.Id + "2", Key = alert.Key + "|again" });
        return after;
    }
}
