using Traxxs.Core.Ports;
using Traxxs.Device.Adapters;

namespace Traxxs.Simulation.SoftBoards;

/// <summary>Knows the wearer's patterns by the motor's switching: what a wearer would say they felt.</summary>
internal sealed class PatternReader
{
    // Off for longer than this and the pattern is over: the longest pause within one is 500 ms.
    private const long OverMs = 700;

    // More switches than any pattern has are no pattern.
    private const int SwitchesMax = 64;

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

    /// <summary>A pattern that is over, once; the nearest where the machine was not on time.</summary>
    public bool TryTake(long nowMs, out IndicatorPattern pattern)
    {
        lock (_gate)
        {
            pattern = IndicatorPattern.None;
            if (_on || _switchedMs.Count == 0 || nowMs - _switchedMs[^1] < OverMs) return false;
            var times = _switchedMs.Zip(_switchedMs.Skip(1), static (from, to) => to - from).ToList();
            _switchedMs.Clear();
            pattern = Nearest(times);
            return true;
        }
    }

    private static IndicatorPattern Nearest(List<long> times) => Enum.GetValues<IndicatorPattern>()
        .Where(pattern => PatternShapes.Of(pattern).Length == times.Count)
        .OrderBy(pattern => PatternShapes.Of(pattern).Zip(times, static (meant, felt) => Math.Abs(meant - felt)).Sum())
        .FirstOrDefault(IndicatorPattern.None);
}
