using Traxxs.Simulation.World;

namespace Traxxs.Drivers.Tests;

/// <summary>A foot at rest unless a test says otherwise.</summary>
internal sealed class ScriptedFoot : IFootMotion
{
    /// <summary>Acceleration at a time, mg; null is 1 g upwards.</summary>
    public Func<long, (int X, int Y, int Z)>? At { get; set; }

    /// <summary>Up to when nothing moves.</summary>
    public long StillUntilMs { get; set; } = long.MaxValue;

    /// <summary>How often the chip asked.</summary>
    public int Asked { get; private set; }

    public void AccelerationAt(long timeMs, out int xMg, out int yMg, out int zMg)
    {
        Asked++;
        (xMg, yMg, zMg) = timeMs >= StillUntilMs || StillUntilMs == 0 ? At?.Invoke(timeMs) ?? (0, 0, 1000) : (0, 0, 1000);
    }

    public bool IsStillUntil(long timeMs, out long untilMs)
    {
        untilMs = StillUntilMs;
        return timeMs < StillUntilMs;
    }
}

/// <summary>A receiver standing in one place under a sky the test chooses.</summary>
internal sealed class FixedSky : ISky
{
    public SkyView View { get; set; } = SkyView.Open;

    public double LatitudeDeg { get; set; } = 47.3769;

    public double LongitudeDeg { get; set; } = 8.5417;

    public void At(long timeMs, out SkyState state) =>
        state = new SkyState { LatitudeDeg = LatitudeDeg, LongitudeDeg = LongitudeDeg, View = View };
}
