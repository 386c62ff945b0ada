using Traxxs.Core;
using Traxxs.Core.Diagnostics;
using Traxxs.Core.Ports;
using Traxxs.Device;
using Traxxs.Simulation.Chips;
using Traxxs.Simulation.Energy;
using Traxxs.Simulation.Links;
using Traxxs.Simulation.Randomness;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.Storage;
using Traxxs.Simulation.Time;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Rig;

/// <summary>
/// One insole on its wearer's foot in simulated time: the firmware's own <see cref="Insole"/> on simulated chips, stepped
/// when it asked to be or when a line wakes it, with its energy account. Independent of every other rig.
/// </summary>
public sealed class InsoleRig : IDisposable
{
    /// <summary>From power to the first step, ms. Assumed: 1.2 to 1.5 s are named for nanoFramework starts, nobody has published a measurement.</summary>
    public const int BootMs = 1400;

    /// <summary>What a step keeps the controller awake for, ms: bus transfers and the interpreter. Assumed.</summary>
    public const int StepAwakeMs = 12;

    // Below this charge a board that went off stays off until it is charged, %.
    private const double RestartPercent = 2;

    private readonly RigOptions _options;
    private readonly IServerPath _path;
    private readonly Scheduler _scheduler;
    private readonly Lis2dw12Chip _accelerometer;
    private readonly MaxM10Chip _gnss;
    private readonly Max17048Chip _gauge;
    private readonly Battery _battery;
    private readonly EnergyMeter _meter = new(0);
    private readonly PowerAccount _power;
    private readonly WatchedStorage _storage;
    private readonly RigSignals _signals;
    private readonly RigIndicator _indicator;
    private readonly RigConditions _conditions;
    private readonly FaultPlan _faults;
    private readonly RadioLink _link;
    private readonly DeterministicRandom _entropy;
    private Insole? _insole;
    private Scheduler.Event? _next;
    private long _bootedMs;
    private long _dueMs;
    private bool _stepping;
    private int _droppedBefore;
    private int _corruptedBefore;
    private int _searchesBefore;

    /// <summary>An insole that is switched on at the beginning of the run.</summary>
    public InsoleRig(RigOptions options, IServerPath path)
    {
        _options = options;
        _path = path;
        _scheduler = new Scheduler(new VirtualClock(options.Start));
        var gait = new FootGait(options.Wearer.Timeline, Seed("gait"), options.Gait);
        _battery = new Battery(options.CapacityMAh, options.BatteryPercent);
        _accelerometer = new Lis2dw12Chip(gait, Seed("accelerometer"));
        _gnss = new MaxM10Chip(new PersonSky(options.Wearer, options.Places), Seed("gnss"), options.Start.ToUnixTimeMilliseconds(), Board.GnssBaud, Board.GnssBufferSize);
        _gauge = new Max17048Chip(_battery);
        _power = new PowerAccount(_meter, _battery, CellTemperatureAt);
        _storage = new WatchedStorage(new SegmentFlash(Board.SegmentCount, Board.SegmentSizeMax), _meter, () => Clock.NowMs);
        _signals = new RigSignals(_accelerometer, _gnss, () => Clock.NowMs);
        _indicator = new RigIndicator(_meter, () => Clock.NowMs);
        _conditions = new RigConditions(options.Wearer, options.Places, options.Faults, Seed("faults"));
        _link = new RadioLink(_scheduler, path, _conditions, options.Timing, _meter, Seed("link"), Wake);
        _link.Published += frame => Published?.Invoke(Clock.NowMs, frame);
        _entropy = DeterministicRandom.For(options.Seed, "entropy/" + options.DeviceId);
        foreach (var deed in options.Wearer.Timeline.Deeds) _scheduler.At(deed.TimeMs, () => Do(deed.Deed));
        _faults = new FaultPlan(options.Faults, _scheduler, new FaultTargets(_accelerometer, _gauge, _gnss, () => _storage.Flash), DeterministicRandom.For(options.Seed, "faults/" + options.DeviceId));
        _faults.SupplyFails += kind => LoseSupply(kind == FaultKind.BrownOut);
        _scheduler.At(0, () => SwitchOn(BootReason.PowerOn));
    }

    /// <summary>A frame was handed to the radio: time of the run and its bytes; repeats too.</summary>
    public event Action<long, ReadOnlyMemory<byte>>? Published;

    /// <summary>The wearer did something.</summary>
    public event Action<long, Deed>? Did;

    /// <summary>Device identity.</summary>
    public string DeviceId => _options.DeviceId;

    /// <summary>Who wears it.</summary>
    public Person Wearer => _options.Wearer;

    /// <summary>Where the rig stands in simulated time.</summary>
    public VirtualClock Clock => _scheduler.Clock;

