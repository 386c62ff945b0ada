using Traxxs.Core;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Scenarios;

/// <summary>What a tester writes down: who does what where, with which insoles, what goes wrong, and what must come of it.</summary>
public sealed record Scenario
{
    /// <summary>One word, for the command line.</summary>
    public required string Name { get; init; }

    /// <summary>What it shows, in a sentence.</summary>
    public string About { get; init; } = "";

    /// <summary>Civil time at the beginning.</summary>
    public DateTimeOffset Start { get; init; } = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How long it runs.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Indoors, canyons, dead zones, geofences.</summary>
    public Places Places { get; init; } = Places.None;

    /// <summary>The insoles and who wears them.</summary>
    public required IReadOnlyList<ScenarioDevice> Devices { get; init; }

    /// <summary>What goes wrong.</summary>
    public IReadOnlyList<PlannedFault> Faults { get; init; } = [];

    /// <summary>What must come of it. That every report is stored exactly once is always expected.</summary>
    public IReadOnlyList<Expectation> Expectations { get; init; } = [];
}

/// <summary>One insole and its wearer.</summary>
public sealed record ScenarioDevice
{
    /// <summary>Device identity.</summary>
    public required string Id { get; init; }

    /// <summary>Who wears it.</summary>
    public required Person Wearer { get; init; }

    /// <summary>State of charge at the beginning, %.</summary>
    public int BatteryPercent { get; init; } = 90;

    /// <summary>Capacity of the cell, mAh.</summary>
    public int CapacityMAh { get; init; } = 250;

    /// <summary>Firmware settings.</summary>
    public TrackerProfile Profile { get; init; } = new();
}

/// <summary>What can go wrong by plan.</summary>
public enum FaultKind
{
    /// <summary>No network for the insole.</summary>
    LinkDown,

    /// <summary>The server does not answer: connections are refused.</summary>
    ServerDown,

    /// <summary>Acknowledgements get lost: the report is stored, the connection breaks before the insole hears of it.</summary>
    AckLoss,

    /// <summary>The insole loses its supply for a moment and starts again on the same flash.</summary>
    PowerCut,
}

/// <summary>A fault from a time to another (a power cut has no length).</summary>
/// <param name="Kind">What.</param>
/// <param name="FromMs">Begin, ms of the run.</param>
/// <param name="ToMs">End, ms of the run.</param>
/// <param name="DeviceId">Which insole; null for all.</param>
/// <param name="Percent">Share of occasions at which it strikes, for those that do not always.</param>
public sealed record PlannedFault(FaultKind Kind, long FromMs, long ToMs, string? DeviceId, int Percent);

/// <summary>Something that must be true at the end.</summary>
public abstract record Expectation
{
    /// <summary>In words, for the report.</summary>
    public required string Text { get; init; }
}

/// <summary>Alerts of a rule for a device: how many, and when the thing itself happened.</summary>
public sealed record AlertExpectation : Expectation
{
    /// <summary>Name of the rule, as the server spells it.</summary>
    public required string Rule { get; init; }

    /// <summary>Device.</summary>
    public required string DeviceId { get; init; }

    /// <summary>How many.</summary>
    public int Times { get; init; } = 1;

    /// <summary>When the event happened, ms of the run; null where any time will do.</summary>
    public long? EventAtMs { get; init; }

    /// <summary>How far the event's time may be off.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Latest age at which the alert may be raised; null where any will do.</summary>
    public TimeSpan? RaisedWithin { get; init; }
}

/// <summary>No alert but those expected elsewhere.</summary>
public sealed record NoOtherAlertsExpectation : Expectation;

/// <summary>A ceiling on the charge used.</summary>
public sealed record EnergyExpectation : Expectation
{
    /// <summary>Device; null for all.</summary>
    public string? DeviceId { get; init; }

    /// <summary>mAh a day.</summary>
    public required double AtMostMAhPerDay { get; init; }
}

/// <summary>At least so many fixes stored.</summary>
public sealed record FixesExpectation : Expectation
{
    /// <summary>Device; null for all together.</summary>
    public string? DeviceId { get; init; }

    /// <summary>How many.</summary>
    public required int AtLeast { get; init; }
}
