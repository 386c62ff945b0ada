using Traxxs.Core;
using Traxxs.Core.Diagnostics;
using Traxxs.Core.Ports;
using Traxxs.Device;
using Traxxs.Device.Adapters;
using Traxxs.Simulation.Energy;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.Time;
using Traxxs.Simulation.Updates;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Rig;

// How the controller starts, steps, sleeps and goes off: what the board's Program does, in simulated time.
public sealed partial class InsoleRig
{
    // Below this charge a board that went off stays off until it is charged, %.
    private const double RestartPercent = 2;

    private Insole? _insole;
    private Life _life;
    private Scheduler.Event? _next;
    private long _originMs;             // When the device's own clock stood at 0.
    private long _dueMs;
    private bool _stepping;

    // What the controller is doing.
    private enum Life
    {
        // No supply. From everywhere; left by SwitchOn.
        Off,

        // The chip starts, the firmware does not run yet. From Off and DeepSleep; left by Begin.
        Starting,

        // The firmware steps, or waits between two steps.
        Running,

        // Memory is lost, the other chips go on. From Running where the firmware asks for it; left by time or a pin.
        DeepSleep,
    }

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
                if (_life == Life.Off && _power.Charging) _scheduler.After(0, ChargeUntilItStarts);
                break;
        }

        Wake();
    }

    private void ChargeUntilItStarts()
    {
        _power.SettleTo(Clock.NowMs);
        if (_life != Life.Off || !_power.Charging) return;
        if (_battery.Percent >= RestartPercent) SwitchOn(BootReason.PowerOn);
        else _scheduler.After(60_000, ChargeUntilItStarts);
    }

    private void SwitchOn(BootReason reason)
    {
        if (reason is BootReason.WakePin or BootReason.WakeTimer) Wakes++;
        else Starts++;
        _life = Life.Starting;
        _next?.Cancel();
        _meter.Set(EnergyState.ControllerActive, Clock.NowMs);
        var startedMs = Clock.NowMs;
        _next = _scheduler.After(BootMs, () => Begin(reason, startedMs));
        Note();
    }

    // The firmware begins. After a deep sleep its clock goes on where it was, otherwise it counts from the chip's start.
    private void Begin(BootReason reason, long startedMs)
    {
        var woken = reason is BootReason.WakePin or BootReason.WakeTimer;
        if (_updates.Start(woken) is not { } updater)
        {
            SwitchOn(BootReason.PowerOn);       // as the board does, that leaves no note of why
            return;
        }

        _conditions.Mute = _updates.Health == ImageHealth.Mute;
        _link.Updater = updater;
        var profile = new TrackerProfile();         // Anew at each start, for the firmware changes it in place.
        profile.Take(null, _options.Profile);
        _insole = new Insole(new InsoleParts
        {
            Accelerometer = _accelerometer,
            FuelGauge = _gauge,
            Gnss = _gnss,
            Signals = _signals,
            Indicator = _indicator,
            Storage = _storage,
            Uplink = _link,
            Updater = updater,
        }, profile, (uint)_entropy.NextUInt64(), reason);
        _life = Life.Running;
        var wokenMs = woken ? _insole.Wake() : 0;
        if (wokenMs == 0) _signals.SetClock(0);
        _totals.Begin(goesOn: wokenMs > 0);
        _originMs = wokenMs > 0 ? Clock.NowMs - wokenMs : startedMs;
        Step();
    }

    // A sag restarts the controller alone; a cut takes everything, the receiver's backup supply too.
    private void LoseSupply(bool sags)
    {
        var wasOn = _life != Life.Off;
        SwitchOff(chipsToo: !sags);
        if (wasOn) SwitchOn(sags ? BootReason.BrownOut : BootReason.PowerOn);
    }

    private void SwitchOff(bool chipsToo)
    {
        Retire();
        _life = Life.Off;
        _next?.Cancel();
        _next = null;
        _storage.PowerCut();
        _updates.PowerCut();
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
    private void Retire(bool sleeps = false)
    {
        _link.PowerCut();
        if (_insole is not null) _totals.Add(_insole.Tracker, sleeps);
        _insole = null;
        _link.Updater = null;
    }

    // Something the firmware should look at: it steps now, unless it is in a step; out of deep sleep it starts first.
    private void Wake()
    {
        if (_life == Life.DeepSleep) SwitchOn(BootReason.WakePin);
        if (_life != Life.Running || _stepping) return;
        _next?.Cancel();
        _dueMs = Clock.NowMs;
        _next = _scheduler.At(_dueMs, Step);
    }

    private void Step()
    {
        var nowMs = Clock.NowMs;
        _accelerometer.AdvanceTo(nowMs);
        _gnss.AdvanceTo(nowMs);
        _gnss.ReaderAsleep = false;
        _power.SettleTo(nowMs);
        if (_battery.Empty && !_power.Charging)
        {
            SwitchOff(chipsToo: true);
            return;
        }

        _stepping = true;
        var dueMs = _originMs + _insole!.Step(nowMs - _originMs);
        _stepping = false;
        Steps++;
        if (_insole.RestartWanted)
        {
            Note();
            Retire();
            SwitchOn(BootReason.Requested);
            return;
        }

        _dueMs = Math.Max(dueMs, nowMs + 1);
        Rest(nowMs);
        Note();
    }

    // The insole has asked the receiver's line; radio and motor are asked here, and the board looks again when a pattern is over
    // (see Program and BoardSleep).
    private void Rest(long nowMs)
    {
        _meter.Set(_accelerometer.EnergyState, nowMs);
        _meter.Set(_gnss.EnergyState, nowMs);
        var plays = _indicator.PlaysUntilMs > nowMs;
        if (plays) _dueMs = Math.Min(_dueMs, _indicator.PlaysUntilMs);
        var rest = plays || _link.State is LinkState.Opening or LinkState.Open ? RestMode.Awake : _insole!.Rest;
        if (rest == RestMode.DeepSleep && _signals.ChargerConnected) rest = RestMode.LightSleep;    // its line stands and would end it
        var streams = _insole!.Outputs.Accelerometer == AccelerometerMode.Streaming;
        _gnss.ReaderAsleep = rest != RestMode.Awake;
        if (rest != RestMode.Awake) _meter.Add(EnergyState.ControllerActive, StepAwakeMs);
        if (rest == RestMode.DeepSleep)
        {
            Retire(sleeps: true);
            _life = Life.DeepSleep;
        }

        _meter.Set(rest switch
        {
            RestMode.DeepSleep => EnergyState.ControllerDeepSleep,
            RestMode.LightSleep => EnergyState.ControllerLightSleep,
            _ => EnergyState.ControllerActive,
        }, nowMs);
        WaitForDueOrInterrupt(streams);
    }

    // The lines that wake: motion while the insole waits for it, the FIFO's watermark while samples stream, for every step of a
    // walk would raise the motion line. The chip is run ahead only as far as nothing else can happen.
    private void WaitForDueOrInterrupt(bool streams)
    {
        var nowMs = Clock.NowMs;
        if (streams ? _accelerometer.Int2Active : _accelerometer.Int1Active)
        {
            // Pins wake by level: a line that stands ends a deep sleep at once, and a lesser one soon.
            _next = _life == Life.DeepSleep ? _scheduler.At(nowMs, LineWakes) : _scheduler.At(Math.Min(_dueMs, nowMs + BoardSleep.StandingLineMs), Step);
            return;
        }

        var limitMs = Math.Min(_dueMs, _scheduler.NextDueMs);
        var reachedMs = Math.Clamp(streams ? _accelerometer.NextWatermarkMs(limitMs) : _accelerometer.NextInterruptMs(limitMs), nowMs, limitMs);
        if (streams ? _accelerometer.Int2Active : _accelerometer.Int1Active) _next = _scheduler.At(reachedMs, LineWakes);
        else _next = limitMs >= _dueMs ? _scheduler.At(_dueMs, TimeIsUp) : _scheduler.At(limitMs, () => WaitForDueOrInterrupt(streams));
    }

    private void LineWakes()
    {
        if (_accelerometer.Int1Active) _signals.MotionRose();
        if (_life == Life.DeepSleep) SwitchOn(BootReason.WakePin);
        else Step();
    }

    private void TimeIsUp()
    {
        if (_life == Life.DeepSleep) SwitchOn(BootReason.WakeTimer);
        else Step();
    }

    private void Note()
    {
        var nowMs = Clock.NowMs;
        var controller = _life switch
        {
            Life.Off => ControllerState.Off,
            Life.Starting => ControllerState.Starting,
            _ when _meter.StateOf(EnergyConsumer.Controller) == EnergyState.ControllerDeepSleep => ControllerState.DeepSleep,
            _ when _meter.StateOf(EnergyConsumer.Controller) == EnergyState.ControllerLightSleep => ControllerState.LightSleep,
            _ => ControllerState.Awake,
        };
        Trace.Add(new RigState(nowMs, _insole?.Tracker.MotionState ?? default, _gnss.EnergyState, _link.State, controller));
        if (_options.NotesPower && Trace.WantsCharge(nowMs)) Trace.Add(ChargePoint.Of(nowMs, _battery, _meter, SelfDischargeMah));
    }
}
