using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts.Rules;

/// <summary>What an organisation may set of a rule, and within which bounds.</summary>
/// <param name="Name">One of <see cref="AlertRuleName"/>, or <see cref="RuleCatalogue.Geofence"/>.</param>
/// <param name="Title">What it watches for, a sentence for people.</param>
/// <param name="Severity">Unless set otherwise.</param>
/// <param name="EndsBy">The written rule that ends its alerts without a person; null where only a person does.</param>
/// <param name="Parameters">Its numbers.</param>
public sealed record RuleDescription(string Name, string Title, AlertSeverity Severity, string? EndsBy, IReadOnlyList<RuleParameter> Parameters)
{
    /// <summary>Whether it is on unless set otherwise.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Whether it may be turned off or given a schedule. Not what calls for help: somebody would rely on it.</summary>
    public bool Required { get; init; }

    /// <summary>The least severity it may be given.</summary>
    public AlertSeverity SeverityMin { get; init; } = AlertSeverity.Info;

    /// <summary>Whether its severity is set elsewhere: with the geofence.</summary>
    public bool SeverityIsElsewhere { get; init; }
}

/// <summary>One number of a rule.</summary>
/// <param name="Name">As in the settings.</param>
/// <param name="Unit">Its unit; empty for a count.</param>
/// <param name="Min">Least value.</param>
/// <param name="Max">Greatest value.</param>
/// <param name="Default">Unless set otherwise.</param>
/// <param name="Meaning">What it does, a sentence for people.</param>
public sealed record RuleParameter(string Name, string Unit, int Min, int Max, int Default, string Meaning);
