using Traxxs.Core.Motion;

namespace Traxxs.Cli.Motion;

/// <summary>Counts the steps of recordings with the device's own counter and compares them with the truth.</summary>
internal sealed class StepEvaluation
{
    private readonly List<(string File, string Trial, int Truth, int Counted)> _rows = [];
    private double _hours;

    /// <summary>Takes one recording. One without truth is counted in <c>hours</c> and <c>countedWithoutTruth</c> only.</summary>
    public void Add(AccelerometerTrack track, IReadOnlyDictionary<string, string>? row)
    {
        var counted = (int)Count(track);
        _hours += track.Hours;
        if (Truth(track, row) is { } truth) _rows.Add((track.Source + (track.Foot.Length > 0 ? $" {track.Foot}" : ""), Trial(track, row!), truth, counted));
        else CountedWithoutTruth += counted;
    }

    /// <summary>Steps counted in recordings that do not say how many there were: sitting, fidgeting, unknown walks.</summary>
    public int CountedWithoutTruth { get; private set; }

    /// <summary>Differences by recording, worst first.</summary>
    public IEnumerable<string> Lines() => _rows.OrderByDescending(r => Math.Abs(r.Counted - r.Truth))
        .Select(r => $"{Path.GetFileName(r.File)}: {r.Counted} of {r.Truth}");

    /// <summary>The figures: by foot recording, and by trial with both feet added.</summary>
    public object Summary()
    {
        var trials = _rows.GroupBy(r => r.Trial).Select(g => (Truth: g.Sum(r => r.Truth), Counted: g.Sum(r => r.Counted))).ToList();
        return new
        {
            files = _rows.Count,
            hours = Math.Round(_hours, 3),
            trueSteps = _rows.Sum(r => r.Truth),
            countedSteps = _rows.Sum(r => r.Counted),
            mapePercent = Mape(_rows.Select(r => (r.Truth, r.Counted))),
            trials = trials.Count,
            mapePercentByTrial = Mape(trials),
            countedWithoutTruth = CountedWithoutTruth,
        };
    }

    private static uint Count(AccelerometerTrack track)
    {
        var counter = new StepCounter();
        counter.Reset();
        foreach (var s in track.Samples) counter.Feed(s[0], s[1], s[2], track.PeriodMs);
        return counter.Steps;
    }

    private static int? Truth(AccelerometerTrack track, IReadOnlyDictionary<string, string>? row)
    {
        if (row is null) return null;
        foreach (var column in track.Foot.Length > 0 ? [$"{track.Foot}_steps"] : new[] { "steps_of_this_foot", "true_steps" })
        {
            if (row.TryGetValue(column, out var text) && int.TryParse(text, out var steps)) return steps;
        }

        return null;
    }

    private static string Trial(AccelerometerTrack track, IReadOnlyDictionary<string, string> row) =>
        row.TryGetValue("subject", out var subject) && row.TryGetValue("trial", out var trial) ? $"{subject}-{trial}" : track.Source;

    private static double Mape(IEnumerable<(int Truth, int Counted)> rows) =>
        Math.Round(rows.Where(r => r.Truth > 0).Select(r => 100.0 * Math.Abs(r.Counted - r.Truth) / r.Truth).DefaultIfEmpty(0).Average(), 2);
}
