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
public sealed partial class InsoleRig : IDisposable
{
    /// <summary>From power to the first step, ms. Assumed: 1.2 to 1.5 s are named for nanoFramework starts, nobody has published a measurement.</summary>
    public const int BootMs = 1400;

    /// <summary>What a step keeps the controller awake for, ms: bus transfers and the interpreter. Assumed.</summary>
    public const int StepAwakeMs = 12;

    private readonly RigOptions _options;
    private readonly IServerPath _path;
    private readonly Scheduler _scheduler;
    private readonly Lis2dw12Chip _accelerometer;
    private readonly MaxM10Chip _gnss;
    private readonly Max17048Chip _gauge;
    private readonly Battery _battery;
    private readonly EnergyMeter _meter;
    private readonly PowerAccount _power;
    private readonly WatchedStorage _storage;
    private readonly RigSignals _signals;
    private readonly RigIndicator _indicator;
    private readonly RigConditions _conditions;
    private readonly FaultPlan _faults;
    private readonly RadioLink _link;
    private readonly RigUpdates _updates;
    private readonly DeterministicRandom _entropy;
    private readonly RigTotals _totals = new();

    /// <summary>An insole that is switched on at the beginning of the run.</summary>
    public InsoleRig(RigOptions options, IServerPath path)
    {
        _options = options;
        _path = path;
        _scheduler = new Scheduler(new VirtualClock(options.Start));
        World = options.World ?? RigWorld.Of(options);
        _battery = new Battery(options.CapacityMAh, options.BatteryPercent);
        _meter = new EnergyMeter(0) { Trace = options.NotesPower ? new CurrentTrace() : null };
        _accelerometer = new Lis2dw12Chip(World.Motion, Seed("accelerometer"));
        _gnss = new MaxM10Chip(World.Sky, Seed("gnss"), options.Start.ToUnixTimeMilliseconds(), Board.GnssBaud, Board.GnssBufferSize);
        _gauge = new Max17048Chip(_battery);
        _power = new PowerAccount(_meter, _battery, CellTemperatureAt);
        _storage = new WatchedStorage(new SegmentFlash(Board.SegmentCount, Board.SegmentSizeMax), _meter, () => Clock.NowMs);
        _updates = new RigUpdates(_meter, options.UpdateKey);
        _signals = new RigSignals(_accelerometer, _gnss, () => Clock.NowMs);
        _indicator = new RigIndicator(_meter, () => Clock.NowMs);
        _conditions = new RigConditions(World.IsOutOfReach, options.Faults, Seed("faults"));
        _link = new RadioLink(_scheduler, path, _conditions, options.Timing, _meter, Seed("link"), Wake);
        _link.Published += frame => Published?.Invoke(Clock.NowMs, frame);
        _link.Joined += () => _signals.SetClock(options.Start.ToUnixTimeMilliseconds());
        _link.Failed += () => Trace.AddLinkFailure(Clock.NowMs);
        _entropy = DeterministicRandom.For(options.Seed, "entropy/" + options.DeviceId);
        foreach (var deed in World.Deeds) _scheduler.At(deed.TimeMs, () => Do(deed.Deed));
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

    /// <summary>What the world does to it.</summary>
    public RigWorld World { get; }

    /// <summary>Where the rig stands in simulated time.</summary>
    public VirtualClock Clock => _scheduler.Clock;

    /// <summary>When its next event is due.</summary>
    public long NextDueMs => _scheduler.NextDueMs;

    /// <summary>Reports the device has accepted, in order.</summary>
    public IReadOnlyList<AcceptedFrame> Accepted => _storage.Accepted;

    /// <summary>Reports the device dropped because its flash was full, over all restarts.</summary>
    public int Dropped => _totals.Dropped + (_insole?.Tracker.Queue.Dropped ?? 0);

    /// <summary>Accepted reports the device has found damaged in its flash, over all restarts.</summary>
    public int Corrupted => _totals.Corrupted + (_insole?.Tracker.Queue.Corrupted ?? 0);

    /// <summary>Searches of the receiver, over all restarts.</summary>
    public int Searches => _totals.Searches + (_insole?.Tracker.Scheduler.Searches ?? 0);

    /// <summary>Steps of this foot since the epoch began, as the firmware counts them.</summary>
    public long StepsTotal => _insole?.Tracker.StepsTotal ?? _totals.StepsTotal;

    /// <summary>Reports waiting on the device.</summary>
    public int Waiting => _insole?.Tracker.Queue.Count ?? _totals.Waiting;

    /// <summary>Whether the firmware runs, or sleeps deeply, and has read its flash.</summary>
    public bool IsReady => _insole?.Tracker.Queue.IsRecovered ?? _life == Life.DeepSleep;

    /// <summary>Whether the board has a supply.</summary>
    public bool IsOn => _life != Life.Off;

    /// <summary>The firmware's brain, for its counters; null while the device is off, starts or sleeps deeply.</summary>
    public Tracker? Tracker => _insole?.Tracker;

    /// <summary>The firmware image that runs: 0 the factory's, 1 or 2 one that came over the air.</summary>
    public int Image => _updates.Image;

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

    /// <summary>Starts of the firmware that were no wake from deep sleep.</summary>
    public int Starts { get; private set; }

    /// <summary>Wakes from deep sleep.</summary>
    public int Wakes { get; private set; }

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
        => CellTemperature.Of(_options.TemperatureC, worn: World.IsWorn(timeMs));
}
