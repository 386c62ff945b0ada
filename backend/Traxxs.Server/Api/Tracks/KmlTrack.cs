using System.Globalization;
using System.Xml;
using Traxxs.Server.History;

namespace Traxxs.Server.Api.Tracks;

/// <summary>
/// KML 2.2 (OGC 07-147r2): a line for each block with the span of its times. A time for every fix would need a placemark
/// for every fix; who needs them takes GPX or CSV.
/// </summary>
internal sealed class KmlTrack(Stream buffer, TrackTitle title) : TrackFormat(buffer, title)
{
    /// <summary>Namespace of KML 2.2.</summary>
    public const string Namespace = "http://www.opengis.net/kml/2.2";

    private readonly XmlWriter _xml = XmlWriter.Create(buffer, XmlSettings.Utf8);
    private TrackFix? _last;

    public override void Begin()
    {
        _xml.WriteStartElement("kml", Namespace);
        _xml.WriteStartElement("Document", Namespace);
        _xml.WriteElementString("name", Namespace, XmlName);
        if (Title.Zoom is { } zoom)
            _xml.WriteElementString("description", Namespace, string.Create(CultureInfo.InvariantCulture, $"simplified for zoom {zoom}, error at most {Title.ErrorMaxM} m"));
    }

    public override void Write(TrackBlock block)
    {
        _xml.WriteStartElement("Placemark", Namespace);
        _xml.WriteElementString("name", Namespace, $"{Iso(block.Fixes[0].Time)} to {Iso(block.Fixes[^1].Time)}");
        _xml.WriteStartElement("TimeSpan", Namespace);
        _xml.WriteElementString("begin", Namespace, Iso(block.Fixes[0].Time));
        _xml.WriteElementString("end", Namespace, Iso(block.Fixes[^1].Time));
        _xml.WriteEndElement();
        // A line has two points at least: a block of one fix alone is a point.
        var line = block.Continues || block.Fixes.Count > 1;
        _xml.WriteStartElement(line ? "LineString" : "Point", Namespace);
        _xml.WriteStartElement("coordinates", Namespace);
        if (block.Continues && _last is { } last) WriteCoordinates(last);
        foreach (var fix in block.Fixes) WriteCoordinates(fix);
        _xml.WriteEndElement();
        _xml.WriteEndElement();
        _xml.WriteEndElement();
        _last = block.Fixes[^1];
    }

    public override void End()
    {
        _xml.WriteEndElement();
        _xml.WriteEndElement();
        Flush();
    }

    public override void Flush() => _xml.Flush();

    private void WriteCoordinates(TrackFix fix) => _xml.WriteString($"{Degrees(fix.Longitude)},{Degrees(fix.Latitude)} ");
}
