using Traxxs.Core.Motion;
using Traxxs.Core.Ports;

namespace Traxxs.Simulation.Rig;

/// <summary>How an insole stood from a time on, for the report.</summary>
/// <param name="TimeMs">ms of the run.</param>
/// <param name="Motion">The motion gate.</param>
/// <param name="Receiver">Whether the GNSS receiver was on.</param>
/// <param name="Link">The link.</param>
/// <param name="Running">Whether the firmware ran at all.</param>
public readonly record struct RigState(long TimeMs, MotionState Motion, bool Receiver, LinkState Link, bool Running);

/// <summary>The battery at a time.</summary>
/// <param name="TimeMs">ms of the run.</param>
/// <param name="Percent">Charge left, %.</param>
/// <param name="UsedMAh">Charge used since the beginning.</param>
public readonly record struct BatteryPoint(long TimeMs, double Percent, double UsedMAh);

/// <summary>What happened in one insole, thinned to changes; bounded, the newest are kept out beyond the bound and counted.</summary>
public sealed class RigTrace
{
    /// <summary>Most state changes kept: a day of steps has a few thousand.</summary>
    public const int StatesMax = 50_000;

    private const long BatteryEveryMs = 10 * 60 * 1000;

    private readonly List<RigState> _states = [];
    private readonly List<BatteryPoint> _battery = [];

    /// <summary>State changes in order.</summary>
    public IReadOnlyList<RigState> States => _states;

    /// <summary>The battery every ten minutes.</summary>
    public IReadOnlyList<BatteryPoint> Battery => _battery;

    /// <summary>Changes that found no room.</summary>
    public int Overflow { get; private set; }

    internal void Add(RigState state)
    {
        if (_states.Count > 0 && _states[^1] with { TimeMs = state.TimeMs } == state) return;
        if (_states.Count < StatesMax) _states.Add(state);
        else Overflow++;
    }

    internal void Add(BatteryPoint point)
    {
        if (_battery.Count == 0 || point.TimeMs - _battery[^1].TimeMs >= BatteryEveryMs) _battery.Add(point);
    }
}
