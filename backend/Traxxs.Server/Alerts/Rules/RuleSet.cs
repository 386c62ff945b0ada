using System.Collections.Immutable;
using Traxxs.Server.Alerts.Schedules;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts.Rules;

/// <summary>The rules as an organisation set them. Immutable: an evaluation sees one state of it.</summary>
public sealed class RuleSet
{
    // An alarm of a newer firmware: better a plain alert than none.
    private static readonly RuleSettings Unknown = new(true, AlertSeverity.High, ImmutableDictionary<string, int>.Empty, null);

    private readonly ImmutableDictionary<string, RuleSettings> _rules;

    /// <summary>Rules that are not named stand as the catalogue has them.</summary>
    public RuleSet(IEnumerable<KeyValuePair<string, RuleSettings>> rules) =>
        _rules = RuleCatalogue.All.ToImmutableDictionary(rule => rule.Name, DefaultOf).SetItems(rules);

    /// <summary>All as the catalogue has them.</summary>
    public static RuleSet Default { get; } = new([]);

    /// <summary>A rule's settings.</summary>
    public RuleSettings this[string rule] => _rules.GetValueOrDefault(rule, Unknown);

    /// <summary>The catalogue's settings with the numbers of a configuration.</summary>
    public static RuleSet From(RuleOptions options) => new(
    [
        With(AlertRuleName.MissedContact, ("graceS", options.ContactGraceSeconds)),
        With(AlertRuleName.LowBattery, ("lowPercent", options.LowBatteryPercent), ("recoveredPercent", options.BatteryRecoveredPercent)),
        With(RuleCatalogue.Geofence, ("marginM", options.GeofenceMarginM), ("accuracyMaxM", options.GeofenceAccuracyMaxM),
            ("confirmFixes", options.GeofenceConfirmFixes), ("confirmS", options.GeofenceConfirmSeconds)),
    ]);

    private static KeyValuePair<string, RuleSettings> With(string rule, params (string Name, int Value)[] numbers)
    {
        var usual = DefaultOf(RuleCatalogue.Find(rule)!);
        return KeyValuePair.Create(rule, usual with { Parameters = usual.Parameters.SetItems(numbers.Select(number => KeyValuePair.Create(number.Name, number.Value))) });
    }

    private static RuleSettings DefaultOf(RuleDescription rule) =>
        new(rule.Enabled, rule.Severity, rule.Parameters.ToImmutableDictionary(item => item.Name, item => item.Default), null);
}

/// <summary>One rule as set.</summary>
/// <param name="Enabled">Whether it raises. One that is off still ends what it raised before.</param>
/// <param name="Severity">How urgent its alerts are.</param>
/// <param name="Parameters">Every number of the catalogue, by name.</param>
/// <param name="Schedule">When it raises; null for always.</param>
public sealed record RuleSettings(bool Enabled, AlertSeverity Severity, ImmutableDictionary<string, int> Parameters, Schedule? Schedule)
{
    /// <summary>A number by name.</summary>
    public int Of(string parameter) => Parameters[parameter];

    /// <summary>A number of seconds by name.</summary>
    public TimeSpan SpanOf(string parameter) => TimeSpan.FromSeconds(Parameters[parameter]);

    /// <summary>Whether it raises what happened at a time.</summary>
    public bool RaisesAt(DateTimeOffset time) => Enabled && Schedule?.IsActive(time) != false;
}
