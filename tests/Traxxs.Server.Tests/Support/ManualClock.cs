namespace Traxxs.Server.Tests.Support;

/// <summary>A clock the test turns.</summary>
internal sealed class ManualClock : TimeProvider
{
    private DateTimeOffset _now = Reports.Start;

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan span) => _now += span;
}
