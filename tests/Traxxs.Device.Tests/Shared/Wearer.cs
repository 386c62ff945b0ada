using Traxxs.Simulation.World;

namespace Traxxs.Device.Tests;

/// <summary>A foot that rests, walks between two times, or does what a test scripts.</summary>
internal sealed class Foot : IFootMotion
{
    /// <summary>When the walk begins, ms.</summary>
    public long WalksFromMs { get; set; } = long.MaxValue;

    /// <summary>When it ends, ms.</summary>
    public long WalksUntilMs { get; set; } = long.MaxValue;

    public void AccelerationAt(long timeMs, out int xMg, out int yMg, out int zMg)
    {
        (xMg, yMg, zMg) = (0, 0, 1000);
        if (timeMs < WalksFromMs || timeMs >= WalksUntilMs) return;

        // A stride of 1.1 s: swing forward and back, then the heel strikes.
        var phase = (timeMs - WalksFromMs) % 1100;
        if (phase < 450) (xMg, zMg) = ((int)(1200 * Math.Sin(phase * 2 * Math.PI / 450)), (int)(1000 + 500 * Math.Sin(phase * Math.PI / 450)));
        else if (phase < 490) zMg = 4500;
    }

    public bool IsStillUntil(long timeMs, out long untilMs)
    {
        if (timeMs < WalksFromMs)
        {
            untilMs = WalksFromMs;
            return true;
        }

        untilMs = long.MaxValue;
        return timeMs >= WalksUntilMs;
    }
}

/// <summary>A place under an open sky, walked away from to the north.</summary>
internal sealed class Place(Foot foot) : ISky
{
    private const double DegreesPerMetre = 1 / 111_320.0;
    private const double SpeedMS = 1.3;

    public SkyView View { get; set; } = SkyView.Open;

    public void At(long timeMs, out SkyState state)
    {
        var walkedMs = Math.Max(0, Math.Min(timeMs, foot.WalksUntilMs) - Math.Min(timeMs, foot.WalksFromMs));
        state = new SkyState
        {
            LatitudeDeg = 47.3769 + walkedMs / 1000.0 * SpeedMS * DegreesPerMetre,
            LongitudeDeg = 8.5417,
            SpeedMS = timeMs >= foot.WalksFromMs && timeMs < foot.WalksUntilMs ? SpeedMS : 0,
            View = View,
        };
    }
}
