namespace Traxxs.Simulation.Soak;

/// <summary>What one seed came to.</summary>
public sealed record SoakResult
{
    /// <summary>Seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The plan, as a scenario file.</summary>
    public required string Plan { get; init; }

    /// <summary>What does not hold; null where all does.</summary>
    public SoakViolation? Violation { get; init; }

    /// <summary>Looks at the invariants.</summary>
    public required int Ticks { get; init; }

    /// <summary>Simulated time, the delivery of what was left included, s.</summary>
    public required double VirtualSeconds { get; init; }

    /// <summary>Reports the insoles accepted.</summary>
    public required int Reports { get; init; }

    /// <summary>Alarms in them.</summary>
    public required int Alarms { get; init; }

    /// <summary>Alerts raised, those of silence and fences too.</summary>
    public required int Alerts { get; init; }

    /// <summary>Deaths of the server.</summary>
    public required int Kills { get; init; }

    /// <summary>Starts of insoles beyond the first.</summary>
    public required int Restarts { get; init; }

    /// <summary>Frames that came again after they were stored.</summary>
    public required long Repeats { get; init; }

    /// <summary>Planned faults by kind, as a scenario file names them.</summary>
    public required IReadOnlyDictionary<string, int> Faults { get; init; }

    /// <summary>SHA-256 over what the insoles accepted, the store as it lies there, and the alerts: the same seed gives the same.</summary>
    public required string Hash { get; init; }
}
