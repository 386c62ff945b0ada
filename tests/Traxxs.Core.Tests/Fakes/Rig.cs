using System.Diagnostics.CodeAnalysis;
using Traxxs.Core.Diagnostics;
using Traxxs.Core.Ports;
using Traxxs.Core.Update;
using Traxxs.Protocol;

namespace Traxxs.Core.Tests.Fakes;

/// <summary>What the wearer does in a stretch of time.</summary>
internal enum Doing
{
    Still,
    Walking,
    Fidgeting,
    Riding,
    Falling,
    Lying,
    Tapping,
}

/// <summary>
/// A board around a <see cref="Tracker"/> in virtual time: accelerometer with FIFO and wake-up interrupt, receiver with a
/// sky, battery, link. Steps the tracker when it asked to be stepped or when something happens.
/// </summary>
internal sealed class Rig
{
    public const uint StartUnixS = 1_790_000_000;
    private const int PeriodMs = TrackerProfile.SamplePeriodMs;
    private const int PastPeriodMs = 80;
    private readonly TrackerInputs _inputs = new();
    private readonly TrackerOutputs _outputs = new();
    private readonly TrackerProfile _builtIn;
    private readonly uint _entropy;
    private readonly Func<Updater>? _updater;
    private long _bootMs;
    private long _gnssOnMs = -1;
    private long _fifoMs;
    private long _doingSinceMs;
    private Doing _doing;
    private int _latitudeE7 = 482_000_000;
    private long _wokenMs = -100000;
    private long _clockSetMs;

    public Rig(TrackerProfile? profile = null, MemoryStorage? storage = null, IdealServer? server = null, uint entropy = 0x1234_5678, Func<Updater>? updater = null)
    {
        _updater = updater;
        _builtIn = profile ?? new TrackerProfile();
        Storage = storage ?? new MemoryStorage();
        Server = server ?? new IdealServer();
        Uplink = new FakeUplink(Server);
        _entropy = entropy;
        Tracker = Make(_entropy, BootReason.PowerOn);
    }

    /// <summary>The settings in force.</summary>
    public TrackerProfile Profile { get; private set; }

    public MemoryStorage Storage { get; }

    public IdealServer Server { get; }

    public FakeUplink Uplink { get; private set; }

    public Tracker Tracker { get; private set; }

    public TrackerOutputs Outputs => _outputs;

    /// <summary>Time of the world; the device's own begins at each boot.</summary>
    public long NowMs { get; private set; }

    public bool Sky { get; set; } = true;

    /// <summary>What the receiver's time is wrong by, s.</summary>
    public long ClockOffsetS { get; set; }

    public int FixDelayMs { get; set; } = 4000;

    public int BatteryPercent { get; set; } = 80;

    public bool Charging { get; set; }

    public long GnssOnTotalMs { get; private set; }

    public int Steps { get; private set; }

    public List<(long AtMs, IndicatorPattern Pattern)> Patterns { get; } = [];

    /// <summary>Called before each step; throwing or rebooting here is a fault at that step.</summary>
    public Action<Rig>? BeforeStep { get; set; }

    /// <summary>Whether the board does as it may and loses its memory in deep sleep.</summary>
    public bool SleepsDeeply { get; set; }

    /// <summary>What the chip takes to start out of deep sleep, ms; above 0 the accelerometer's FIFO tells what was felt since.</summary>
    public int BootMs { get; set; }

    /// <summary>Whether the network sets the chip's clock where the link opens, as SNTP does before TLS.</summary>
    public bool HasNetworkTime { get; set; }

    /// <summary>The chip's clock, ms since 1970: it begins there, and runs on through deep sleep.</summary>
    public long RtcMs => NowMs + _clockSetMs;

    /// <summary>Whether the accelerometer refuses.</summary>
    public bool AccelerometerFails { get; set; }

    /// <summary>Deep sleeps so far.</summary>
    public int Sleeps { get; private set; }

