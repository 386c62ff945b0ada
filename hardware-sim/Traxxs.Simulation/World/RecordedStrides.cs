using System.Globalization;
using System.IO.Compression;

namespace Traxxs.Simulation.World;

/// <summary>
/// Strides cut out of recorded walks, each from one flat foot to the next, turned so that a flat foot feels 1 g along Z and the
/// swing goes along X. Played in an order by chance, stretched to the speed that is walked. For acceleration CSVs in g or m/s²
/// with gravity; recordings stay where they are, none comes along.
/// </summary>
public sealed class RecordedStrides
{
    private const int Points = 256;             // A stride of 1.1 s at 230 Hz: finer than the 50 Hz the firmware samples at.
    private const double NearG = 0.15;
    private const double FlatS = 0.1;
    private const double StrideMinS = 0.7, StrideMaxS = 1.6;

    private readonly List<short[]> _strides = [];

    /// <summary>How many strides were found.</summary>
    public int Count => _strides.Count;

    /// <summary>
    /// Reads a CSV (also .gz) with columns ax_g or ax_mps2 and so on, or all of a folder. Rate by a column t_s or t_ms where there is
    /// one, else <paramref name="rateHz"/>. Throws <see cref="InvalidDataException"/> where no stride is found.
    /// </summary>
    public static RecordedStrides Read(string path, double rateHz)
    {
        var files = Directory.Exists(path) ? Directory.GetFiles(path).Where(static f => f.Contains(".csv") && !f.EndsWith("index.csv", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray() : [path];
        var strides = new RecordedStrides();
        foreach (var file in files) strides.Cut(ReadG(file, ref rateHz), rateHz);
        return strides.Count > 0 ? strides : throw new InvalidDataException($"{path}: no strides found; acceleration with gravity at the foot is expected, in columns ax_g or ax_mps2");
    }

    /// <summary>Acceleration in a stride chosen by chance, at a phase of it; <paramref name="amplitude"/> in per mille of what was recorded.</summary>
    internal void At(ulong chance, int phase, int amplitude, out int xMg, out int yMg, out int zMg)
    {
        var stride = _strides[(int)(chance % (ulong)_strides.Count)];
        var at = phase * Points / StrideShape.PhaseMax * 3;
        xMg = stride[at] * amplitude / 1000;
        yMg = stride[at + 1] * amplitude / 1000;
        zMg = 1000 + (stride[at + 2] - 1000) * amplitude / 1000;
    }

    private void Cut(List<(double X, double Y, double Z)> samples, double rateHz)
    {
        var flat = FlatFeet(samples, rateHz);
        for (var k = 0; k + 1 < flat.Count; k++)
        {
            var (from, to) = (flat[k].From, flat[k + 1].From);
            if ((to - from) / rateHz is < StrideMinS or > StrideMaxS) continue;
            if (Turn(samples, flat[k], from, to) is { } stride) _strides.Add(stride);
        }
    }

    // Z is the mean of the flat foot; X the horizontal direction of greatest variance, the sign such that the brake before landing,
    // the strongest push there is, points backwards.
    private static short[]? Turn(List<(double X, double Y, double Z)> samples, (int From, int To) flat, int from, int to)
    {
        var up = Unit(Mean(samples, flat.From, flat.To));
        var side = Unit(Math.Abs(up.X) < 0.8 ? Cross(up, (1, 0, 0)) : Cross(up, (0, 1, 0)));
        var ahead = Cross(side, up);
        double aa = 0, ss = 0, product = 0;
        for (var i = from; i < to; i++)
        {
            var (a, s) = (Dot(samples[i], ahead), Dot(samples[i], side));
            aa += a * a;
            ss += s * s;
            product += a * s;
        }

        var spread = Math.Sqrt((aa - ss) * (aa - ss) + 4 * product * product);
        if (spread == 0) return null;
        var (cos, sin) = (Math.Sqrt(Math.Max(0, (1 + (aa - ss) / spread) / 2)), Math.Sqrt(Math.Max(0, (1 - (aa - ss) / spread) / 2)) * (product < 0 ? -1 : 1));
        var x = (ahead.X * cos + side.X * sin, ahead.Y * cos + side.Y * sin, ahead.Z * cos + side.Z * sin);
        var strongest = Enumerable.Range(from, to - from).Select(i => Dot(samples[i], x)).MaxBy(Math.Abs);
        if (strongest > 0) x = (-x.Item1, -x.Item2, -x.Item3);
        var y = Cross(up, x);
        var stride = new short[Points * 3];
        for (var p = 0; p < Points; p++)
        {
            var sample = samples[from + (int)((long)p * (to - from) / Points)];
            stride[p * 3] = Mg(Dot(sample, x));
            stride[p * 3 + 1] = Mg(Dot(sample, y));
            stride[p * 3 + 2] = Mg(Dot(sample, up));
        }

        return stride;
    }

    // Runs of at least 100 ms near 1 g; runs may have gaps of 20 ms.
    private static List<(int From, int To)> FlatFeet(List<(double X, double Y, double Z)> samples, double rateHz)
    {
        var flat = new List<(int, int)>();
        int start = -1, last = -1;
        for (var i = 0; i < samples.Count; i++)
        {
            var force = Math.Sqrt(Dot(samples[i], samples[i]));
            if (Math.Abs(force - 1) < NearG)
            {
                if (start < 0) start = i;
                last = i;
            }
            else if (start >= 0 && (i - last) / rateHz > 0.02)
            {
                if ((last - start) / rateHz >= FlatS) flat.Add((start, last + 1));
                start = -1;
            }
        }

        return flat;
    }

    /// <summary>The samples of a CSV in g; the rate is set where the file tells it.</summary>
    internal static List<(double X, double Y, double Z)> ReadG(string path, ref double rateHz)
    {
        using var file = File.OpenRead(path);
        using Stream stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(stream);
        var header = reader.ReadLine()?.Split(',') ?? [];
        var unit = header.Contains("ax_g") ? "g" : header.Contains("ax_mps2") ? "mps2" : throw new InvalidDataException($"{path}: the first line must name the columns ax_g or ax_mps2 and so on");
        var columns = new[] { "ax", "ay", "az" }.Select(axis => Array.IndexOf(header, $"{axis}_{unit}")).ToArray();
        var (seconds, milliseconds) = (Array.IndexOf(header, "t_s"), Array.IndexOf(header, "t_ms"));
        var scale = unit == "g" ? 1 : 1 / 9.80665;
        var samples = new List<(double, double, double)>();
        double first = 0, last = 0;
        while (reader.ReadLine() is { } line)
        {
            var values = line.Split(',');
            samples.Add((Value(columns[0]) * scale, Value(columns[1]) * scale, Value(columns[2]) * scale));
            if (seconds >= 0) last = Value(seconds);
            else if (milliseconds >= 0) last = Value(milliseconds) / 1000;
            if (samples.Count == 1) first = last;

            double Value(int column) => column < values.Length && double.TryParse(values[column], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw new InvalidDataException($"{path}: line {samples.Count + 2} is not numbers");
        }

        if (last > first) rateHz = (samples.Count - 1) / (last - first);
        return samples;
    }

    private static (double X, double Y, double Z) Mean(List<(double X, double Y, double Z)> samples, int from, int to)
    {
        var sum = (X: 0.0, Y: 0.0, Z: 0.0);
        for (var i = from; i < to; i++) sum = (sum.X + samples[i].X, sum.Y + samples[i].Y, sum.Z + samples[i].Z);
        return sum;
    }

    private static (double X, double Y, double Z) Unit((double X, double Y, double Z) v)
    {
        var length = Math.Sqrt(Dot(v, v));
        return length == 0 ? (0, 0, 1) : (v.X / length, v.Y / length, v.Z / length);
    }

    private static (double X, double Y, double Z) Cross((double X, double Y, double Z) a, (double X, double Y, double Z) b)
        => (a.Y * b.Z - a.Z * b.Y, a.Z * b.X - a.X * b.Z, a.X * b.Y - a.Y * b.X);

    private static double Dot((double X, double Y, double Z) a, (double X, double Y, double Z) b) => a.X * b.X + a.Y * b.Y + a.Z * b.Z;

    private static short Mg(double g) => (short)Math.Clamp(Math.Floor(g * 1000 + 0.5), short.MinValue, short.MaxValue);
}
