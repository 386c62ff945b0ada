using Traxxs.Cli.Monitor;
using Traxxs.Cli.Shared;
using Traxxs.Core.Ports;
using Traxxs.Simulation.SoftBoards;
using Traxxs.Simulation.World;

namespace Traxxs.Cli.Sim;

/// <summary>One run of a soft board at a terminal: its lines out, what happens to it in, an account at the end.</summary>
internal sealed class SimBoardSession(SoftBoardOptions options, TextWriter output, PseudoTerminal? pty)
{
    private readonly Lock _gate = new();
    private readonly BoardAccount _account = new(null);
    private readonly List<string> _felt = [];
    private SoftBoard _board = null!;
    private int _faults;
    private int _runs;
    private bool _partFailed;

    /// <summary>Runs it. True: no fault, no failed part, and it ran.</summary>
    public bool Run(TimeSpan limit, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _board = new SoftBoard(options, DateTimeOffset.UtcNow);
        _board.Printed += Print;
        _board.Felt += Feel;
        if (pty is not null) Console.Error.WriteLine($"serial port {pty.Port}");
        new Thread(() => Listen(stop)) { IsBackground = true, Name = "stdin" }.Start();
        stop.CancelAfter(limit);
        _board.Run(stop.Token);
        return _faults == 0 && !_partFailed && _runs > 0;
    }

    /// <summary>The object for scripts.</summary>
    public object ToJson(string id)
    {
        lock (_gate)
        {
            return new { id, starts = _board.Starts, deepSleeps = _board.DeepSleeps, restarts = _board.Restarts, felt = _felt, board = _account.ToJson() };
        }
    }

    private void Print(string text)
    {
        var line = BoardLine.Of(text);
        lock (_gate)
        {
            _account.Take(line);
            if (line.Kind == BoardLineKind.Fault) _faults++;
            if (line.Kind == BoardLineKind.Runs) _runs++;
            if (line.Kind == BoardLineKind.SelfTest) _partFailed = line.Parts.Values.Any(good => !good);
            output.WriteLine(text);
            output.Flush();
        }

        pty?.WriteLine(text);
    }

    // No line of the board: what its wearer would tell.
    private void Feel(IndicatorPattern pattern)
    {
        lock (_gate)
        {
            var name = System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(pattern.ToString());
            _felt.Add(name);
            Console.Error.WriteLine($"[felt: {name}]");
        }
    }

    private void Listen(CancellationTokenSource stop)
    {
        while (Console.In.ReadLine() is { } line)
        {
            switch (line.Trim())
            {
                case "sos": _board.Ask(Deed.PressSos); break;
                case "cancel": _board.Ask(Deed.PressCancel); break;
                case "charger on": _board.Ask(Deed.ConnectCharger); break;
                case "charger off": _board.Ask(Deed.DisconnectCharger); break;
                case "network off": _board.SetNetwork(false); break;
                case "network on": _board.SetNetwork(true); break;
                case "quit": TryCancel(stop); return;
                case "": break;
                default: Console.Error.WriteLine("sos, cancel, charger on, charger off, network off, network on or quit"); break;
            }
        }
    }

    private static void TryCancel(CancellationTokenSource stop)
    {
        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }
    }
}
