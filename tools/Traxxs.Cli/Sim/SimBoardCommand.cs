using System.CommandLine;
using Traxxs.Cli.Shared;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.SoftBoards;
using Traxxs.Simulation.Time;
using Traxxs.Simulation.World;
using Traxxs.Store.Service;

namespace Traxxs.Cli.Sim;

/// <summary><c>traxxs sim board</c>: the complete device image in real time, against any MQTT server.</summary>
internal static class SimBoardCommand
{
    private sealed class Options
    {
        public Argument<string> Id { get; } = new("ID") { Description = DeviceId.Rule };
        public Option<string?> Server { get; } = new("--server") { Description = "mqtt://[secret@]host[:port], or mqtts:// with --ca: any MQTT 3.1.1 server" };
        public Option<FileInfo?> Ca { get; } = new("--ca") { Description = "with mqtts://: PEM certificate of the authority that signs the server's" };
        public Option<string?> Bundle { get; } = new("--bundle") { Description = "instead of --server: the folder that 'traxxs provision ID --bundle' wrote for a board" };
        public Option<string?> Scenario { get; } = new("--scenario") { Description = "who wears it, where, with which faults: a scenario's name or YAML file (its device ID, or its first); without it somebody who stands, walks and sits" };
        public Option<string?> From { get; } = new("--from") { Description = "begin the scenario's day so late, such as 6h30m" };
        public Option<string?> Flash { get; } = new("--flash") { Description = "folder that is its flash, kept: the next run goes on there" };
        public Option<int?> Seconds { get; } = new("--seconds") { Description = "end after so long; without it Ctrl+C or 'quit' ends it" };
        public Option<ulong> Seed { get; } = new("--seed") { Description = "chance of the chips", DefaultValueFactory = _ => 1 };
        public Option<bool> Pty { get; } = new("--pty") { Description = "a serial port for 'traxxs monitor --port'; its path is told on stderr" };
        public Option<bool> Json { get; } = new("--json") { Description = "print one JSON object at the end; the board's lines go to stderr" };
    }

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var options = new Options();
        var command = new Command("board", """
            A soft board: the complete device image in real time, on chips simulated at their registers, against any MQTT server. Prints what a
            board's debug port says. Deep sleep and restarts enter the image anew. Lines on stdin are what happens to it: sos, cancel, charger on,
            charger off, network off, network on, quit. There is no --speed: the image waits by this machine's clock, as it does on the board.
            Exit code 1: the image ended by a fault, a part failed its self-test, or it never ran.
            """)
        {
            options.Id, options.Server, options.Ca, options.Bundle, options.Scenario, options.From, options.Flash, options.Seconds, options.Seed, options.Pty, options.Json,
        };
        command.SetAction((result, cancellation) => Task.Run(() => Run(result, options, cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult result, Options options, CancellationToken cancellation)
    {
        SimBoardFlash flash;
        SoftBoardOptions board;
        try
        {
            board = BoardOf(result, options);
            flash = FlashOf(result, options);
        }
        catch (Exception problem) when (problem is ScenarioException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(problem.Message);
            return ExitCode.Usage;
        }

        using (flash)
        {
            using var pty = result.GetValue(options.Pty) ? new PseudoTerminal() : null;
            var limit = result.GetValue(options.Seconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan;
            var json = result.GetValue(options.Json);
            var session = new SimBoardSession(board with { Flash = flash.Folder }, json ? Console.Error : Console.Out, pty);
            var well = session.Run(limit, cancellation);
            if (json) JsonOutput.Write(session.ToJson(result.GetValue(options.Id)!));
            return well ? ExitCode.Ok : ExitCode.Failed;
        }
    }

    private static SoftBoardOptions BoardOf(ParseResult result, Options options)
    {
        var id = result.GetValue(options.Id)!;
        if (!DeviceId.IsValid(id)) throw new InvalidDataException($"\"{id}\" is not a device id: {DeviceId.Rule}");
        var from = TimeSpan.Zero;
        if (result.GetValue(options.From) is { } text && !SpanText.TryParse(text, out from)) throw new InvalidDataException($"--from is a span such as 6h30m, not {text}");
        if (result.GetValue(options.Seconds) is <= 0) throw new InvalidDataException("--seconds is 1 or more");
        var board = new SoftBoardOptions { Flash = "", Wearer = Somebody(), Seed = result.GetValue(options.Seed) };
        return result.GetValue(options.Scenario) is { } name ? OfScenario(board, ScenarioFile.Load(name), id, (long)from.TotalMilliseconds) : board;
    }

    private static SoftBoardOptions OfScenario(SoftBoardOptions board, Scenario scenario, string id, long fromMs)
    {
        var device = scenario.Devices.FirstOrDefault(device => device.Id == id) ?? scenario.Devices[0];
        var faults = scenario.Faults.Where(fault => (fault.DeviceId is null || fault.DeviceId == device.Id) && fault.ToMs >= fromMs).ToList();
        foreach (var kind in faults.Select(fault => fault.Kind).Distinct().Where(SoftBoardOptions.IsForSimulatorOnly))
            Console.Error.WriteLine($"a soft board cannot carry out the fault {kind}: it is left out ('sim run' can)");
        return board with
        {
            Wearer = device.Wearer.From(fromMs),
            Places = scenario.Places,
            BatteryPercent = device.BatteryPercent,
            Faults = [.. faults.Where(fault => !SoftBoardOptions.IsForSimulatorOnly(fault.Kind)).Select(fault => fault with { FromMs = Math.Max(0, fault.FromMs - fromMs), ToMs = fault.ToMs - fromMs })],
        };
    }

    private static SimBoardFlash FlashOf(ParseResult result, Options options)
    {
        var (id, bundle, server, flash) = (result.GetValue(options.Id)!, result.GetValue(options.Bundle), result.GetValue(options.Server), result.GetValue(options.Flash));
        if (bundle is null == server is null) throw new InvalidDataException("give --server or --bundle");
        if (bundle is not null) return SimBoardFlash.FromBundle(id, bundle, flash);
        if (!Uri.TryCreate(server, UriKind.Absolute, out var address) || address.Scheme is not ("mqtt" or "mqtts") || address.Host.Length == 0)
            throw new InvalidDataException($"--server is mqtt://[secret@]host[:port] or mqtts://, not {server}");
        return SimBoardFlash.ForServer(id, address, result.GetValue(options.Ca), flash);
    }

    // Eight hours of standing, walking and sitting.
    private static Person Somebody()
    {
        var timeline = new Timeline();
        for (var i = 0; i < 24; i++)
            timeline.Then(Activity.Stand, TimeSpan.FromMinutes(1)).Then(Activity.Walk, TimeSpan.FromMinutes(7)).Then(Activity.Sit, TimeSpan.FromMinutes(12));
        var home = new GeoPoint(52.08, 5.1);
        return new Person("somebody", new Route([home, home.Move(300, 200), home.Move(100, 500)], RouteEnd.Loop), timeline);
    }
}
