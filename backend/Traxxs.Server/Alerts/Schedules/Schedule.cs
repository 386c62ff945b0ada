using System.Collections.Immutable;

namespace Traxxs.Server.Alerts.Schedules;

/// <summary>
/// Times of the week in a time zone, with exceptions by date: when a rule or a geofence counts, when a wearer works. Spans
/// are reckoned on the wall clock, so a shift from 22:00 to 06:00 has an hour more or less when clocks change; a time the
/// clock skips counts as the hour after, one it shows twice as the first.
/// </summary>
public sealed class Schedule(TimeZoneInfo zone, ImmutableArray<WeekSpan> week, ImmutableDictionary<DateOnly, ImmutableArray<DaySpan>> exceptions)
{
    // A span that goes on longer says "since eight days": whoever asks wants minutes or hours.
    private const int LookBackDays = 8;

    // The last answer: rules ask again and again within one span, or within one pause.
    private volatile Known? _known;

    /// <summary>One that is never on.</summary>
    public static Schedule Never { get; } = new(TimeZoneInfo.Utc, [], ImmutableDictionary<DateOnly, ImmutableArray<DaySpan>>.Empty);

    /// <summary>Its time zone.</summary>
    public TimeZoneInfo Zone { get; } = zone;

    /// <summary>Whether it is on at a time.</summary>
    public bool IsActive(DateTimeOffset at) => ActiveSince(at) is not null;

    /// <summary>Since when it has been on without a break at a time; null where it is not on. At most eight days back.</summary>
    public DateTimeOffset? ActiveSince(DateTimeOffset at)
    {
        if (_known is { } known && at >= known.From && at < known.To) return known.Since;
        var found = Look(at);
        _known = found;
        return found.Since;
    }

    /// <summary>The spans in which it is on between two times, cut to them, by time. Spans that touch are one.</summary>
    public IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Between(DateTimeOffset from, DateTimeOffset to)
    {
        (DateTimeOffset From, DateTimeOffset To)? pending = null;
        foreach (var span in Spans(from, to))
        {
            if (span.To <= from || span.From >= to) continue;
            if (pending is { } before && span.From <= before.To)
            {
                pending = (before.From, Later(before.To, span.To));
                continue;
            }

            if (pending is { } whole) yield return Cut(whole);
            pending = span;
        }

        if (pending is { } last) yield return Cut(last);

        (DateTimeOffset, DateTimeOffset) Cut((DateTimeOffset From, DateTimeOffset To) span) =>
            (Later(span.From, from), span.To < to ? span.To : to);
    }

    private Known Look(DateTimeOffset at)
    {
        var pauseFrom = at.AddDays(-1);
        foreach (var (from, to) in Between(at.AddDays(-LookBackDays), at.AddDays(2)))
        {
            if (at < from) return new Known(pauseFrom, from, null);
            if (at < to) return new Known(from, to, from);
            pauseFrom = to;
        }

        return new Known(Later(pauseFrom, at.AddDays(-1)), at.AddDays(1), null);
    }

    // Begins a day early: a night shift of the day before may still be on.
    private IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Spans(DateTimeOffset from, DateTimeOffset to)
    {
        var last = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(to, Zone).DateTime);
        for (var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(from, Zone).DateTime).AddDays(-1); day <= last; day = day.AddDays(1))
        {
            foreach (var span in On(day).OrderBy(span => span.FromMinute))
            {
                var end = span.ToMinute > span.FromMinute ? span.ToMinute : span.ToMinute + (24 * 60);
                yield return (Instant(day, span.FromMinute), Instant(day, end));
            }
        }
    }

    private IEnumerable<DaySpan> On(DateOnly day) => exceptions.TryGetValue(day, out var instead)
        ? instead
        : week.Where(span => span.Day == day.DayOfWeek).Select(span => span.Span);

    private DateTimeOffset Instant(DateOnly day, int minute)
    {
        var local = day.ToDateTime(TimeOnly.MinValue).AddMinutes(minute);
        if (Zone.IsInvalidTime(local)) local = local.AddHours(1);
        var offset = Zone.IsAmbiguousTime(local) ? Zone.GetAmbiguousTimeOffsets(local).Max() : Zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private sealed record Known(DateTimeOffset From, DateTimeOffset To, DateTimeOffset? Since);
}

/// <summary>A span on a day of the week.</summary>
/// <param name="Day">The day it begins on.</param>
/// <param name="Span">From when to when.</param>
public readonly record struct WeekSpan(DayOfWeek Day, DaySpan Span);

/// <summary>A span of a day in minutes after midnight on the wall clock.</summary>
/// <param name="FromMinute">0..1439.</param>
/// <param name="ToMinute">1..1440; not after <paramref name="FromMinute"/> means the next day.</param>
public readonly record struct DaySpan(int FromMinute, int ToMinute);
