using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Traxxs.Server.Alerts.Schedules;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts.Geofences;

/// <summary>
/// Geofences as GeoJSON (RFC 7946): a Feature whose geometry is a Polygon, or a Point with <c>radiusM</c> among its
/// properties. Properties: <c>name</c>; <c>on</c> (or <c>alertOn</c>), a list of <c>enter</c>, <c>leave</c> and <c>dwell</c>;
/// <c>dwellS</c>, the stay that alerts; <c>hysteresisM</c>, the least distance across the edge; <c>schedule</c>, see
/// <see cref="ScheduleJson"/>; <c>severity</c>; <c>devices</c>, a list of ids, absent for everyone.
/// </summary>
public static class GeofenceJson
{
    /// <summary>Most points of all rings: more says nothing on the ground and costs at every fix.</summary>
    public const int PointsMax = 1000;

    private const double RadiusMinM = 5;
    private const double RadiusMaxM = 100_000;
    private const int HysteresisMaxM = 1000;
    private const int DwellMinS = 10;
    private const int DwellMaxS = 7 * 24 * 3600;
    private const int NameMax = 100;
    private const int DevicesMax = 10_000;

    /// <summary>
    /// Reads a Feature. Throws <see cref="FormatException"/> with a sentence that names what is wrong. A schedule that was
    /// <paramref name="stored"/> in a time zone this machine does not know counts as none: the fence holds always.
    /// </summary>
    public static Geofence Read(string id, int version, JsonElement feature, bool stored = false)
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
        var alertOn = ReadAlertOn(properties);
        return new Geofence(id, version, name, ReadShape(geometry, properties), alertOn, ReadSeverity(properties), ReadDevices(properties))
        {
            ShapeKey = ShapeKeyOf(geometry, properties),
            Dwell = TimeSpan.FromSeconds(ReadWhole(properties, "dwellS", DwellMinS, DwellMaxS)
                ?? (alertOn.HasFlag(FenceCrossings.Dwell) ? throw new FormatException("properties.dwellS: \"dwell\" needs the time a stay may last, in seconds") : 0)),
            HysteresisM = ReadWhole(properties, "hysteresisM", 0, HysteresisMaxM),
            Schedule = ScheduleJson.Read(properties.TryGetProperty("schedule", out var schedule) ? schedule : default, "properties.schedule", stored),
        };
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
        return Read(record.Id, record.Version, document.RootElement, stored: true) with { Org = record.Org };
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
        const string Rule = "must be a list of \"enter\", \"leave\" and \"dwell\"";
        var key = properties.TryGetProperty("on", out var list) ? "on" : "alertOn";
        if (key == "alertOn" && !properties.TryGetProperty(key, out list)) return FenceCrossings.Leave;
        if (list.ValueKind != JsonValueKind.Array) throw new FormatException($"properties.{key}: {Rule}");
        var crossings = FenceCrossings.None;
        foreach (var item in list.EnumerateArray())
        {
            crossings |= (item.ValueKind == JsonValueKind.String ? item.GetString() : null) switch
            {
                "enter" => FenceCrossings.Enter,
                "leave" => FenceCrossings.Leave,
                "dwell" => FenceCrossings.Dwell,
                _ => throw new FormatException($"properties.{key}: {Rule}"),
            };
        }

        return crossings;
    }

    private static int? ReadWhole(JsonElement properties, string name, int min, int max)
    {
        if (!properties.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min && number <= max) return number;
        throw new FormatException($"properties.{name}: must be a whole number of {min} to {max}");
    }

    // The numbers of the shape as they stand: written anew with the same numbers it is the same shape.
    private static string ShapeKeyOf(JsonElement geometry, JsonElement properties)
    {
        var text = new StringBuilder();
        Append(geometry.GetProperty("coordinates"));
        if (properties.TryGetProperty("radiusM", out var radius)) Append(radius);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 6));

        void Append(JsonElement value)
        {
            if (value.ValueKind == JsonValueKind.Number) text.Append(CultureInfo.InvariantCulture, $"{value.GetDouble():R} ");
            else if (value.ValueKind == JsonValueKind.Array) foreach (var item in value.EnumerateArray()) Append(item);
            text.Append(';');
        }
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
