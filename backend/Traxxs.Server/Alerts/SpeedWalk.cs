using Traxxs.Server.Alerts.Geofences;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts;

/// <summary>
/// Follows fixes in the order of their times and finds stretches that were too fast. Both fixes of a pair are taken to err
/// towards each other when it is called too fast, away from each other when it is called slow again; between the two
/// nothing changes. A stray fix, out and back, goes nowhere and is no stretch.
/// </summary>
internal sealed class SpeedWalk(int limitKmh, TimeSpan during, AlertPosition first, AlertPosition? runFrom)
{
    // A fix that says nothing of its accuracy: the worst the devices keep by default.
    private const int UnknownAccuracyM = 50;

    private readonly double _limitMs = limitKmh / 3.6;

    /// <summary>Newest fix followed.</summary>
    public AlertPosition Last { get; private set; } = first;

    /// <summary>Where the stretch under way began; null where there is none.</summary>
    public AlertPosition? RunFrom { get; private set; } = runFrom;

    /// <summary>Stretches long enough, by time; the last may be under way.</summary>
    public List<(AlertPosition From, DateTimeOffset To)> Runs { get; } = [];

    /// <summary>Fix times at which the wearer was certainly slow again.</summary>
    public List<DateTimeOffset> Slow { get; } = [];

    /// <summary>Takes the next fix.</summary>
    public void Follow(AlertPosition fix)
    {
        var seconds = (fix.FixTime - Last.FixTime).TotalSeconds;
        if (seconds <= 0) return;
        var (least, most) = Between(Last, fix);
        if (least / seconds > _limitMs)
        {
            // One pair of fixes alone may be a stray fix: the next one, fast or slow, says whether it led anywhere.
            if (RunFrom is { } from) Extend(from, fix, fix.FixTime);
            RunFrom ??= Last;
        }
        else if (most / seconds < _limitMs)
        {
            if (RunFrom is { } from) Extend(from, fix, Last.FixTime);
            RunFrom = null;
            Slow.Add(fix.FixTime);
        }

        Last = fix;
    }

    private void Extend(AlertPosition from, AlertPosition seenAt, DateTimeOffset to)
    {
        if (Runs.Count > 0 && Runs[^1].From == from)
        {
            Runs[^1] = (from, to);
            return;
        }

        // Half the limit as the crow flies: a road bends, but it leads somewhere.
        var onTheWay = (seenAt.FixTime - from.FixTime).TotalSeconds;
        if (to - from.FixTime >= during && Between(from, seenAt).Least / onTheWay > _limitMs / 2) Runs.Add((from, to));
    }

    private static (double Least, double Most) Between(AlertPosition a, AlertPosition b)
    {
        var (east, north) = GeofenceShape.Plane(new GeoPoint(a.LatitudeE5 / 1e5, a.LongitudeE5 / 1e5), b.LatitudeE5 / 1e5, b.LongitudeE5 / 1e5);
        var metres = Math.Sqrt((east * east) + (north * north));
        var error = (a.AccuracyM ?? UnknownAccuracyM) + (b.AccuracyM ?? UnknownAccuracyM);
        return (Math.Max(0, metres - error), metres + error);
    }
}
