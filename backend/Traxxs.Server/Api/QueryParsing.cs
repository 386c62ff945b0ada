using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Traxxs.Server.Api;

/// <summary>Reads query parameters; what is wrong is named.</summary>
internal static class QueryParsing
{
    /// <summary>A time: s since 1970 UTC (fractions allowed) or ISO 8601 with an offset.</summary>
    public static DateTimeOffset? Time(this IQueryCollection query, string name)
    {
        var text = query[name].ToString();
        if (text.Length == 0) return null;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            && seconds is >= 0 and <= 253402300799)
        {
            return DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(seconds * 1000));
        }

        if (DateTimeOffset.TryParseExact(text, ["yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return time;
        }

        throw Bad(name, "must be seconds since 1970 UTC or ISO 8601, such as 1772352000 or 2026-03-01T08:00:00Z");
    }

    /// <summary>A count between bounds.</summary>
    public static int Count(this IQueryCollection query, string name, int usual, int max)
    {
        var text = query[name].ToString();
        if (text.Length == 0) return usual;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= 1 && count <= max) return count;
        throw Bad(name, $"must be 1 to {max}");
    }

    /// <summary>A whole number between bounds; null where absent.</summary>
    public static int? Whole(this IQueryCollection query, string name, int min, int max)
    {
        var text = query[name].ToString();
        if (text.Length == 0) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max) return value;
        throw Bad(name, $"must be {min} to {max}");
    }

    /// <summary>A time range, s since 1970 UTC, both ends included: the last hours where the query names none.</summary>
    public static (long FromS, long ToS) Range(this IQueryCollection query, DateTimeOffset now, TimeSpan usual, TimeSpan longest)
    {
        var to = query.Time("to") ?? now;
        var from = query.Time("from") ?? to - usual;
        if (from > to) throw Bad("from", "must not be behind to");
        if (to - from > longest) throw Bad("from", $"must not be more than {longest.TotalDays} days before to");
        return ((long)Math.Ceiling(from.ToUnixTimeMilliseconds() / 1000.0), to.ToUnixTimeSeconds());
    }

    /// <summary>A whole number, such as a cursor.</summary>
    public static long? Number(this IQueryCollection query, string name)
    {
        var text = query[name].ToString();
        if (text.Length == 0) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
        throw Bad(name, "must be what an earlier page gave as next");
    }

    /// <summary>One of some words.</summary>
    public static T? Word<T>(this IQueryCollection query, string name, IReadOnlyDictionary<string, T> words)
        where T : struct
    {
        var text = query[name].ToString();
        if (text.Length == 0) return null;
        if (words.TryGetValue(text, out var value)) return value;
        throw Bad(name, $"must be one of {string.Join(", ", words.Keys)}");
    }

    /// <summary>A text, or null.</summary>
    public static string? Text(this IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

    public static ApiException Bad(string name, string rule) => new(ApiProblem.BadParameter(name, rule));
}
