using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Traces;

/// <summary>A stretch of recorded motion: still at one acceleration, or a sample each millisecond.</summary>
/// <param name="FromMs">Begin.</param>
/// <param name="UntilMs">End, not included.</param>
/// <param name="Mg">x, y, z: once where it is still, else for each millisecond.</param>
internal sealed record MotionStretch(long FromMs, long UntilMs, int[] Mg)
{
    /// <summary>Whether the foot is still.</summary>
    public bool IsStill => Mg.Length == 3;
}

/// <summary>
/// The motion a trace has recorded. A sample each millisecond is all a chip can ask for, so any firmware gets what it would have got.
/// Behind the last stretch the foot is still as it was last.
/// </summary>
internal sealed class TraceMotion : IFootMotion
{
    private const int BlockMs = 60_000;

    private readonly MotionStretch[] _stretches;

    public TraceMotion(IReadOnlyList<MotionStretch> stretches)
    {
        if (stretches.Count == 0 || stretches[0].FromMs != 0) throw new InvalidDataException("a motion begins at 0 ms");
        for (var i = 0; i < stretches.Count; i++)
        {
            var one = stretches[i];
            var whole = one.UntilMs > one.FromMs && (one.IsStill || one.Mg.Length == 3 * (one.UntilMs - one.FromMs)) && (i == 0 || one.FromMs == stretches[i - 1].UntilMs);
            if (!whole) throw new InvalidDataException($"the motion from {one.FromMs} ms on has a gap, or not its number of samples");
        }

        _stretches = [.. stretches];
    }

    /// <summary>Asks a motion for everything until a time.</summary>
    public static IEnumerable<MotionStretch> Record(IFootMotion motion, long endMs)
    {
        for (long nowMs = 0; nowMs < endMs;)
        {
            var fromMs = nowMs;
            if (motion.IsStillUntil(nowMs, out var untilMs))
            {
                motion.AccelerationAt(nowMs, out var x, out var y, out var z);
                nowMs = untilMs < endMs ? untilMs : long.MaxValue;  // behind the end nothing is known to move
                yield return new MotionStretch(fromMs, nowMs, [x, y, z]);
                continue;
            }

            var samples = new List<int>();
            for (; nowMs < endMs && nowMs - fromMs < BlockMs && !motion.IsStillUntil(nowMs, out _); nowMs++)
            {
                motion.AccelerationAt(nowMs, out var x, out var y, out var z);
                samples.AddRange([x, y, z]);
            }

            // One sample would look like a stretch that is still, and for a millisecond it is.
            yield return new MotionStretch(fromMs, nowMs, [.. samples]);
        }
    }

    /// <inheritdoc/>
    public void AccelerationAt(long timeMs, out int xMg, out int yMg, out int zMg)
    {
        var stretch = At(timeMs);
        var at = stretch.IsStill ? 0 : (int)Math.Min(timeMs - stretch.FromMs, stretch.UntilMs - stretch.FromMs - 1) * 3;
        (xMg, yMg, zMg) = (stretch.Mg[at], stretch.Mg[at + 1], stretch.Mg[at + 2]);
    }

    /// <inheritdoc/>
    public bool IsStillUntil(long timeMs, out long untilMs)
    {
        var stretch = At(timeMs);
        var isOver = timeMs >= stretch.UntilMs;
        untilMs = isOver || (stretch.IsStill && ReferenceEquals(stretch, _stretches[^1])) ? long.MaxValue : stretch.IsStill ? stretch.UntilMs : timeMs;
        return untilMs > timeMs;
    }

    private MotionStretch At(long timeMs)
    {
        int low = 0, high = _stretches.Length - 1;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_stretches[middle].UntilMs > timeMs) high = middle;
            else low = middle + 1;
        }

        return _stretches[low];
    }
}
