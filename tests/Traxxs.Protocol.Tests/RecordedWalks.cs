using System.Globalization;
using System.IO.Compression;

namespace Traxxs.Protocol.Tests;

/// <summary>
/// Recorded walks as full reports of 20 fixes at least 30 s apart; a gap over 300 s or a change of mode starts a new piece.
/// Accuracy classes are made up: the recordings have none.
/// </summary>
internal static class RecordedWalks
{
    private const int FixesPerReport = 20;
    private const long MinIntervalS = 30;
    private const long GapMaxS = 300;

    public static IEnumerable<Report> Reports(string folder) =>
        Directory.GetFiles(folder, "*.csv.gz").Order(StringComparer.Ordinal).SelectMany(Pieces)
            .SelectMany(piece => Thinned(piece).Chunk(FixesPerReport)).Where(block => block.Length == FixesPerReport).Select(ToReport);

    private static IEnumerable<List<(long TimeS, int Latitude, int Longitude)>> Pieces(string file)
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        Assert.AreEqual("t_unix_s,lat_deg,lon_deg,alt_m,mode", text.ReadLine(), file);
        var piece = new List<(long TimeS, int Latitude, int Longitude)>();
        var mode = "";
        while (text.ReadLine() is { } line)
        {
            var cells = line.Split(',');
            var timeS = long.Parse(cells[0], CultureInfo.InvariantCulture);
            if (piece.Count > 0 && (cells[4] != mode || timeS - piece[^1].TimeS > GapMaxS))
            {
                if (mode == "walk") yield return piece;
                piece = [];
            }

            mode = cells[4];
            piece.Add((timeS, E5(cells[1]), E5(cells[2])));
        }

        if (mode == "walk" && piece.Count > 0) yield return piece;
    }

    private static IEnumerable<(long TimeS, int Latitude, int Longitude)> Thinned(List<(long TimeS, int Latitude, int Longitude)> piece)
    {
        var keptS = long.MinValue / 2;
        foreach (var fix in piece)
        {
            if (fix.TimeS - keptS < MinIntervalS) continue;
            keptS = fix.TimeS;
            yield return fix;
        }
    }

    private static Report ToReport((long TimeS, int Latitude, int Longitude)[] block)
    {
        var report = new Report { FixCount = block.Length };
        var random = new Random(block[0].Latitude);
        var accuracyClass = 4;
        for (var i = 0; i < block.Length; i++)
        {
            (report.FixTimeS[i], report.LatitudeE5[i], report.LongitudeE5[i]) = ((uint)block[i].TimeS, block[i].Latitude, block[i].Longitude);
            accuracyClass = Math.Clamp(accuracyClass + random.Next(-1, 2), 2, 8);
            report.AccuracyClass[i] = (byte)accuracyClass;
        }

        return report;
    }

    private static int E5(string degrees) =>
        (int)decimal.Round(decimal.Parse(degrees, CultureInfo.InvariantCulture) * 100_000m, 0, MidpointRounding.AwayFromZero);
}
