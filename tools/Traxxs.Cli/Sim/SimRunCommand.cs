using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Traxxs.Cli.Shared;
using Traxxs.Simulation.Links;
using Traxxs.Simulation.Run;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.Traces;
using Traxxs.Simulation.World;

namespace Traxxs.Cli.Sim;

/// <summary><c>traxxs sim run</c>: one scenario, held to what it expects.</summary>
internal static class SimRunCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var scenario = new Argument<string?>("scenario") { Description = $"a scenario that comes along ({string.Join(", ", ScenarioFile.BuiltIn)}) or a YAML file", Arity = ArgumentArity.ZeroOrOne };
        var seed = new Option<ulong>("--seed") { Description = "chance of everything: the same seed gives the same bytes", DefaultValueFactory = _ => 1 };
        var server = new Option<string?>("--server") { Description = "in-process, or mqtt://[password@]host[:port] of a running server; before what the scenario says" };
        var gait = new Option<string?>("--gait") { Description = "walk with strides cut from recordings: a CSV of acceleration at the foot (ax_g... or ax_mps2..., also .gz), or a folder of them" };
        var rate = new Option<double>("--rate") { Description = "samples a second of --gait, where the files do not say", DefaultValueFactory = _ => 250 };
        var record = new Option<string?>("--record") { Description = "write what the world did to the insoles, at their chips, into this file" };
        var replay = new Option<string?>("--replay") { Description = "live in the world of such a file: with the scenario it holds, or with settings, supervisors and expectations of the one named here; --seed is then the chance of chips and link alone" };
        var report = new SimRunReportOptions();
        var json = new Option<bool>("--json") { Description = "print one JSON object" };
        var run = new Command("run", "Run one scenario in simulated time and hold it to what it expects.") { scenario, seed, server, gait, rate, record, replay, json };
        report.AddTo(run);
        run.SetAction((result, cancellation) => Task.Run(() => Run(new Request(
            result.GetValue(scenario), result.GetResult(seed) is { Implicit: false } ? result.GetValue(seed) : null, result.GetValue(server), result.GetValue(gait), result.GetValue(rate),
            result.GetValue(record), result.GetValue(replay), result.GetValue(json)), report.Read(result), cancellation), CancellationToken.None));
        return run;
    }

    private static int Run(Request request, SimRunReport report, CancellationToken cancellation)
    {
        if (!TryPrepare(request, report, out var scenario, out var options, out var address, out var problem))
        {
            Console.Error.WriteLine(problem);
            return ExitCode.Usage;
        }

        if (address is not null && ProblemWith(AddressOf(address, scenario.Devices[0].Id)) is { } unreachable)
        {
            Console.Error.WriteLine(unreachable);
            return ExitCode.Failed;
        }

        var seed = request.Seed ?? options.Trace?.Seed ?? 1;
        using var progress = new ProgressLine("sim " + scenario.Name);
        try
        {
            var watch = Stopwatch.StartNew();
            using var run = address is null
                ? ScenarioRunner.Run(scenario, seed, options, Report, cancellation)
                : ScenarioRunner.Run(scenario, seed, device => new MqttServerPath(AddressOf(address, device.Id)), options, Report, cancellation);
            var finished = run with { Result = run.Result with { WallSeconds = Math.Round(watch.Elapsed.TotalSeconds, 3) } };
            if (request.Record is not null)
            {
                progress.Report("writing what the world did");
                TraceWriter.Write(request.Record, finished.Run);
            }

            progress.Dispose();
            return report.Finish(finished, request.Json) ? ExitCode.Ok : ExitCode.Failed;

            void Report(SimulationRun run) => progress.Report(Progress(run, watch.Elapsed));
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("stopped");
            return ExitCode.Failed;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Console.Error.WriteLine($"the run is over, its report or trace could not be written: {error.Message} (--out writes elsewhere, --no-report nothing)");
            return ExitCode.Failed;
        }
    }

    private static string Progress(SimulationRun run, TimeSpan elapsed)
    {
        var percent = 100 * run.NowMs / run.Scenario.Duration.TotalMilliseconds;
        var (accepted, waiting) = (run.Rigs.Sum(rig => rig.Accepted.Count), run.Rigs.Sum(rig => rig.Waiting));
        return string.Create(CultureInfo.InvariantCulture, $"{percent,3:0} %, {run.UtcNow:ddd HH:mm}, {accepted} reports{(waiting > 0 ? $" ({waiting} waiting)" : "")}, {run.NowMs / elapsed.TotalMilliseconds:N0} times real time");
    }

    private static bool TryPrepare(Request request, SimRunReport report, out Scenario scenario, out RunOptions options, out Uri? address, out string problem)
    {
        (scenario, options, address, problem) = (null!, new RunOptions { NotesPower = report.Writes }, null, "");
        try
        {
            if (request.Replay is not null) options = options with { Trace = TraceReader.Read(request.Replay) };
            if ((request.Scenario ?? request.Replay) is null) throw new InvalidDataException("name a scenario, or a trace with --replay");
            if (options.Trace is not null && request.Gait is not null) throw new InvalidDataException("--gait walks for people; the world of --replay has its strides already");
            var named = request.Scenario is null ? null : ScenarioFile.Load(request.Scenario);
            scenario = options.Trace?.With(named) ?? named!;
            if (request.Gait is not null) options = options with { Gait = RecordedStrides.Read(request.Gait, request.RateHz) };
            report.Prepare(scenario.Name);
        }
        catch (Exception error) when (error is ScenarioException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            problem = error.Message;
            return false;
        }

        if (scenario.Store is not null)
        {
            problem = $"{request.Scenario} is a plan of the soak: run it with traxxs sim soak --plan {request.Scenario}";
            return false;
        }

        address = request.Server is null ? scenario.Server : null;
        if (request.Server is null or "in-process") return true;
        problem = $"--server takes mqtt://host:port or in-process, not '{request.Server}'";
        return Uri.TryCreate(request.Server, UriKind.Absolute, out address) && address.Scheme == "mqtt";
    }

    // Asked before the run: hours of simulated retries would say the same later.
    private static string? ProblemWith(MqttServerAddress address)
    {
        using var path = new MqttServerPath(address);
        if (!path.Connect()) return path.Problem;
        path.Disconnect(abrupt: false);
        return null;
    }

    private static MqttServerAddress AddressOf(Uri server, string deviceId)
        => new(server.Host, server.Port > 0 ? server.Port : 1883, deviceId, server.UserInfo.Length > 0 ? Uri.UnescapeDataString(server.UserInfo) : null);

    private sealed record Request(string? Scenario, ulong? Seed, string? Server, string? Gait, double RateHz, string? Record, string? Replay, bool Json);
}
