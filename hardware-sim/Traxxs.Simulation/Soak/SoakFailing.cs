using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Soak;

/// <summary>Whether a plan of the soak fails at an invariant.</summary>
/// <param name="invariant">A name of <see cref="SoakInvariant"/>.</param>
/// <param name="seed">Chance of everything; null for the plan's own.</param>
public sealed class SoakFailing(string invariant, ulong? seed = null) : IScenarioFailing
{
    private SoakParts Parts { get; init; } = new();

    /// <summary>The same, with parts of the server replaced.</summary>
    internal static SoakFailing With(string invariant, SoakParts parts) => new(invariant) { Parts = parts };

    /// <inheritdoc/>
    public bool StillFails(string text, CancellationToken cancellation)
    {
        try
        {
            return SoakRun.Run(text, seed, Parts, cancellation).Violation?.Invariant == invariant;
        }
        catch (ScenarioException)
        {
            return false;
        }
    }
}
