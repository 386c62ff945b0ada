using Traxxs.Server.Alerts.Geofences;

namespace Traxxs.Server.History;

/// <summary>
/// Leaves out the fixes a map at some zoom cannot show, by Douglas and Peucker (1973), block by block: every fix left out
/// lies within the tolerance of the line that is drawn in its place. Fixes that remain are the ones stored, unmoved.
/// </summary>
internal static class TrackSimplifier
{
    /// <summary>Deepest zoom, the deepest at which web maps have tiles.</summary>
    public const int ZoomMax = 22;

    // One pixel of a 256-pixel tile at zoom 0 on the equator: 2π · 6378137 m / 256 (Web Mercator, EPSG:3857).
    private const double EquatorPixelM = 156543.03392804097;

    /// <summary>The largest error at a zoom anywhere, m: a pixel on the equator.</summary>
    public static double ErrorMaxM(int zoom) => EquatorPixelM / (1 << zoom);

    /// <summary>A pixel's size at a zoom and a latitude, m.</summary>
    public static double PixelM(int zoom, double latitude) => ErrorMaxM(zoom) * Math.Cos(latitude * Math.PI / 180);

    /// <summary>A track as a map at a zoom needs it.</summary>
    public static IEnumerable<TrackBlock> At(int zoom, IEnumerable<TrackBlock> track) =>
        track.Select(block => block with { Fixes = Simplify(block.Fixes, PixelM(zoom, block.Fixes.Max(fix => Math.Abs(fix.Latitude)))) });

    /// <summary>The fixes to keep for an error of at most a tolerance, m. First and last stay.</summary>
    public static IReadOnlyList<TrackFix> Simplify(IReadOnlyList<TrackFix> fixes, double toleranceM)
    {
        if (fixes.Count <= 2) return fixes;
        var plane = fixes.Select(fix => GeofenceShape.Plane(fixes[0].Place, fix.Latitude, fix.Longitude)).ToArray();
        var keep = new bool[fixes.Count];
        keep[0] = keep[^1] = true;
        var open = new Stack<(int First, int Last)>();
        open.Push((0, fixes.Count - 1));
        while (open.TryPop(out var span))
        {
            if (Farthest(plane, span.First, span.Last, toleranceM) is not { } farthest) continue;
            keep[farthest] = true;
            open.Push((span.First, farthest));
            open.Push((farthest, span.Last));
        }

        return fixes.Where((_, i) => keep[i]).ToList();
    }

    /// <summary>Square of the distance of a point from a stretch of line, m².</summary>
    public static double SquaredDistance((double East, double North) point, (double East, double North) a, (double East, double North) b)
    {
        var (east, north) = (b.East - a.East, b.North - a.North);
        var length = (east * east) + (north * north);
        var along = length > 0 ? Math.Clamp((((point.East - a.East) * east) + ((point.North - a.North) * north)) / length, 0, 1) : 0;
        var (offEast, offNorth) = (point.East - a.East - (along * east), point.North - a.North - (along * north));
        return (offEast * offEast) + (offNorth * offNorth);
    }

    private static int? Farthest((double East, double North)[] plane, int first, int last, double toleranceM)
    {
        int? farthest = null;
        var most = toleranceM * toleranceM;
        for (var i = first + 1; i < last; i++)
        {
            var distance = SquaredDistance(plane[i], plane[first], plane[last]);
            if (distance > most) (farthest, most) = (i, distance);
        }

        return farthest;
    }
}
