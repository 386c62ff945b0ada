using System.Globalization;

namespace Traxxs.Cli.Tracks;

/// <summary>Turns the text of a track file into the units of the wire, exactly: decimal digits are never a binary fraction.</summary>
internal static class TrackText
{
    private const decimal E5 = 100_000m;

    /// <summary>Decimal degrees to 1e-5 degrees, halves away from zero.</summary>
    /// <exception cref="TrackFileException">Not a number, or not within -90..90.</exception>
    public static int LatitudeE5(string text, string file, int line) => DegreesE5(text, 90, "latitude", file, line);

    /// <summary>Decimal degrees to 1e-5 degrees, halves away from zero.</summary>
    /// <exception cref="TrackFileException">Not a number, or not within -180..180.</exception>
    public static int LongitudeE5(string text, string file, int line) => DegreesE5(text, 180, "longitude", file, line);

    /// <summary>Seconds since 1970-01-01 UTC from such a number or from ISO 8601 text; fractions of a second are dropped.</summary>
    /// <exception cref="TrackFileException">Neither of them, or outside 1970..2106.</exception>
    public static uint TimeS(string text, string file, int line)
    {
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var timeS))
        {
            const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
            if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var time))
            {
                throw new TrackFileException($"{file}: line {line}: '{text}' is no time; expected Unix seconds or ISO 8601");
            }

            timeS = time.ToUnixTimeSeconds();
        }

        timeS = decimal.Floor(timeS);
        return timeS is >= 0 and <= uint.MaxValue
            ? (uint)timeS
            : throw new TrackFileException($"{file}: line {line}: time {text} is outside 1970..2106");
    }

    private static int DegreesE5(string text, int max, string what, string file, int line)
    {
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var degrees))
        {
            throw new TrackFileException($"{file}: line {line}: '{text}' is no {what}; expected decimal degrees");
        }

        return Math.Abs(degrees) <= max
            ? (int)decimal.Round(degrees * E5, 0, MidpointRounding.AwayFromZero)
            : throw new TrackFileException($"{file}: line {line}: {what} {text} is outside -{max}..{max}");
    }
}
