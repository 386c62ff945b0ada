using Traxxs.Core.Ports;
using Traxxs.NanoHost;
using Traxxs.Simulation.Chips;
using Traxxs.Simulation.Randomness;
using Traxxs.Simulation.Rig;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.Time;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.SoftBoards;

/// <summary>
/// The complete device image, <c>Program</c> and all, in real time: on NanoHost's APIs, with chips simulated at their registers, its flash
/// in a folder, its MQTT over a real socket to any server. Deep sleep and restarts end the image and enter it anew.
/// </summary>
public sealed class SoftBoard
{
    private const int BeatMs = 5;
    private const int PressMs = 150;
    private const int NetworkLookMs = 200;

    // A thread of the image that does not end so soon without power is left behind.
    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(10);

    private readonly SoftBoardOptions _options;
    private readonly RealTime _time = new();
    private readonly Scheduler _scheduler;
    private readonly SoftChips _chips;
    private readonly RigConditions _conditions;
    private readonly FaultPlan _faults;
    private readonly Queue<Deed> _asked = new();
    private NanoBoard? _board;
    private FaultKind? _supplyFault;
    private bool _networkHere = true;
    private bool _networkWanted = true;
    private long _networkLookMs;

    /// <summary>A board that is off. <paramref name="start"/>: civil time now, as its satellites tell it.</summary>
    public SoftBoard(SoftBoardOptions options, DateTimeOffset start)
    {
        NanoConsole.Install();
        _options = options;
        _scheduler = new Scheduler(new VirtualClock(start));
        _chips = new SoftChips(options, _time, start);
        _conditions = new RigConditions(timeMs => options.Places.CutsOff(options.Wearer, timeMs), options.Faults, DeterministicRandom.SeedOf(options.Seed, "soft-board/faults"));
        var flash = new SegmentFlash(Device.Board.SegmentCount, Device.Board.SegmentSizeMax); // the image's is a folder: faults of flash strike this one
        _faults = new FaultPlan(options.Faults, _scheduler, new FaultTargets(_chips.Accelerometer, _chips.FuelGauge, _chips.Gnss, () => flash), DeterministicRandom.For(options.Seed, "soft-board/plan"));
        _faults.SupplyFails += kind => _supplyFault = kind;
        foreach (var deed in options.Wearer.Timeline.Deeds) _scheduler.At(deed.TimeMs, () => Do(deed.Deed));
    }

    /// <summary>A line of the debug port.</summary>
    public event Action<string>? Printed;

    /// <summary>The wearer felt a pattern.</summary>
    public event Action<IndicatorPattern>? Felt;

    /// <summary>Starts of the chip, wakes from deep sleep counted.</summary>
    public int Starts { get; private set; }

    /// <summary>Deep sleeps.</summary>
    public int DeepSleeps { get; private set; }

    /// <summary>Restarts the image asked for.</summary>
    public int Restarts { get; private set; }

    /// <summary>Whether the chip is in deep sleep now.</summary>
    public bool IsInDeepSleep { get; private set; }

    /// <summary>Lets the wearer do something, from any thread.</summary>
    public void Ask(Deed deed)
    {
        lock (_asked) _asked.Enqueue(deed);
    }

    /// <summary>Takes the network away or gives it back, from any thread.</summary>
    public void SetNetwork(bool there) => Volatile.Write(ref _networkWanted, there);

    /// <summary>Lives until cancelled. Throws what ended the image where that was not the board's power.</summary>
    public void Run(CancellationToken cancellation)
    {
        ulong? wokenBy = null;
        while (!cancellation.IsCancellationRequested)
        {
            var life = Live(wokenBy, cancellation);
            _board = null;
            _chips.ControllerOff();
            if (_supplyFault == FaultKind.PowerCut) _chips.SupplyCut();
            wokenBy = null;
            if (_supplyFault is null && life.Reboots > 0) Restarts++;
            else if (_supplyFault is null && life.DeepSleep is { } sleep && !cancellation.IsCancellationRequested) wokenBy = Doze(sleep.Timer, sleep.Pins, cancellation);
            _supplyFault = null;
        }
    }

    // One life of the controller, from its start to the end of its power.
    private NanoBoard Live(ulong? wokenBy, CancellationToken cancellation)
    {
        var board = new NanoBoard { WokenBy = wokenBy, Printed = line => Printed?.Invoke(line), Wifi = (_, _) => _networkHere };
        Starts++;
        FrozenFlash? frozen = null;
        board.PowerGoes = () => frozen = FrozenFlash.Of(_options.Flash);
        _chips.PlugInto(board);
        for (var untilMs = _time.NowMs + _options.BootMs; _time.NowMs < untilMs && !cancellation.IsCancellationRequested;) Beat(cancellation);
        Exception? ended = null;
        var image = new Thread(() =>
        {
            board.Enter();
            try
            {
                Device.Boot.Start(_options.Flash + Path.DirectorySeparatorChar);
            }
            catch (Exception end)
            {
                ended = end;
            }
        }) { IsBackground = true, Name = "device image" };
        _board = board;
        image.Start();
        while (image.IsAlive && !cancellation.IsCancellationRequested && _supplyFault is null) Beat(cancellation);
        if (image.IsAlive && !board.IsPowerless) board.CutPower();
        image.Join(EndMax);
        frozen?.Restore();
        return ended is null or BoardOffException ? board : throw new InvalidOperationException("the device image ended by an error that it does not handle", ended);
    }

    // Deep sleep: until the timer or a wake pin. Returns the pins.
    private ulong Doze(TimeSpan timer, ulong pins, CancellationToken cancellation)
    {
        DeepSleeps++;
        IsInDeepSleep = true;
        var untilMs = timer == Timeout.InfiniteTimeSpan ? long.MaxValue : _time.NowMs + (long)timer.TotalMilliseconds;
        var high = 0ul;
        while ((high = _chips.High(pins)) == 0 && _time.NowMs < untilMs && _supplyFault is null && !cancellation.IsCancellationRequested) Beat(cancellation);
        IsInDeepSleep = false;
        return high;
    }

    private void Beat(CancellationToken cancellation)
    {
        var nowMs = _time.NowMs;
        lock (_asked)
        {
            while (_asked.TryDequeue(out var deed)) Do(deed);
        }

        if (_scheduler.NextDueMs <= nowMs) _chips.Hold(() => _scheduler.RunUntil(nowMs));
        _chips.Beat();
        LookAtNetwork(nowMs);
        if (_chips.Motor.TryTake(nowMs, out var pattern)) Felt?.Invoke(pattern);
        RealTime.Wait(BeatMs, cancellation);
    }

    private void LookAtNetwork(long nowMs)
    {
        if (nowMs < _networkLookMs) return;
        _networkLookMs = nowMs + NetworkLookMs;
        _networkHere = Volatile.Read(ref _networkWanted) && _conditions.HasNetwork(nowMs);
        if (!_networkHere) _board?.LoseWifi();
    }

    private void Do(Deed deed)
    {
        switch (deed)
        {
            case Deed.PressSos: Press(Device.Board.SosPin); break;
            case Deed.PressCancel: Press(Device.Board.CancelPin); break;
            default: _chips.Drive(Device.Board.ChargerPin, deed == Deed.ConnectCharger); break;
        }
    }

    private void Press(int pin)
    {
        _chips.Drive(pin, true);
        _scheduler.At(_time.NowMs + PressMs, () => _chips.Drive(pin, false));
    }
}
