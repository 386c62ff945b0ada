using System.Collections.Immutable;

namespace Traxxs.Server.Alerts.Geofences;

/// <summary>The shape of a geofence. Distances are in metres on a plane through it: fences are small against the Earth.</summary>
public abstract class GeofenceShape
{
    /// <summary>Metres of one degree of latitude on the mean sphere (radius 6371008.8 m, IUGG).</summary>
    internal const double MetresPerDegree = 111195.08;

    /// <summary>Distance to the edge in metres: negative inside, positive outside.</summary>
    public abstract double SignedDistanceM(double latitude, double longitude);

    /// <summary>About how deep inside one can be, m: the radius of a circle of the same area. Bounds the margin towards the inside.</summary>
    public abstract double DepthM { get; }

    /// <summary>East and north of an origin in metres; the shorter way round where the antimeridian lies between.</summary>
    internal static (double East, double North) Plane(GeoPoint origin, double latitude, double longitude)
    {
        var degrees = longitude - origin.Longitude;
        if (degrees > 180) degrees -= 360;
        if (degrees < -180) degrees += 360;
        return (degrees * MetresPerDegree * Math.Cos(origin.Latitude * Math.PI / 180), (latitude - origin.Latitude) * MetresPerDegree);
    }
}

/// <summary>A place in degrees.</summary>
/// <param name="Latitude">-90..90.</param>
/// <param name="Longitude">-180..180.</param>
public readonly record struct GeoPoint(double Latitude, double Longitude);

/// <summary>A circle.</summary>
/// <param name="centre">Its centre.</param>
/// <param name="radiusM">Its radius, m.</param>
public sealed class CircleShape(GeoPoint centre, double radiusM) : GeofenceShape
{
    /// <inheritdoc/>
    public override double DepthM => radiusM;

    /// <inheritdoc/>
    public override double SignedDistanceM(double latitude, double longitude)
    {
        var (east, north) = Plane(centre, latitude, longitude);
        return Math.Sqrt((east * east) + (north * north)) - radiusM;
    }
}

/// <summary>A polygon, with holes.</summary>
public sealed class PolygonShape : GeofenceShape
{
    private readonly GeoPoint _origin;
    private readonly ImmutableArray<ImmutableArray<(double East, double North)>> _rings;

    /// <summary>A polygon of rings, each closed by its last point being its first; the first is the outline, the rest are holes.</summary>
    public PolygonShape(IReadOnlyList<IReadOnlyList<GeoPoint>> rings)
    {
        _origin = rings[0][0];
        _rings = [.. rings.Select(ring => ring.Select(point => Plane(_origin, point.Latitude, point.Longitude)).ToImmutableArray())];
        var area = Math.Abs(AreaOf(_rings[0])) - _rings.Skip(1).Sum(ring => Math.Abs(AreaOf(ring)));
        DepthM = Math.Sqrt(Math.Max(0, area) / Math.PI);
    }

    /// <inheritdoc/>
    public override double DepthM { get; }

    /// <inheritdoc/>
    public override double SignedDistanceM(double latitude, double longitude)
    {
        var point = Plane(_origin, latitude, longitude);
        var inside = false;
        var nearest = double.MaxValue;
        foreach (var ring in _rings)
        {
            for (var i = 1; i < ring.Length; i++)
            {
                // Even-odd rule over all rings: a hole turns inside to outside again.
                var (a, b) = (ring[i - 1], ring[i]);
                if (a.North > point.North != b.North > point.North
                    && point.East < a.East + ((b.East - a.East) * (point.North - a.North) / (b.North - a.North)))
                {
                    inside = !inside;
                }

                nearest = Math.Min(nearest, DistanceToEdge(point, a, b));
            }
        }

        return inside ? -nearest : nearest;
    }

    private static double DistanceToEdge((double East, double North) p, (double East, double North) a, (double East, double North) b)
    {
        var (east, north) = (b.East - a.East, b.North - a.North);
        var lengthSquared = (east * east) + (north * north);
        var along = lengthSquared == 0 ? 0 : Math.Clamp((((p.East - a.East) * east) + ((p.North - a.North) * north)) / lengthSquared, 0, 1);
        var (offEast, offNorth) = (p.East - a.East - (along * east), p.North - a.North - (along * north));
        return Math.Sqrt((offEast * offEast) + (offNorth * offNorth));
    }

    private static double AreaOf(ImmutableArray<(double East, double North)> ring)
    {
        var doubled = 0.0;
        for (var i = 1; i < ring.Length; i++) doubled += (ring[i - 1].East * ring[i].North) - (ring[i].East * ring[i - 1].North);
        return doubled / 2;
    }
}