    /// <summary>When its next event is due.</summary>
    public long NextDueMs => _scheduler.NextDueMs;

    /// <summary>Reports the device has accepted, in order.</summary>
    public IReadOnlyList<AcceptedFrame> Accepted => _storage.Accepted;

    /// <summary>Reports the device dropped because its flash was full, over all restarts.</summary>
    public int Dropped => _droppedBefore + (_insole?.Tracker.DroppedReports ?? 0);

    /// <summary>Accepted reports the device has found damaged in its flash, over all restarts.</summary>
    public int Corrupted => _corruptedBefore + (_insole?.Tracker.CorruptedReports ?? 0);

    /// <summary>Searches of the receiver, over all restarts.</summary>
    public int Searches => _searchesBefore + (_insole?.Tracker.Searches ?? 0);

    /// <summary>Reports waiting on the device.</summary>
    public int Waiting => _insole?.Tracker.QueueCount ?? 0;

    /// <summary>Whether the firmware runs and has read its flash.</summary>
    public bool IsReady => _insole?.Tracker.IsRecovered == true;

    /// <summary>The firmware's brain, for its counters; null while the device is off.</summary>
    public Tracker? Tracker => _insole?.Tracker;

    /// <summary>The radio.</summary>
    public RadioLink Link => _link;

    /// <summary>Charge by consumer.</summary>
    public EnergyMeter Energy => _meter;

    /// <summary>The cell.</summary>
    public Battery Battery => _battery;

    /// <summary>Charge used in all, self-discharge too, mAh.</summary>
    public double UsedMah => _meter.TotalMah + _power.SelfDischargeMah;

    /// <summary>Lost by the cell itself, mAh.</summary>
    public double SelfDischargeMah => _power.SelfDischargeMah;

    /// <summary>What the wearer felt.</summary>
    public IReadOnlyList<(long TimeMs, IndicatorPattern Pattern)> Shown => _indicator.Shown;

    /// <summary>What happened, for the report.</summary>
    public RigTrace Trace { get; } = new();

    /// <summary>Starts of the firmware.</summary>
    public int Starts { get; private set; }

    /// <summary>Steps of the firmware.</summary>
    public long Steps { get; private set; }

    /// <summary>Runs the next event if it is due by then. False: nothing is.</summary>
    public bool TryRunNext(long untilMs) => _scheduler.TryRunNext(untilMs);

    /// <summary>Runs all events up to a time.</summary>
    public void RunUntil(long timeMs)
    {
        _scheduler.RunUntil(timeMs);
        _power.SettleTo(timeMs);
    }

    /// <summary>All planned faults and dead zones are over.</summary>
    public void Heal()
    {
        _conditions.Healed = true;
        _faults.Heal();
    }

    /// <summary>The supply goes away now and comes back at once.</summary>
    public void CutPower() => LoseSupply(sags: false);

    /// <inheritdoc/>
    public void Dispose() => _path.Dispose();

    private ulong Seed(string part) => DeterministicRandom.SeedOf(_options.Seed, _options.DeviceId + "/" + part);

    private double CellTemperatureAt(long timeMs)
        => CellTemperature.Of(_options.TemperatureC, worn: _options.Wearer.Timeline.At(timeMs).Activity != Activity.ShoeOff);

    private void Do(Deed deed)
    {
        Did?.Invoke(Clock.NowMs, deed);
        switch (deed)
        {
            case Deed.PressSos: _signals.PressSos(); break;
            case Deed.PressCancel: _signals.PressCancel(); break;
            default:
                _power.SettleTo(Clock.NowMs);
                _signals.ChargerConnected = deed == Deed.ConnectCharger;
                _power.Charging = _signals.ChargerConnected;
                if (_insole is null && _power.Charging) _scheduler.After(0, ChargeUntilItStarts);
                break;
        }

        Wake();
    }

    private void ChargeUntilItStarts()
    {
        _power.SettleTo(Clock.NowMs);
        if (_insole is not null || !_power.Charging) return;
        if (_battery.Percent >= RestartPercent) SwitchOn(BootReason.PowerOn);
        else _scheduler.After(60_000, ChargeUntilItStarts);
    }

    private void SwitchOn(BootReason reason)
    {
        Starts++;
        var parts = new InsoleParts
        {
            Accelerometer = _accelerometer,
            FuelGauge = _gauge,
            Gnss = _gnss,
            Signals = _signals,
            Indicator = _indicator,
            Storage = _storage,
            Uplink = _link,
        };
        _meter.Set(EnergyState.ControllerActive, Clock.NowMs);
        _insole = new Insole(parts, _options.Profile, (uint)_entropy.NextUInt64(), reason);
        _bootedMs = Clock.NowMs;
        StepAt(Clock.NowMs + BootMs);
    }