    /// <summary>The chip starts anew, its clock running on, or having stood still if <paramref name="rtcMs"/> says so.</summary>
    public void WakeUp(BootReason reason, long? rtcMs = null)
    {
        NowMs += BootMs;
        Reboot(reason);
        var wokenMs = Tracker.Wake(rtcMs ?? RtcMs);
        if (wokenMs == 0) _clockSetMs = 0;
        _bootMs = NowMs - wokenMs;
        GoesOn = wokenMs > 0;
        if (BootMs > 0) FillPast();
    }

    /// <summary>Whether the last wake took up what was left.</summary>
    public bool GoesOn { get; private set; }

    public void Reboot(BootReason reason = BootReason.PowerOn)
    {
        Uplink.Close();
        if (reason is not (BootReason.WakePin or BootReason.WakeTimer)) _clockSetMs = 0;    // as Program does
        _bootMs = NowMs;
        _fifoMs = NowMs;
        _gnssOnMs = -1;
        _outputs.NextStepMs = 0;
        _outputs.Gnss = GnssPower.Backup;
        _outputs.Accelerometer = AccelerometerMode.WakeOnMotion;
        _inputs.Clear();
        _outputs.MeasureBattery = true;
        _outputs.Rest = RestMode.Awake;
        Tracker = Make(_entropy + (uint)NowMs, reason);
    }

    public void Press(int sos = 0, int cancel = 0)
    {
        _inputs.SosPresses += sos;
        _inputs.CancelPresses += cancel;
        StepNow();
    }

    public void Do(Doing doing, int seconds)
    {
        _doing = doing;
        _doingSinceMs = NowMs;
        var endMs = NowMs + seconds * 1000L;
        while (NowMs < endMs)
        {
            var nextMs = Math.Min(endMs, Math.Max(NowMs + PeriodMs, _bootMs + _outputs.NextStepMs));
            if (Uplink.State != LinkState.Closed) nextMs = Math.Min(nextMs, NowMs + 500);
            if (_outputs.Gnss == GnssPower.On) nextMs = Math.Min(nextMs, NowMs + 1000);
            if (_outputs.Accelerometer != AccelerometerMode.Streaming && IsMoving(doing)) nextMs = Math.Min(nextMs, NowMs + 200);
            NowMs = nextMs;
            if (SleepsDeeply && _outputs.Rest == RestMode.DeepSleep)
            {
                var knocked = _bootMs + _outputs.NextStepMs > NowMs;
                if (knocked && !IsMoving(doing)) continue;   // asleep until it is due
                Sleeps++;
                WakeUp(knocked ? BootReason.WakePin : BootReason.WakeTimer);
            }

            StepNow();
        }
    }

    /// <summary>Sets the chip's clock, to so much more than the time of the world.</summary>
    public void SetClock(long aheadMs) => _clockSetMs = aheadMs;

    public void StepNow()
    {
        BeforeStep?.Invoke(this);
        Uplink.Advance(NowMs);
        FillSamples();
        FillGnss();
        _inputs.HasBattery = _outputs.MeasureBattery;
        _inputs.BatteryPercent = BatteryPercent;
        _inputs.BatteryMv = 3300 + BatteryPercent * 9;
        _inputs.Charging = Charging;
        _inputs.AccelerometerFault = AccelerometerFails;
        if (HasNetworkTime && Uplink.State == LinkState.Open) SetClock(StartUnixS * 1000L);
        _inputs.RtcMs = RtcMs;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Tracker.Step(_inputs, _outputs, NowMs - _bootMs);
        AllocatedBytes += GC.GetAllocatedBytesForCurrentThread() - before;
        Steps++;
        _inputs.Clear();
        if (_outputs.Indicate != IndicatorPattern.None) Patterns.Add((NowMs, _outputs.Indicate));
        Uplink.Advance(NowMs);
    }

    /// <summary>Bytes the tracker allocated in steps; the uplink's fake allocates inside them too.</summary>
    public long AllocatedBytes { get; set; }

    // Each start has the built-in profile and nothing of what an earlier one was told, as on the board.
    [MemberNotNull(nameof(Profile))]
    private Tracker Make(uint entropy, BootReason reason)
    {
        Profile = new TrackerProfile();
        Profile.Take(null, _builtIn);
        Uplink.Updater = _updater?.Invoke();
        return new Tracker(Profile, Storage, Uplink, entropy, reason, Uplink.Updater);
    }

