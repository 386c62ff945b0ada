using Traxxs.Server.Ingest;

namespace Traxxs.Server.Alerts;

/// <summary>
/// A rule: pure functions from what is remembered and what came to what is remembered next. What it raises and ends it
/// puts into the batch; it reads no clock and touches nothing else.
/// </summary>
public interface IAlertRule
{
    /// <summary>Takes in one report.</summary>
    DeviceRuleState Evaluate(DeviceRuleState state, AcceptedReport report, AlertBatch batch);

    /// <summary>Takes in that time has passed; called with everything received already evaluated.</summary>
    DeviceRuleState Tick(DeviceRuleState state, string deviceId, TickContext context, AlertBatch batch) => state;
}

/// <summary>What a tick knows.</summary>
/// <param name="Now">Server time.</param>
/// <param name="ListeningSince">Since when the server could have heard a device: nothing before is the device's silence.</param>
public readonly record struct TickContext(DateTimeOffset Now, DateTimeOffset ListeningSince);
