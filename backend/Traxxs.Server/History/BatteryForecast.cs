using Traxxs.Server.Ingest;

namespace Traxxs.Server.History;

/// <summary>When a battery will be empty, or why that is not known.</summary>
/// <param name="PercentPerDay">Fall of the charge, % a day; null where not known.</param>
/// <param name="EmptyAt">When it is empty at that rate, s since 1970 UTC; null where not known.</param>
/// <param name="NotKnown">Why not, in words: <c>charging</c>, <c>too-few-readings</c>, <c>too-short</c>, <c>not-falling</c>; null where known.</param>
public sealed record BatteryForecast(double? PercentPerDay, double? EmptyAt, string? NotKnown)
{
    private const int ReadingsMin = 6;
    private const int ReadingsMax = 200; // 19,900 slopes: a millisecond
    private const int FallMinPercent = 3;
    private static readonly TimeSpan SpanMin = TimeSpan.FromHours(6);

    /// <summary>
    /// The line through the readings since the last charge by the median of all slopes between two of them (Theil 1950, Sen
    /// 1968): up to three readings in ten may be wrong. Readings in any order.
    /// </summary>
    public static BatteryForecast Of(IEnumerable<(DateTimeOffset Time, BatteryReading Battery)> readings)
    {
        var ordered = readings.OrderBy(reading => reading.Time).ToList();
        if (ordered.Count > 0 && ordered[^1].Battery.Charging) return Unknown("charging");
        var since = Discharge(ordered);
        if (since.Count < ReadingsMin) return Unknown("too-few-readings");
        if (since[^1].Time - since[0].Time < SpanMin) return Unknown("too-short");
        var slope = MedianSlope(since);
        var days = (since[^1].Time - since[0].Time).TotalDays;
        if (-slope * days < FallMinPercent) return Unknown("not-falling");
        var level = Median([.. since.Select(reading => reading.Battery.Percent - (slope * (reading.Time - since[^1].Time).TotalDays))]);
        var emptyAt = since[^1].Time.AddDays(Math.Clamp(level, 0, 100) / -slope);
        return new BatteryForecast(Math.Round(-slope, 2), emptyAt.ToUnixTimeSeconds(), null);
    }

    private static BatteryForecast Unknown(string why) => new(null, null, why);

    // A charge shows as charging, or as a level that rose by more than a gauge wanders.
    private static List<(DateTimeOffset Time, BatteryReading Battery)> Discharge(List<(DateTimeOffset Time, BatteryReading Battery)> ordered)
    {
        const int Risen = 10;
        var from = 0;
        for (var i = 1; i < ordered.Count; i++)
        {
            if (ordered[i].Battery.Charging || ordered[i].Battery.Percent - ordered[i - 1].Battery.Percent >= Risen) from = i;
        }

        if (from < ordered.Count && ordered[from].Battery.Charging) from++;
        var since = ordered.Skip(from).ToList();
        var every = 1 + ((since.Count - 1) / ReadingsMax);
        return since.Where((_, i) => (since.Count - 1 - i) % every == 0).ToList(); // the newest is always among them
    }

    private static double MedianSlope(List<(DateTimeOffset Time, BatteryReading Battery)> readings)
    {
        var slopes = new List<double>();
        for (var i = 0; i < readings.Count; i++)
        {
            for (var j = i + 1; j < readings.Count; j++)
            {
                var days = (readings[j].Time - readings[i].Time).TotalDays;
                if (days > 0) slopes.Add((readings[j].Battery.Percent - readings[i].Battery.Percent) / days);
            }
        }

        return slopes.Count == 0 ? 0 : Median(slopes);
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        var middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
