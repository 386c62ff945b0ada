using Traxxs.Server.Alerts.Schedules;

namespace Traxxs.Server.Alerts.Rules;

/// <summary>What holds for a device: the rules of its organisation and the working hours of its wearer.</summary>
public interface IRuleBook
{
    /// <summary>The rules of the device's organisation.</summary>
    RuleSet RulesOf(string deviceId);

    /// <summary>Working hours of whoever wore the device at a time; null for always.</summary>
    Schedule? ShiftOf(string deviceId, DateTimeOffset at);
}

/// <summary>The same for every device, without working hours.</summary>
/// <param name="rules">The rules.</param>
public sealed class FixedRuleBook(RuleSet rules) : IRuleBook
{
    /// <inheritdoc/>
    public RuleSet RulesOf(string deviceId) => rules;

    /// <inheritdoc/>
    public Schedule? ShiftOf(string deviceId, DateTimeOffset at) => null;
}
