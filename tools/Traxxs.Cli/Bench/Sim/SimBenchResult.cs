using System.Globalization;
using Traxxs.Simulation.Baselines;

namespace Traxxs.Cli.Bench.Sim;

/// <summary>A figure over some seeds.</summary>
/// <param name="Least">The least.</param>
/// <param name="Most">The most.</param>
internal readonly record struct Range(double Least, double Most)
{
    public static Range Of(IEnumerable<double> values) => new(Math.Round(values.Min(), 3), Math.Round(values.Max(), 3));

    /// <summary><c>9.6 to 10.2</c>, or one number where both read alike.</summary>
    public string Text(string format)
    {
        var (least, most) = (Least.ToString(format, CultureInfo.InvariantCulture), Most.ToString(format, CultureInfo.InvariantCulture));
        return least == most ? least : $"{least} to {most}";
    }
}

/// <summary>One way of tracking over some seeds.</summary>
internal sealed record WayOfTracking(string Name, Range MAhPerDay, Range Days, Range PathCoveredPercent, Range BytesOnAirPerDay);

/// <summary>The simulator's numbers for the README.</summary>
internal sealed record SimBenchResult
{
    public required string Scenario { get; init; }

    public required IReadOnlyList<ulong> Seeds { get; init; }

    public required SimSpeed Speed { get; init; }

    public required SimSpeed? Crowd { get; init; }

    public required Range OverOracle { get; init; }

    public required IReadOnlyList<WayOfTracking> Ways { get; init; }

    /// <summary>Goals missed by any seed, in words; empty where all are met.</summary>
    public required IReadOnlyList<string> GoalsMissed { get; init; }

    public static SimBenchResult Of(IReadOnlyList<EnergyComparison> days, SimSpeed speed, SimSpeed? crowd)
    {
        var missed = days.SelectMany(day => StandardDayGoals.Missed(day).Select(goal => $"seed {day.Seed}: {goal}")).ToList();
        if (speed.Speedup < StandardDayGoals.Speedup) missed.Add(string.Create(CultureInfo.InvariantCulture, $"{speed.Speedup:N0} times real time, the goal is at least {StandardDayGoals.Speedup:N0}"));
        return new SimBenchResult
        {
            Scenario = days[0].Scenario,
            Seeds = [.. days.Select(day => day.Seed)],
            Speed = speed,
            Crowd = crowd,
            OverOracle = Range.Of(days.Select(day => day.OverOracle)),
            Ways = [.. days[0].Ways.Select((way, index) => Way(way.Name, [.. days.Select(day => day.Ways[index])]))],
            GoalsMissed = missed,
        };
    }

    /// <summary>The rows of the README's table.</summary>
    public IEnumerable<string> Markdown()
    {
        var seeds = Seeds.Count == 1 ? $"seed {Seeds[0]}" : $"{Seeds.Count} seeds";
        var (ours, oracle) = (Ways[0], Ways[^1]);
        var others = string.Join("; ", Ways.Skip(1).SkipLast(1).Select(way => $"{way.Name} {way.MAhPerDay.Text("0")} mAh"));
        yield return $"| charge on the simulated standard day (2 h on foot), {seeds} | {ours.MAhPerDay.Text("0.0")} mAh, {ours.Days.Text("0.0")} days on 250 mAh (we want {StandardDayGoals.Days}); {OverOracle.Text("0.00")} times an oracle that knows the motion ({oracle.MAhPerDay.Text("0.0")} mAh; we want {StandardDayGoals.OverOracle.ToString(CultureInfo.InvariantCulture)}); {others} | `bench sim` |";
        yield return $"| share of the true way within 25 m of the stored track, same days | {ours.PathCoveredPercent.Text("0.0")} % (we want {StandardDayGoals.CoveredPercent}) | `bench sim` |";
        yield return $"| bytes on the air a day, all headers, same days | {new Range(ours.BytesOnAirPerDay.Least / 1000, ours.BytesOnAirPerDay.Most / 1000).Text("0")} kB | `bench sim` |";
        var crowd = Crowd is null ? "" : string.Create(CultureInfo.InvariantCulture, $"; {Crowd.Insoles} insoles at once: one core would carry {Crowd.InsolesInRealTime:N0} in real time");
        yield return string.Create(CultureInfo.InvariantCulture, $"| a simulated day of one insole, one core | {Speed.Speedup:N0} times real time, {Speed.Worst:N0} in the slowest of {Speed.Rounds} (we want {StandardDayGoals.Speedup:N0}){crowd} | `bench sim` |");
    }

    private static WayOfTracking Way(string name, IReadOnlyList<BaselineResult> days) => new(name,
        Range.Of(days.Select(day => day.MAhPerDay)), Range.Of(days.Select(day => day.Days)), Range.Of(days.Select(day => day.PathCoveredPercent)), Range.Of(days.Select(day => day.BytesOnAirPerDay)));
}
