namespace Traxxs.Server.Tests.Support;

/// <summary>The machine's clock, ahead by as much as the test says.</summary>
internal sealed class TurnedClock : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
}
