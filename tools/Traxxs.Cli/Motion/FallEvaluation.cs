using Traxxs.Core;
using Traxxs.Core.Safety;

namespace Traxxs.Cli.Motion;

/// <summary>Runs the device's fall detector over recorded falls and daily activities.</summary>
internal sealed class FallEvaluation
{
    private readonly Dictionary<string, (int Total, int Suspected)> _byActivity = new(StringComparer.Ordinal);
    private readonly List<string> _wrong = [];
    private readonly OutcomeEvaluation _outcomes = new();
    private double _hours;
    private int _falls;
    private int _detected;
    private int _activities;
    private int _falseAlarms;
    private int _suspicions;

    /// <summary>Takes one recording; one whose index row does not say that it is a fall counts as an activity.</summary>
    public void Add(AccelerometerTrack track, IReadOnlyDictionary<string, string>? row)
    {
        var suspicions = Suspicions(track);
        var isFall = row is not null && row.TryGetValue("kind", out var kind) && kind.StartsWith("fall", StringComparison.OrdinalIgnoreCase);
        var activity = row?.GetValueOrDefault("activity") ?? row?.GetValueOrDefault("activity_code") ?? "unknown";
        var (total, suspected) = _byActivity.GetValueOrDefault(activity);
        _byActivity[activity] = (total + 1, suspected + (suspicions > 0 ? 1 : 0));
        _hours += track.Hours;
        _suspicions += suspicions;
        if (isFall)
        {
            _falls++;
            if (suspicions > 0) _detected++;
        }
        else
        {
            _activities++;
            if (suspicions > 0) _falseAlarms++;
        }

        _outcomes.Add(track, row, isFall);
        if (isFall != suspicions > 0) _wrong.Add($"{(isFall ? "missed" : "false")}: {Path.GetFileName(track.Source)}");
    }

    /// <summary>What was missed and what was false.</summary>
    public IEnumerable<string> Lines() => _wrong;

    /// <summary>The figures.</summary>
    public object Summary() => new
    {
        falls = _falls,
        detected = _detected,
        detectedPercent = Percent(_detected, _falls),
        activities = _activities,
        falseAlarms = _falseAlarms,
        falseAlarmPercent = Percent(_falseAlarms, _activities),
        suspicions = _suspicions,
        hours = Math.Round(_hours, 3),
        outcomes = _outcomes.Summary(),
        byActivity = _byActivity.OrderBy(a => a.Key, StringComparer.Ordinal).ToDictionary(a => a.Key, a => new { files = a.Value.Total, suspected = a.Value.Suspected }),
    };

    private static int Suspicions(AccelerometerTrack track)
    {
        var detector = new FallDetector(new TrackerProfile());
        return track.Samples.Count(s => detector.Feed(s[0], s[1], s[2], track.PeriodMs));
    }

    private static double Percent(int part, int whole) => whole == 0 ? 0 : Math.Round(100.0 * part / whole, 2);
}
