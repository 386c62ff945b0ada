using System.Globalization;
using System.IO.Compression;

namespace Traxxs.Simulation.Tests.World;

/// <summary>What a fall is like around its hardest sample; the same reckoning for recordings and for the model.</summary>
internal sealed record FallStatistics(double PeakG, double ForceAfterMg, double TurnDegrees)
{
    /// <summary>Of samples (ms, g). Force: mean distance from 1 g of each 100 ms, summed over the 800 ms from the peak on.</summary>
    public static FallStatistics Of(IReadOnlyList<(int TimeMs, double X, double Y, double Z)> samples)
    {
        var peak = samples.MaxBy(Length);
        var force = Enumerable.Range(0, 8).Sum(block => samples
            .Where(s => s.TimeMs >= peak.TimeMs + block * 100 && s.TimeMs < peak.TimeMs + block * 100 + 100)
            .Select(s => Math.Abs(Length(s) - 1) * 1000).DefaultIfEmpty(0).Average());
        return new FallStatistics(Length(peak), force, TurnBetween(Sum(-4000, -1500), Sum(2000, 4000)));

        (double X, double Y, double Z) Sum(int fromMs, int toMs) => samples.Where(s => s.TimeMs > peak.TimeMs + fromMs && s.TimeMs < peak.TimeMs + toMs)
            .Aggregate((X: 0.0, Y: 0.0, Z: 0.0), (sum, s) => (sum.X + s.X, sum.Y + s.Y, sum.Z + s.Z));
    }

    /// <summary>Reads the ankle's rows of a recording.</summary>
    public static FallStatistics Read(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var samples = new List<(int, double, double, double)>();
        while (reader.ReadLine() is { } line)
        {
            var columns = line.Split(',');
            if (columns[1] == "ankle") samples.Add((int.Parse(columns[0], CultureInfo.InvariantCulture), Number(columns[2]), Number(columns[3]), Number(columns[4])));
        }

        return Of(samples);

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }

    private static double Length((int, double X, double Y, double Z) s) => Math.Sqrt(s.X * s.X + s.Y * s.Y + s.Z * s.Z);

    private static double TurnBetween((double X, double Y, double Z) a, (double X, double Y, double Z) b)
        => Math.Acos(Math.Clamp((a.X * b.X + a.Y * b.Y + a.Z * b.Z) / (Length((0, a.X, a.Y, a.Z)) * Length((0, b.X, b.Y, b.Z))), -1, 1)) * 180 / Math.PI;
}
