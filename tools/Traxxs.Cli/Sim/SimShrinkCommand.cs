using System.CommandLine;
using Traxxs.Cli.Shared;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.Soak;

namespace Traxxs.Cli.Sim;

/// <summary><c>traxxs sim shrink</c>: the smallest scenario that still fails in the same way.</summary>
internal static class SimShrinkCommand
{
    private static readonly HashSet<string> Nothing = [];

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var file = new Argument<FileInfo>("file") { Description = "a plan that a soak has left, or a scenario whose expectation fails" };
        var invariant = new Option<string?>("--invariant") { Description = $"what must go on failing: an invariant of the soak ({SoakInvariant.AcknowledgedIsStored} ...) or the words of an expectation; the first that fails where it is not given" };
        var seed = new Option<ulong?>("--seed") { Description = "chance of everything; before what the file says" };
        var attempts = new Option<int>("--attempts") { Description = "most runs", DefaultValueFactory = _ => ScenarioCutter.AttemptsUsual };
        var output = new Option<FileInfo?>("--out") { Description = "where the small one goes; FILE.min.yaml beside the file where it is not given" };
        var json = new Option<bool>("--json") { Description = "print one JSON object" };
        var command = new Command("shrink", "Cut a failing plan or scenario down to the smallest one that still fails in the same way.") { file, invariant, seed, attempts, output, json };
        command.SetAction((result, cancellation) => Task.Run(() => Run(new Request(
            result.GetValue(file)!, result.GetValue(invariant), result.GetValue(seed), result.GetValue(attempts), result.GetValue(output), result.GetValue(json)), cancellation), CancellationToken.None));
        return command;
    }

    /// <summary>Cuts a plan of the soak.</summary>
    public static CutResult Shrink(string plan, SoakFailing failing, Action<CutResult>? progress, CancellationToken cancellation)
        => new ScenarioCutter(failing, Nothing).Cut(plan, ScenarioCutter.AttemptsUsual, progress, cancellation);

    private static int Run(Request request, CancellationToken cancellation)
    {
        if (request.Attempts < 1)
        {
            Console.Error.WriteLine($"--attempts takes a number from 1 on, not {request.Attempts}");
            return ExitCode.Usage;
        }

        try
        {
            var text = File.ReadAllText(request.File.FullName);
            var scenario = ScenarioFile.Load(request.File.FullName);
            using var progress = new ProgressLine("sim shrink");
            var (what, failing, kept) = scenario.Store is not null ? Soak(text, request, cancellation) : Ordinary(text, scenario, request, cancellation);
            if (failing is null || !failing.StillFails(text, cancellation))
            {
                progress.Dispose();
                Console.Error.WriteLine(what is null ? "nothing fails here: there is nothing to cut" : $"'{what}' does not fail here");
                return ExitCode.Failed;
            }

            var cut = new ScenarioCutter(failing, kept).Cut(text, request.Attempts, so => progress.Report($"{so.Lines} lines after {so.Attempts} runs"), cancellation);
            progress.Dispose();
            var path = request.Output?.FullName ?? Path.ChangeExtension(request.File.FullName, ".min.yaml");
            File.WriteAllText(path, cut.Text);
            var lines = text.AsSpan().Count('\n');
            if (request.Json) JsonOutput.Write(new { invariant = what, file = path, linesBefore = lines, linesAfter = cut.Lines, cut.Attempts });
            else Console.Out.WriteLine($"{what}: {lines} lines became {cut.Lines} after {cut.Attempts} runs, in {path}");
            return ExitCode.Ok;
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

    private static (string? What, IScenarioFailing? Failing, IReadOnlySet<string> Kept) Soak(string text, Request request, CancellationToken cancellation)
    {
        var what = request.Invariant ?? SoakRun.Run(text, request.Seed, cancellation).Violation?.Invariant;
        return (what, what is null ? null : new SoakFailing(what, request.Seed), Nothing);
    }

    private static (string? What, IScenarioFailing? Failing, IReadOnlySet<string> Kept) Ordinary(string text, Scenario scenario, Request request, CancellationToken cancellation)
    {
        var seed = request.Seed ?? scenario.Seed ?? 1;
        var folder = request.File.DirectoryName!;
        var what = request.Invariant ?? ExpectationFailing.FailuresOf(text, seed, folder, cancellation).FirstOrDefault();
        return what is null ? (null, null, Nothing) : (what, new ExpectationFailing(what, seed, folder), ExpectationFailing.KeptFor(text, what, folder));
    }

    private sealed record Request(FileInfo File, string? Invariant, ulong? Seed, int Attempts, FileInfo? Output, bool Json);
}
