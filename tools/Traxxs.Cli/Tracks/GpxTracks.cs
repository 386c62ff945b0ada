using System.Xml;

namespace Traxxs.Cli.Tracks;

/// <summary>
/// Reads the track segments of a GPX 1.0 or 1.1 file (topografix.com/GPX/1/1, trkType and wptType); waypoints and routes
/// have no times and are passed by.
/// </summary>
internal static class GpxTracks
{
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        IgnoreComments = true,
        IgnoreWhitespace = true,
    };

    /// <summary>One track for each segment that has points.</summary>
    /// <exception cref="TrackFileException">The file is not XML, or a track point lacks its place or its time.</exception>
    public static IEnumerable<Track> Read(TextReader text, string file)
    {
        var segments = new List<List<TrackPoint>>();
        try
        {
            using var xml = XmlReader.Create(text, Settings);
            while (xml.Read())
            {
                if (xml.NodeType != XmlNodeType.Element) continue;
                if (xml.LocalName == "trkseg") segments.Add([]);
                if (xml.LocalName != "trkpt") continue;
                if (segments.Count == 0) segments.Add([]);
                segments[^1].Add(ReadPoint(xml, file));
            }
        }
        catch (XmlException e)
        {
            throw new TrackFileException($"{file}: line {e.LineNumber}: not GPX: {e.Message}");
        }

        segments.RemoveAll(points => points.Count == 0);
        var name = Path.GetFileName(file);
        return segments.Select((points, i) => new Track(segments.Count == 1 ? name : $"{name}#{i + 1}", file, points));
    }

    private static TrackPoint ReadPoint(XmlReader xml, string file)
    {
        var line = ((IXmlLineInfo)xml).LineNumber;
        var latitudeE5 = TrackText.LatitudeE5(xml.GetAttribute("lat") ?? "", file, line);
        var longitudeE5 = TrackText.LongitudeE5(xml.GetAttribute("lon") ?? "", file, line);
        var time = "";
        using (var point = xml.ReadSubtree())
        {
            while (point.Read())
            {
                if (point.NodeType == XmlNodeType.Element && point.LocalName == "time" && time.Length == 0)
                {
                    time = point.ReadString();
                }
            }
        }

        return new TrackPoint(TrackText.TimeS(time, file, line), latitudeE5, longitudeE5, null);
    }
}
