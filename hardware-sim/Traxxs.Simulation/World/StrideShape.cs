namespace Traxxs.Simulation.World;

/// <summary>
/// Acceleration of a foot through one stride, as a handful of bumps on 1 g: an own model, its numbers set so that stride
/// period, share near 1 g, share above 2 g and peaks agree with walks recorded in the sole (a test compares them).
/// Phase 0 is the foot flat on the ground. Integer arithmetic: the same samples on every machine.
/// </summary>
internal static class StrideShape
{
    /// <summary>One stride in phase units.</summary>
    public const int PhaseMax = 4096;

    /// <summary>Speed at which the amplitudes stand as written, cm/s (5 km/h).</summary>
    public const int ReferenceCmS = 139;

    private const int StrideAxisX = 0, StrideAxisY = 1, StrideAxisZ = 2;

    // From, to (per mille of the stride), axis, peak in mg at the reference speed.
    private static readonly (int From, int To, int Axis, int PeakMg)[] Walk =
    [
        (245, 600, StrideAxisZ, 1400),  // heel rises, the ball of the foot pushes
        (430, 600, StrideAxisX, 1750),  // push-off: forward
        (330, 520, StrideAxisX, -450),  // ... after the toes took the weight of the tilted sole
        (450, 580, StrideAxisY, 350),
        (540, 900, StrideAxisZ, 1000),  // swing: the foot is carried on an arc
        (700, 905, StrideAxisX, -2900), // and braked before it lands
        (872, 922, StrideAxisZ, 4100),  // heel strike
        (872, 922, StrideAxisX, -1500),
        (880, 930, StrideAxisY, -600),
        (915, 995, StrideAxisZ, 700),   // the sole slaps down
        (915, 985, StrideAxisX, -600),
    ];

    // Running: short contact, flight, a harder landing (at 278 cm/s the factor for speed is 1.5).
    private static readonly (int From, int To, int Axis, int PeakMg)[] Run =
    [
        (120, 420, StrideAxisZ, 1900),
        (220, 460, StrideAxisX, 1700),
        (400, 860, StrideAxisZ, 1900),
        (420, 640, StrideAxisX, -900),
        (620, 890, StrideAxisX, -2900),
        (860, 940, StrideAxisZ, 5200),
        (860, 940, StrideAxisX, -1900),
        (880, 950, StrideAxisY, -900),
        (935, 999, StrideAxisZ, 800),
    ];

    // Stairs: the foot is lifted high and set down on its ball; no heel strike.
    private static readonly (int From, int To, int Axis, int PeakMg)[] Stairs =
    [
        (300, 560, StrideAxisZ, 900),
        (330, 520, StrideAxisX, 700),
        (500, 720, StrideAxisZ, 1300),
        (560, 800, StrideAxisX, -1100),
        (720, 860, StrideAxisZ, -500),
        (860, 930, StrideAxisZ, 1700),
        (870, 940, StrideAxisX, -500),
        (880, 940, StrideAxisY, -350),
    ];

    /// <summary>Stride period of one foot, ms. Stairs: two treads. Walking: 1.12 s at 5 km/h and 0.94 s at 7 km/h, as recorded in the sole; running is nearly constant.</summary>
    public static int PeriodMs(Activity activity, int speedCmS)
        => activity == Activity.Run ? Math.Clamp(780 - speedCmS * 30 / 100, 600, 760)
        : activity == Activity.Stairs ? Math.Clamp(58_000 / speedCmS, 900, 1800)
        : Math.Clamp(1600 - speedCmS * 340 / 100, 700, 1700);

    /// <summary>Acceleration at a phase, mg, for an amplitude in per mille.</summary>
    public static void At(Activity activity, int phase, int amplitude, out int xMg, out int yMg, out int zMg)
    {
        xMg = 0;
        yMg = 0;
        zMg = 1000;
        foreach (var (from, to, axis, peakMg) in activity switch { Activity.Run => Run, Activity.Stairs => Stairs, _ => Walk })
        {
            var value = Bell(phase, from * PhaseMax / 1000, to * PhaseMax / 1000) * peakMg / PhaseMax * amplitude / 1000;
            switch (axis)
            {
                case StrideAxisX: xMg += value; break;
                case StrideAxisY: yMg += value; break;
                default: zMg += value; break;
            }
        }
    }

    /// <summary>A smooth bump, 0 at both ends and <see cref="PhaseMax"/> in the middle: 16 t²(1-t)².</summary>
    public static int Bell(long at, long from, long to)
    {
        if (at <= from || at >= to) return 0;
        var t = (at - from) * PhaseMax / (to - from);
        var product = t * (PhaseMax - t) / 1024; // 4 t (1-t), scaled to PhaseMax
        return (int)(product * product / PhaseMax);
    }
}
