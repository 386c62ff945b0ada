using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Run;

/// <summary>What a run is told beside its scenario and seed.</summary>
public sealed record RunOptions
{
    /// <summary>Strides that somebody has recorded, to walk with; null for the parametric ones.</summary>
    public RecordedStrides? Gait { get; init; }
}
