using System.CommandLine;
using System.Globalization;
using Traxxs.Cli.Shared;
using Traxxs.Simulation.Baselines;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Cli.Bench.Sim;

/// <summary><c>traxxs bench sim</c>: what the simulator says of the standard day, and how fast it says it.</summary>
internal static class BenchSimCommand
{
    private const int SeedsMax = 100;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var scenario = new Option<string>("--scenario") { Description = "whose day; a name or a YAML file", DefaultValueFactory = _ => "working-day" };
        var seeds = new Option<string>("--seeds") { Description = "A..B, or one", DefaultValueFactory = _ => "1..3" };
        var rounds = new Option<int>("--rounds") { Description = "times the speed is measured, 1 to 100", DefaultValueFactory = _ => 5 };
        var crowd = new Option<int>("--crowd") { Description = "insoles at once for the second speed, 2 to 10000; 0 for none", DefaultValueFactory = _ => 20 };
        var goals = new Option<bool>("--goals") { Description = "exit with 1 where a goal is missed" };
        var markdown = new Option<bool>("--markdown") { Description = "print the rows of the README" };
        var json = new Option<bool>("--json") { Description = "print one JSON object" };
        var command = new Command("sim", "The standard day over some seeds: charge and days beside always-on GNSS, fixed intervals and an oracle, way covered, bytes; and simulated over real time.") { scenario, seeds, rounds, crowd, goals, markdown, json };
        command.SetAction((result, cancellation) => Task.Run(() =>
        {
            try
            {
                var (day, numbers, times, insoles) = (ScenarioFile.Load(result.GetValue(scenario)!), Seeds(result.GetValue(seeds)!), result.GetValue(rounds), result.GetValue(crowd));
                if (times is < 1 or > 100) throw new InvalidDataException($"--rounds is 1 to 100, not {times}");
                if (insoles is < 0 or 1 or > 10_000) throw new InvalidDataException($"--crowd is 0, or 2 to 10000, not {insoles}");
                var measured = Measure(day, numbers, times, insoles, cancellation);
                if (result.GetValue(json)) JsonOutput.Write(measured);
                else Print(measured, result.GetValue(markdown));
                return result.GetValue(goals) && measured.GoalsMissed.Count > 0 ? ExitCode.Failed : ExitCode.Ok;
            }
            catch (Exception problem) when (problem is ScenarioException or InvalidDataException)
            {
                Console.Error.WriteLine(problem.Message);
                return ExitCode.Usage;
            }
            catch (OperationCanceledException)
            {
                Console.Error.WriteLine("stopped");
                return ExitCode.Failed;
            }
        }, CancellationToken.None));
        return command;
    }

    private static SimBenchResult Measure(Scenario scenario, IReadOnlyList<ulong> seeds, int rounds, int crowd, CancellationToken cancellation)
    {
        using var progress = new ProgressLine("bench sim");
        var days = new List<EnergyComparison>();
        foreach (var seed in seeds) days.Add(EnergyComparison.Of(scenario, seed, Report));
        var speed = SimSpeed.Measure(scenario, seeds[0], 1, rounds, Report);
        return SimBenchResult.Of(days, speed, crowd > 0 ? SimSpeed.Measure(scenario, seeds[0], crowd, Math.Min(rounds, 3), Report) : null);

        void Report(string what)
        {
            cancellation.ThrowIfCancellationRequested();
            progress.Report(days.Count < seeds.Count ? $"seed {seeds[days.Count]}: {what}" : what);
        }
    }

    private static IReadOnlyList<ulong> Seeds(string text)
    {
        var parts = text.Split("..");
        var known = parts.Length is 1 or 2 && ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out _) && ulong.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out _);
        if (!known) throw new InvalidDataException($"--seeds is A..B or one number, not '{text}'");
        var (first, last) = (ulong.Parse(parts[0], CultureInfo.InvariantCulture), ulong.Parse(parts[^1], CultureInfo.InvariantCulture));
        if (last < first || last - first >= SeedsMax) throw new InvalidDataException($"--seeds {text}: from the less to the more, at most {SeedsMax}");
        return [.. Enumerable.Range(0, (int)(last - first) + 1).Select(step => first + (ulong)step)];
    }

    private static void Print(SimBenchResult result, bool markdown)
    {
        if (markdown)
        {
            foreach (var row in result.Markdown()) Console.Out.WriteLine(row);
            return;
        }

        var line = CultureInfo.InvariantCulture;
        Console.Out.WriteLine($"{result.Scenario}, seeds {string.Join(", ", result.Seeds)}");
        Console.Out.WriteLine($"{"",-20}{"mAh/day",18}{"days",16}{"way within 25 m, %",20}{"kB on air",16}");
        foreach (var way in result.Ways)
        {
            var bytes = new Range(way.BytesOnAirPerDay.Least / 1000, way.BytesOnAirPerDay.Most / 1000);
            Console.Out.WriteLine($"{way.Name,-20}{way.MAhPerDay.Text("0.00"),18}{way.Days.Text("0.0"),16}{way.PathCoveredPercent.Text("0.0"),20}{bytes.Text("0.0"),16}");
        }

        Console.Out.WriteLine($"our charge over the oracle's: {result.OverOracle.Text("0.000")}");
        Console.Out.WriteLine(string.Create(line, $"one insole on one core: {result.Speed.Speedup:N0} times real time, {result.Speed.Worst:N0} in the slowest of {result.Speed.Rounds}"));
        if (result.Crowd is { } crowd) Console.Out.WriteLine(string.Create(line, $"{crowd.Insoles} insoles on one core: {crowd.Speedup:N0} times real time each; {crowd.InsolesInRealTime:N0} insoles in real time"));
        Console.Out.WriteLine(result.GoalsMissed.Count == 0 ? "all goals met" : "goals missed:");
        foreach (var goal in result.GoalsMissed) Console.Out.WriteLine($"  {goal}");
    }
}
