namespace Traxxs.Simulation.World;

/// <summary>
/// A fall as the foot feels it: a stumble, near weightlessness, an impact of 4 to 8 g, a tumble of most of a second, then
/// rest on the side. Peak, force after it and turn lie within those of falls recorded at the ankle (a test compares them);
/// every number by chance within its range.
/// </summary>
internal static class FallShape
{
    private const long StumbleEndMs = 300;
    private const long ImpactWidthMs = 90;

    // What the leg does after the impact until it rests: begin and end in ms after it, along the leg and across, mg.
    private static readonly (int From, int To, int AlongMg, int AcrossMg)[] Tumble =
    [
        (110, 230, 1500, -700), (200, 310, -900, 600), (300, 430, 1300, 700), (410, 530, -600, -650),
        (520, 660, 900, -300), (640, 800, 500, 450), (790, 960, -350, 250),
    ];

    /// <summary>Acceleration some time into the fall, mg; <paramref name="chance"/> makes this fall differ from others.</summary>
    public static void At(long sinceMs, ulong chance, out int xMg, out int yMg, out int zMg)
    {
        var impactMs = StumbleEndMs + 280 + (long)(chance % 200);
        var peakMg = 4200 + (int)((chance >> 16) % 3600);
        if (sinceMs < StumbleEndMs)
        {
            xMg = StrideShape.Bell(sinceMs, 0, StumbleEndMs) * -1300 / StrideShape.PhaseMax;
            yMg = StrideShape.Bell(sinceMs, 80, StumbleEndMs) * 500 / StrideShape.PhaseMax;
            zMg = 1000 - (int)(sinceMs * 850 / StumbleEndMs);
            return;
        }

        if (sinceMs < impactMs)
        {
            (xMg, yMg, zMg) = (60, -80, 120);
            return;
        }

        Lying(chance, out xMg, out yMg, out zMg);
        var side = Math.Sign(yMg);
        var impact = StrideShape.Bell(sinceMs, impactMs - ImpactWidthMs / 4, impactMs + ImpactWidthMs);
        yMg += impact * peakMg * 3 / 5 / StrideShape.PhaseMax * side;
        zMg += impact * peakMg * 3 / 4 / StrideShape.PhaseMax;
        xMg -= impact * peakMg / 4 / StrideShape.PhaseMax;
        var harshness = 800 + (int)((chance >> 52) % 500); // per mille
        foreach (var (from, to, alongMg, acrossMg) in Tumble)
        {
            var bump = StrideShape.Bell(sinceMs, impactMs + from, impactMs + to) * harshness / 1000;
            zMg += bump * alongMg / StrideShape.PhaseMax;
            yMg += bump * alongMg / 2 / StrideShape.PhaseMax * side;
            xMg += bump * acrossMg / StrideShape.PhaseMax;
        }
    }

    /// <summary>How the foot lies afterwards: the sole nearly upright, to the left or the right.</summary>
    public static void Lying(ulong chance, out int xMg, out int yMg, out int zMg)
    {
        xMg = 150 + (int)((chance >> 40) % 200);
        yMg = (chance >> 48 & 1) == 0 ? 935 : -935;
        zMg = 200;
    }
}
