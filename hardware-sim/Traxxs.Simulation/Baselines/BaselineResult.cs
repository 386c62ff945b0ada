namespace Traxxs.Simulation.Baselines;

/// <summary>What a way of tracking costs on the standard day, and what it is worth.</summary>
public sealed record BaselineResult
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>What it does, and why that is fair.</summary>
    public required string Reasoning { get; init; }

    /// <summary>Charge, mAh a day, self-discharge too.</summary>
    public required double MAhPerDay { get; init; }

    /// <summary>Days on the cell, using 90 % of it.</summary>
    public required double Days { get; init; }

    /// <summary>Share of the way gone within 25 m of the track, %.</summary>
    public required double PathCoveredPercent { get; init; }

    /// <summary>Fixes taken.</summary>
    public required int Fixes { get; init; }

    /// <summary>Bytes sent and received a day.</summary>
    public required double BytesOnAirPerDay { get; init; }

    /// <summary>Charge by consumer, mAh a day.</summary>
    public required IReadOnlyDictionary<string, double> EnergyMAh { get; init; }
}
