using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Traxxs.Server.Alerts.Schedules;

/// <summary>
/// Schedules as JSON: <c>{timeZone: "Europe/Berlin", week: [{day: "mon", from: "08:00", to: "17:00"}…], exceptions: [{date:
/// "2026-12-24", from: "08:00", to: "12:00"}…]}</c>. A span that ends at or before its beginning ends on the next day;
/// an exception stands in the place of the week's spans of its date, without from and to for a day off. What is wrong
/// throws <see cref="FormatException"/> with a sentence that begins with the key.
/// </summary>
public static class ScheduleJson
{
    private const int SpansMax = 100;
    private const int ExceptionsMax = 400;

    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    /// <summary>Reads a schedule; null where there is none, which means always.</summary>
    public static Schedule? Read(JsonElement json, string key = "schedule") => Read(json, key, stored: false);

    /// <summary>
    /// As above. One that was <paramref name="stored"/> may name a time zone this machine does not know: it is then
    /// <paramref name="unknown"/>, which <see cref="TimeZones.Trouble"/> tells.
    /// </summary>
    public static Schedule? Read(JsonElement json, string key, bool stored, Schedule? unknown = null)
    {
        if (json.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined) return null;
        if (json.ValueKind != JsonValueKind.Object) throw new FormatException($"{key}: must be an object, or null for always");
        foreach (var property in json.EnumerateObject())
        {
            if (property.Name is not ("timeZone" or "week" or "exceptions")) throw new FormatException($"{key}.{property.Name}: there is no such key");
        }

        var week = List(json, "week", SpansMax, key).Select((item, i) => new WeekSpan(ReadDay(item, $"{key}.week[{i}].day"), ReadSpan(item, $"{key}.week[{i}]"))).ToImmutableArray();
        var exceptions = List(json, "exceptions", ExceptionsMax, key)
            .Select((item, i) => (Date: ReadDate(item, $"{key}.exceptions[{i}].date"), Span: ReadException(item, $"{key}.exceptions[{i}]")))
            .GroupBy(item => item.Date)
            .ToImmutableDictionary(group => group.Key, group => group.Where(item => item.Span is not null).Select(item => item.Span!.Value).ToImmutableArray());
        return ReadZone(json, $"{key}.timeZone", stored) is { } zone ? new Schedule(zone, week, exceptions) : unknown;
    }

    /// <summary>Minutes after midnight of a text such as <c>08:30</c>; <c>24:00</c> is the end of the day.</summary>
    public static int ReadMinute(JsonElement parent, string name, string key)
    {
        var text = parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        if (text == "24:00") return 24 * 60;
        if (TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return (time.Hour * 60) + time.Minute;
        throw new FormatException($"{key}.{name}: must be a time of day such as 08:00");
    }

    /// <summary>The time zone a JSON object names; null for one that was <paramref name="stored"/> and is not known here.</summary>
    public static TimeZoneInfo? ReadZone(JsonElement json, string key, bool stored)
    {
        var name = json.TryGetProperty("timeZone", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        if (stored && name is not null) return TimeZones.FindStored(name);
        return TimeZones.Find(name) ?? throw new FormatException($"{key}: must be the name of a time zone this server's machine knows, such as Europe/Berlin");
    }

    private static JsonElement[] List(JsonElement json, string name, int max, string key)
    {
        if (!json.TryGetProperty(name, out var list) || list.ValueKind == JsonValueKind.Null) return [];
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > max || list.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.Object))
        {
            throw new FormatException($"{key}.{name}: must be a list of at most {max} objects");
        }

        return [.. list.EnumerateArray()];
    }

    private static DayOfWeek ReadDay(JsonElement item, string key)
    {
        var day = item.TryGetProperty("day", out var value) && value.ValueKind == JsonValueKind.String ? Array.IndexOf(Days, value.GetString()) : -1;
        return day >= 0 ? (DayOfWeek)day : throw new FormatException($"{key}: must be one of mon, tue, wed, thu, fri, sat, sun");
    }

    private static DateOnly ReadDate(JsonElement item, string key) =>
        item.TryGetProperty("date", out var value) && value.ValueKind == JsonValueKind.String
        && DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : throw new FormatException($"{key}: must be a date such as 2026-12-24");

    private static DaySpan? ReadException(JsonElement item, string key) =>
        !item.TryGetProperty("from", out var from) || from.ValueKind == JsonValueKind.Null ? null : ReadSpan(item, key);

    private static DaySpan ReadSpan(JsonElement item, string key)
    {
        var (from, to) = (ReadMinute(item, "from", key), ReadMinute(item, "to", key));
        if (from == 24 * 60) throw new FormatException($"{key}.from: must be before 24:00");
        return new DaySpan(from, to);
    }
}
