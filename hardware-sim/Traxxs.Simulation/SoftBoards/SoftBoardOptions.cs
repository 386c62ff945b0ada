using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.SoftBoards;

/// <summary>What a soft board is made of.</summary>
public sealed record SoftBoardOptions
{
    /// <summary>Folder that is its flash: identity, CA certificate, report queue. The image finds there what the last run left.</summary>
    public required string Flash { get; init; }

    /// <summary>Who wears it.</summary>
    public required Person Wearer { get; init; }

    /// <summary>Places that matter to sky and network.</summary>
    public Places Places { get; init; } = Places.None;

    /// <summary>Faults of network, bus, receiver and supply; others need the simulator.</summary>
    public IReadOnlyList<PlannedFault> Faults { get; init; } = [];

    /// <summary>Chance of the chips.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>State of charge, %; a soft board's cell keeps it.</summary>
    public int BatteryPercent { get; init; } = 80;

    /// <summary>How long the chip takes to start, ms.</summary>
    public int BootMs { get; init; } = Rig.InsoleRig.BootMs;

    /// <summary>Faults a soft board cannot carry out, among those of a scenario.</summary>
    public static bool IsForSimulatorOnly(FaultKind kind) => kind is FaultKind.LinkLoss or FaultKind.AckLoss or FaultKind.LinkLatency or FaultKind.ServerDown
        or FaultKind.ServerKill or FaultKind.SlowDisk or FaultKind.ServerClockJump or FaultKind.FlashFull or FaultKind.FlashTorn or FaultKind.FlashFlips;
}
