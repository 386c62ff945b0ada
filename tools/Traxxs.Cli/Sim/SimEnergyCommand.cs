using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Traxxs.Cli.Shared;
using Traxxs.Simulation.Baselines;
using Traxxs.Simulation.Run;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Cli.Sim;

/// <summary><c>traxxs sim energy</c>: what a day costs, beside other ways of tracking on the same chips.</summary>
internal static class SimEnergyCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var scenario = new Argument<string>("scenario") { Description = "whose day; a name or a YAML file", DefaultValueFactory = _ => "working-day" };
        var seed = new Option<ulong>("--seed") { Description = "chance of everything", DefaultValueFactory = _ => 1 };
        var goals = new Option<bool>("--goals") { Description = "exit with 1 where a goal is missed" };
        var json = new Option<bool>("--json") { Description = "print one JSON object" };
        var command = new Command("energy", "Charge, days, path covered and bytes of a day: our firmware, always-on GNSS, fixed intervals, and an oracle that knows the motion.") { scenario, seed, goals, json };
        command.SetAction((result, _) => Task.Run(() => Run(result.GetValue(scenario)!, result.GetValue(seed), result.GetValue(goals), result.GetValue(json)), CancellationToken.None));
        return command;
    }

    private static int Run(string name, ulong seed, bool goals, bool json)
    {
        Scenario scenario;
        try
        {
            scenario = ScenarioFile.Load(name);
        }
        catch (ScenarioException problem)
        {
            Console.Error.WriteLine(problem.Message);
            return ExitCode.Usage;
        }

        EnergyComparison comparison;
        using (var progress = new ProgressLine("sim energy")) comparison = EnergyComparison.Of(scenario, seed, progress.Report);
        var speedup = Speedup(scenario, seed);
        var missed = StandardDayGoals.Missed(comparison);
        if (json) JsonOutput.Write(new { comparison.Scenario, comparison.Seed, speedup, comparison.OverOracle, comparison.Ways, goalsMissed = missed });
        else Print(comparison, speedup, missed);
        return goals && missed.Count > 0 ? ExitCode.Failed : ExitCode.Ok;
    }

    // Our firmware alone on one thread, after the first run has warmed the compiler.
    private static double Speedup(Scenario scenario, ulong seed)
    {
        var watch = Stopwatch.StartNew();
        using var run = ScenarioRunner.Run(scenario, seed, new RunOptions { NotesPower = false });
        return Math.Round(run.Result.VirtualSeconds / watch.Elapsed.TotalSeconds);
    }

    private static void Print(EnergyComparison comparison, double speedup, IReadOnlyList<string> missed)
    {
        var line = CultureInfo.InvariantCulture;
        Console.Out.WriteLine(string.Create(line, $"{comparison.Scenario}, seed {comparison.Seed}; {speedup:N0} times real time on one core"));
        Console.Out.WriteLine($"{"",-20}{"mAh/day",9}{"days",8}{"way within 25 m",17}{"fixes",7}{"kB on air",11}");
        foreach (var way in comparison.Ways)
        {
            Console.Out.WriteLine(string.Create(line, $"{way.Name,-20}{way.MAhPerDay,9:0.00}{way.Days,8:0.0}{way.PathCoveredPercent,15:0.0} %{way.Fixes,7}{way.BytesOnAirPerDay / 1000,11:0.0}"));
        }

        Console.Out.WriteLine();
        Console.Out.WriteLine($"{"mAh/day by consumer",-20}{string.Concat(comparison.Ways.Select(way => $"{way.Name,19}"))}");
        foreach (var consumer in comparison.Ours.EnergyMAh.Keys)
        {
            Console.Out.WriteLine($"{consumer,-20}{string.Concat(comparison.Ways.Select(way => string.Create(line, $"{(way.EnergyMAh.TryGetValue(consumer, out var mah) ? mah : 0),19:0.00}")))}");
        }

        Console.Out.WriteLine();
        foreach (var way in comparison.Ways) Console.Out.WriteLine($"{way.Name}: {way.Reasoning}");
        Console.Out.WriteLine(missed.Count == 0 ? "all goals met" : "goals missed: " + string.Join("; ", missed));
    }
}
