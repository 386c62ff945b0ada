using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace Traxxs.Cli.Bench.Recovery;

/// <summary><c>traxxs server</c> in a process of its own, to be killed.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int ErrorsMax = 4096;

    private readonly Process _process;
    private readonly StringBuilder _errors;
    private bool _ended;

    private ServerProcess(Process process, StringBuilder errors, JsonElement announced) => (_process, _errors, Announced) = (process, errors, announced);

    /// <summary>What it said of itself when it was ready.</summary>
    public JsonElement Announced { get; }

    /// <summary>Its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Where devices connect.</summary>
    public int Port => new Uri(Announced.GetProperty("mqtt").GetString()!).Port;

    /// <summary>Its API.</summary>
    public Uri Page => new(Announced.GetProperty("page").GetString()!);

    /// <summary>The end of what it complained of.</summary>
    public string Errors
    {
        get
        {
            lock (_errors) return _errors.ToString();
        }
    }

    /// <summary>Starts it; it listens when this completes.</summary>
    /// <exception cref="InvalidOperationException">It does not start.</exception>
    public static Task<ServerProcess> StartAsync(string folder, string broker, string store, int port) =>
        StartAsync(["--data", folder, "--broker", broker, "--store", store, "--mqtt-port", $"{port}", "--http-port", "0"]);

    /// <summary>Starts it with arguments of <c>traxxs server</c>; what it announces is there when this completes.</summary>
    /// <exception cref="InvalidOperationException">It does not start.</exception>
    public static async Task<ServerProcess> StartAsync(IEnumerable<string> arguments)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Started by `dotnet traxxs.dll`, the program is the first argument; by its own executable there is none.
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(Assembly.GetEntryAssembly()!.Location);
        foreach (var argument in (IEnumerable<string>)["server", .. arguments, "--json"]) start.ArgumentList.Add(argument);
        var (process, errors, text) = (Process.Start(start)!, new StringBuilder(), new StringBuilder());
        process.ErrorDataReceived += (_, line) => Keep(errors, line.Data);
        process.BeginErrorReadLine();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            text.AppendLine(line);
            if (line == "}") return new ServerProcess(process, errors, JsonDocument.Parse(text.ToString()).RootElement);
        }

        process.WaitForExit(); // all it complained of is read by then
        process.Dispose();
        lock (errors) throw new InvalidOperationException($"the server does not start: {errors}");
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

    private static void Keep(StringBuilder errors, string? line)
    {
        if (line is null) return;
        lock (errors)
        {
            errors.AppendLine(line);
            if (errors.Length > ErrorsMax) errors.Remove(0, errors.Length - ErrorsMax);
        }
    }
}
