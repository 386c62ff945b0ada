using Traxxs.Core.Ports;
using Traxxs.Device.Adapters;
using Traxxs.Simulation.Energy;

namespace Traxxs.Simulation.Rig;

/// <summary>The motor and the LED: what the wearer felt, when, and what it cost.</summary>
internal sealed class RigIndicator(EnergyMeter energy, Func<long> nowMs) : IIndicator
{
    public List<(long TimeMs, IndicatorPattern Pattern)> Shown { get; } = [];

    /// <summary>When the last pattern is over, ms of the run: until then the board stays awake.</summary>
    public long PlaysUntilMs { get; private set; }

    public void Show(IndicatorPattern pattern)
    {
        Shown.Add((nowMs(), pattern));
        var onMs = 0;
        var shape = PatternShapes.Of(pattern);
        for (var i = 0; i < shape.Length; i += 2) onMs += shape[i];
        PlaysUntilMs = nowMs() + shape.Sum(static ms => (long)ms);
        energy.Add(EnergyState.IndicatorMotor, onMs);
        energy.Add(EnergyState.IndicatorLed, onMs);
    }
}
