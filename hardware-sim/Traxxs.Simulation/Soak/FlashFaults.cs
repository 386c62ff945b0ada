using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Soak;

/// <summary>What goes wrong with one insole's flash, and so what it cannot promise.</summary>
internal sealed class FlashFaults(Scenario scenario, string deviceId)
{
    // A press is written within this, ms: a flash that refused until then may have kept it out.
    private const long WrittenMs = 20_000;

    private readonly PlannedFault[] _full = [.. Of(scenario, deviceId, FaultKind.FlashFull)];
    private readonly PlannedFault[] _flips = [.. Of(scenario, deviceId, FaultKind.FlashFlips)];

    /// <summary>Whether it takes nothing, or did not a moment ago.</summary>
    public bool Refuses(long timeMs) => _full.Any(fault => timeMs >= fault.FromMs && timeMs < fault.ToMs + WrittenMs);

    /// <summary>Bits that have turned over by a time: each costs at most the report it hit.</summary>
    public int BitsUntil(long timeMs) => _flips.Where(fault => fault.FromMs <= timeMs).Sum(fault => fault.Amount);

    private static IEnumerable<PlannedFault> Of(Scenario scenario, string deviceId, FaultKind kind)
        => scenario.Faults.Where(fault => fault.Kind == kind && (fault.DeviceId is null || fault.DeviceId == deviceId));
}
