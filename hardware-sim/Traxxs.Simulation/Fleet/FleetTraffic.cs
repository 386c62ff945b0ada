namespace Traxxs.Simulation.Fleet;

/// <summary>What a fleet's connections come to, counted from any thread.</summary>
public sealed class FleetTraffic
{
    private int _connections;
    private long _connects;
    private long _acknowledged;
    private long _failures;
    private string? _problem;

    /// <summary>Connections that stand now.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Connections made so far.</summary>
    public long Connects => Interlocked.Read(ref _connects);

    /// <summary>Reports acknowledged so far.</summary>
    public long Reports => Interlocked.Read(ref _acknowledged);

    /// <summary>Attempts that failed and connections that broke.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Why the last of them did, for a person; null where none has.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    internal void Connected()
    {
        Interlocked.Increment(ref _connections);
        Interlocked.Increment(ref _connects);
    }

    internal void Disconnected() => Interlocked.Decrement(ref _connections);

    internal void Acknowledged() => Interlocked.Increment(ref _acknowledged);

    internal void Failed(string problem)
    {
        Interlocked.Increment(ref _failures);
        Volatile.Write(ref _problem, problem);
    }
}
