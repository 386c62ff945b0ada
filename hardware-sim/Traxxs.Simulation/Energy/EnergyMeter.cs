namespace Traxxs.Simulation.Energy;

/// <summary>Adds up the charge each consumer has drawn. Accepts a consumer's new state when it changes; emits totals in mAh.</summary>
public sealed class EnergyMeter
{
    private const double MicroampMsPerMah = 3.6e9;

    private readonly EnergyState[] _states;
    private readonly double[] _microampMs;
    private double _currentUa;
    private long _nowMs;

    /// <summary>A meter at a time, every consumer in its resting state.</summary>
    public EnergyMeter(long nowMs)
    {
        _nowMs = nowMs;
        var consumers = Enum.GetValues<EnergyConsumer>().Length;
        _microampMs = new double[consumers];
        _states =
        [
            EnergyState.BoardFloor, EnergyState.AccelerometerPowerDown, EnergyState.GnssBackup, EnergyState.FuelGaugeHibernate,
            EnergyState.ControllerDeepSleep, EnergyState.RadioOff, EnergyState.FlashIdle, EnergyState.IndicatorOff,
        ];
        foreach (var state in _states) _currentUa += EnergyTable.Of(state).Microamps;
    }

    /// <summary>Current of all consumers now, µA.</summary>
    public double CurrentUa => _currentUa;

    /// <summary>Charge of all consumers, mAh.</summary>
    public double TotalMah => _microampMs.Sum() / MicroampMsPerMah;

    /// <summary>Where the account stands, ms.</summary>
    public long NowMs => _nowMs;

    /// <summary>Where the current is noted over time; null where nobody wants to see it.</summary>
    public CurrentTrace? Trace { get; init; }

    /// <summary>The state a consumer is in.</summary>
    public EnergyState StateOf(EnergyConsumer consumer) => _states[(int)consumer];

    /// <summary>Charge of one consumer, mAh.</summary>
    public double MahOf(EnergyConsumer consumer) => _microampMs[(int)consumer] / MicroampMsPerMah;

    /// <summary>Puts the state's consumer into the state from a time on. A time before the last one counts as the last.</summary>
    public void Set(EnergyState state, long nowMs)
    {
        AdvanceTo(nowMs);
        var entry = EnergyTable.Of(state);
        ref var present = ref _states[(int)entry.Consumer];
        _currentUa += entry.Microamps - EnergyTable.Of(present).Microamps;
        present = state;
    }

    /// <summary>Adds charge that no state's duration describes, µA·ms (one flash write, one knock of the motor).</summary>
    public void Add(EnergyState state, double durationMs)
    {
        var entry = EnergyTable.Of(state);
        _microampMs[(int)entry.Consumer] += entry.Microamps * durationMs;
        Trace?.Pulse(_currentUa - EnergyTable.Of(StateOf(entry.Consumer)).Microamps + entry.Microamps, entry.Microamps * durationMs, _nowMs);
    }

    /// <summary>Brings the account up to a time.</summary>
    public void AdvanceTo(long nowMs)
    {
        if (nowMs <= _nowMs) return;
        for (var i = 0; i < _states.Length; i++) _microampMs[i] += EnergyTable.Of(_states[i]).Microamps * (nowMs - _nowMs);
        Trace?.Hold(_currentUa, _nowMs, nowMs);
        _nowMs = nowMs;
    }
}
