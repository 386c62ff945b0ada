using System.Text.Json;
using Traxxs.Server.History;

namespace Traxxs.Server.Api.Tracks;

/// <summary>The API's own JSON: <c>{ deviceId, zoom, errorMaxM, positions: [...], locationHidden, next }</c>, every fix with its report.</summary>
internal sealed class JsonTrack(Stream buffer, TrackTitle title, Func<string?> hidden, Func<string?> next) : TrackFormat(buffer, title)
{
    private readonly Utf8JsonWriter _json = new(buffer);

    public override void Begin()
    {
        _json.WriteStartObject();
        _json.WriteString(Title.Subject, Title.Id);
        JsonParts.WriteSimplification(_json, Title);
        _json.WriteStartArray("positions");
    }

    public override void Write(TrackBlock block)
    {
        foreach (var fix in block.Fixes)
        {
            _json.WriteStartObject();
            JsonParts.WriteFix(_json, fix);
            _json.WriteNumber("latitude", fix.Latitude);
            _json.WriteNumber("longitude", fix.Longitude);
            _json.WriteEndObject();
        }
    }

    public override void End()
    {
        _json.WriteEndArray();
        _json.WriteString("locationHidden", hidden());
        _json.WriteString("next", next());
        _json.WriteEndObject();
        Flush();
    }

    public override void Flush() => _json.Flush();
}

/// <summary>
/// GeoJSON (RFC 7946): whole tracks as a point a fix; simplified ones as a line a block, which is what a map draws, with
/// the times of its vertices beside it.
/// </summary>
internal sealed class GeoJsonTrack(Stream buffer, TrackTitle title, Func<string?> hidden, Func<string?> next) : TrackFormat(buffer, title)
{
    private readonly Utf8JsonWriter _json = new(buffer);
    private TrackFix? _last;

    public override void Begin()
    {
        _json.WriteStartObject();
        _json.WriteString("type", "FeatureCollection");
        _json.WriteString(Title.Subject, Title.Id);
        JsonParts.WriteSimplification(_json, Title);
        _json.WriteStartArray("features");
    }

    public override void Write(TrackBlock block)
    {
        if (Title.Zoom is null)
        {
            foreach (var fix in block.Fixes) WritePoint(fix);
            return;
        }

        List<TrackFix> line = block.Continues && _last is { } last ? [last, .. block.Fixes] : [.. block.Fixes];
        if (line.Count == 1) WritePoint(line[0]);
        else WriteLine(line);
        _last = block.Fixes[^1];
    }

    public override void End()
    {
        _json.WriteEndArray();
        _json.WriteString("locationHidden", hidden());
        _json.WriteString("next", next());
        _json.WriteEndObject();
        Flush();
    }

    public override void Flush() => _json.Flush();

    private void WritePoint(TrackFix fix)
    {
        BeginFeature("Point");
        JsonParts.WriteCoordinates(_json, fix);
        BeginProperties();
        _json.WriteString("deviceId", fix.DeviceId);
        JsonParts.WriteFix(_json, fix);
        EndFeature();
    }

    private void WriteLine(List<TrackFix> line)
    {
        BeginFeature("LineString");
        _json.WriteStartArray();
        foreach (var fix in line) JsonParts.WriteCoordinates(_json, fix);
        _json.WriteEndArray();
        BeginProperties();
        _json.WriteString("deviceId", line[^1].DeviceId);
        _json.WriteStartArray("times");
        foreach (var fix in line) _json.WriteNumberValue(fix.Time);
        _json.WriteEndArray();
        EndFeature();
    }

    private void BeginFeature(string geometry)
    {
        _json.WriteStartObject();
        _json.WriteString("type", "Feature");
        _json.WriteStartObject("geometry");
        _json.WriteString("type", geometry);
        _json.WritePropertyName("coordinates");
    }

    private void BeginProperties()
    {
        _json.WriteEndObject();
        _json.WriteStartObject("properties");
    }

    private void EndFeature()
    {
        _json.WriteEndObject();
        _json.WriteEndObject();
    }
}

/// <summary>What the two have in common.</summary>
internal static class JsonParts
{
    public static void WriteSimplification(Utf8JsonWriter json, TrackTitle title)
    {
        if (title.Zoom is not { } zoom) return;
        json.WriteNumber("zoom", zoom);
        json.WriteNumber("errorMaxM", title.ErrorMaxM!.Value);
    }

    public static void WriteFix(Utf8JsonWriter json, TrackFix fix)
    {
        json.WriteNumber("time", fix.Time);
        if (fix.AccuracyM is { } accuracy) json.WriteNumber("accuracyM", accuracy);
        else json.WriteNull("accuracyM");
        json.WriteNumber("epoch", fix.Epoch);
        json.WriteNumber("sequence", fix.Sequence);
    }

    public static void WriteCoordinates(Utf8JsonWriter json, TrackFix fix)
    {
        json.WriteStartArray();
        json.WriteNumberValue(fix.Longitude);
        json.WriteNumberValue(fix.Latitude);
        json.WriteEndArray();
    }
}
