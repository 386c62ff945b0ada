namespace Traxxs.Simulation.World;

/// <summary>What a place does to an insole in it.</summary>
public enum PlaceKind
{
    /// <summary>A roof: no satellites.</summary>
    Indoors,

    /// <summary>Concrete all around: neither satellites nor a network.</summary>
    Garage,

    /// <summary>Between high walls: few satellites, reflections.</summary>
    Canyon,

    /// <summary>No network: the link is cut.</summary>
    DeadZone,

    /// <summary>Under trees: weaker satellites.</summary>
    Trees,

    /// <summary>An area the server watches; does nothing to the insole.</summary>
    Geofence,
}

/// <summary>What crossing of a geofence raises an alert.</summary>
public enum FenceAlert
{
    /// <summary>Leaving it.</summary>
    Leave,

    /// <summary>Entering it.</summary>
    Enter,

    /// <summary>Either.</summary>
    Both,
}

/// <summary>A named circle or polygon on the map.</summary>
public sealed record Place
{
    private readonly GeoPoint[] _polygon;

    private Place(string name, PlaceKind kind, GeoPoint centre, double radiusM, GeoPoint[] polygon)
    {
        Name = name;
        Kind = kind;
        Centre = centre;
        RadiusM = radiusM;
        _polygon = polygon;
    }

    /// <summary>Name, for reports.</summary>
    public string Name { get; }

    /// <summary>What it does.</summary>
    public PlaceKind Kind { get; }

    /// <summary>Centre of the circle, or the first corner.</summary>
    public GeoPoint Centre { get; }

    /// <summary>Metres; 0 for a polygon.</summary>
    public double RadiusM { get; }

    /// <summary>Corners; empty for a circle.</summary>
    public IReadOnlyList<GeoPoint> Polygon => _polygon;

    /// <summary>What a geofence watches for.</summary>
    public FenceAlert Alert { get; init; }

    /// <summary>A round place.</summary>
    public static Place Circle(string name, PlaceKind kind, GeoPoint centre, double radiusM)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(radiusM);
        return new Place(name, kind, centre, radiusM, []);
    }

    /// <summary>A place with corners.</summary>
    public static Place Area(string name, PlaceKind kind, IReadOnlyList<GeoPoint> corners)
    {
        if (corners.Count < 3) throw new ArgumentException("an area needs at least three corners", nameof(corners));
        return new Place(name, kind, corners[0], 0, [.. corners]);
    }

    /// <summary>Whether a point lies in it (even-odd rule for a polygon).</summary>
    public bool Contains(GeoPoint point)
    {
        if (_polygon.Length == 0) return Centre.DistanceTo(point) <= RadiusM;
        var inside = false;
        for (int i = 0, j = _polygon.Length - 1; i < _polygon.Length; j = i++)
        {
            var (a, b) = (_polygon[i], _polygon[j]);
            if (a.Latitude > point.Latitude == b.Latitude > point.Latitude) continue;
            var crossing = a.Longitude + (point.Latitude - a.Latitude) / (b.Latitude - a.Latitude) * (b.Longitude - a.Longitude);
            if (point.Longitude < crossing) inside = !inside;
        }

        return inside;
    }

    /// <summary>Metres from a point to the nearest wall, from inside or outside.</summary>
    public double DistanceToEdge(GeoPoint point)
    {
        if (_polygon.Length == 0) return Math.Abs(Centre.DistanceTo(point) - RadiusM);
        var nearest = double.MaxValue;
        for (int i = 0, j = _polygon.Length - 1; i < _polygon.Length; j = i++) nearest = Math.Min(nearest, point.DistanceToLine(_polygon[j], _polygon[i]));
        return nearest;
    }
}
