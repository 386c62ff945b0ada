using Traxxs.Simulation.Randomness;

namespace Traxxs.Simulation.World;

/// <summary>
/// Acceleration at the sole of a wearer's foot: strides shaped by <see cref="StrideShape"/> with cadence from the speed
/// and a variation a stride, or by strides somebody has recorded; falls, fidgeting, the floor of a vehicle, a shoe without a foot. A pure function of seed and
/// time in integers, so chips may ask in any order and every machine answers alike. Without sensor noise: that is the chip's.
/// </summary>
public sealed class FootGait(Timeline timeline, ulong seed, RecordedStrides? recorded = null) : IFootMotion
{
    private const int StrideJitterPermille = 25;   // recorded walks: standard deviation 2-3 % of the period
    private const int AmplitudeJitterPermille = 90;
    private const int StampLateMs = 40;             // a fifteenth of the beat, as far as people keep one unaided
    private const int StampJitterPermille = 400;

    /// <inheritdoc/>
    public void AccelerationAt(long timeMs, out int xMg, out int yMg, out int zMg)
    {
        var index = timeline.IndexAt(timeMs);
        var span = timeline.Spans[index];
        switch (span.Activity)
        {
            case Activity.Walk or Activity.Run or Activity.Stairs:
                Stride(span, timeMs, out xMg, out yMg, out zMg);
                break;
            case Activity.Fall:
                FallShape.At(timeMs - span.StartMs, DeterministicRandom.Hash(seed, span.StartMs), out xMg, out yMg, out zMg);
                break;
            case Activity.Stamp:
                Stamp(span, timeMs, out xMg, out yMg, out zMg);
                break;
            case Activity.Ride:
                Ride(timeMs, out xMg, out yMg, out zMg);
                break;
            default:
                Rest(span, Fell(index), timeMs, out xMg, out yMg, out zMg);
                break;
        }
    }

    /// <inheritdoc/>
    public bool IsStillUntil(long timeMs, out long untilMs)
    {
        untilMs = timeMs;
        var index = timeline.IndexAt(timeMs);
        var span = timeline.Spans[index];
        if (Timeline.Moves(span.Activity) || span.Activity is Activity.Fall or Activity.Stamp) return false;
        untilMs = index + 1 < timeline.Spans.Count ? span.EndMs : long.MaxValue;
        var fidget = FidgetOf(span.Activity, Fell(index));
        if (fidget.EveryMs == 0) return true;
        var slot = timeMs / fidget.EveryMs;
        var (start, lasts, _) = FidgetIn(fidget, slot);
        if (timeMs >= start + lasts) (start, _, _) = FidgetIn(fidget, slot + 1);
        untilMs = Math.Min(untilMs, start);
        return untilMs > timeMs;
    }

    private void Stride(ActivitySpan span, long timeMs, out int xMg, out int yMg, out int zMg)
    {
        var periodMs = StrideShape.PeriodMs(span.Activity, span.SpeedCmS);
        var sinceMs = timeMs - span.StartMs;
        var stride = sinceMs / periodMs;
        var start = Boundary(span, stride, periodMs);
        if (sinceMs < start) start = Boundary(span, --stride, periodMs);
        var end = Boundary(span, stride + 1, periodMs);
        if (sinceMs >= end)
        {
            stride++;
            (start, end) = (end, Boundary(span, stride + 1, periodMs));
        }

        var phase = (int)((sinceMs - start) * StrideShape.PhaseMax / (end - start));
        var amplitude = Math.Clamp(span.SpeedCmS * 1000 / StrideShape.ReferenceCmS, 450, 1700);
        if (span.Activity == Activity.Stairs) amplitude = 1000;
        if (span.Activity == Activity.Run) amplitude = Math.Clamp(1000 + (span.SpeedCmS - 278), 800, 1400);
        amplitude = amplitude * (1000 + DeterministicRandom.Jitter(seed ^ 0xA3, span.StartMs + stride, AmplitudeJitterPermille)) / 1000;
        if (recorded is not null && span.Activity == Activity.Walk) recorded.At(DeterministicRandom.Hash(seed ^ 0xE6, span.StartMs + stride), phase, amplitude, out xMg, out yMg, out zMg);
        else StrideShape.At(span.Activity, phase, amplitude, out xMg, out yMg, out zMg);
    }

