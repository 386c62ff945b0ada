namespace Traxxs.Store.Postgres;

/// <summary>
/// Positions of reports carry the time: milliseconds since 2020 × 4096, and a count where several fall into one. So the partitions,
/// ranges of positions, are spans of server time, and whoever walks by position reads one after the other. Up to the year 2089 a
/// position fits into 53 bits, which is what JavaScript counts exactly.
/// </summary>
internal static class Positions
{
    private const int CountBits = 12;

    // 2020-01-01 UTC, ms since 1970.
    private const long BeginMs = 1_577_836_800_000;

    private const long SpanMs = 1L << (53 - CountBits);

    /// <summary>The first position of a time; what came before 2020 stands at its beginning, what comes after 2089 at its end.</summary>
    public static long Of(long serverTimeMs) => Math.Clamp(serverTimeMs - BeginMs, 0, SpanMs - 1) << CountBits;

    /// <summary>The position of a report received at a time, behind the last one: a clock that was set back makes it the next one.</summary>
    public static long Next(long last, long serverTimeMs) => Math.Max(last + 1, Of(serverTimeMs));

    /// <summary>The time a position stands for, never before the server time of the report at it (from 2020 on).</summary>
    public static DateTimeOffset TimeOf(long position) => DateTimeOffset.FromUnixTimeMilliseconds(BeginMs + (position >> CountBits));
}
