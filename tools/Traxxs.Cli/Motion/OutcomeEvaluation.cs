using Traxxs.Core;
using Traxxs.Core.Ports;
using Traxxs.Core.Safety;
using Traxxs.Simulation.Chips;

namespace Traxxs.Cli.Motion;

/// <summary>
/// What becomes of a suspicion: the whole of the device's decisions over each recording and what follows it. Recordings of falls end
/// seconds after the impact, before any cancel window does, so each goes on in two ways with what was recorded: its own
/// quietest second behind the impact again and again, which is rest; and a walk, of the same wearer where there is one.
/// </summary>
internal sealed class OutcomeEvaluation
{
    /// <summary>How long each goes on, ms: twice the built-in cancel window and the stillness at its end.</summary>
    public const int AfterMs = 90_000;

    private readonly List<(AccelerometerTrack Track, string Subject, bool IsFall)> _trials = [];
    private readonly Dictionary<string, AccelerometerTrack> _walks = new(StringComparer.Ordinal);

    /// <summary>Takes one recording, of a second at least. <paramref name="row"/>: of its index; without one nothing is known of it.</summary>
    public void Add(AccelerometerTrack track, IReadOnlyDictionary<string, string>? row, bool isFall)
    {
        if (track.Samples.Length * track.PeriodMs < 1000) return; // no second of it to go on with
        var subject = row?.GetValueOrDefault("subject") ?? "";
        var isWalk = row?.GetValueOrDefault("activity") == "Walking" || row?.GetValueOrDefault("activity_code") == "D01";
        if (isWalk) _walks.TryAdd(subject, track);
        _trials.Add((track, subject, isFall));
    }

    /// <summary>The figures; null where there is no fall, or no walk to go on with.</summary>
    public object? Summary()
    {
        if (_walks.Count == 0 || !_trials.Any(trial => trial.IsFall)) return null;
        var (falls, activities) = (new Outcomes(), new Outcomes());
        foreach (var (track, subject, isFall) in _trials)
        {
            var walk = _walks.GetValueOrDefault(subject) ?? _walks.OrderBy(pair => pair.Key, StringComparer.Ordinal).First().Value;
            var rest = Rest(track);
            (isFall ? falls : activities).Add(Follow(track, rest), Follow(track, walk.Samples));
        }

        return new { secondsAfter = AfterMs / 1000, falls = falls.Summary(), activities = activities.Summary() };
    }

    // The second after the hardest sample in which samples differ least from each other.
    private static short[][] Rest(AccelerometerTrack track)
    {
        var (samples, second) = (track.Samples, 1000 / track.PeriodMs);
        var from = Array.IndexOf(samples, samples.MaxBy(s => s[0] * s[0] + s[1] * s[1] + s[2] * s[2]));
        var starts = Enumerable.Range(from, Math.Max(1, samples.Length - second - from + 1));
        return [.. samples.Skip(starts.MinBy(start => Spread(samples.Skip(start).Take(second)))).Take(second)];
    }

    private static int Spread(IEnumerable<short[]> samples) => Enumerable.Range(0, 3).Sum(axis => samples.Max(s => s[axis]) - samples.Min(s => s[axis]));

    private static FallState[] Follow(AccelerometerTrack track, short[][] after)
    {
        var states = new List<FallState>();
        var tracker = new Tracker(new TrackerProfile(), new SegmentFlash(4, 4096), new NoUplink(), entropy: 1);
        var (inputs, outputs) = (new TrackerInputs { SamplePeriodMs = track.PeriodMs, WakeInterrupt = true }, new TrackerOutputs());
        var batch = Math.Min(Tracker.StreamStepMs / track.PeriodMs, TrackerInputs.SamplesMax);
        var count = track.Samples.Length + AfterMs / track.PeriodMs;
        for (var i = 0; i < count; i++)
        {
            var s = i < track.Samples.Length ? track.Samples[i] : after[(i - track.Samples.Length) % after.Length];
            (inputs.XMg[inputs.SampleCount], inputs.YMg[inputs.SampleCount], inputs.ZMg[inputs.SampleCount]) = (s[0], s[1], s[2]);
            if (++inputs.SampleCount < batch) continue;
            tracker.Step(inputs, outputs, (i + 1L) * track.PeriodMs);
            inputs.Clear();
            if (states.Count == 0 || states[^1] != tracker.FallState) states.Add(tracker.FallState);
        }

        return [.. states];
    }

    private sealed class Outcomes
    {
        private int _trials;
        private (int Suspected, int ManDown) _rest;
        private (int Suspected, int ManDown, int TakenBack) _walk;

        public void Add(FallState[] rested, FallState[] walked)
        {
            _trials++;
            if (rested.Contains(FallState.Suspected)) _rest.Suspected++;
            if (rested.Contains(FallState.ManDown)) _rest.ManDown++;
            if (walked.Contains(FallState.Suspected)) _walk.Suspected++;
            if (walked.Contains(FallState.ManDown)) _walk.ManDown++;
            else if (walked.Contains(FallState.Suspected) && walked[^1] == FallState.Upright) _walk.TakenBack++;
        }

        public object Summary() => new
        {
            trials = _trials,
            resting = new { suspected = _rest.Suspected, manDown = _rest.ManDown },
            walking = new { suspected = _walk.Suspected, manDown = _walk.ManDown, takenBack = _walk.TakenBack },
        };
    }

    /// <summary>A device out of reach: what it decides does not depend on being heard.</summary>
    private sealed class NoUplink : IUplink
    {
        public LinkState State => LinkState.Closed;

        public long BusyMs(long nowMs) => 0;

        public void Open()
        {
        }

        public void Close()
        {
        }

        public bool TryPublish(int token, byte[] buffer, int offset, int count) => false;

        public bool TryTakeAcknowledged(out int token)
        {
            token = 0;
            return false;
        }

        public int TakeDownlink(byte[] buffer) => 0;
    }
}
