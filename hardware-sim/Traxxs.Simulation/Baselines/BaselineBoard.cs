using Traxxs.Core;
using Traxxs.Device;
using Traxxs.Drivers;
using Traxxs.Protocol;
using Traxxs.Simulation.Chips;
using Traxxs.Simulation.Energy;
using Traxxs.Simulation.Links;
using Traxxs.Simulation.Randomness;
using Traxxs.Simulation.Rig;
using Traxxs.Simulation.Run;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Baselines;

/// <summary>
/// The same board without our firmware: receiver, its driver, radio timing, wire format, cell and energy table, for a strategy
/// that is written down as a few lines from the day's beginning to its end. Time moves by what is done.
/// </summary>
public sealed class BaselineBoard
{
    // The receiver's line is looked at this often, ms; a strategy that sleeps between messages is charged by the same grain.
    private const int PollMs = 50;

    private readonly ScenarioDevice _device;
    private readonly Scenario _scenario;
    private readonly PersonSky _sky;
    private readonly MaxM10Chip _gnss;
    private readonly UbxReceiver _receiver;
    private readonly EnergyMeter _meter = new(0);
    private readonly Battery _battery;
    private readonly DeterministicRandom _random;
    private readonly LinkTiming _timing = new();
    private readonly TrackerInputs _inputs = new();
    private readonly ReportWriter _writer = new();
    private readonly Report _report = new();
    private readonly byte[] _frame = new byte[ReportWriter.FrameSizeMax];
    private readonly List<TrackPoint> _track = [];
    private readonly List<TrackPoint> _waiting = [];
    private uint _sequence;
    private bool _started;

    /// <summary>A board at the beginning of a scenario's day, worn by the wearer of its first device.</summary>
    public BaselineBoard(Scenario scenario, ulong seed)
    {
        _scenario = scenario;
        _device = scenario.Devices[0];
        EndMs = (long)scenario.Duration.TotalMilliseconds;
        _sky = new PersonSky(_device.Wearer, scenario.Places);
        _gnss = new MaxM10Chip(_sky, DeterministicRandom.SeedOf(seed, _device.Id + "/gnss"), scenario.Start.ToUnixTimeMilliseconds(), Board.GnssBaud, Board.GnssBufferSize);
        _receiver = new UbxReceiver(_gnss);
        _battery = new Battery(_device.CapacityMAh, _device.BatteryPercent);
        _random = DeterministicRandom.For(seed, "baseline/" + _device.Id);
        _meter.Set(EnergyState.AccelerometerPowerDown, 0);
    }

    /// <summary>Where the board stands, ms of the run.</summary>
    public long NowMs { get; private set; }

    /// <summary>End of the day, ms of the run.</summary>
    public long EndMs { get; }

    /// <summary>Who wears it.</summary>
    public Person Wearer => _device.Wearer;

    /// <summary>The settings that ours has: intervals and bounds are the same for all.</summary>
    public TrackerProfile Profile => _device.Profile;

    /// <summary>Fixes that wait to be sent.</summary>
    public int WaitingFixes => _waiting.Count;

    /// <summary>Bytes sent and received.</summary>
    public long BytesOnAir { get; private set; }

    /// <summary>Puts a consumer into a state from now on.</summary>
    public void Set(EnergyState state) => _meter.Set(state, NowMs);

    /// <summary>Adds the controller's work for a while of steps at our rate, the rest of which it sleeps.</summary>
    public void AddSteps(long durationMs) => _meter.Add(EnergyState.ControllerActive, (double)InsoleRig.StepAwakeMs * durationMs / Tracker.StreamStepMs);

    /// <summary>Lets time pass with everything as it is.</summary>
    public void WaitUntil(long timeMs)
    {
        NowMs = Math.Clamp(timeMs, NowMs, EndMs);
        _meter.AdvanceTo(NowMs);
    }

    /// <summary>The controller starts out of deep sleep.</summary>
    public void StartController()
    {
        Set(EnergyState.ControllerActive);
        WaitUntil(NowMs + InsoleRig.BootMs);
    }

    /// <summary>Whether the receiver would see satellites at a time: for who knows the future.</summary>
    public bool SeesSky(long timeMs)
    {
        _sky.At(timeMs, out var state);
        return state.View is not (SkyView.Indoors or SkyView.None);
    }

    /// <summary>
    /// Switches the receiver on, takes one fix as ours does (at once where it is good, else the best of five seconds) and switches
    /// it off again, or leaves it <paramref name="running"/>. <paramref name="dozing"/>: the controller sleeps while no bytes come.
    /// </summary>
    public bool TryFix(int timeoutS, bool dozing, bool running = false)
    {
        if (!_started)
        {
            _gnss.SetSupply(true, NowMs);
            _receiver.PowerUp(NowMs);
            _started = true;
        }

        var (beganMs, firstMs) = (NowMs, 0L);
        TrackPoint? best = null;
        var bestMm = uint.MaxValue;
        while (NowMs < Math.Min(EndMs, beganMs + timeoutS * 1000L))
        {
            if (Poll(dozing) && _inputs.Fix is { Valid: true } fix && fix.AccuracyMm <= Profile[SettingCode.AccuracyWorstM] * 1000u)
            {
                if (best is null) firstMs = NowMs;
                if (fix.AccuracyMm <= bestMm) (best, bestMm) = (new TrackPoint(NowMs, new GeoPoint(fix.LatitudeE7 / 1e7, fix.LongitudeE7 / 1e7)), fix.AccuracyMm);
            }

            if (best is not null && (bestMm <= Profile[SettingCode.AccuracyGoodM] * 1000u || NowMs - firstMs >= Core.Location.FixScheduler.ImproveMs)) break;
        }

        if (!running) StopReceiver();
        if (best is not { } found) return false;
        _track.Add(found);
        _waiting.Add(found);
        return true;
    }