    // Lifted, brought down hard, at rest until the next; none as strong as the last, nor quite on the beat.
    private void Stamp(ActivitySpan span, long timeMs, out int xMg, out int yMg, out int zMg)
    {
        var number = (timeMs - span.StartMs) / Timeline.StampMs;
        var at = (timeMs - span.StartMs) % Timeline.StampMs - StampLateMs - DeterministicRandom.Jitter(seed ^ 0xF1, span.StartMs + number, StampLateMs);
        var strength = 1000 + DeterministicRandom.Jitter(seed ^ 0xF2, span.StartMs + number, StampJitterPermille);
        xMg = StrideShape.Bell(at, 250, 330) * -500 / StrideShape.PhaseMax * strength / 1000;
        yMg = StrideShape.Bell(at, 250, 330) * 250 / StrideShape.PhaseMax * strength / 1000;
        var lift = StrideShape.Bell(at, 20, 140) * 500 / StrideShape.PhaseMax - StrideShape.Bell(at, 120, 250) * 600 / StrideShape.PhaseMax
            + StrideShape.Bell(at, 240, 310) * 3200 / StrideShape.PhaseMax;
        zMg = 1000 + lift * strength / 1000;
    }

    // Where a stride begins, ms into its span: evenly spaced, each shifted a little by chance.
    private long Boundary(ActivitySpan span, long stride, int periodMs)
        => stride <= 0 ? stride * periodMs : stride * periodMs + DeterministicRandom.Jitter(seed ^ 0xB7, span.StartMs + stride, periodMs * StrideJitterPermille / 1000);

    // The floor of a vehicle: a tremble of some 40 mg that changes 25 times a second, and a bump now and then.
    private void Ride(long timeMs, out int xMg, out int yMg, out int zMg)
    {
        var slot = timeMs / 40;
        xMg = DeterministicRandom.Jitter(seed ^ 0xC1, slot, 30);
        yMg = DeterministicRandom.Jitter(seed ^ 0xC2, slot, 25);
        zMg = 1000 + DeterministicRandom.Jitter(seed ^ 0xC3, slot, 60);
        var bump = DeterministicRandom.Hash(seed ^ 0xC4, timeMs / 8000);
        var start = timeMs / 8000 * 8000 + (long)(bump % 7000);
        zMg += StrideShape.Bell(timeMs, start, start + 180) * (int)(200 + (bump >> 32) % 300) / StrideShape.PhaseMax;
    }

    private void Rest(ActivitySpan span, bool fell, long timeMs, out int xMg, out int yMg, out int zMg)
    {
        switch (span.Activity)
        {
            case Activity.LieStill when fell:
                FallShape.Lying(DeterministicRandom.Hash(seed, span.StartMs - Timeline.FallMs), out xMg, out yMg, out zMg);
                break;
            case Activity.LieStill: // on the back, toes up
                (xMg, yMg, zMg) = (960, 200, 180);
                break;
            default:
                (xMg, yMg, zMg) = (0, 0, 1000);
                break;
        }

        var fidget = FidgetOf(span.Activity, fell);
        if (fidget.EveryMs == 0) return;
        var (start, lasts, peak) = FidgetIn(fidget, timeMs / fidget.EveryMs);
        if (timeMs < start || timeMs >= start + lasts) return;
        if (span.Activity == Activity.Fidget)
        {
            // The heel stays down and the ball taps four times a second, or the other way round.
            var tap = (timeMs - start) % 250;
            zMg += (StrideShape.Bell(tap, 60, 130) - StrideShape.Bell(tap, 130, 230) / 2) * peak / StrideShape.PhaseMax;
            return;
        }

        var third = lasts / 3; // lift, turn, set down
        xMg += StrideShape.Bell(timeMs, start, start + 2 * third) * peak / StrideShape.PhaseMax;
        yMg -= StrideShape.Bell(timeMs, start + third, start + lasts) * peak / 2 / StrideShape.PhaseMax;
        zMg += StrideShape.Bell(timeMs, start + lasts / 2, start + lasts) * peak / StrideShape.PhaseMax;
    }

    private bool Fell(int index) => index > 0 && timeline.Spans[index - 1].Activity == Activity.Fall;

    // How often a resting foot moves, how long and how hard.
    private static Fidget FidgetOf(Activity activity, bool fell) => activity switch
    {
        Activity.Sit => new Fidget(240_000, 1500, 350),
        Activity.Fidget => new Fidget(30_000, 4000, 400),
        Activity.Stand => new Fidget(25_000, 900, 250),
        Activity.LieStill when !fell => new Fidget(2_700_000, 3000, 400), // a sleeper turns over
        _ => default,
    };

    private (long StartMs, long LastsMs, int PeakMg) FidgetIn(Fidget fidget, long slot)
    {
        var chance = DeterministicRandom.Hash(seed ^ 0xD5, slot * 16 + fidget.EveryMs);
        var lasts = fidget.LastsMs / 2 + (long)(chance % (ulong)fidget.LastsMs);
        var start = slot * fidget.EveryMs + (long)((chance >> 20) % (ulong)(fidget.EveryMs - lasts));
        return (start, lasts, fidget.PeakMg / 2 + (int)((chance >> 44) % (ulong)fidget.PeakMg));
    }

    private readonly record struct Fidget(long EveryMs, int LastsMs, int PeakMg);
}
