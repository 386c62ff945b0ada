using System.CommandLine;
using System.Globalization;
using Traxxs.Cli.Server;
using Traxxs.Cli.Shared;
using Traxxs.Simulation.Time;

namespace Traxxs.Cli.Demo;

/// <summary><c>traxxs demo</c>: the whole line, from a step to an alert, on one machine.</summary>
public static class DemoCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var duration = new Option<string>("--duration") { Description = "simulated time, such as 30m; the SOS story needs 25m", DefaultValueFactory = _ => "30m" };
        var speed = new Option<double>("--speed") { Description = "simulated over real time, 0 for as fast as the machine allows", DefaultValueFactory = _ => 60 };
        var keep = new Option<bool>("--keep") { Description = "leave the server running afterwards, until Ctrl-C" };
        var json = new Option<bool>("--json") { Description = "print one JSON object; the commentary goes to stderr" };
        var data = new Option<DirectoryInfo?>("--data") { Description = "folder for the server's data (default: a new one that goes with the demo)" };
        var (broker, store) = (BrokerChoice.Option(), StoreChoice.Option());
        var tracks = new Option<string[]>("--tracks") { Description = "GPX or CSV tracks, or folders of them, for the three to walk", AllowMultipleArgumentsPerToken = true };
        var seed = new Option<ulong>("--seed") { Description = "chance of everything simulated", DefaultValueFactory = _ => 1 };
        var command = new Command("demo", "A server and three simulated insoles: a walk that ends in a fall, an SOS without network, a geofence left. Checks that every alert and report arrives.")
        {
            duration, speed, keep, json, data, broker, store, tracks, seed,
        };
        command.SetAction(async (result, cancellation) =>
        {
            var wanted = result.GetValue(duration)!;
            if (!SpanText.TryParse(wanted, out var span)) return Wrong($"--duration takes a span such as 30m or 2h, not '{wanted}'");
            if (span < DemoOptions.DurationMin) return Wrong($"--duration {wanted} is too short: Ben needs 20 minutes without network, so the demo takes at least {DemoOptions.DurationMin.TotalMinutes:0}m. Make it faster with --speed instead");
            if (span > DemoOptions.DurationMax) return Wrong($"--duration {wanted} is too long: at most {DemoOptions.DurationMax.TotalHours:0}h");
            if (result.GetValue(speed) is not (>= 0 and <= 1e6)) return Wrong("--speed takes 0 to 1000000");
            return await RunAsync(new DemoOptions
            {
                Duration = span,
                Speed = result.GetValue(speed),
                Keep = result.GetValue(keep),
                DataFolder = result.GetValue(data)?.FullName,
                Broker = result.GetValue(broker)!,
                Store = result.GetValue(store)!,
                Tracks = result.GetValue(tracks) ?? [],
                Seed = result.GetValue(seed),
            }, result.GetValue(json), cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(DemoOptions options, bool json, CancellationToken cancellation)
    {
        var commentary = json ? Console.Error : Console.Out;
        await using var run = new DemoRun(options, commentary);
        try
        {
            var result = await run.PlayAsync(cancellation);
            if (json) JsonOutput.Write(result);
            else Print(result, commentary);
            if (options.Keep) await KeepAsync(run, commentary, cancellation);
            return result.Ok ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (DemoException problem)
        {
            return Wrong(problem.Message);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("stopped before the end: nothing was counted");
            return ExitCode.Failed;
        }
    }

    private static async Task KeepAsync(DemoRun run, TextWriter commentary, CancellationToken cancellation)
    {
        run.LetTheServerGoOn();
        commentary.WriteLine("The insoles are switched off; the server stays until Ctrl-C.");
        try
        {
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        catch (OperationCanceledException)
        {
            // What was waited for.
        }
    }

    private static void Print(DemoResult result, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("alert            device        happened  raised    age            notified  as expected");
        foreach (var alert in result.Alerts)
        {
            var age = alert.AgeSeconds is { } seconds ? DemoNarrator.Age(seconds) : "not known";
            output.WriteLine($"{alert.Rule,-16} {alert.Device,-13} {alert.EventTime,-9:HH:mm:ss} {alert.RaisedAt,-9:HH:mm:ss} {age,-14} {(alert.Notified ? "yes" : "NO"),-9} {(alert.Expected ? "yes" : "NO")}");
        }

        output.WriteLine();
        output.WriteLine($"alerts   {result.ExpectedAlerts} expected, {result.RaisedAlerts} raised");
        output.WriteLine($"reports  {result.AcceptedReports} accepted by the insoles, {result.StoredReports} stored, {result.Duplicates} doubled, {result.Lost} lost");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"time     {result.SimulatedSeconds / 60:0.0} simulated minutes in {result.WallSeconds:0.0} s"));
        foreach (var problem in result.Problems) output.WriteLine("FAILS    " + problem);
        output.WriteLine(result.Ok ? "All as promised." : "Not as promised.");
    }

    private static int Wrong(string message)
    {
        Console.Error.WriteLine(message);
        return ExitCode.Usage;
    }
}
