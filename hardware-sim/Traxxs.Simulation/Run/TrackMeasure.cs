using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Run;

/// <summary>How well a stored track tells where its wearer was.</summary>
public static class TrackMeasure
{
    /// <summary>
    /// How far in time a line of the track may be from the moment it is held against, ms: the way home must not count for the way to
    /// work, though both are the same street.
    /// </summary>
    public const long NearMs = 300_000;

    private const long StepMs = 2000;

    /// <summary>Distances of the fixes from where the wearer was at their times, m, ascending.</summary>
    public static IReadOnlyList<double> ErrorsM(Person wearer, IReadOnlyList<TrackPoint> track)
        => [.. track.Select(fix => wearer.PositionAt(Math.Max(0, fix.TimeMs)).DistanceTo(fix.Point)).Order()];

    /// <summary>
    /// Share of the way gone until a time that lies within some metres of the straight lines between successive fixes, %; by the
    /// metre, whatever carried the wearer. Null where there was no way.
    /// </summary>
    public static double? CoveredPercent(Person wearer, IReadOnlyList<TrackPoint> track, long untilMs, double withinM)
    {
        double way = 0, covered = 0;
        foreach (var (_, speedCmS, near) in Way(wearer, track, untilMs, withinM))
        {
            way += speedCmS;
            if (near) covered += speedCmS;
        }

        return way == 0 ? null : 100 * covered / way;
    }

    /// <summary>Where the longest stretch begins that the track does not cover, ms of the run; null where it covers all.</summary>
    public static long? LongestGapMs(Person wearer, IReadOnlyList<TrackPoint> track, long untilMs, double withinM)
    {
        long? longest = null;
        double longestWay = 0, way = 0;
        long beginMs = 0;
        foreach (var (timeMs, speedCmS, near) in Way(wearer, track, untilMs, withinM))
        {
            if (way == 0) beginMs = timeMs;
            way = near ? 0 : way + speedCmS;
            if (way <= longestWay) continue;
            longestWay = way;
            longest = beginMs;
        }

        return longest;
    }

    /// <summary>The value below which a share of values lies; <paramref name="sorted"/> ascending. Null where there are none.</summary>
    public static double? Percentile(IReadOnlyList<double> sorted, double percent)
        => sorted.Count == 0 ? null : sorted[Math.Clamp((int)Math.Ceiling(sorted.Count * percent / 100) - 1, 0, sorted.Count - 1)];

    // The way step by step, and whether the track is near.
    private static IEnumerable<(long TimeMs, int SpeedCmS, bool Near)> Way(Person wearer, IReadOnlyList<TrackPoint> track, long untilMs, double withinM)
    {
        var ordered = track.OrderBy(fix => fix.TimeMs).ToList();
        var first = 0;
        foreach (var span in wearer.Timeline.Spans.Where(span => Timeline.Moves(span.Activity) && span.StartMs < untilMs))
        {
            for (var timeMs = span.StartMs; timeMs < Math.Min(span.EndMs, untilMs); timeMs += StepMs)
            {
                while (first < ordered.Count && ordered[first].TimeMs < timeMs - NearMs) first++;
                yield return (timeMs, span.SpeedCmS, IsNear(wearer.PositionAt(timeMs), timeMs, ordered, Math.Max(0, first - 1), withinM));
            }
        }
    }

    private static bool IsNear(GeoPoint point, long timeMs, List<TrackPoint> track, int first, double withinM)
    {
        for (var i = first; i < track.Count && track[i].TimeMs <= timeMs + NearMs; i++)
        {
            var next = track[Math.Min(i + 1, track.Count - 1)];
            if (next.TimeMs >= timeMs - NearMs && point.DistanceToLine(track[i].Point, next.Point) <= withinM) return true;
        }

        return false;
    }
}
