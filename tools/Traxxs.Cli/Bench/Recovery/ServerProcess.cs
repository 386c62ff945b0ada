using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace Traxxs.Cli.Bench.Recovery;

/// <summary><c>traxxs server</c> in a process of its own, to be killed.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private bool _ended;

    private ServerProcess(Process process, int port) => (_process, Port) = (process, port);

    /// <summary>Where devices connect.</summary>
    public int Port { get; }

    /// <summary>Starts it; it listens when this completes.</summary>
    /// <exception cref="InvalidOperationException">It does not start.</exception>
    public static async Task<ServerProcess> StartAsync(string folder, string broker, string store, int port)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        // Started by `dotnet traxxs.dll`, the program is the first argument; by its own executable there is none.
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(Assembly.GetEntryAssembly()!.Location);
        foreach (var argument in new[] { "server", "--data", folder, "--broker", broker, "--store", store, "--mqtt-port", $"{port}", "--http-port", "0", "--json" }) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        var text = new StringBuilder();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            text.AppendLine(line);
            if (line == "}") return new ServerProcess(process, new Uri(JsonDocument.Parse(text.ToString()).RootElement.GetProperty("mqtt").GetString()!).Port);
        }

        throw new InvalidOperationException("the server does not start");
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ended) return;
        _ended = true;
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
