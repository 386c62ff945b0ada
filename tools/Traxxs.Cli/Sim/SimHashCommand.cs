using System.CommandLine;
using Traxxs.Cli.Shared;
using Traxxs.Simulation.Run;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Cli.Sim;

/// <summary><c>traxxs sim hash</c>: what the library's scenarios come to, in a line each, to be held against another machine's.</summary>
internal static class SimHashCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var names = new Argument<string[]>("scenarios") { Description = "names or YAML files; all that come along unless given", Arity = ArgumentArity.ZeroOrMore };
        var seed = new Option<ulong>("--seed") { Description = "chance of everything", DefaultValueFactory = _ => 1 };
        var json = new Option<bool>("--json") { Description = "print one JSON object" };
        var command = new Command("hash", "The hash of every accepted report of each scenario: the same on any machine.") { names, seed, json };
        command.SetAction((result, cancellation) => Task.Run(() => Run(result.GetValue(names) is { Length: > 0 } some ? some : ScenarioFile.BuiltIn, result.GetValue(seed), result.GetValue(json), cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(IReadOnlyList<string> names, ulong seed, bool json, CancellationToken cancellation)
    {
        var hashes = new Dictionary<string, string>();
        using var progress = new ProgressLine("sim hash");
        try
        {
            foreach (var name in names)
            {
                progress.Report($"{name}, {hashes.Count} of {names.Count} done");
                using var finished = ScenarioRunner.Run(ScenarioFile.Load(name), seed, new RunOptions { NotesPower = false }, cancellation: cancellation);
                hashes[name] = finished.Result.Hash;
                if (!json) Console.Out.WriteLine($"{finished.Result.Hash}  {name}");
            }
        }
        catch (ScenarioException problem)
        {
            Console.Error.WriteLine(problem.Message);
            return ExitCode.Usage;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("stopped");
            return ExitCode.Failed;
        }

        if (json) JsonOutput.Write(new { seed, hashes });
        return ExitCode.Ok;
    }
}