    /// <summary>Reads the running receiver for a second at most and keeps nothing of it.</summary>
    public void Listen(long untilMs)
    {
        for (var endMs = Math.Min(untilMs, NowMs + 1000); NowMs < Math.Min(endMs, EndMs);) Poll(dozing: true);
    }

    /// <summary>Sends what waits, as one report even where nothing does. False: there was no network, and it waits on.</summary>
    public bool Report()
    {
        Set(EnergyState.ControllerActive);
        Set(EnergyState.RadioUploading);
        if (_scenario.Places.Has(PlaceKind.DeadZone, Wearer.PositionAt(NowMs)) || _scenario.Places.Has(PlaceKind.Garage, Wearer.PositionAt(NowMs)))
        {
            WaitUntil(NowMs + _timing.SearchMs);
            Set(EnergyState.RadioOff);
            return false;
        }

        WaitUntil(NowMs + _timing.ConnectMs + _random.Between(-_timing.ConnectJitterMs, _timing.ConnectJitterMs));
        BytesOnAir += AirBytes.Connect;
        do
        {
            WaitUntil(NowMs + 2 * _timing.OneWayMs + _random.Between(0, 2 * _timing.OneWayJitterMs));
            BytesOnAir += AirBytes.OfPublish(WriteFrame()) + AirBytes.Acknowledgement;
        }
        while (_waiting.Count > 0);
        Set(EnergyState.RadioOff);
        return true;
    }

    /// <summary>The account at the end of the day.</summary>
    public BaselineResult Account(string name, string reasoning)
    {
        WaitUntil(EndMs);
        _battery.Rest(EndMs);
        var selfDischarge = _battery.CapacityMah * _device.BatteryPercent / 100 - _battery.LeftMah;
        var perDay = 86_400_000.0 / EndMs;
        var mAhPerDay = (_meter.TotalMah + selfDischarge) * perDay;
        return new BaselineResult
        {
            Name = name,
            Reasoning = reasoning,
            MAhPerDay = mAhPerDay,
            Days = _device.CapacityMAh * ScenarioRunner.UsableShare / mAhPerDay,
            PathCoveredPercent = TrackMeasure.CoveredPercent(Wearer, _track, EndMs, 25) ?? 0,
            Fixes = _track.Count,
            BytesOnAirPerDay = BytesOnAir * perDay,
            EnergyMAh = Enum.GetValues<EnergyConsumer>().Select(c => (Part: c.ToString(), Mah: _meter.MahOf(c))).Append((Part: "SelfDischarge", Mah: selfDischarge))
                .ToDictionary(one => one.Part, one => Math.Round(one.Mah * perDay, 3)),
        };
    }

    private bool Poll(bool dozing)
    {
        var wasMs = NowMs;
        _inputs.Clear();
        _gnss.AdvanceTo(NowMs + PollMs);
        _receiver.Poll(_inputs, NowMs + PollMs);
        Set(_gnss.EnergyState);
        Set(dozing && _inputs.GnssBytes == 0 ? EnergyState.ControllerLightSleep : EnergyState.ControllerActive);
        WaitUntil(wasMs + PollMs);
        return _inputs.HasFix;
    }

    private void StopReceiver()
    {
        _receiver.PowerDown();
        _gnss.SetSupply(false, NowMs);
        Set(_gnss.EnergyState);
        _started = false;
    }

    // One report as the wire format has it; at most what one may hold.
    private int WriteFrame()
    {
        var block = _waiting.Take(Protocol.Report.FixesMax).ToList();
        _waiting.RemoveRange(0, block.Count);
        _report.Clear();
        _report.HasIdentity = true;
        _report.Epoch = 4711;
        _report.Sequence = _sequence++;
        _report.HasDeviceTime = true;
        _report.DeviceTimeS = UnixS(NowMs);
        _report.HasBattery = true;
        (_report.BatteryMv, _report.BatteryPercent) = (3900, 80);
        _report.HasContract = true;
        _report.NextContactS = 3600;
        _report.FixCount = block.Count;
        for (var i = 0; i < block.Count; i++)
        {
            _report.FixTimeS[i] = UnixS(block[i].TimeMs);
            _report.LatitudeE5[i] = block[i].Point.LatitudeE7 / 100;
            _report.LongitudeE5[i] = block[i].Point.LongitudeE7 / 100;
        }

        return _writer.Write(_report, _frame, 0);
    }

    private uint UnixS(long timeMs) => (uint)(_scenario.Start.ToUnixTimeSeconds() + timeMs / 1000);
}