    private static bool IsMoving(Doing doing) => doing is not (Doing.Still or Doing.Lying);

    // The newest 32 samples at the rate of a chip that waits for motion.
    private void FillPast()
    {
        for (var i = 0; i < TrackerInputs.SamplesMax; i++)
        {
            var (x, y, z) = Sample(NowMs - (TrackerInputs.SamplesMax - 1 - i) * PastPeriodMs);
            (_inputs.XMg[i], _inputs.YMg[i], _inputs.ZMg[i]) = ((short)x, (short)y, (short)z);
        }

        _inputs.SampleCount = TrackerInputs.SamplesMax;
        _inputs.SamplePeriodMs = PastPeriodMs;
    }

    private void FillSamples()
    {
        if (_inputs.SamplePeriodMs == PastPeriodMs && _inputs.SampleCount > 0) return;
        if (_outputs.Accelerometer != AccelerometerMode.Streaming)
        {
            // The chip compares against 0.1 g; the walker's and fidgeter's foot crosses that within each second.
            var (x, y, z) = Sample(NowMs);
            _inputs.WakeInterrupt = IsMoving(_doing) && Math.Abs(x) + Math.Abs(y) + Math.Abs(z - 1000) > 100;
            _inputs.FreeFallInterrupt = _doing == Doing.Falling && NowMs - _doingSinceMs < 400;
            _fifoMs = NowMs;
            return;
        }

        var count = (int)((NowMs - _fifoMs) / PeriodMs);
        if (count > TrackerInputs.SamplesMax)
        {
            _fifoMs = NowMs - TrackerInputs.SamplesMax * PeriodMs;
            count = TrackerInputs.SamplesMax;
        }

        for (var i = 0; i < count; i++)
        {
            _fifoMs += PeriodMs;
            var (x, y, z) = Sample(_fifoMs);
            (_inputs.XMg[i], _inputs.YMg[i], _inputs.ZMg[i]) = ((short)x, (short)y, (short)z);
        }

        _inputs.SampleCount = count;
        _inputs.SamplePeriodMs = PeriodMs;
    }

    private (int X, int Y, int Z) Sample(long tMs) => _doing switch
    {
        Doing.Walking => Wearer.Walking(tMs),
        Doing.Fidgeting => Wearer.Fidgeting(tMs),
        Doing.Riding => Wearer.Riding(tMs),
        Doing.Falling => Wearer.Falling(tMs - _doingSinceMs),
        Doing.Lying => Wearer.Lying(tMs),
        Doing.Tapping => Wearer.Tapping(tMs - _doingSinceMs),
        _ => Wearer.Still(tMs),
    };

    private void FillGnss()
    {
        if (_outputs.Gnss != GnssPower.On)
        {
            _gnssOnMs = -1;
            return;
        }

        if (_gnssOnMs < 0) _gnssOnMs = NowMs;
        else GnssOnTotalMs += Math.Min(1000, NowMs - _wokenMs);
        _wokenMs = NowMs;
        _inputs.GnssBytes = 100;
        _inputs.HasFix = true;
        if (_doing is Doing.Walking or Doing.Riding) _latitudeE7 += 100;
        _inputs.Fix.Valid = Sky && NowMs - _gnssOnMs >= FixDelayMs;
        _inputs.Fix.TimeS = (uint)(StartUnixS + NowMs / 1000 + ClockOffsetS);
        _inputs.Fix.LatitudeE7 = _latitudeE7;
        _inputs.Fix.LongitudeE7 = 113_000_000;
        _inputs.Fix.AccuracyMm = 5000;
    }

    /// <summary>Brings everything to the server: coverage, the time after which a stop is reported, and time to drain.</summary>
    public void Drain(int seconds = 3600)
    {
        Uplink.Coverage = true;
        Uplink.LosesAcknowledgements = false;
        for (var i = 0; i < seconds && (i < Profile[SettingCode.StopReportS] + 60 || Tracker.Queue.Count > 0 || !Tracker.Queue.IsRecovered); i += 10) Do(Doing.Still, 10);
    }
}
