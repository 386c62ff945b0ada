using System.Diagnostics;

namespace Traxxs.Simulation.Fleet;

/// <summary>
/// A fleet's time: the machine's clock, as many times faster as was asked. The one place where insoles meet real time; civil time
/// is set so that it ends at the machine's, for a server must not get reports out of the future.
/// </summary>
public sealed class FleetClock
{
    private readonly double _speed;
    private long _began;

    /// <summary>A clock that stands at 0 until <see cref="Begin"/>. <paramref name="longest"/>: the longest it will run, in real time.</summary>
    public FleetClock(double speed, TimeSpan longest, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(speed, 1);
        _speed = speed;
        Start = DateTimeOffset.FromUnixTimeSeconds((time.GetUtcNow() - longest * (speed - 1)).ToUnixTimeSeconds());
        _began = Stopwatch.GetTimestamp();
    }

    /// <summary>Civil time at 0.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>Fleet time, ms.</summary>
    public long NowMs => (long)(Stopwatch.GetElapsedTime(_began).TotalMilliseconds * _speed);

    /// <summary>Real time since the beginning.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_began);

    /// <summary>From here on it runs.</summary>
    public void Begin() => _began = Stopwatch.GetTimestamp();

    /// <summary>A span of fleet time as real time, ms.</summary>
    public double RealMs(long fleetMs) => fleetMs / _speed;

    /// <summary>A span of real time, ms, as fleet time.</summary>
    public long FleetMs(long realMs) => (long)(realMs * _speed);

    /// <summary>Waits in real time until a fleet time, at most for a bound. False: cancelled.</summary>
    public bool WaitUntil(long fleetMs, TimeSpan most, CancellationToken cancellation)
    {
        var wait = TimeSpan.FromMilliseconds(Math.Clamp(RealMs(fleetMs - NowMs), 1, most.TotalMilliseconds));
        return !cancellation.WaitHandle.WaitOne(wait);
    }
}
