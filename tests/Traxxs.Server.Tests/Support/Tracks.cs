using System.Globalization;
using System.IO.Compression;
using Traxxs.Server.History;
using Traxxs.Testing;

namespace Traxxs.Server.Tests.Support;

/// <summary>Tracks for tests: walked on a plane around 52 N 13 E, or recorded by people.</summary>
internal static class Tracks
{
    public const string Device = "insole-1";
    public static readonly long StartS = Reports.Start.ToUnixTimeSeconds();

    /// <summary>A fix some metres north and east of 52 N 13 E, seconds after the start.</summary>
    public static TrackFix At(double seconds, double northM, double eastM = 0, int? accuracyM = 4) => new(
        Device, StartS + (long)seconds, Math.Round(52 + (northM / 111195.08), 5),
        Math.Round(13 + (eastM / (111195.08 * Math.Cos(52 * Math.PI / 180))), 5), accuracyM, 1, 1);

    /// <summary>A random walk: a few metres a second with turns.</summary>
    public static IEnumerable<TrackFix> Wander(int seed, int count, int everyS = 5)
    {
        var random = new Random(seed);
        double north = 0, east = 0, heading = 0;
        for (var i = 0; i < count; i++)
        {
            heading += (random.NextDouble() - 0.5) * 0.8;
            north += Math.Cos(heading) * everyS * 1.3;
            east += Math.Sin(heading) * everyS * 1.3;
            yield return At((double)i * everyS, north, east);
        }
    }

    /// <summary>Recorded walks of the GeoLife set, at most some; inconclusive where there are none.</summary>
    public static IEnumerable<(string Name, List<TrackFix> Fixes)> Recorded(int most)
    {
        if (Recordings.Find("gps_geolife", out var message) is not { } folder)
        {
            Assert.Inconclusive(message);
            yield break;
        }

        foreach (var file in Directory.GetFiles(folder, "*.csv.gz").Order(StringComparer.Ordinal).Take(most)) yield return (Path.GetFileName(file), Read(file));
    }

    // As an insole would send them: one fix a second at most, five decimal places.
    private static List<TrackFix> Read(string file)
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        var fixes = new List<TrackFix>();
        text.ReadLine();
        while (text.ReadLine()?.Split(',') is { } cells)
        {
            var time = (long)double.Parse(cells[0], CultureInfo.InvariantCulture);
            if (fixes.Count > 0 && time <= fixes[^1].Time) continue;
            fixes.Add(new TrackFix(Device, time, Coordinate(cells[1]), Coordinate(cells[2]), null, 1, fixes.Count / 20));
        }

        return fixes;
    }

    private static double Coordinate(string text) => Math.Round(double.Parse(text, CultureInfo.InvariantCulture), 5);
}
