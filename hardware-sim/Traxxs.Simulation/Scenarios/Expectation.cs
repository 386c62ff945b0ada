using Traxxs.Core.Ports;
using Traxxs.Store.Service;

namespace Traxxs.Simulation.Scenarios;

/// <summary>Something that must be true at the end.</summary>
public abstract record Expectation
{
    /// <summary>In words, for the report.</summary>
    public required string Text { get; init; }

    /// <summary>Which device it speaks of; null for each of them.</summary>
    public string? DeviceId { get; init; }

    /// <summary>Whether it speaks of a device.</summary>
    public bool Concerns(string deviceId) => DeviceId is null || DeviceId == deviceId;
}

/// <summary>Alerts of a rule for a device: how many, when the thing itself happened, how old the news was, how it ended.</summary>
public sealed record AlertExpectation : Expectation
{
    /// <summary>Name of the rule, as the server spells it.</summary>
    public required string Rule { get; init; }

    /// <summary>How many.</summary>
    public int Times { get; init; } = 1;

    /// <summary>When the event happened, ms of the run; null where any time will do.</summary>
    public long? EventAtMs { get; init; }

    /// <summary>How far the event's time may be off.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Latest age at which the alert may be raised; null where any will do.</summary>
    public TimeSpan? RaisedWithin { get; init; }

    /// <summary>Least age it must own up to: a late alarm must not pose as a new one; null where any will do.</summary>
    public TimeSpan? AgeAtLeast { get; init; }

    /// <summary>Whether a person must have acknowledged it; null where that does not matter.</summary>
    public bool? Acknowledged { get; init; }

    /// <summary>Who must have ended it: a supervisor's name or a rule of the server's; null where that does not matter.</summary>
    public string? EndedBy { get; init; }
}

/// <summary>No alert but those expected elsewhere.</summary>
public sealed record NoOtherAlertsExpectation : Expectation;

/// <summary>What the wearer felt: how often at least, and when.</summary>
public sealed record FeltExpectation : Expectation
{
    /// <summary>The pattern.</summary>
    public required IndicatorPattern Pattern { get; init; }

    /// <summary>How often at least; 0 for never.</summary>
    public int Times { get; init; } = 1;

    /// <summary>Not counted before, ms of the run.</summary>
    public long AfterMs { get; init; }

    /// <summary>Not counted from here on, ms of the run.</summary>
    public long BeforeMs { get; init; } = long.MaxValue;
}

/// <summary>How an offered firmware image came out.</summary>
public sealed record UpdateExpectation : Expectation
{
    /// <summary>Its version.</summary>
    public required uint Version { get; init; }

    /// <summary>How: kept, returned or refused.</summary>
    public required UpdateState Outcome { get; init; }

    /// <summary>Longest time from the offer to that; null where any will do.</summary>
    public TimeSpan? Within { get; init; }
}

/// <summary>A quantity with which an insole's run is judged.</summary>
public enum Quantity
{
    /// <summary>Charge used, mAh a day.</summary>
    Energy,

    /// <summary>Charge left at the end, %.</summary>
    Battery,

    /// <summary>Fixes stored.</summary>
    Fixes,

    /// <summary>Reports stored.</summary>
    Reports,

    /// <summary>Reports dropped by the insole because its flash was full.</summary>
    Dropped,

    /// <summary>Starts of the firmware that were no wake from deep sleep, the first counted.</summary>
    Starts,

    /// <summary>Searches of the receiver.</summary>
    Searches,

    /// <summary>Horizontal error of the stored fixes at a percentile, m.</summary>
    PositionError,

    /// <summary>Share of the way walked that lies near the stored track, %.</summary>
    PathCovered,

    /// <summary>From a report's acceptance on the insole to its storage at a percentile, s.</summary>
    Latency,

    /// <summary>Difference of the counted steps from the true ones, %.</summary>
    StepError,
}

/// <summary>A quantity within bounds.</summary>
public sealed record QuantityExpectation : Expectation
{
    /// <summary>Which.</summary>
    public required Quantity Quantity { get; init; }

    /// <summary>Least; null for no bound.</summary>
    public double? AtLeast { get; init; }

    /// <summary>Most; null for no bound.</summary>
    public double? AtMost { get; init; }

    /// <summary>Percentile, for <see cref="Quantity.PositionError"/> and <see cref="Quantity.Latency"/>; 100 is the worst.</summary>
    public double Percentile { get; init; } = 100;

    /// <summary>How near counts as covered, m, for <see cref="Quantity.PathCovered"/>.</summary>
    public double WithinM { get; init; } = 25;
}
