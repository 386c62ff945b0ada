using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Traxxs.Cli.Shared;

namespace Traxxs.Cli.Tests.Replay;

/// <summary>The command as a process of its own, started from the test's own output folder.</summary>
internal sealed class TraxxsProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    private TraxxsProcess(Process process) => _process = process;

    /// <summary>What it wrote to stderr.</summary>
    public string Errors
    {
        get
        {
            lock (_errors) return _errors.ToString();
        }
    }

    public bool HasExited => _process.HasExited;

    public static TraxxsProcess Start(params IEnumerable<string> arguments)
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(dotnet) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "traxxs.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var started = new TraxxsProcess(Process.Start(start)!);
        started._process.ErrorDataReceived += (_, line) =>
        {
            lock (started._errors) started._errors.AppendLine(line.Data);
        };
        started._process.BeginErrorReadLine();
        return started;
    }

    /// <summary>Reads the one JSON object a verb prints, while it goes on.</summary>
    public async Task<JsonElement> ReadJsonAsync(TimeSpan? within = null)
    {
        var text = new StringBuilder();
        using var limit = new CancellationTokenSource(within ?? Limit);
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            text.AppendLine(line);
            if (line == "}") return JsonDocument.Parse(text.ToString()).RootElement;
        }

        throw new AssertFailedException($"no JSON object on stdout, but: {text} {Errors}");
    }

    /// <summary>Writes a line to its stdin.</summary>
    public Task WriteLineAsync(string line) => _process.StandardInput.WriteLineAsync(line);

    /// <summary>Waits until stderr holds words so many times.</summary>
    public async Task UntilErrorsAsync(string words, int times = 1)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (Errors.Split(words).Length <= times)
        {
            Assert.IsFalse(HasExited || limit.IsCancellationRequested, $"'{words}' is not said: {Errors}");
            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>Reads the next line, while it goes on.</summary>
    public async Task<string> ReadLineAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        return await _process.StandardOutput.ReadLineAsync(limit.Token) ?? throw new AssertFailedException($"no line on stdout, but: {Errors}");
    }

    /// <summary>Waits for the end and gives the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <summary>Asks it to end, as Ctrl+C does.</summary>
    public void Interrupt() => Posix.End(_process);

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit(Limit); // until it is gone it may write into a folder that is about to be deleted
        _process.Dispose();
    }
}
