using System.CommandLine;
using Traxxs.Cli.Replay;
using Traxxs.Cli.Shared;
using Traxxs.Simulation.Fleet;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Cli.Sim;

/// <summary><c>traxxs sim fleet</c>: thousands of insoles in real time against a live server.</summary>
internal static class SimFleetCommand
{
    private sealed class Options
    {
        public Option<int> Insoles { get; } = new("--insoles") { Description = $"how many, 1 to {FleetOptions.InsolesMax}", DefaultValueFactory = _ => 1000 };
        public Option<double> Minutes { get; } = new("--minutes") { Description = "how long they live, in their own time", DefaultValueFactory = _ => 5 };
        public Option<double> Speed { get; } = new("--speed") { Description = "times real time; beyond 1 their clocks begin in the past and end at this machine's", DefaultValueFactory = _ => 1 };
        public Option<string> Server { get; } = new("--server") { Description = "own: a traxxs server started for this, on free loopback ports; or mqtt://host[:port] of one that runs", DefaultValueFactory = _ => "own" };
        public Option<string?> Api { get; } = new("--api") { Description = "with mqtt://: its HTTP address, to make the insoles known and to see its alerts" };
        public Option<string?> TokenFile { get; } = new("--token-file") { Description = "with --api: file with an administrator's token" };
        public Option<string?> Credentials { get; } = new("--credentials") { Description = "with mqtt://: file with lines of device id, space, secret; without it and --api the insoles give no password" };
        public Option<string?> Scenario { get; } = new("--scenario") { Description = "whose days they live, each from another hour on: a name or a YAML file; without it days are drawn by chance, with a fall and a press of SOS here and there" };
        public Option<ulong> Seed { get; } = new("--seed") { Description = "chance of everything: the same seed gives the same people", DefaultValueFactory = _ => 1 };
        public Option<int> Ramp { get; } = new("--ramp") { Description = "over how many seconds of their time they are switched on; default a fifth of the minutes, at most 60" };
        public Option<int> Threads { get; } = new("--threads") { Description = "threads the insoles are shared out to", DefaultValueFactory = _ => Math.Min(2, Environment.ProcessorCount) };
        public Option<double> LateMax { get; } = new("--late-max") { Description = "share of steps that may run more than a second late, %", DefaultValueFactory = _ => 1 };
        public Option<string?> Data { get; } = new("--data") { Description = "keep what the own server stores in this new folder" };
        public Option<bool> Json { get; } = new("--json") { Description = "print one JSON object" };
    }

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var options = new Options();
        var command = new Command("fleet", """
            Insoles on the real firmware in real time against a live server. Each connects as its firmware does: a socket and a session of
            its own when it has something to say, left when all is said. At the end what they hold is delivered and everything is counted.
            Exit code 1: something was lost or doubled, an alarm has no alert, or more steps than --late-max ran over a second late.
            """)
        {
            options.Insoles, options.Minutes, options.Speed, options.Server, options.Api, options.TokenFile, options.Credentials,
            options.Scenario, options.Seed, options.Ramp, options.Threads, options.LateMax, options.Data, options.Json,
        };
        command.SetAction((result, cancellation) => Task.Run(() => RunAsync(result, options, cancellation), CancellationToken.None));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result, Options options, CancellationToken cancellation)
    {
        FleetOptions fleet;
        try
        {
            fleet = ProblemWith(result, options) is { } problem ? throw new UsageException(problem) : OptionsOf(result, options);
        }
        catch (Exception problem) when (problem is ScenarioException or UsageException)
        {
            Console.Error.WriteLine(problem.Message);
            return ExitCode.Usage;
        }

        if (OpenFiles.ProblemWith(fleet.Insoles) is { } few) Console.Error.WriteLine(few);
        try
        {
            await using var target = await SimFleetTarget.ReachAsync(fleet, result.GetValue(options.Server)!, result.GetValue(options.Data), result.GetValue(options.Api),
                result.GetValue(options.TokenFile), result.GetValue(options.Credentials), cancellation);
            var came = await new SimFleetSession(fleet, target, result.GetValue(options.LateMax)).RunAsync(cancellation);
            if (result.GetValue(options.Json)) JsonOutput.Write(came);
            else Console.Out.WriteLine(came.InWords());
            return came.Holds ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (ReplayException problem)
        {
            Console.Error.WriteLine(problem.Message);
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("stopped before it began");
            return ExitCode.Failed;
        }
    }

    private static FleetOptions OptionsOf(ParseResult result, Options options)
    {
        var duration = TimeSpan.FromMinutes(result.GetValue(options.Minutes));
        var ramp = result.GetResult(options.Ramp) is { Implicit: false } ? TimeSpan.FromSeconds(result.GetValue(options.Ramp)) : TimeSpan.FromSeconds(Math.Min(60, duration.TotalSeconds / 5));
        return new FleetOptions
        {
            Insoles = result.GetValue(options.Insoles),
            Duration = duration,
            Seed = result.GetValue(options.Seed),
            Speed = result.GetValue(options.Speed),
            Ramp = ramp,
            Scenario = result.GetValue(options.Scenario) is { } name ? ScenarioFile.Load(name) : null,
            Threads = result.GetValue(options.Threads),
        };
    }

    private static string? ProblemWith(ParseResult result, Options options)
    {
        if (result.GetValue(options.Insoles) is < 1 or > FleetOptions.InsolesMax) return $"--insoles is 1 to {FleetOptions.InsolesMax}";
        if (result.GetValue(options.Minutes) is not (> 0 and <= 1440)) return "--minutes is more than 0 and at most 1440";
        if (result.GetValue(options.Speed) is not (>= 1 and <= 1000)) return "--speed is 1 to 1000";
        if (result.GetValue(options.Threads) is < 1 or > 64) return "--threads is 1 to 64";
        if (result.GetValue(options.LateMax) is not (>= 0 and <= 100)) return "--late-max is 0 to 100";
        if (result.GetValue(options.Ramp) is < 0 or > 86_400) return "--ramp is 0 to 86400";
        if (result.GetValue(options.Api) is null != result.GetValue(options.TokenFile) is null) return "--api and --token-file go together";
        if (result.GetValue(options.Server) == "own")
            return (result.GetValue(options.Api) ?? result.GetValue(options.Credentials)) is null ? null : "--api, --token-file and --credentials belong to --server mqtt://";
        if (!Uri.TryCreate(result.GetValue(options.Server), UriKind.Absolute, out var address) || address.Scheme != "mqtt") return "--server is own or mqtt://host:port";
        return result.GetValue(options.Data) is null ? null : "--data belongs to --server own";
    }

    private sealed class UsageException(string message) : Exception(message);
}
