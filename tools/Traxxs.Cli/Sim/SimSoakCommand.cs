using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Traxxs.Cli.Shared;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.Soak;

namespace Traxxs.Cli.Sim;

/// <summary><c>traxxs sim soak</c>: random whole systems with faults, every promise looked at every tick.</summary>
internal static class SimSoakCommand
{
    // A range typed by mistake should not run for a year.
    private const ulong SeedsMax = 1_000_000;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var seeds = new Option<string>("--seeds") { Description = "seeds to run: A..B, or one", DefaultValueFactory = _ => "1..20" };
        var minutes = new Option<int>("--minutes-per-seed") { Description = $"simulated minutes each, {SoakPlanner.MinutesMin} to {SoakPlanner.MinutesMax}, before the world is healed", DefaultValueFactory = _ => SoakPlanner.MinutesUsual };
        var plan = new Option<FileInfo?>("--plan") { Description = "run this plan, as a failure has left it, instead of the seeds' own" };
        var output = new Option<DirectoryInfo?>("--out") { Description = "folder for the plans of failing seeds, as they are and cut down" };
        var jobs = new Option<int>("--jobs") { Description = "seeds at a time", DefaultValueFactory = _ => Environment.ProcessorCount };
        var json = new Option<bool>("--json") { Description = "print one JSON object" };
        var command = new Command("soak", "Random whole-system runs, a seed each: insoles, radio, sessions, ingest, a store that fails, rules and people; then all is healed and everything must come through.")
        {
            seeds, minutes, plan, output, jobs, json,
        };
        command.SetAction((result, cancellation) => Task.Run(() => Run(
            new Request(result.GetValue(seeds)!, result.GetValue(minutes), result.GetValue(plan), result.GetValue(output), result.GetValue(jobs), result.GetValue(json)), cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(Request request, CancellationToken cancellation)
    {
        if (Problem(request, out var from, out var to) is { } problem)
        {
            Console.Error.WriteLine(problem);
            return ExitCode.Usage;
        }

        try
        {
            var watch = Stopwatch.StartNew();
            List<SoakResult> results;
            using (var progress = new ProgressLine("sim soak")) results = request.Plan is { } plan ? [SoakRun.Run(File.ReadAllText(plan.FullName), null, cancellation)] : RunAll(request, from, to, progress, cancellation);
            foreach (var failed in results.Where(result => result.Violation is not null)) Tell(failed, request, cancellation);
            var summary = SoakSummary.Of(results, Math.Round(watch.Elapsed.TotalSeconds, 2));
            if (request.Json) JsonOutput.Write(summary);
            else Print(summary);
            return summary.FailedSeeds.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (Exception error) when (error is ScenarioException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(error.Message);
            return ExitCode.Usage;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("stopped");
            return ExitCode.Failed;
        }
    }

    private static string? Problem(Request request, out ulong from, out ulong to)
    {
        var ends = request.Seeds.Split("..");
        to = 0;
        var known = ulong.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out from) && ends.Length <= 2 && ulong.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out to);
        if (!known || to < from || to - from >= SeedsMax) return $"--seeds takes A..B or one number, at most {SeedsMax} seeds, not '{request.Seeds}'";
        if (request.Minutes is < SoakPlanner.MinutesMin or > SoakPlanner.MinutesMax) return $"--minutes-per-seed takes {SoakPlanner.MinutesMin} to {SoakPlanner.MinutesMax}, not {request.Minutes}";
        if (request.Jobs is < 1 or > 256) return $"--jobs takes 1 to 256, not {request.Jobs}";
        return request.Plan is { Exists: false } ? $"there is no plan {request.Plan}" : null;
    }

    private static List<SoakResult> RunAll(Request request, ulong from, ulong to, ProgressLine progress, CancellationToken cancellation)
    {
        var results = new ConcurrentBag<SoakResult>();
        var seeds = Enumerable.Range(0, (int)(to - from) + 1).Select(offset => from + (ulong)offset);
        Parallel.ForEach(seeds, new ParallelOptions { MaxDegreeOfParallelism = request.Jobs, CancellationToken = cancellation }, seed =>
        {
            results.Add(SoakRun.Run(seed, request.Minutes, cancellation));
            progress.Report($"{results.Count} of {to - from + 1} seeds, {results.Count(result => result.Violation is not null)} failed");
        });
        return [.. results.OrderBy(result => result.Seed)];
    }

    // All that is needed to see it again, on stderr: stdout has the summary.
    private static void Tell(SoakResult failed, Request request, CancellationToken cancellation)
    {
        var violation = failed.Violation!;
        Console.Error.WriteLine($"seed {failed.Seed}: {violation.Invariant} at {TimeSpan.FromMilliseconds(violation.TimeMs):d\\.hh\\:mm\\:ss}: {violation.Detail}");
        Console.Error.WriteLine(request.Plan is null
            ? $"  again: traxxs sim soak --seeds {failed.Seed} --minutes-per-seed {request.Minutes}"
            : $"  again: traxxs sim soak --plan {request.Plan}");
        if (request.Output is not { } folder) return;
        folder.Create();
        var path = Path.Combine(folder.FullName, $"seed-{failed.Seed}.yaml");
        File.WriteAllText(path, failed.Plan);
        var cut = SimShrinkCommand.Shrink(failed.Plan, new SoakFailing(violation.Invariant), null, cancellation);
        var small = Path.Combine(folder.FullName, $"seed-{failed.Seed}.min.yaml");
        File.WriteAllText(small, cut.Text);
        Console.Error.WriteLine($"  plan: {path}, cut down to {cut.Lines} lines: {small}");
    }

    private static void Print(SoakSummary summary)
    {
        var line = CultureInfo.InvariantCulture;
        Console.Out.WriteLine(string.Create(line, $"{summary.Seeds} seeds, {summary.FailedSeeds.Count} failed; {summary.VirtualHours:N0} h in {summary.WallSeconds:0.0} s, {summary.Ticks:N0} looks at the invariants"));
        Console.Out.WriteLine(string.Create(line, $"{summary.Reports:N0} reports, {summary.Repeats:N0} sent again, {summary.Alarms:N0} alarms, {summary.Alerts:N0} alerts, {summary.Kills:N0} deaths of the server, {summary.Restarts:N0} restarts of insoles"));
        Console.Out.WriteLine("faults: " + string.Join(", ", summary.Faults.Select(pair => $"{pair.Key} {pair.Value}")));
        if (summary.FailedSeeds.Count > 0) Console.Out.WriteLine("failed: " + string.Join(", ", summary.FailedSeeds));
        Console.Out.WriteLine($"hash {summary.Hash}");
    }

    private sealed record Request(string Seeds, int Minutes, FileInfo? Plan, DirectoryInfo? Output, int Jobs, bool Json);
}
