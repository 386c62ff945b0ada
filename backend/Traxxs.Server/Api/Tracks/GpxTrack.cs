using System.Globalization;
using System.Xml;
using Traxxs.Server.History;

namespace Traxxs.Server.Api.Tracks;

/// <summary>GPX 1.1: one track, a segment wherever the line begins anew. Accuracy is an extension: hdop is not metres.</summary>
internal sealed class GpxTrack(Stream buffer, TrackTitle title) : TrackFormat(buffer, title)
{
    /// <summary>Namespace of GPX 1.1.</summary>
    public const string Namespace = "http://www.topografix.com/GPX/1/1";

    /// <summary>Namespace of what GPX has no word for.</summary>
    public const string ExtensionNamespace = "urn:traxxs:track:1";

    private readonly XmlWriter _xml = XmlWriter.Create(buffer, XmlSettings.Utf8);
    private bool _inSegment;

    public override void Begin()
    {
        _xml.WriteStartElement("gpx", Namespace);
        _xml.WriteAttributeString("version", "1.1");
        _xml.WriteAttributeString("creator", "TRAXXs XSole");
        _xml.WriteAttributeString("xmlns", "t", null, ExtensionNamespace);
        _xml.WriteStartElement("trk", Namespace);
        _xml.WriteElementString("name", Namespace, XmlName);
        if (Title.Zoom is { } zoom)
            _xml.WriteElementString("desc", Namespace, string.Create(CultureInfo.InvariantCulture, $"simplified for zoom {zoom}, error at most {Title.ErrorMaxM} m"));
    }

    public override void Write(TrackBlock block)
    {
        if (!block.Continues || !_inSegment)
        {
            if (_inSegment) _xml.WriteEndElement();
            _xml.WriteStartElement("trkseg", Namespace);
            _inSegment = true;
        }

        foreach (var fix in block.Fixes) WriteFix(fix);
    }

    public override void End()
    {
        if (_inSegment) _xml.WriteEndElement();
        _xml.WriteEndElement();
        _xml.WriteEndElement();
        Flush();
    }

    public override void Flush() => _xml.Flush();

    private void WriteFix(TrackFix fix)
    {
        _xml.WriteStartElement("trkpt", Namespace);
        _xml.WriteAttributeString("lat", Degrees(fix.Latitude));
        _xml.WriteAttributeString("lon", Degrees(fix.Longitude));
        _xml.WriteElementString("time", Namespace, Iso(fix.Time));
        if (fix.AccuracyM is { } accuracy)
        {
            _xml.WriteStartElement("extensions", Namespace);
            _xml.WriteElementString("accuracyM", ExtensionNamespace, accuracy.ToString(CultureInfo.InvariantCulture));
            _xml.WriteEndElement();
        }

        _xml.WriteEndElement();
    }
}

/// <summary>How XML is written here.</summary>
internal static class XmlSettings
{
    /// <summary>UTF-8 without a byte order mark; the buffer is not the writer's to close; what XML cannot hold is refused.</summary>
    public static XmlWriterSettings Utf8 { get; } = new() { Encoding = new System.Text.UTF8Encoding(false), CloseOutput = false };
}
