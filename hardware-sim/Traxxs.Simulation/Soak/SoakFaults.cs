using Traxxs.Simulation.Randomness;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Soak;

/// <summary>The planned faults of the server's side at a time, until the world is healed.</summary>
internal sealed class SoakFaults(Scenario scenario, ulong seed)
{
    private readonly DeterministicRandom _random = DeterministicRandom.For(seed, "soak/faults");

    /// <summary>All faults are over.</summary>
    public bool Healed { get; set; }

    /// <summary>Whether a fault of a kind strikes now.</summary>
    public bool Strikes(FaultKind kind, long nowMs, string? deviceId = null) => Find(kind, nowMs, deviceId) is { } fault && _random.Next(100) < fault.Percent;

    /// <summary>The fault of a kind that holds now, if one does.</summary>
    public PlannedFault? Find(FaultKind kind, long nowMs, string? deviceId = null)
        => Healed ? null : scenario.Faults.FirstOrDefault(fault => fault.Kind == kind && fault.HoldsAt(nowMs) && (fault.DeviceId is null || fault.DeviceId == deviceId));

    /// <summary>By how much a fault of a kind delays now, ms.</summary>
    public int DelayMs(FaultKind kind, long nowMs) => Find(kind, nowMs)?.Amount ?? 0;
}
