namespace Traxxs.Core.Tests.Fakes;

/// <summary>Acceleration of a foot in mg, sample by sample: lying, walking, fidgeting, falling. Deterministic.</summary>
internal static class Wearer
{
    /// <summary>Standing still: gravity and a little noise.</summary>
    public static (int X, int Y, int Z) Still(long tMs) => (Noise(tMs, 1), Noise(tMs, 2), 1000 + Noise(tMs, 3));

    /// <summary>Lying: gravity along another axis.</summary>
    public static (int X, int Y, int Z) Lying(long tMs) => (990 + Noise(tMs, 1), Noise(tMs, 2), 100 + Noise(tMs, 3));

    /// <summary>Walking with a stride of 1.1 s: stance, push-off, swing, heel strike.</summary>
    public static (int X, int Y, int Z) Walking(long tMs)
    {
        var phase = tMs % StrideMs;
        if (phase < 550) return Still(tMs);
        var swing = (phase - 550) / 550.0;
        var push = Math.Exp(-Math.Pow((swing - 0.15) / 0.08, 2));
        var strike = Math.Exp(-Math.Pow((swing - 0.8) / 0.06, 2));
        var ringing = Math.Sin(swing * 40);
        return ((int)(1800 * push - 2200 * strike * ringing) + Noise(tMs, 1),
            (int)(600 * push * ringing) + Noise(tMs, 2),
            1000 + (int)(1500 * push * ringing + 3000 * strike * ringing) + Noise(tMs, 3));
    }

    /// <summary>Sitting and shifting the foot now and then, without a rhythm.</summary>
    public static (int X, int Y, int Z) Fidgeting(long tMs)
    {
        var within = tMs % 7000;
        if (within > 900) return Still(tMs);
        return ((int)(180 * Math.Sin(within / 60.0)), (int)(120 * Math.Sin(within / 45.0)), 1000 + Noise(tMs, 3));
    }

    /// <summary>A vehicle: light shaking without pause.</summary>
    public static (int X, int Y, int Z) Riding(long tMs) =>
        ((int)(90 * Math.Sin(tMs / 23.0)), (int)(80 * Math.Sin(tMs / 31.0)), 1000 + (int)(120 * Math.Sin(tMs / 17.0)));

    /// <summary>A fall from walking: a moment of free fall, the impact, then lying.</summary>
    public static (int X, int Y, int Z) Falling(long sinceMs)
    {
        if (sinceMs < 400) return (100, 0, 150);
        if (sinceMs < 500) return (3500, -1500, 2800);
        if (sinceMs < 900) return ((int)(900 + 600 * Math.Sin(sinceMs / 20.0)), 300, 200);
        return Lying(sinceMs);
    }

    /// <summary>Seven taps of the toe, two a second.</summary>
    public static (int X, int Y, int Z) Tapping(long sinceMs)
    {
        var (x, y, z) = Still(sinceMs);
        var at = sinceMs % 500;
        return sinceMs is >= 0 and < 3500 && at < 160 ? (x, y, z + (int)(at < 60 ? at * 20 : (160 - at) * 12)) : (x, y, z);
    }

    public const int StrideMs = 1100;

    private static int Noise(long tMs, int axis)
    {
        var x = (uint)(tMs * 2654435761L) ^ (uint)(axis * 40503);
        x ^= x >> 13;
        x *= 0x5bd1e995;
        x ^= x >> 15;
        return (int)(x % 17) - 8;
    }
}
