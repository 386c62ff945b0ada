using Traxxs.Simulation.Links;
using Traxxs.Simulation.Randomness;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Rig;

/// <summary>What the wearer's place and the planned faults do to the link, until the world is healed.</summary>
internal sealed class RigConditions(Person wearer, Places places, IReadOnlyList<PlannedFault> faults, ulong seed) : ILinkConditions
{
    private long _asked;

    /// <summary>All faults and dead zones are over: for the end of a run.</summary>
    public bool Healed { get; set; }

    public bool HasNetwork(long timeMs)
        => Healed || (!Active(FaultKind.LinkDown, timeMs) && !places.Has(PlaceKind.DeadZone, wearer.PositionAt(timeMs)));

    public bool HasServer(long timeMs) => Healed || !Active(FaultKind.ServerDown, timeMs);

    public bool LosesAcknowledgement(long timeMs) => !Healed && Active(FaultKind.AckLoss, timeMs);

    private bool Active(FaultKind kind, long timeMs)
    {
        foreach (var fault in faults)
        {
            if (fault.Kind != kind || timeMs < fault.FromMs || timeMs >= fault.ToMs) continue;
            if (fault.Percent >= 100 || (int)(DeterministicRandom.Hash(seed, _asked++) % 100) < fault.Percent) return true;
        }

        return false;
    }
}
