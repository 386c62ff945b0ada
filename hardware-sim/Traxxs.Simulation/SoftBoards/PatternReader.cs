using Traxxs.Core.Ports;
using Traxxs.Device.Adapters;

namespace Traxxs.Simulation.SoftBoards;

/// <summary>Knows the wearer's patterns by the motor's switching: what a wearer would say they felt.</summary>
internal sealed class PatternReader
{
    // Off for longer than this and the pattern is over: the longest pause within one is 500 ms.
    private const long OverMs = 700;

    // So many switches are no pattern, nor three of the longest one behind another.
    private const int SwitchesMax = 64;

    private const long NoPattern = long.MaxValue / 2;

    private readonly Lock _gate = new();
    private readonly List<long> _switchedMs = [];
    private bool _on;

    /// <summary>The motor was switched.</summary>
    public void Switched(bool on, long nowMs)
    {
        lock (_gate)
        {
            if (on == _on) return;
            _on = on;
            if (_switchedMs.Count < SwitchesMax) _switchedMs.Add(nowMs);
        }
    }

    /// <summary>A pattern that is over, once; the nearest where the machine was not on time. One that followed close behind it is the next.</summary>
    public bool TryTake(long nowMs, out IndicatorPattern pattern)
    {
        lock (_gate)
        {
            pattern = IndicatorPattern.None;
            if (_on || _switchedMs.Count == 0 || nowMs - _switchedMs[^1] < OverMs) return false;
            if (_switchedMs.Count < SwitchesMax) pattern = First([.. _switchedMs.Zip(_switchedMs.Skip(1), static (from, to) => to - from)]);
            _switchedMs.RemoveRange(0, pattern == IndicatorPattern.None ? _switchedMs.Count : PatternShapes.Of(pattern).Length + 1);
            return true;
        }
    }

    // The first of the patterns that, one behind another, come nearest to the times. Each further one counts as the pause that would have
    // shown where it begins: so one that took another's place, whose first time is too long, is not taken for two.
    private static IndicatorPattern First(long[] times)
    {
        var first = new IndicatorPattern[times.Length + 1];
        var misses = new long[times.Length + 1];
        Array.Fill(misses, NoPattern);
        for (var from = times.Length - 1; from >= 0; from--)
        {
            foreach (var pattern in Enum.GetValues<IndicatorPattern>())
            {
                var shape = PatternShapes.Of(pattern);
                var end = from + shape.Length;
                if (shape.Length == 0 || end > times.Length) continue;
                var miss = shape.Zip(times.Skip(from), static (meant, felt) => Math.Abs(meant - felt)).Sum();
                if (end < times.Length) miss += OverMs + misses[end + 1];
                if (miss < misses[from]) (misses[from], first[from]) = (miss, pattern);
            }
        }

        return first[0];
    }
}
