namespace Traxxs.Dashboard.Tests.Support;

/// <summary>The machine's time, moved: a server that believes it is earlier can be told a whole day before now.</summary>
internal sealed class MovableClock : TimeProvider
{
    private long _behindTicks;

    /// <summary>How far it is behind the machine's time.</summary>
    public TimeSpan Behind
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _behindTicks));
        set => Interlocked.Exchange(ref _behindTicks, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - Behind;
}
