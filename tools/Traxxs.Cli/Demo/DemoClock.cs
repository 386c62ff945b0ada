namespace Traxxs.Cli.Demo;

/// <summary>
/// The server's clock in the demo: simulated time. It is moved by the simulation and never runs ahead of it, so an alert's
/// age is true however slow the machine is. Timers and time-outs stay real.
/// </summary>
internal sealed class DemoClock(DateTimeOffset start) : TimeProvider
{
    private long _nowTicks = start.UtcTicks;
    private long _ownSinceTicks;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        var since = Interlocked.Read(ref _ownSinceTicks);
        var ownTicks = since == 0 ? 0 : Math.Max(0, System.GetUtcNow().UtcTicks - since);
        return new DateTimeOffset(Interlocked.Read(ref _nowTicks) + ownTicks, TimeSpan.Zero);
    }

    /// <summary>Moves on; a time behind the clock leaves it.</summary>
    public void MoveTo(DateTimeOffset time)
    {
        if (time.UtcTicks > Interlocked.Read(ref _nowTicks)) Interlocked.Exchange(ref _nowTicks, time.UtcTicks);
    }

    /// <summary>The simulation is over: from here on the clock goes at its own pace, as a wall clock does.</summary>
    public void GoOn() => Interlocked.Exchange(ref _ownSinceTicks, System.GetUtcNow().UtcTicks);
}
