namespace Traxxs.Simulation.Fleet;

/// <summary>How far steps of the firmware ran behind real time. One thread counts; others may look.</summary>
public sealed class FleetLag
{
    /// <summary>A step that runs so much later than it was due is late, ms of real time.</summary>
    public const int LateMs = 1000;

    private long _steps;
    private long _late;
    private double _worstMs;
    private double _nowMs;

    /// <summary>Steps run.</summary>
    public long Steps => Interlocked.Read(ref _steps);

    /// <summary>Steps that were late.</summary>
    public long Late => Interlocked.Read(ref _late);

    /// <summary>The worst, ms of real time.</summary>
    public double WorstMs => Volatile.Read(ref _worstMs);

    /// <summary>The last, ms of real time.</summary>
    public double NowMs => Volatile.Read(ref _nowMs);

    internal void Add(double behindMs, long steps)
    {
        Volatile.Write(ref _nowMs, behindMs);
        if (steps == 0) return;
        Interlocked.Add(ref _steps, steps);
        if (behindMs > LateMs) Interlocked.Add(ref _late, steps);
        if (behindMs > _worstMs) Volatile.Write(ref _worstMs, behindMs);
    }
}
