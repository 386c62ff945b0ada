using Traxxs.Core;
using Traxxs.Core.Motion;

namespace Traxxs.Cli.Motion;

/// <summary>Runs the device's motion gate over recordings: how much of the time is movement, and how often it wakes.</summary>
internal sealed class GateEvaluation
{
    private int _files;
    private double _hours;
    private double _movingHours;
    private int _wakes;

    /// <summary>Takes one recording. Samples are there all the time, so the gate wakes by them and not by the interrupt.</summary>
    public void Add(AccelerometerTrack track)
    {
        var profile = new TrackerProfile();
        var meter = new ActivityMeter(profile);
        var gate = new MotionGate(profile);
        long nowMs = 0;
        foreach (var s in track.Samples)
        {
            nowMs += track.PeriodMs;
            var before = gate.State;
            if (meter.Feed(s[0], s[1], s[2], track.PeriodMs)) gate.Update(false, true, meter.Active, nowMs);
            if (before == MotionState.Stationary && gate.State != before) _wakes++;
            if (gate.State == MotionState.Moving) _movingHours += track.PeriodMs / 3_600_000.0;
        }

        _files++;
        _hours += track.Hours;
    }

    /// <summary>The figures.</summary>
    public object Summary() => new
    {
        files = _files,
        hours = Math.Round(_hours, 3),
        movingShare = Math.Round(_hours > 0 ? _movingHours / _hours : 0, 3),
        wakes = _wakes,
    };
}
