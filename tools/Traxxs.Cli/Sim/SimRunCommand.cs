using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Traxxs.Cli.Shared;
using Traxxs.Simulation.Links;
using Traxxs.Simulation.Reporting;
using Traxxs.Simulation.Run;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.World;

namespace Traxxs.Cli.Sim;

/// <summary><c>traxxs sim run</c>: one scenario, held to what it expects.</summary>
internal static class SimRunCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var scenario = new Argument<string>("scenario") { Description = $"a scenario that comes along ({string.Join(", ", ScenarioFile.BuiltIn)}) or a YAML file" };
        var seed = new Option<ulong>("--seed") { Description = "chance of everything: the same seed gives the same bytes", DefaultValueFactory = _ => 1 };
        var output = new Option<DirectoryInfo?>("--out") { Description = "folder for report.html, junit.xml and summary.json" };
        var server = new Option<string?>("--server") { Description = "in-process, or mqtt://[password@]host[:port] of a running server; before what the scenario says" };
        var gait = new Option<string?>("--gait") { Description = "walk with strides cut from recordings: a CSV of acceleration at the foot (ax_g... or ax_mps2..., also .gz), or a folder of them" };
        var rate = new Option<double>("--rate") { Description = "samples a second of --gait, where the files do not say", DefaultValueFactory = _ => 250 };
        var json = new Option<bool>("--json") { Description = "print one JSON object" };
        var run = new Command("run", "Run one scenario in simulated time and hold it to what it expects.") { scenario, seed, output, server, gait, rate, json };
        run.SetAction((result, cancellation) => Task.Run(() => Run(new Request(
            result.GetValue(scenario)!, result.GetValue(seed), result.GetValue(output), result.GetValue(server), result.GetValue(gait), result.GetValue(rate), result.GetValue(json)), cancellation), CancellationToken.None));
        return run;
    }

    private static int Run(Request request, CancellationToken cancellation)
    {
        if (!TryPrepare(request, out var scenario, out var options, out var address, out var problem))
        {
            Console.Error.WriteLine(problem);
            return ExitCode.Usage;
        }

        if (address is not null && ProblemWith(AddressOf(address, scenario.Devices[0].Id)) is { } unreachable)
        {
            Console.Error.WriteLine(unreachable);
            return ExitCode.Failed;
        }

        using var progress = new ProgressLine("sim " + scenario.Name);
        try
        {
            var watch = Stopwatch.StartNew();
            using var run = address is null
                ? ScenarioRunner.Run(scenario, request.Seed, options, Report, cancellation)
                : ScenarioRunner.Run(scenario, request.Seed, device => new MqttServerPath(AddressOf(address, device.Id)), options, Report, cancellation);
            var finished = run with { Result = run.Result with { WallSeconds = Math.Round(watch.Elapsed.TotalSeconds, 3) } };
            progress.Dispose();
            if (request.Output is not null) Write(finished, request.Output);
            if (request.Json) JsonOutput.Write(finished.Result);
            else Print(finished.Result, request.Output);
            return finished.Result.ExpectationsFailed == 0 ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("stopped");
            return ExitCode.Failed;
        }

        void Report(SimulationRun run) => progress.Report(string.Create(CultureInfo.InvariantCulture,
            $"{run.UtcNow:HH:mm}, {run.Rigs.Sum(rig => rig.Accepted.Count)} reports"));
    }

    private static bool TryPrepare(Request request, out Scenario scenario, out RunOptions options, out Uri? address, out string problem)
    {
        (scenario, options, address, problem) = (null!, new RunOptions(), null, "");
        try
        {
            scenario = ScenarioFile.Load(request.Scenario);
            if (request.Gait is not null) options = new RunOptions { Gait = RecordedStrides.Read(request.Gait, request.RateHz) };
        }
        catch (Exception error) when (error is ScenarioException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            problem = error.Message;
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

    private static void Write(FinishedRun finished, DirectoryInfo output)
    {
        RunFolder.Write(finished, output.FullName);
    }

    private static void Print(ScenarioResult result, DirectoryInfo? output)
    {
        var line = CultureInfo.InvariantCulture;
        Console.Out.WriteLine(string.Create(line, $"{result.Scenario}, seed {result.Seed}: {result.VirtualSeconds / 3600:0.0} h in {result.WallSeconds:0.00} s ({result.Speedup:N0} times real time)"));
        foreach (var e in result.Expectations)
        {
            var word = e.Passed switch { true => "holds      ", false => "FAILS      ", null => "not checked" };
            Console.Out.WriteLine($"  {word} {e.Text}: {e.Detail}");
        }

        foreach (var device in result.Devices)
        {
            Console.Out.WriteLine(string.Create(line, $"  {device.DeviceId}: {device.Accepted} reports, {device.Fixes} fixes, {device.MAhPerDay:0.00} mAh a day ({device.ProjectedDays:0.0} days), {device.BytesOnAirPerDay / 1000:0.0} kB on air a day"));
        }

        Console.Out.WriteLine($"  hash {result.Hash}");
        if (output is not null) Console.Out.WriteLine($"  report in {Path.Combine(output.FullName, "report.html")}");
    }

    private sealed record Request(string Scenario, ulong Seed, DirectoryInfo? Output, string? Server, string? Gait, double RateHz, bool Json);
}
