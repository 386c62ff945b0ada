namespace Traxxs.Engines;

/// <summary>Erlang's port mapper on a port of its own: nodes that share one find each other, and a node would leave its own behind.</summary>
public sealed class ErlangPortMapper : IDisposable
{
    private readonly EngineProcess _process;

    /// <summary>Starts one that keeps its things in a folder.</summary>
    public ErlangPortMapper(string folder)
    {
        _process = EngineProcess.Start("epmd", ["-port", EngineProcess.Text(Port), "-address", "127.0.0.1"], folder, EnvironmentOf(folder));
        _process.WaitUntil(() => EngineProcess.Listens(Port), TimeSpan.FromSeconds(20));
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; } = EngineProcess.FreePort();

    /// <summary>What a node needs to know to use it, with a home of its own.</summary>
    public Dictionary<string, string> EnvironmentOf(string home) => new()
    {
        ["HOME"] = home,
        ["LANG"] = "C.UTF-8",
        ["ERL_EPMD_PORT"] = EngineProcess.Text(Port),
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["ERL_CRASH_DUMP_SECONDS"] = "0",
    };

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();
}