    // A sag restarts the controller alone; a cut takes everything, the receiver's backup supply too.
    private void LoseSupply(bool sags)
    {
        var wasOn = _insole is not null;
        SwitchOff(chipsToo: !sags);
        if (wasOn) SwitchOn(sags ? BootReason.BrownOut : BootReason.PowerOn);
    }

    private void SwitchOff(bool chipsToo)
    {
        Retire();
        _next?.Cancel();
        _next = null;
        _storage.PowerCut();
        _faults.Renew();
        _accelerometer.AdvanceTo(Clock.NowMs);
        _gnss.SetSupply(false, Clock.NowMs);            // Its load switch opens with the pin that holds it.
        if (chipsToo)
        {
            _accelerometer.PowerCycle();
            _gnss.LoseBackup();
        }

        _signals.Forget();
        _meter.Set(EnergyState.ControllerDeepSleep, Clock.NowMs);
        _meter.Set(_accelerometer.EnergyState, Clock.NowMs);
        _meter.Set(_gnss.EnergyState, Clock.NowMs);
        Note();
    }

    // The firmware's run is over; what it had counted is kept.
    private void Retire()
    {
        _link.PowerCut();
        if (_insole is null) return;
        _droppedBefore += _insole.Tracker.DroppedReports;
        _corruptedBefore += _insole.Tracker.CorruptedReports;
        _searchesBefore += _insole.Tracker.Searches;
        _insole = null;
    }

    // Something the firmware should look at: it steps now, unless it is in a step.
    private void Wake()
    {
        if (_insole is null || _stepping || Clock.NowMs < _bootedMs + BootMs) return;
        _next?.Cancel();
        StepAt(Clock.NowMs);
    }

    private void StepAt(long timeMs)
    {
        _dueMs = timeMs;
        _next = _scheduler.At(timeMs, Step);
    }

    private void Step()
    {
        var nowMs = Clock.NowMs;
        _accelerometer.AdvanceTo(nowMs);
        _gnss.AdvanceTo(nowMs);
        _power.SettleTo(nowMs);
        if (_battery.Empty && !_power.Charging)
        {
            SwitchOff(chipsToo: true);
            return;
        }

        _stepping = true;
        var dueMs = _bootedMs + _insole!.Step(nowMs - _bootedMs);
        _stepping = false;
        Steps++;
        Account(nowMs);
        Note();
        if (_insole.RestartWanted)
        {
            Retire();
            SwitchOn(BootReason.Requested);
            return;
        }

        _dueMs = Math.Max(dueMs, nowMs + 1);
        WaitForDueOrInterrupt();
    }

    // The board sleeps with the motion line armed while it waits for motion; while samples stream it is not, or every step
    // of a walk would wake it. The chip is run ahead only as far as nothing else can happen.
    private void WaitForDueOrInterrupt()
    {
        var nowMs = Clock.NowMs;
        var armed = _insole!.Outputs.Accelerometer != AccelerometerMode.Streaming && !_accelerometer.Int1Active;
        if (!armed)
        {
            _next = _scheduler.At(_dueMs, Step);
            return;
        }

        var limitMs = Math.Min(_dueMs, _scheduler.NextDueMs);
        var reachedMs = Math.Clamp(_accelerometer.NextInterruptMs(limitMs), nowMs, limitMs);
        if (_accelerometer.Int1Active)
        {
            _signals.MotionRose();
            _next = _scheduler.At(reachedMs, Step);
        }
        else
        {
            _next = limitMs >= _dueMs ? _scheduler.At(_dueMs, Step) : _scheduler.At(limitMs, WaitForDueOrInterrupt);
        }
    }

    private void Account(long nowMs)
    {
        var outputs = _insole!.Outputs;
        _meter.Set(_accelerometer.EnergyState, nowMs);
        _meter.Set(_gnss.EnergyState, nowMs);
        // Light sleep stops UART and radio, so the board takes it only with both off (see BoardSleep).
        var quiet = outputs.Gnss == GnssPower.Backup && (_link.State is LinkState.Closed or LinkState.Failed);
        _meter.Set(quiet ? EnergyState.ControllerLightSleep : EnergyState.ControllerActive, nowMs);
        if (quiet) _meter.Add(EnergyState.ControllerActive, StepAwakeMs);
    }

    private void Note()
    {
        var nowMs = Clock.NowMs;
        var tracker = _insole?.Tracker;
        Trace.Add(new RigState(nowMs, tracker?.MotionState ?? default, _gnss.Powered, _link.State, tracker is not null));
        Trace.Add(new BatteryPoint(nowMs, _battery.Percent, UsedMah));
    }
}
