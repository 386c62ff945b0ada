using System.Globalization;

namespace Traxxs.Simulation.Baselines;

/// <summary>What we want of the standard day: two hours on foot, a cell of 250 mAh.</summary>
public static class StandardDayGoals
{
    /// <summary>Our charge over the oracle's, at most.</summary>
    public const double OverOracle = 1.15;

    /// <summary>Share of the way within 25 m of the track, at least, %.</summary>
    public const double CoveredPercent = 97;

    /// <summary>Days on the cell, at least.</summary>
    public const double Days = 29;

    /// <summary>Simulated over real time of one insole on one core, at least.</summary>
    public const double Speedup = 20_000;

    /// <summary>The goals a comparison misses, in words.</summary>
    public static IReadOnlyList<string> Missed(EnergyComparison comparison)
    {
        var line = CultureInfo.InvariantCulture;
        var missed = new List<string>();
        if (comparison.OverOracle > OverOracle) missed.Add(string.Create(line, $"{comparison.OverOracle:0.00} times the oracle's charge, the goal is at most {OverOracle}"));
        if (comparison.Ours.PathCoveredPercent < CoveredPercent) missed.Add(string.Create(line, $"{comparison.Ours.PathCoveredPercent:0.0} % of the way covered, the goal is at least {CoveredPercent}"));
        if (comparison.Ours.Days < Days) missed.Add(string.Create(line, $"{comparison.Ours.Days:0.0} days, the goal is at least {Days}"));
        return missed;
    }
}
