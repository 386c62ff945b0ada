using System.CommandLine;
using System.Threading.Channels;
using Traxxs.Cli.Shared;

namespace Traxxs.Cli.Monitor;

/// <summary><c>traxxs monitor</c>: shows what a board says, and tells a script whether it is well.</summary>
internal static class MonitorCommand
{
    private const int UsualBaud = 921600;       // nanoFramework's debug port on the ESP32, CONFIG_TARGET_SERIAL_BAUDRATE.

    private sealed class Options
    {
        public Option<string?> Port { get; } = new("--port") { Description = "serial port of the board" };
        public Option<FileInfo?> File { get; } = new("--file") { Description = "a log instead of a port" };
        public Option<int> Baud { get; } = new("--baud") { Description = "the port's rate", DefaultValueFactory = _ => UsualBaud };
        public Option<int?> Seconds { get; } = new("--seconds") { Description = "end after so long" };
        public Option<string?> Until { get; } = new("--until") { Description = "end at the first line of this kind: starts, runs, selfTest; without one in time the exit code is 1" };
        public Option<bool> Json { get; } = new("--json") { Description = "print one JSON object at the end" };
    }

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var options = new Options();
        options.Until.AcceptOnlyFromAmong("starts", "runs", "selfTest");
        var command = new Command("monitor", "Shows what a board says on its debug port. Exit code 1: it reported a fault, a problem or a failed part.")
        {
            options.Port, options.File, options.Baud, options.Seconds, options.Until, options.Json,
        };
        command.SetAction((result, cancellationToken) => RunAsync(result, options, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result, Options options, CancellationToken cancellationToken)
    {
        var (port, file) = (result.GetValue(options.Port), result.GetValue(options.File));
        if (port is null == file is null)
        {
            Console.Error.WriteLine("give --port or --file");
            return ExitCode.Usage;
        }

        try
        {
            var json = result.GetValue(options.Json);
            var source = port is not null ? Tty.Open(port, result.GetValue(options.Baud)) : file!.OpenRead();
            var account = new BoardAccount(Enum.TryParse<BoardLineKind>(result.GetValue(options.Until), ignoreCase: true, out var until) ? until : null);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            if (result.GetValue(options.Seconds) is { } seconds) limit.CancelAfter(TimeSpan.FromSeconds(seconds));
            await FollowAsync(source, account, json, limit.Token);
            if (json) JsonOutput.Write(account.ToJson());
            return account.IsWell ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Failed;
        }
    }

    private static async Task FollowAsync(FileStream source, BoardAccount account, bool json, CancellationToken cancellationToken)
    {
        // A read from a port cannot be cancelled: it has a thread of its own, which ends with the process.
        var lines = Channel.CreateBounded<string>(new BoundedChannelOptions(1000) { SingleReader = true });
        new Thread(() => Read(source, lines.Writer)) { IsBackground = true }.Start();
        try
        {
            await foreach (var text in lines.Reader.ReadAllAsync(cancellationToken))
            {
                var line = BoardLine.Of(text);
                if (!json) Console.Out.WriteLine(line.Kind is BoardLineKind.Problem or BoardLineKind.Fault ? $"! {text}" : $"  {text}");
                if (account.Take(line)) return;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The time is over, or the person has seen enough: what came counts.
        }
    }

    private static void Read(FileStream source, ChannelWriter<string> lines)
    {
        Exception? end = null;
        try
        {
            var output = new BoardOutput();
            var buffer = new byte[4096];
            string line;
            for (int count; (count = source.Read(buffer)) > 0;)
            {
                for (var i = 0; i < count; i++)
                {
                    if (output.Feed(buffer[i], out line)) lines.WriteAsync(line).AsTask().GetAwaiter().GetResult();
                }
            }

            if (output.Finish(out line)) lines.WriteAsync(line).AsTask().GetAwaiter().GetResult();
        }
        catch (IOException e)
        {
            end = new IOException($"the board is gone: {e.Message}"); // its cable was pulled
        }

        lines.TryComplete(end);
    }
}
