namespace Traxxs.Simulation.Time;

/// <summary>Simulated time: milliseconds since the run began, and the civil time that stands for. Moved only by the <see cref="Scheduler"/>.</summary>
public sealed class VirtualClock(DateTimeOffset start)
{
    /// <summary>Civil time at the beginning of the run.</summary>
    public DateTimeOffset Start { get; } = start;

    /// <summary>Milliseconds since the run began.</summary>
    public long NowMs { get; private set; }

    /// <summary>Civil time now.</summary>
    public DateTimeOffset UtcNow => Start.AddMilliseconds(NowMs);

    /// <summary>Moves on. Time never goes back.</summary>
    internal void AdvanceTo(long timeMs)
    {
        if (timeMs < NowMs) throw new InvalidOperationException($"simulated time would go back from {NowMs} to {timeMs} ms");
        NowMs = timeMs;
    }
}
