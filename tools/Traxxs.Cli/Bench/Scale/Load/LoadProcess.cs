using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Traxxs.Engines;

namespace Traxxs.Cli.Bench.Scale;

/// <summary>The load program as this one drives it.</summary>
internal sealed class LoadProcess : IDisposable
{
    private readonly Process _process;

    private LoadProcess(Process process) => _process = process;

    /// <summary>Its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Starts it; it waits for orders.</summary>
    public static LoadProcess Start()
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        // Started by `dotnet traxxs.dll`, the program is the first argument; by its own executable there is none.
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(Assembly.GetEntryAssembly()!.Location);
        foreach (var argument in new[] { "bench", "scale", "--load" }) start.ArgumentList.Add(argument);
        return new LoadProcess(Process.Start(start)!);
    }

    /// <summary>Gives an order and waits for what came of it.</summary>
    /// <exception cref="EngineException">It could not be done.</exception>
    public async Task<ScaleAnswer> DoAsync(ScaleOrder order, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order).AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        var line = await _process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new EngineException("the load program ended");
        var answer = JsonSerializer.Deserialize<ScaleAnswer>(line)!;
        return answer.Problem is { } problem ? throw new EngineException($"{order.Do}: {problem}") : answer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
