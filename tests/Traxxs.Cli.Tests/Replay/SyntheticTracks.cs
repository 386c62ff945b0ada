using System.Globalization;
using System.IO.Compression;

namespace Traxxs.Cli.Tests.Replay;

/// <summary>Walks made from a seed, written as recordings.</summary>
internal static class SyntheticTracks
{
    /// <summary>Writes <paramref name="count"/> gzipped CSV tracks and gives their paths.</summary>
    public static List<string> Write(string folder, int seed, int count, int points, int intervalS)
    {
        Directory.CreateDirectory(folder);
        var random = new Random(seed);
        return Enumerable.Range(1, count).Select(number => WriteOne(Path.Combine(folder, $"walk {number}.csv.gz"), random, points, intervalS)).ToList();
    }

    private static string WriteOne(string path, Random random, int points, int intervalS)
    {
        using var text = new StreamWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest));
        text.WriteLine("t_unix_s,lat_deg,lon_deg");
        var (latitudeE5, longitudeE5) = (random.Next(-8_900_000, 8_900_000), random.Next(-17_900_000, 17_900_000));
        var timeS = 1_500_000_000 + random.Next(100_000_000);
        for (var i = 0; i < points; i++)
        {
            text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{timeS},{latitudeE5 / 1e5:F5},{longitudeE5 / 1e5:F5}"));
            latitudeE5 += random.Next(-20, 21);
            longitudeE5 += random.Next(-20, 21);
            timeS += random.Next(50) == 0 ? 4000 : random.Next(1, 2 * intervalS);
        }

        return path;
    }
}
