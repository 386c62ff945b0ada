using Traxxs.Simulation.Traces;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Run;

/// <summary>What a run is told beside its scenario and seed.</summary>
public sealed record RunOptions
{
    /// <summary>Strides that somebody has recorded, to walk with; null for the parametric ones.</summary>
    public RecordedStrides? Gait { get; init; }

    /// <summary>A world that was recorded, to live in; null for the scenario's own.</summary>
    public WorldTrace? Trace { get; init; }

    /// <summary>Whether current and charge are noted over time, for the report; off where nobody will read one.</summary>
    public bool NotesPower { get; init; } = true;
}
