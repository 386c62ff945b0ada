using System.Globalization;
using System.IO.Compression;
using System.Xml;

namespace Traxxs.Simulation.World;

/// <summary>Reads the way-points of a recorded track: GPX 1.x, or CSV (also .gz) with a header that names <c>lat_deg</c> and <c>lon_deg</c>.</summary>
public static class TrackReader
{
    /// <summary>Way-points closer than this to the last one are left out: standing still would be walked as a tangle.</summary>
    private const double SpacingM = 4;

    /// <summary>A leg longer than this is a gap of the recording; the route ends before it.</summary>
    private const double GapM = 500;

    /// <summary>The way-points of a file. Throws <see cref="InvalidDataException"/> with a sentence where there are none.</summary>
    public static IReadOnlyList<GeoPoint> Read(string path)
    {
        using var file = File.OpenRead(path);
        using Stream stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        var points = path.Contains(".gpx", StringComparison.OrdinalIgnoreCase) ? ReadGpx(stream) : ReadCsv(stream, path);
        var route = Thin(points);
        return route.Count >= 2 ? route : throw new InvalidDataException($"{path}: no track of at least two points {SpacingM} m apart");
    }

    private static List<GeoPoint> ReadGpx(Stream stream)
    {
        var points = new List<GeoPoint>();
        using var reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element || reader.LocalName is not ("trkpt" or "rtept" or "wpt")) continue;
            if (TryDegrees(reader.GetAttribute("lat"), 90, out var latitude) && TryDegrees(reader.GetAttribute("lon"), 180, out var longitude))
            {
                points.Add(new GeoPoint(latitude, longitude));
            }
        }

        return points;
    }

    private static List<GeoPoint> ReadCsv(Stream stream, string path)
    {
        using var reader = new StreamReader(stream);
        var header = reader.ReadLine()?.Split(',') ?? [];
        var (latitudeColumn, longitudeColumn) = (Array.IndexOf(header, "lat_deg"), Array.IndexOf(header, "lon_deg"));
        if (latitudeColumn < 0 || longitudeColumn < 0) throw new InvalidDataException($"{path}: the first line must name the columns lat_deg and lon_deg");
        var points = new List<GeoPoint>();
        while (reader.ReadLine() is { } line)
        {
            var columns = line.Split(',');
            if (columns.Length <= Math.Max(latitudeColumn, longitudeColumn)) continue;
            if (TryDegrees(columns[latitudeColumn], 90, out var latitude) && TryDegrees(columns[longitudeColumn], 180, out var longitude))
            {
                points.Add(new GeoPoint(latitude, longitude));
            }
        }

        return points;
    }

    private static List<GeoPoint> Thin(List<GeoPoint> points)
    {
        var route = new List<GeoPoint>();
        foreach (var point in points)
        {
            var leg = route.Count == 0 ? SpacingM : route[^1].DistanceTo(point);
            if (leg > GapM) break;
            if (leg >= SpacingM) route.Add(point);
        }

        return route;
    }

    private static bool TryDegrees(string? text, double limit, out double degrees)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out degrees) && Math.Abs(degrees) <= limit;
}
