using System.Globalization;
using System.IO.Compression;

namespace Traxxs.Simulation.Tests.World;

/// <summary>What the magnitude of a foot's acceleration says about its strides; the same reckoning for recordings and for the model.</summary>
internal sealed record GaitStatistics(int Strides, double PeriodS, double ShareNear1G, double ShareAbove2G, double PeakG)
{
    private const double NearG = 0.15;

    /// <summary>Medians over the strides of samples (time in seconds, magnitude in g). A stride goes from one flat foot to the next.</summary>
    public static GaitStatistics Of(IReadOnlyList<(double TimeS, double Magnitude)> samples)
        => Of([samples]);

    /// <summary>Medians over the strides of several recordings.</summary>
    public static GaitStatistics Of(IEnumerable<IReadOnlyList<(double TimeS, double Magnitude)>> recordings)
    {
        List<double> period = [], near = [], above = [], peak = [];
        foreach (var samples in recordings)
        {
            var flat = FlatFootStarts(samples);
            for (var k = 0; k + 1 < flat.Count; k++)
            {
                var seconds = samples[flat[k + 1]].TimeS - samples[flat[k]].TimeS;
                if (seconds is < 0.7 or > 1.6) continue;
                var stride = samples.Skip(flat[k]).Take(flat[k + 1] - flat[k]).Select(s => s.Magnitude).ToList();
                period.Add(seconds);
                near.Add(stride.Count(g => Math.Abs(g - 1) < 0.1) / (double)stride.Count);
                above.Add(stride.Count(g => g > 2) / (double)stride.Count);
                peak.Add(stride.Max());
            }
        }

        return new GaitStatistics(period.Count, Median(period), Median(near), Median(above), Median(peak));
    }

    /// <summary>Reads a recording: acceleration columns in some unit, time from a counter column or the row number.</summary>
    public static List<(double TimeS, double Magnitude)> Read(string path, double rateHz, double unitsPerG, bool counterColumn)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        reader.ReadLine();
        var samples = new List<(double, double)>();
        while (reader.ReadLine() is { } line)
        {
            var columns = line.Split(',').Select(c => double.Parse(c, CultureInfo.InvariantCulture)).ToArray();
            var first = counterColumn ? 1 : 0;
            var time = (counterColumn ? columns[0] : samples.Count) / rateHz;
            var (x, y, z) = (columns[first], columns[first + 1], columns[first + 2]);
            samples.Add((time, Math.Sqrt(x * x + y * y + z * z) / unitsPerG));
        }

        return samples;
    }

    // First sample of each run of at least 100 ms near 1 g; runs may have gaps of 20 ms.
    private static List<int> FlatFootStarts(IReadOnlyList<(double TimeS, double Magnitude)> samples)
    {
        var starts = new List<int>();
        int start = -1, last = -1;
        for (var i = 0; i < samples.Count; i++)
        {
            if (Math.Abs(samples[i].Magnitude - 1) < NearG)
            {
                if (start < 0) start = i;
                last = i;
            }
            else if (start >= 0 && samples[i].TimeS - samples[last].TimeS > 0.02)
            {
                if (samples[last].TimeS - samples[start].TimeS >= 0.1) starts.Add(start);
                start = -1;
            }
        }

        return starts;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values.Count == 0 ? double.NaN : values[values.Count / 2];
    }
}
