using Traxxs.Simulation.Links;
using Traxxs.Simulation.Randomness;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Rig;

/// <summary>What the wearer's place and the planned faults do to the link, until the world is healed.</summary>
internal sealed class RigConditions(Func<long, bool> isOutOfReach, IReadOnlyList<PlannedFault> faults, ulong seed) : ILinkConditions
{
    private long _asked;

    /// <summary>All faults and dead zones are over: for the end of a run.</summary>
    public bool Healed { get; set; }

    /// <summary>The firmware that runs does not find a network, wherever it is.</summary>
    public bool Mute { get; set; }

    public bool HasNetwork(long timeMs) => !Mute && (Healed || (!Active(FaultKind.LinkDown, timeMs) && !isOutOfReach(timeMs)));

    public bool HasServer(long timeMs) => !Active(FaultKind.ServerDown, timeMs) && !Active(FaultKind.ServerKill, timeMs);

    public bool LosesAcknowledgement(long timeMs) => Active(FaultKind.AckLoss, timeMs);

    public bool LosesFrame(long timeMs) => Active(FaultKind.LinkLoss, timeMs);

    public int ExtraWayMs(long timeMs) => Amount(FaultKind.LinkLatency, timeMs);

    public int ExtraCommitMs(long timeMs) => Amount(FaultKind.SlowDisk, timeMs);

    private int Amount(FaultKind kind, long timeMs)
    {
        var amount = 0;
        if (Healed) return 0;
        foreach (var fault in faults)
        {
            if (fault.Kind == kind && fault.HoldsAt(timeMs)) amount = Math.Max(amount, fault.Amount);
        }

        return amount;
    }

    private bool Active(FaultKind kind, long timeMs)
    {
        if (Healed) return false;
        foreach (var fault in faults)
        {
            if (fault.Kind != kind || !fault.HoldsAt(timeMs)) continue;
            if (fault.Percent >= 100 || (int)(DeterministicRandom.Hash(seed, _asked++) % 100) < fault.Percent) return true;
        }

        return false;
    }
}
