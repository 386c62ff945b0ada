using Traxxs.Core;
using Traxxs.Core.Motion;
using Traxxs.Protocol;

namespace Traxxs.Cli.Motion;

/// <summary>What the device calls the wearer's activity over recordings: seconds of each class, by the activity the index names.</summary>
internal sealed class ActivityEvaluation
{
    private readonly SortedDictionary<string, SortedDictionary<string, double>> _seconds = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _steps = new(StringComparer.Ordinal);

    /// <summary>Takes one recording. Samples are there all the time, so the gate wakes by them and not by the interrupt.</summary>
    public void Add(AccelerometerTrack track, IReadOnlyDictionary<string, string>? row)
    {
        var profile = new TrackerProfile();
        var (meter, gate, steps, classifier) = (new ActivityMeter(profile), new MotionGate(profile), new StepCounter(), new ActivityClassifier());
        steps.Reset();
        var name = row?.GetValueOrDefault("activity") ?? row?.GetValueOrDefault("activity_code") ?? "";
        if (!_seconds.TryGetValue(name, out var seconds)) _seconds[name] = seconds = new SortedDictionary<string, double>(StringComparer.Ordinal);
        long nowMs = 0;
        var stepsNow = 0;
        foreach (var s in track.Samples)
        {
            nowMs += track.PeriodMs;
            steps.Feed(s[0], s[1], s[2], track.PeriodMs);
            stepsNow += steps.JustCounted;
            if (!meter.Feed(s[0], s[1], s[2], track.PeriodMs)) continue;
            gate.Update(false, true, meter.Active, nowMs);
            classifier.Update(gate, meter, steps, stepsNow, nowMs);
            stepsNow = 0;
            var activity = classifier.Activity.ToString();
            seconds[activity] = seconds.GetValueOrDefault(activity) + ActivityMeter.WindowMs / 1000.0;
        }

        _steps[name] = _steps.GetValueOrDefault(name) + (int)steps.Steps;
    }

    /// <summary>The figures.</summary>
    public object Summary() => new { seconds = _seconds, steps = _steps };
}
