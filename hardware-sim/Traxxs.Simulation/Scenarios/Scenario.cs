using Traxxs.Core;
using Traxxs.Simulation.Energy;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Scenarios;

/// <summary>What a tester writes down: who does what where, with which insoles, what goes wrong, and what must come of it.</summary>
public sealed record Scenario
{
    /// <summary>One word, for the command line.</summary>
    public required string Name { get; init; }

    /// <summary>What it shows, in a sentence.</summary>
    public string About { get; init; } = "";

    /// <summary>File it was read from, and its text; null where it was made otherwise.</summary>
    public string? File { get; init; }

    /// <summary>See <see cref="File"/>.</summary>
    public string? Source { get; init; }

    /// <summary>Civil time at the beginning.</summary>
    public DateTimeOffset Start { get; init; } = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How long it runs.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Air temperature, °C; a worn insole is warmer.</summary>
    public double TemperatureC { get; init; } = CellTemperature.RoomC;

    /// <summary>Where the server is: null for its cores in the same process.</summary>
    public Uri? Server { get; init; }

    /// <summary>Chance of everything, where the plan says so; null leaves it to who runs it.</summary>
    public ulong? Seed { get; init; }

    /// <summary>What the soak's server keeps reports in; null for a scenario that is no plan of the soak.</summary>
    public SoakStore? Store { get; init; }

    /// <summary>Indoors, canyons, dead zones, geofences.</summary>
    public Places Places { get; init; } = Places.None;

    /// <summary>The insoles and who wears them.</summary>
    public required IReadOnlyList<ScenarioDevice> Devices { get; init; }

    /// <summary>What goes wrong.</summary>
    public IReadOnlyList<PlannedFault> Faults { get; init; } = [];

    /// <summary>Firmware images that are offered.</summary>
    public IReadOnlyList<PlannedUpdate> Updates { get; init; } = [];

    /// <summary>Who deals with alerts.</summary>
    public IReadOnlyList<Supervisor> Supervisors { get; init; } = [];

    /// <summary>What must come of it. That every report is stored exactly once is always expected.</summary>
    public IReadOnlyList<Expectation> Expectations { get; init; } = [];
}

/// <summary>What the soak's server keeps reports in.</summary>
public enum SoakStore
{
    /// <summary>The store in memory, taken for a disk.</summary>
    Memory,

    /// <summary>The store in files, killed by copying them as they are.</summary>
    Sqlite,
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
