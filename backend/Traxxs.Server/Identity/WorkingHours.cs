using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Traxxs.Server.Identity;

/// <summary>
/// When a wearer works, by the clock on the wall of a time zone: weekly spans, and dates on which others or none hold. A
/// span that ends at or before its beginning goes on into the next day. Begin belongs to it, end does not.
/// </summary>
public sealed class WorkingHours
{
    /// <summary>Most weekly spans: seven a day.</summary>
    public const int SpansMax = 49;

    /// <summary>Most exceptions: a year of days.</summary>
    public const int ExceptionsMax = 366;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    private static readonly string[] DayWords = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private readonly TimeZoneInfo _zone;
    private readonly ImmutableArray<Span>[] _week;
    private readonly Dictionary<DateOnly, ImmutableArray<Span>> _exceptions;

    private WorkingHours(TimeZoneInfo zone, ImmutableArray<Span>[] week, Dictionary<DateOnly, ImmutableArray<Span>> exceptions)
    {
        (_zone, _week, _exceptions) = (zone, week, exceptions);
    }

    /// <summary>Reads hours from JSON. <see cref="FormatException"/> names what is wrong, field first.</summary>
    public static WorkingHours Read(JsonElement json)
    {
        HoursBody body;
        try
        {
            body = json.Deserialize<HoursBody>(Json) ?? throw new FormatException("workingHours: missing");
        }
        catch (JsonException e)
        {
            throw new FormatException($"workingHours{(e.Path is { Length: > 1 } path ? path[1..] : "")}: not of the right kind, or no such field");
        }

        if (!TryZone(body.TimeZone, out var zone)) throw new FormatException("workingHours.timeZone: must be an IANA name, such as Europe/Berlin");
        if (body.Week is null || body.Week.Count > SpansMax) throw new FormatException($"workingHours.week: must be a list of at most {SpansMax}");
        if (body.Exceptions is { Count: > ExceptionsMax }) throw new FormatException($"workingHours.exceptions: at most {ExceptionsMax}");
        return new WorkingHours(zone, ReadWeek(body.Week), ReadExceptions(body.Exceptions ?? []));
    }

    /// <summary>Hours as stored; null, which is always, where there are none.</summary>
    public static WorkingHours? FromText(string? text)
    {
        if (text is null) return null;
        using var document = JsonDocument.Parse(text);
        return Read(document.RootElement);
    }

    /// <summary>Whether a time lies in them.</summary>
    public bool Include(DateTimeOffset time)
    {
        var local = TimeZoneInfo.ConvertTime(time, _zone).DateTime;
        var (today, clock) = (DateOnly.FromDateTime(local), local.TimeOfDay);
        foreach (var span in Of(today))
        {
            if (clock >= span.From && (span.EndsNextDay || clock < span.To)) return true;
        }

        if (today == DateOnly.MinValue) return false;
        foreach (var span in Of(today.AddDays(-1)))
        {
            if (span.EndsNextDay && clock < span.To) return true;
        }

        return false;
    }

    /// <summary>A time zone by its IANA name.</summary>
    public static bool TryZone(string? name, out TimeZoneInfo zone)
    {
        zone = TimeZoneInfo.Utc;
        return name is { Length: > 0 and <= 64 } && TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone!);
    }

    private ImmutableArray<Span> Of(DateOnly date) => _exceptions.TryGetValue(date, out var other) ? other : _week[(int)date.DayOfWeek];

    private static ImmutableArray<Span>[] ReadWeek(IReadOnlyList<DaySpan> spans)
    {
        var week = Enumerable.Range(0, DayWords.Length).Select(_ => ImmutableArray<Span>.Empty).ToArray();
        for (var i = 0; i < spans.Count; i++)
        {
            var day = Array.IndexOf(DayWords, spans[i].Day);
            if (day < 0) throw new FormatException($"workingHours.week[{i}].day: must be one of {string.Join(", ", DayWords)}");
            week[day] = week[day].Add(ReadSpan(spans[i].From, spans[i].To, $"workingHours.week[{i}]"));
        }

        return week;
    }

    private static Dictionary<DateOnly, ImmutableArray<Span>> ReadExceptions(IReadOnlyList<DateSpan> spans)
    {
        var exceptions = new Dictionary<DateOnly, ImmutableArray<Span>>();
        for (var i = 0; i < spans.Count; i++)
        {
            var at = $"workingHours.exceptions[{i}]";
            if (!DateOnly.TryParseExact(spans[i].Date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            {
                throw new FormatException($"{at}.date: must be a date such as 2026-12-24");
            }

            var known = exceptions.GetValueOrDefault(date, []);
            exceptions[date] = spans[i] is { From: null, To: null } ? known : known.Add(ReadSpan(spans[i].From, spans[i].To, at));
        }

        return exceptions;
    }

    private static Span ReadSpan(string? from, string? to, string at)
    {
        if (!TryClock(from, out var begin) || begin == TimeSpan.FromDays(1)) throw new FormatException($"{at}.from: must be a time such as 08:00");
        if (!TryClock(to, out var end)) throw new FormatException($"{at}.to: must be a time such as 17:00, or 24:00");
        return new Span(begin, end);
    }

    private static bool TryClock(string? text, out TimeSpan clock)
    {
        clock = TimeSpan.FromDays(1);
        if (text == "24:00") return true;
        return text is { Length: 5 } && TimeSpan.TryParseExact(text, @"hh\:mm", CultureInfo.InvariantCulture, out clock);
    }

    private readonly record struct Span(TimeSpan From, TimeSpan To)
    {
        public bool EndsNextDay => To <= From;
    }

    private sealed record HoursBody(string? TimeZone, IReadOnlyList<DaySpan>? Week, IReadOnlyList<DateSpan>? Exceptions);

    private sealed record DaySpan(string? Day, string? From, string? To);

    private sealed record DateSpan(string? Date, string? From, string? To);
}
