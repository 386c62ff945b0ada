using System.Security.Cryptography;
using System.Text;

namespace Traxxs.Simulation.Soak;

/// <summary>What many seeds came to: what <c>sim soak --json</c> prints.</summary>
public sealed record SoakSummary
{
    /// <summary>Seeds run.</summary>
    public required int Seeds { get; init; }

    /// <summary>Those at which something does not hold.</summary>
    public required IReadOnlyList<ulong> FailedSeeds { get; init; }

    /// <summary>What does not hold at each of them.</summary>
    public required IReadOnlyList<SoakFailure> Failures { get; init; }

    /// <summary>Looks at the invariants.</summary>
    public required long Ticks { get; init; }

    /// <summary>Planned faults by kind.</summary>
    public required IReadOnlyDictionary<string, int> Faults { get; init; }

    /// <summary>Alarms the insoles accepted.</summary>
    public required long Alarms { get; init; }

    /// <summary>Alerts raised.</summary>
    public required long Alerts { get; init; }

    /// <summary>Reports the insoles accepted.</summary>
    public required long Reports { get; init; }

    /// <summary>Frames that came again after they were stored.</summary>
    public required long Repeats { get; init; }

    /// <summary>Deaths of the server.</summary>
    public required long Kills { get; init; }

    /// <summary>Restarts of insoles.</summary>
    public required long Restarts { get; init; }

    /// <summary>Simulated time, h.</summary>
    public required double VirtualHours { get; init; }

    /// <summary>Real time, s.</summary>
    public required double WallSeconds { get; init; }

    /// <summary>SHA-256 over the seeds' hashes in their order.</summary>
    public required string Hash { get; init; }

    /// <summary>Sums up results in the order of their seeds.</summary>
    public static SoakSummary Of(IReadOnlyList<SoakResult> results, double wallSeconds) => new()
    {
        Seeds = results.Count,
        FailedSeeds = [.. results.Where(result => result.Violation is not null).Select(result => result.Seed)],
        Failures = [.. results.Where(result => result.Violation is not null).Select(result => new SoakFailure(result.Seed, result.Violation!.Invariant, result.Violation.TimeMs / 1000.0, result.Violation.Detail))],
        Ticks = results.Sum(result => (long)result.Ticks),
        Faults = results.SelectMany(result => result.Faults).GroupBy(pair => pair.Key).OrderBy(group => group.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value)),
        Alarms = results.Sum(result => (long)result.Alarms),
        Alerts = results.Sum(result => (long)result.Alerts),
        Reports = results.Sum(result => (long)result.Reports),
        Repeats = results.Sum(result => result.Repeats),
        Kills = results.Sum(result => (long)result.Kills),
        Restarts = results.Sum(result => (long)result.Restarts),
        VirtualHours = Math.Round(results.Sum(result => result.VirtualSeconds) / 3600, 1),
        WallSeconds = wallSeconds,
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(results.Select(result => result.Hash))))),
    };
}

/// <summary>A seed at which something does not hold.</summary>
/// <param name="Seed">Seed.</param>
/// <param name="Invariant">What.</param>
/// <param name="AtSeconds">When it was seen, s of the run.</param>
/// <param name="Detail">What was found.</param>
public sealed record SoakFailure(ulong Seed, string Invariant, double AtSeconds, string Detail);
