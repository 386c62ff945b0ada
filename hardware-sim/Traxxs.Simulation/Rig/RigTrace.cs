using Traxxs.Core.Motion;
using Traxxs.Core.Ports;
using Traxxs.Simulation.Energy;

namespace Traxxs.Simulation.Rig;

/// <summary>What the controller does until the next change.</summary>
public enum ControllerState
{
    /// <summary>No supply.</summary>
    Off,

    /// <summary>The chip starts, the firmware does not run yet.</summary>
    Starting,

    /// <summary>Awake between steps: radio, receiver or motor are in use.</summary>
    Awake,

    /// <summary>Light sleep between steps: memory is kept.</summary>
    LightSleep,

    /// <summary>Deep sleep: memory is lost, a pin or the time wakes it.</summary>
    DeepSleep,
}

/// <summary>How an insole stood from a time on, for the report.</summary>
/// <param name="TimeMs">ms of the run.</param>
/// <param name="Motion">The motion gate.</param>
/// <param name="Receiver">The GNSS receiver: on its backup supply, searching, or with a fix.</param>
/// <param name="Link">The link.</param>
/// <param name="Controller">The controller.</param>
public readonly record struct RigState(long TimeMs, MotionState Motion, EnergyState Receiver, LinkState Link, ControllerState Controller)
{
    /// <summary>Whether the board had power.</summary>
    public bool Running => Controller != ControllerState.Off;
}

/// <summary>Cell and charge at a time.</summary>
/// <param name="TimeMs">ms of the run.</param>
/// <param name="Percent">Charge left, %.</param>
/// <param name="Millivolts">At the cell's terminals under the load of the moment.</param>
/// <param name="UsedMAh">Charge used since the beginning by each <see cref="EnergyConsumer"/>, self-discharge last.</param>
public sealed record ChargePoint(long TimeMs, double Percent, int Millivolts, IReadOnlyList<float> UsedMAh)
{
    internal static ChargePoint Of(long timeMs, Battery battery, EnergyMeter meter, double selfDischargeMah)
        => new(timeMs, battery.Percent, battery.TerminalMv, [.. Enum.GetValues<EnergyConsumer>().Select(c => (float)meter.MahOf(c)), (float)selfDischargeMah]);
}

/// <summary>
/// What happened in one insole. States are thinned to changes, and beyond the bound the newest are left out and counted; of the
/// charge every other point goes where there are too many.
/// </summary>
public sealed class RigTrace
{
    /// <summary>Most state changes kept: a day of steps has a few thousand.</summary>
    public const int StatesMax = 50_000;

    /// <summary>Most points of charge kept: as many as a plot has pixels.</summary>
    public const int ChargeMax = 1024;

    private readonly List<RigState> _states = [];
    private readonly List<ChargePoint> _charge = [];
    private readonly List<long> _linkFailures = [];
    private long _chargeEveryMs = 5000;

    /// <summary>State changes in order.</summary>
    public IReadOnlyList<RigState> States => _states;

    /// <summary>Cell and charge over the run; empty unless the insole notes its power.</summary>
    public IReadOnlyList<ChargePoint> Charge => _charge;

    /// <summary>When attempts to connect failed and connections broke; the firmware goes on at once, so no state shows it.</summary>
    public IReadOnlyList<long> LinkFailures => _linkFailures;

    /// <summary>Changes that found no room.</summary>
    public int Overflow { get; private set; }

    internal bool WantsCharge(long timeMs) => _charge.Count == 0 || timeMs - _charge[^1].TimeMs >= _chargeEveryMs;

    internal void Add(RigState state)
    {
        if (_states.Count > 0 && _states[^1] with { TimeMs = state.TimeMs } == state) return;
        if (_states.Count < StatesMax) _states.Add(state);
        else Overflow++;
    }

    internal void AddLinkFailure(long timeMs)
    {
        if (_linkFailures.Count < StatesMax) _linkFailures.Add(timeMs);
        else Overflow++;
    }

    internal void Add(ChargePoint point)
    {
        _charge.Add(point);
        if (_charge.Count < ChargeMax) return;
        _chargeEveryMs *= 2;
        for (var i = 0; i < ChargeMax / 2; i++) _charge[i] = _charge[2 * i];
        _charge.RemoveRange(ChargeMax / 2, ChargeMax / 2);
    }
}
