using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Traxxs.Drivers.Tests;

/// <summary>One valid position as a reader who knows nothing of the firmware's parser finds it in a log.</summary>
internal sealed record CountedFix(int DayCs, int LatitudeE7, int LongitudeE7, string Source);

/// <summary>
/// Counts the valid positions of a log the slow and obvious way: the whole file in memory, a regular expression for sentences,
/// decimal arithmetic for angles, a search for the UBX preamble. Shares no code with what it checks.
/// </summary>
internal static partial class IndependentGnssCounter
{
    public static List<CountedFix> Count(byte[] log)
    {
        var found = new List<CountedFix>();
        foreach (Match match in Sentence().Matches(Encoding.Latin1.GetString(log)))
        {
            var body = match.Groups[1].Value;
            if (body.Aggregate(0, (sum, c) => sum ^ c) != Convert.ToInt32(match.Groups[2].Value, 16)) continue;
            var fields = body.Split(',');
            var type = fields[0].Length >= 3 ? fields[0][^3..] : "";
            if (body[0] == 'P') continue;
            if (type == "RMC" && fields.Length > 6 && fields[2] == "A") Add(found, "RMC", fields[1], fields, 3);
            if (type == "GGA" && fields.Length > 6 && fields[6].Length == 1 && fields[6][0] is >= '1' and <= '9') Add(found, "GGA", fields[1], fields, 2);
        }

        for (var i = 0; i + 100 <= log.Length; i++)
        {
            if (log[i] != 0xB5 || log[i + 1] != 0x62 || log[i + 2] != 1 || log[i + 3] != 7 || log[i + 4] != 92 || log[i + 5] != 0) continue;
            byte a = 0, b = 0;
            foreach (var value in log.AsSpan(i + 2, 96)) b += a += value;
            var p = log.AsSpan(i + 6);
            if (a != log[i + 98] || b != log[i + 99] || (p[21] & 1) == 0 || p[20] is < 2 or > 4) continue;
            var nanoCs = (int)Math.Round(BitConverter.ToInt32(p[16..]) / 1e7);
            found.Add(new CountedFix(((p[8] * 60 + p[9]) * 60 + p[10]) * 100 + nanoCs, BitConverter.ToInt32(p[28..]), BitConverter.ToInt32(p[24..]), "PVT"));
        }

        return found;
    }

    private static void Add(List<CountedFix> found, string source, string time, string[] fields, int at)
    {
        if (!Regex.IsMatch(time, @"^\d{6}(\.\d*)?$") || fields[at].Length == 0 || fields[at + 2].Length == 0) return;
        var second = decimal.Parse(time[4..], CultureInfo.InvariantCulture);
        var dayCs = (int)((int.Parse(time[..2], CultureInfo.InvariantCulture) * 3600 + int.Parse(time[2..4], CultureInfo.InvariantCulture) * 60 + second) * 100);
        found.Add(new CountedFix(dayCs, Angle(fields[at], fields[at + 1], "S"), Angle(fields[at + 2], fields[at + 3], "W"), source));
    }

    private static int Angle(string field, string side, string negative)
    {
        var value = decimal.Parse(field, CultureInfo.InvariantCulture);
        var degrees = decimal.Floor(value / 100);
        var e7 = (int)Math.Round((degrees + (value - degrees * 100) / 60) * 10_000_000m, MidpointRounding.AwayFromZero);
        return side == negative ? -e7 : e7;
    }

    [GeneratedRegex(@"\$([ -#%-)+-~]{4,120})\*([0-9A-Fa-f]{2})")]
    private static partial Regex Sentence();
}
