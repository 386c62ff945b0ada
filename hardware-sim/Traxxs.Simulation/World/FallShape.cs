namespace Traxxs.Simulation.World;

/// <summary>
/// A fall as the foot feels it: a stumble, near weightlessness, an impact of 4 to 8 g with a bounce, then rest on the
/// side. The order and the sizes are those threshold detectors in the literature look for; every number by chance within its range.
/// </summary>
internal static class FallShape
{
    private const long StumbleEndMs = 300;
    private const long ImpactWidthMs = 90;

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
        var impact = StrideShape.Bell(sinceMs, impactMs - ImpactWidthMs / 4, impactMs + ImpactWidthMs);
        var bounce = StrideShape.Bell(sinceMs, impactMs + 170, impactMs + 330);
        yMg += (impact * peakMg * 3 / 5 + bounce * 900) / StrideShape.PhaseMax * Sign(yMg);
        zMg += (impact * peakMg * 3 / 4 + bounce * 700) / StrideShape.PhaseMax;
        xMg -= impact * peakMg / 4 / StrideShape.PhaseMax;
    }

    /// <summary>How the foot lies afterwards: the sole nearly upright, to the left or the right.</summary>
    public static void Lying(ulong chance, out int xMg, out int yMg, out int zMg)
    {
        xMg = 150 + (int)((chance >> 40) % 200);
        yMg = (chance >> 48 & 1) == 0 ? 935 : -935;
        zMg = 200;
    }

    private static int Sign(int value) => value < 0 ? -1 : 1;
}
