using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts.Geofences;

/// <summary>
/// Geofences as GeoJSON (RFC 7946): a Feature whose geometry is a Polygon, or a Point with <c>radiusM</c> among its
/// properties. Properties: <c>name</c>; <c>alertOn</c>, a list of <c>enter</c> and <c>leave</c>; <c>severity</c>;
/// <c>devices</c>, a list of ids, absent for everyone.
/// </summary>
public static class GeofenceJson
{
    /// <summary>Most points of all rings: more says nothing on the ground and costs at every fix.</summary>
    public const int PointsMax = 1000;

    private const double RadiusMinM = 5;
    private const double RadiusMaxM = 100_000;
    private const int NameMax = 100;
    private const int DevicesMax = 10_000;

    /// <summary>Reads a Feature. Throws <see cref="FormatException"/> with a sentence that names what is wrong.</summary>
    public static Geofence Read(string id, int version, JsonElement feature)
    {
        if (TextOf(feature, "type") != "Feature") throw new FormatException("type: must be \"Feature\"");
        if (!feature.TryGetProperty("geometry", out var geometry) || geometry.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("geometry: missing");
        }

        if (!feature.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("properties: missing");
        }

        var name = TextOf(properties, "name")?.Trim();
        if (string.IsNullOrEmpty(name) || name.Length > NameMax) throw new FormatException($"properties.name: must have 1 to {NameMax} characters");
        return new Geofence(id, version, name, ReadShape(geometry, properties), ReadAlertOn(properties), ReadSeverity(properties), ReadDevices(properties));
    }

    /// <summary>The stored definition, as a Feature with its id and version.</summary>
    public static JsonObject ToFeature(GeofenceRecord record)
    {
        var feature = JsonNode.Parse(record.Definition)!.AsObject();
        feature["id"] = record.Id;
        feature["properties"]!["version"] = record.Version;
        return feature;
    }

    /// <summary>A fence from its record.</summary>
    public static Geofence FromRecord(GeofenceRecord record)
    {
        using var document = JsonDocument.Parse(record.Definition);
        return Read(record.Id, record.Version, document.RootElement) with { Org = record.Org };
    }

    private static GeofenceShape ReadShape(JsonElement geometry, JsonElement properties)
    {
        if (!geometry.TryGetProperty("coordinates", out var coordinates)) throw new FormatException("geometry.coordinates: missing");
        switch (TextOf(geometry, "type"))
        {
            case "Point":
                if (!properties.TryGetProperty("radiusM", out var radius) || radius.ValueKind != JsonValueKind.Number
                    || !radius.TryGetDouble(out var radiusM) || radiusM is not (>= RadiusMinM and <= RadiusMaxM))
                {
                    throw new FormatException($"properties.radiusM: a Point needs a radius of {RadiusMinM} to {RadiusMaxM} metres");
                }

                return new CircleShape(ReadPoint(coordinates), radiusM);
            case "Polygon":
                return new PolygonShape(ReadRings(coordinates));
            default:
                throw new FormatException("geometry.type: must be \"Point\" or \"Polygon\"");
        }
    }

    private static List<IReadOnlyList<GeoPoint>> ReadRings(JsonElement coordinates)
    {
        if (coordinates.ValueKind != JsonValueKind.Array || coordinates.GetArrayLength() == 0)
        {
            throw new FormatException("geometry.coordinates: must be a list of rings");
        }

        var rings = new List<IReadOnlyList<GeoPoint>>();
        var points = 0;
        foreach (var item in coordinates.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Array) throw new FormatException("geometry.coordinates: a ring must be a list of positions");
            points += item.GetArrayLength();
            if (points > PointsMax) throw new FormatException($"geometry.coordinates: at most {PointsMax} positions");
            var ring = item.EnumerateArray().Select(ReadPoint).ToList();
            if (ring.Count < 4 || ring[0] != ring[^1]) throw new FormatException("geometry.coordinates: a ring has 4 positions or more and ends where it began");
            rings.Add(ring);
        }

        return rings;
    }

    private static GeoPoint ReadPoint(JsonElement position)
    {
        if (position.ValueKind != JsonValueKind.Array || position.GetArrayLength() < 2
            || position[0].ValueKind != JsonValueKind.Number || position[1].ValueKind != JsonValueKind.Number)
        {
            throw new FormatException("geometry.coordinates: a position is [longitude, latitude]");
        }

        var (longitude, latitude) = (position[0].GetDouble(), position[1].GetDouble());
        if (longitude is not (>= -180 and <= 180) || latitude is not (>= -90 and <= 90))
        {
            throw new FormatException("geometry.coordinates: longitude is -180 to 180 and stands first, latitude is -90 to 90");
        }

        return new GeoPoint(latitude, longitude);
    }

    private static FenceCrossings ReadAlertOn(JsonElement properties)
    {
        if (!properties.TryGetProperty("alertOn", out var list)) return FenceCrossings.Leave;
        if (list.ValueKind != JsonValueKind.Array) throw new FormatException("properties.alertOn: must be a list of \"enter\" and \"leave\"");
        var crossings = FenceCrossings.None;
        foreach (var item in list.EnumerateArray())
        {
            crossings |= (item.ValueKind == JsonValueKind.String ? item.GetString() : null) switch
            {
                "enter" => FenceCrossings.Enter,
                "leave" => FenceCrossings.Leave,
                _ => throw new FormatException("properties.alertOn: must be a list of \"enter\" and \"leave\""),
            };
        }

        return crossings;
    }

    private static AlertSeverity ReadSeverity(JsonElement properties)
    {
        if (!properties.TryGetProperty("severity", out var value)) return AlertSeverity.Warning;
        var text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        foreach (var severity in Enum.GetValues<AlertSeverity>())
        {
            if (AlertWords.Of(severity) == text) return severity;
        }

        throw new FormatException("properties.severity: must be info, warning, high or critical");
    }

    private static ImmutableArray<string> ReadDevices(JsonElement properties)
    {
        if (!properties.TryGetProperty("devices", out var list)) return [];
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > DevicesMax) throw new FormatException($"properties.devices: must be a list of at most {DevicesMax} device ids");
        return [.. list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String && DeviceId.IsValid(item.GetString())
            ? item.GetString()!
            : throw new FormatException($"properties.devices: a device id has {DeviceId.Rule}"))];
    }

    private static string? TextOf(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
