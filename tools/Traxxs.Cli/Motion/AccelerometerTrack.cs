using System.Globalization;
using System.IO.Compression;

namespace Traxxs.Cli.Motion;

/// <summary>What one unit of a recorded acceleration is in mg.</summary>
internal enum AccelerationUnit
{
    /// <summary>By the column's name: <c>_g</c>, <c>_mps2</c>, <c>_lsb</c>.</summary>
    ByName,

    /// <summary>Standard gravity.</summary>
    G,

    /// <summary>Metres per second squared.</summary>
    Ms2,

    /// <summary>1/256 g, as an ADXL345 at ±16 g gives.</summary>
    Lsb256,
}

/// <summary>One recorded accelerometer, resampled to the rate at which the device samples.</summary>
/// <param name="Source">The file it came from.</param>
/// <param name="Foot">"left" or "right" where the file holds both feet, else empty.</param>
/// <param name="PeriodMs">Time from one sample to the next.</param>
/// <param name="Samples">x, y, z in mg, clipped to the sensor's ±16 g.</param>
internal sealed record AccelerometerTrack(string Source, string Foot, int PeriodMs, short[][] Samples)
{
    private const double StandardGravity = 9.80665;

    /// <summary>Length in hours.</summary>
    public double Hours => Samples.Length * (double)PeriodMs / 3_600_000;

    /// <summary>Reads every accelerometer of one CSV file, plain or gzipped.</summary>
    /// <exception cref="InvalidDataException">No acceleration columns, or no time and no rate.</exception>
    public static IReadOnlyList<AccelerometerTrack> Read(string path, string position, double? rateHz, AccelerationUnit unit, int periodMs)
    {
        using var reader = Open(path);
        var header = (reader.ReadLine() ?? throw new InvalidDataException($"{path} is empty")).Split(',');
        var sensors = FindSensors(header);
        if (sensors.Count == 0)
            throw new InvalidDataException($"{path} has no acceleration columns (ax_g, ax_mps2, x_g, x_lsb, ...): its columns are {string.Join(", ", header)}");

        var time = FindTime(header, rateHz, path);
        var positionColumn = Array.IndexOf(header, "position");
        var times = new List<double>();
        var values = sensors.Select(_ => new List<double[]>()).ToArray();
        for (var row = 0; reader.ReadLine() is { } line; row++)
        {
            var cells = line.Split(',');
            if (cells.Length < header.Length || (positionColumn >= 0 && cells[positionColumn] != position)) continue;
            times.Add(time.Column >= 0 ? Number(cells[time.Column]) * time.ToMs : row * time.ToMs);
            for (var s = 0; s < sensors.Count; s++)
            {
                var scale = ToMg(unit, header[sensors[s].X]);
                values[s].Add([Number(cells[sensors[s].X]) * scale, Number(cells[sensors[s].Y]) * scale, Number(cells[sensors[s].Z]) * scale]);
            }
        }

        return [.. sensors.Select((sensor, s) => new AccelerometerTrack(path, sensor.Foot, periodMs, Resample(times, values[s], periodMs)))];
    }

    private static StreamReader Open(string path)
    {
        Stream stream = File.OpenRead(path);
        return new StreamReader(path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(stream, CompressionMode.Decompress) : stream);
    }

    private static List<(string Foot, int X, int Y, int Z)> FindSensors(string[] header)
    {
        var found = new List<(string, int, int, int)>();
        foreach (var (prefix, foot) in new[] { ("a", ""), ("", ""), ("l", "left"), ("r", "right") })
        {
            foreach (var suffix in new[] { "g", "mps2", "lsb" })
            {
                var x = Array.IndexOf(header, $"{prefix}x_{suffix}");
                var y = Array.IndexOf(header, $"{prefix}y_{suffix}");
                var z = Array.IndexOf(header, $"{prefix}z_{suffix}");
                if (x >= 0 && y >= 0 && z >= 0) found.Add((foot, x, y, z));
            }
        }

        return found;
    }

    private static (int Column, double ToMs) FindTime(string[] header, double? rateHz, string path)
    {
        if (Array.IndexOf(header, "t_ms") is >= 0 and var ms) return (ms, 1);
        if (Array.IndexOf(header, "t_s") is >= 0 and var s) return (s, 1000);
        if (rateHz is not > 0) throw new InvalidDataException($"{path} has no time column (t_ms, t_s): say --rate HZ");
        return (Array.IndexOf(header, "i"), 1000 / rateHz.Value);
    }

    private static double ToMg(AccelerationUnit unit, string column) => unit switch
    {
        AccelerationUnit.G => 1000,
        AccelerationUnit.Ms2 => 1000 / StandardGravity,
        AccelerationUnit.Lsb256 => 1000 / 256.0,
        _ => column.EndsWith("_mps2", StringComparison.Ordinal) ? 1000 / StandardGravity : column.EndsWith("_lsb", StringComparison.Ordinal) ? 1000 / 256.0 : 1000,
    };

    // Linear between neighbours: what was recorded faster is decimated as the sensor's own slower rate would, what was
    // recorded slower, or lost, is filled in.
    private static short[][] Resample(List<double> times, List<double[]> values, int periodMs)
    {
        if (times.Count < 2) return [];
        var count = (int)((times[^1] - times[0]) / periodMs) + 1;
        var samples = new short[count][];
        var after = 1;
        for (var i = 0; i < count; i++)
        {
            var t = times[0] + i * (double)periodMs;
            while (after < times.Count - 1 && times[after] < t) after++;
            var span = times[after] - times[after - 1];
            var share = span > 0 ? Math.Clamp((t - times[after - 1]) / span, 0, 1) : 0;
            samples[i] = new short[3];
            for (var axis = 0; axis < 3; axis++)
            {
                var value = values[after - 1][axis] + (values[after][axis] - values[after - 1][axis]) * share;
                samples[i][axis] = (short)Math.Clamp(Math.Round(value), -16000, 16000);
            }
        }

        return samples;
    }

    private static double Number(string cell) => double.Parse(cell, NumberStyles.Float, CultureInfo.InvariantCulture);
}
