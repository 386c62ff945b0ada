using Traxxs.Core;
using Traxxs.Simulation.Energy;
using Traxxs.Simulation.Links;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Rig;

/// <summary>What one simulated insole is made of.</summary>
public sealed record RigOptions
{
    /// <summary>Device identity.</summary>
    public required string DeviceId { get; init; }

    /// <summary>Who wears it.</summary>
    public required Person Wearer { get; init; }

    /// <summary>Civil time at the beginning.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>Chance of everything in and around it.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Places that matter to sky and link.</summary>
    public Places Places { get; init; } = Places.None;

    /// <summary>Air temperature, °C.</summary>
    public double TemperatureC { get; init; } = CellTemperature.RoomC;

    /// <summary>Strides to walk with; null for the parametric ones.</summary>
    public RecordedStrides? Gait { get; init; }

    /// <summary>What the world does to it, where that was recorded; null for what it does to the wearer.</summary>
    public RigWorld? World { get; init; }

    /// <summary>Firmware settings.</summary>
    public TrackerProfile Profile { get; init; } = new();

    /// <summary>Whose firmware images it takes: the modulus of their key; null where it knows none.</summary>
    public byte[]? UpdateKey { get; init; }

    /// <summary>State of charge at the beginning, %.</summary>
    public int BatteryPercent { get; init; } = 90;

    /// <summary>Capacity of the cell, mAh.</summary>
    public int CapacityMAh { get; init; } = 250;

    /// <summary>What goes wrong by plan, for this insole.</summary>
    public IReadOnlyList<PlannedFault> Faults { get; init; } = [];

    /// <summary>Whether current and charge are noted over time, for a report: some 100 KB an insole.</summary>
    public bool NotesPower { get; init; }

    /// <summary>How long the radio takes.</summary>
    public LinkTiming Timing { get; init; } = new();
}
