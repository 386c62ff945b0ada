using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Reporting;

/// <summary>A piece of the earth on a sheet, north up: what lies where, metres by pixels.</summary>
internal sealed class MapFrame
{
    /// <summary>How wide the sheet is.</summary>
    public const double Width = 700;

    private const double HeightMax = 560, HeightMin = 300, Margin = 36;

    // A wearer who stays in place still has surroundings, m.
    private const double LeastM = 120;

    private readonly GeoPoint _origin;
    private readonly double _west, _north;

    /// <summary>A frame around points; at least one.</summary>
    public MapFrame(IReadOnlyList<GeoPoint> points)
    {
        _origin = points[0];
        var all = points.Select(_origin.MetresTo).ToList();
        var (west, east) = Widened(all.Min(p => p.East), all.Max(p => p.East));
        var (south, north) = Widened(all.Min(p => p.North), all.Max(p => p.North));
        Scale = Math.Min((Width - 2 * Margin) / (east - west), (HeightMax - 2 * Margin) / (north - south));
        Height = Math.Max(HeightMin, (north - south) * Scale + 2 * Margin);
        _west = (west + east - Width / Scale) / 2;
        _north = (north + south + Height / Scale) / 2;
    }

    /// <summary>Pixels a metre.</summary>
    public double Scale { get; }

    /// <summary>How high the sheet is.</summary>
    public double Height { get; }

    /// <summary>Where a point lies on the sheet.</summary>
    public (double X, double Y) At(GeoPoint point)
    {
        var (east, north) = _origin.MetresTo(point);
        return ((east - _west) * Scale, (_north - north) * Scale);
    }

    private static (double Low, double High) Widened(double low, double high)
        => high - low >= LeastM ? (low, high) : ((low + high - LeastM) / 2, (low + high + LeastM) / 2);
}
