using Traxxs.Core.Diagnostics;
using Traxxs.Core.Location;
using Traxxs.Core.Motion;
using Traxxs.Core.Ports;
using Traxxs.Core.Power;
using Traxxs.Core.Safety;
using Traxxs.Core.Update;
using Traxxs.Core.Uplink;
using Traxxs.Protocol;

namespace Traxxs.Core
{
    /// <summary>
    /// All that the device decides. Accepts what the board has learned (<see cref="TrackerInputs"/>) and says what should
    /// happen (<see cref="TrackerOutputs"/>); reports go into a queue in flash and from there to the uplink. Everything is
    /// allocated here; a step allocates nothing.
    /// </summary>
    public sealed partial class Tracker
    {
        /// <summary>Time between steps while samples stream, ms: 30 samples at 25 Hz, which leaves the 32-deep FIFO 80 ms of slack.</summary>
        public const int StreamStepMs = 1200;

        /// <summary>Longest time between steps, ms: a day's worth of timers is looked at twice an hour even if one was reckoned wrongly.</summary>
        public const int StepMaxMs = 1800000;

        /// <summary>Time after which a refused report is offered to the flash again, ms.</summary>
        public const int FlashRetryMs = 1000;

        /// <summary>Shortest fix interval while the accelerometer is failed, s: the gate is blind then, and the battery must still last for days.</summary>
        public const int BlindIntervalS = 900;

        /// <summary>What the batch interval is then multiplied by at least: a wearer who rests is not reported every twenty minutes.</summary>
        public const int BlindFactor = 3;

        /// <summary>How long the running receiver may send nothing before that is a fault, ms: it sends a solution a second, and starts within one.</summary>
        public const int GnssSilenceMaxMs = 10000;

        /// <summary>Longest downlink frame taken; longer ones are refused by the uplink.</summary>
        public const int DownlinkSizeMax = 512;

        /// <summary>Reports on flash and on their way, for its counters; meaningful once it is recovered, a few steps after the start.</summary>
        public readonly ReportQueue Queue;

        /// <summary>When the receiver runs, for its counters.</summary>
        public readonly FixScheduler Scheduler;

        /// <summary>The self-test, for the board to print.</summary>
        public readonly SelfTest SelfTest = new SelfTest();

        private readonly TrackerProfile _profile;
        private readonly TrackerProfile _builtIn = new TrackerProfile();
        private readonly TrackerProfile _candidate = new TrackerProfile();
        private readonly IUplink _uplink;
        private readonly BootReason _bootReason;
        private readonly uint _entropy;

        private readonly ActivityMeter _meter;
        private readonly StepCounter _stepCounter = new StepCounter();
        private readonly ActivityClassifier _classifier = new ActivityClassifier();
        private readonly MotionGate _gate;
        private readonly WallClock _clock = new WallClock();
        private readonly FallDetector _fallDetector;
        private readonly FallMonitor _fall;
        private readonly TapDetector _taps = new TapDetector();
        private readonly WearerTimers _timers;
        private readonly AlarmDesk _alarms;
        private readonly BatteryMonitor _battery;
        private readonly FaultMonitor _faults;
        private readonly EventTrace _trace = new EventTrace();
        private readonly ReportBuilder _builder = new ReportBuilder();
        private readonly ReportSchedule _schedule;
        private readonly SavedState _saved;
        private readonly UplinkPolicy _policy;
        private readonly Command _command = new Command();
        private readonly byte[] _frame = new byte[JournalRecord.PayloadSizeMax];
        private readonly byte[] _downlink = new byte[DownlinkSizeMax];

        private bool _started;
        private bool _resumed;
        private bool _counted;
        private bool _wokenByPin;
        private bool _shoeOff;
        private bool _hasIntroduced;
        private bool _hasConfigurationNews;
        private uint _configurationVersion;
        private int _directCount;
        private bool _stateDirty;
        private bool _restart;
        private bool _directUnderWay;
        private bool _gnssWasOn;
        private long _gnssHeardMs;
        private long _flashRetryMs;
        private int _sosPresses;
        private uint _stepsAtOpening;
        private int _droppedReported;
        private uint _stepsBeforeStart;
        private IndicatorPattern _pattern;

        /// <summary>A tracker that begins anew, or goes on with what an earlier one left in the storage.</summary>
        public Tracker(TrackerProfile profile, ISegmentStorage storage, IUplink uplink, uint entropy)
            : this(profile, storage, uplink, entropy, BootReason.Unknown)
        {
        }

        /// <summary>
        /// The same, told why the device started. <paramref name="entropy"/>: any number the device has not had before, from a hardware
        /// source. <paramref name="updater"/>: takes new images; null where the board cannot.
        /// </summary>
        public Tracker(TrackerProfile profile, ISegmentStorage storage, IUplink uplink, uint entropy, BootReason bootReason, Updater updater = null)
        {
            _updater = updater;
            _profile = profile;
            _builtIn.Take(null, profile);
            _uplink = uplink;
            _entropy = entropy;
            _bootReason = bootReason;
            _faults = new FaultMonitor(bootReason);
            _meter = new ActivityMeter(profile);
            _gate = new MotionGate(profile);
            Scheduler = new FixScheduler(profile);
            _fallDetector = new FallDetector(profile);
            _fall = new FallMonitor(profile);
            _timers = new WearerTimers(profile);
            _battery = new BatteryMonitor(profile);
            _schedule = new ReportSchedule(profile);
            Queue = new ReportQueue(storage, entropy);
            _saved = new SavedState(Queue.Journal.State);
            _alarms = new AlarmDesk(profile, Queue);
            _policy = new UplinkPolicy(entropy);
        }

        /// <summary>Where the motion gate stands.</summary>
        public MotionState MotionState { get { return _gate.State; } }

        /// <summary>What the wearer is doing.</summary>
        public ActivityCode Activity { get { return _classifier.Activity; } }

        /// <summary>What has become of an impact.</summary>
        public FallState FallState { get { return _fall.State; } }

        /// <summary>Alarms that no person has acknowledged yet.</summary>
        public int OpenAlarms { get { return _alarms.Count; } }

        /// <summary>Steps of this foot since the epoch began.</summary>
        public uint StepsTotal { get { return _stepsBeforeStart + _stepCounter.Steps; } }

        /// <summary>Downlink frames refused since the start.</summary>
        public int BadCommands;

        /// <summary>Fixes and events lost since the start because nothing could be accepted for too long.</summary>
        public int LostContents { get { return _builder.Lost; } }

        /// <summary>Bit per part that counts as failed: see <see cref="FaultMonitor"/>.</summary>
        public int FailedParts { get { return _faults.Failed; } }

        /// <summary>Begins the self-test, as the command does; its result is an event. On the bench the board asks for it.</summary>
        public void BeginSelfTest(long nowMs)
        {
            SelfTest.Begin(nowMs);
            Scheduler.Request(nowMs);
            _policy.Hurry(nowMs);
        }

        /// <summary>
        /// Decides one step. <paramref name="nowMs"/> counts from the start of the device and never goes back. The uplink
        /// is opened and closed here too; <see cref="TrackerOutputs.LinkWanted"/> says the same to the board.
        /// </summary>
        public void Step(TrackerInputs inputs, TrackerOutputs outputs, long nowMs)
        {
            if (!_started) Start(nowMs);
            _battery.Update(inputs, _builder, nowMs);
            Recover(inputs.SosPresses > 0, nowMs);
            int stepsNow = FollowMotion(inputs, nowMs);
            FollowSafety(inputs, nowMs);
            FollowLocation(inputs, nowMs);
            FollowTime(inputs.RtcMs, nowMs);
            _classifier.Update(_gate, _meter, _stepCounter, stepsNow, nowMs);
            FollowTravel();
            _faults.Update(_builder, nowMs);
            if (SelfTest.Runs) FollowSelfTest(inputs, nowMs);
            FollowUpdate(!inputs.AccelerometerFault && !IsBlind(), nowMs);
            FollowReports(nowMs);
            FollowUplink(nowMs);
            Decide(inputs, outputs, nowMs);
        }

        private void Start(long nowMs)
        {
            _started = true;
            _stepCounter.Reset();
            _builder.AddEvent(EventCode.Started, nowMs, (int)_bootReason);
            Scheduler.Begin();   // the first fix gives the device its time, and the server its place
            Show(IndicatorPattern.Ready);
        }

        // One segment of flash a step, so that the wearer comes first; all of it at once where an alarm must be written.
        private void Recover(bool alarm, long nowMs)
        {
            if (Queue.IsRecovered)
            {
                if (!_resumed) Resume(nowMs);
                return;
            }

            for (int i = 0; i < RecoverStepsMax; i++)
            {
                if (Queue.Recover() || !alarm) break;
            }

            if (Queue.IsRecovered) Resume(nowMs);
        }

        // Enough for the largest ring (256 segments, each tried three times).
        private const int RecoverStepsMax = 256 * ReportQueue.ReadAttemptsMax + 1;

        // A start that is no wake is counted, and flash is tried by it: where flash refuses, an earlier run may have sent reports
        // under numbers that flash never saw, more of them than are left out anyway.
        private void Resume(long nowMs)
        {
            _resumed = true;
            if (!_counted) TakeUpConfiguration();
            _alarms.Resume(nowMs);
            if (_counted) return;
            _counted = true;
            _stepsBeforeStart = Queue.Journal.StepsTotal;
            // Not on the charger: a cell that died meanwhile is full again, and nobody lies there.
            if (_saved.FallSuspected && !_battery.Charging) _fall.Resume(nowMs, _stepCounter.Steps, nowMs);
            _saved.Started();
            _stateDirty = !Queue.TrySaveState();
            if (_stateDirty) Queue.Journal.NextSequence += _entropy & NumbersLeftOutMask;
            _firstSequence = Queue.Journal.NextSequence;
            _untimedFrom = _firstSequence;
        }

        private const uint NumbersLeftOutMask = 0xFFE0;

        private int FollowMotion(TrackerInputs inputs, long nowMs)
        {
            if (inputs.AccelerometerFault) _faults.Fault(FaultMonitor.Accelerometer, nowMs);
            else if (inputs.SampleCount > 0) _faults.Well(FaultMonitor.Accelerometer);

            bool newWindow = false;
            bool active = false;
            int stepsNow = 0;
            int count = inputs.SampleCount < TrackerInputs.SamplesMax ? inputs.SampleCount : TrackerInputs.SamplesMax;
            int periodMs = inputs.SamplePeriodMs > 0 ? inputs.SamplePeriodMs : TrackerProfile.SamplePeriodMs;
            for (int i = 0; i < count; i++)
            {
                int x = inputs.XMg[i];
                int y = inputs.YMg[i];
                int z = inputs.ZMg[i];
                if (_meter.Feed(x, y, z, periodMs))
                {
                    newWindow = true;
                    active |= _meter.Active;
                }

                if (_taps.Feed(x, y, z, periodMs) && _profile[SettingCode.GestureSos] != 0 && !_battery.Charging) CallForHelp(GestureBit, nowMs);
                // What was felt before a start comes at half the rate, too coarse for strides.
                if (periodMs <= TrackerProfile.SamplePeriodMs)
                {
                    _stepCounter.Feed(x, y, z, periodMs);
                    stepsNow += _stepCounter.JustCounted;
                }

                if (_fallDetector.Feed(x, y, z, periodMs))
                {
                    long sampleMs = nowMs - (long)(count - 1 - i) * periodMs;
                    SuspectFall(sampleMs - _fallDetector.ImpactAgeMs, nowMs);
                }
            }

            if (inputs.FreeFallInterrupt) _fallDetector.FreeFall();

            MotionState before = _gate.State;
            _gate.Update(inputs.WakeInterrupt || inputs.FreeFallInterrupt || _wokenByPin, newWindow, active, nowMs);
            // A wake has begun anew already, and has taken in what was felt before it.
            if (before == MotionState.Stationary && _gate.State != before && !_wokenByPin) BeginMovement(false);
            _wokenByPin = false;
            if (_gate.State != before) GateChanged(nowMs);
            return stepsNow;
        }

        private void BeginMovement(bool asleep)
        {
            _meter.Reset();
            _stepCounter.Reset();
            _taps.Rested(asleep);
        }

        private void GateChanged(long nowMs)
        {
            _trace.Add(TraceCode.Gate, (int)_gate.State, nowMs);
            if (_gate.JustOpened)
            {
                _stepsAtOpening = _stepCounter.Steps;
                if (_shoeOff)
                {
                    _builder.AddEvent(EventCode.ShoeOn, _gate.MovingSinceMs, 0);
                    _timers.Restart(nowMs);     // a new shift
                }

                _shoeOff = false;
            }

            if (!_gate.JustClosed || !_gate.Travels) return;
            _builder.AddEvent(EventCode.Stopped, _gate.LastActiveMs, 0);
            Scheduler.Finish(_stepCounter.Steps);
            _schedule.Stopped(nowMs);
        }

        // Movement is news once it carries the wearer: who shifts in a chair is neither reported nor kept awake for.
        private void FollowTravel()
        {
            if (!_gate.IsOpen || _gate.Travels || (_stepCounter.Steps == _stepsAtOpening && _classifier.Activity != ActivityCode.Riding)) return;
            _gate.Travels = true;
            _builder.AddEvent(EventCode.MovingSince, _gate.MovingSinceMs, 0);
            _schedule.Resumed();
        }

        private void SuspectFall(long impactMs, long nowMs)
        {
            // A shoe on the charger is not worn: whoever knocked it over is well. One that counts as off drops more often than its wearer falls.
            if (!_battery.Charging && !_shoeOff) _fall.Suspect(impactMs, _fallDetector.ImpactMg, _stepCounter.Steps, _builder, nowMs);
        }

        private void FollowSafety(TrackerInputs inputs, long nowMs)
        {
            for (int i = 0; i < inputs.SosPresses; i++)
            {
                // Past the bound of one report's events the presses still count in the value.
                if (i < SosEventsMax) CallForHelp(0, nowMs);
                else _sosPresses++;
            }

            bool pressed = inputs.CancelPresses > 0;
            bool claimed = _fall.State != FallState.Upright;
            _fall.Update(pressed, _gate.LastActiveMs, _stepCounter.Steps, _builder, nowMs);
            KeepSuspicion();
            _timers.Update(pressed && !claimed, _battery.Charging, _gate.LastActiveMs, _builder, nowMs);
            if (_builder.HasAlarm) Scheduler.Request(nowMs);
            if (_alarms.Update(nowMs)) _builder.Hurry();
        }

        // A reset that nobody decided must not lose who may be lying there.
        private void KeepSuspicion()
        {
            bool suspected = _fall.State == FallState.Suspected;
            if (!_resumed || suspected == _saved.FallSuspected) return;
            _saved.FallSuspected = suspected;
            _stateDirty = true;
        }

        private void CallForHelp(int how, long nowMs)
        {
            _sosPresses++;
            _builder.AddEvent(EventCode.Sos, nowMs, _sosPresses | how);
        }

        // Set in the value of an SOS that the foot gesture raised: EventCode.Sos.
        private const int GestureBit = 1 << 16;

        // More presses than this between two steps (half a second) are bounces.
        private const int SosEventsMax = 8;

        private void FollowLocation(TrackerInputs inputs, long nowMs)
        {
            GnssFix solution = null;
            if (inputs.HasFix && inputs.Fix.Valid && _clock.Learn(inputs.Fix.TimeS, nowMs)) solution = inputs.Fix;

            bool blind = IsBlind();
            bool riding = blind || _classifier.Activity == ActivityCode.Riding;
            int intervalS = _profile[SettingCode.FixIntervalS] * _battery.IntervalFactor;
            if (blind && intervalS < BlindIntervalS) intervalS = BlindIntervalS;

            if (IsHeld(nowMs)) Scheduler.Hold(nowMs);
            SearchState before = Scheduler.State;
            Scheduler.Update(_gate.IsOpen || blind, riding, _stepCounter.Steps, intervalS, solution, nowMs);
            if (Scheduler.State != before) _trace.Add(TraceCode.Search, (int)Scheduler.State, nowMs);
            if (Scheduler.JustTaken)
            {
                _builder.AddFix(Scheduler.Fix, nowMs);
                if (Scheduler.WasUrgent) _builder.Hurry();
            }

            if (Scheduler.JustFailed)
            {
                _builder.AddEvent(EventCode.GnssTimeout, nowMs, Scheduler.LastSearchS);
                if (Scheduler.WasUrgent) _builder.Hurry();
            }

            ListenToReceiver(inputs, nowMs);
        }

        private void ListenToReceiver(TrackerInputs inputs, long nowMs)
        {
            if (inputs.GnssBytes > 0 || inputs.HasFix)
            {
                _gnssHeardMs = nowMs;
                _faults.Well(FaultMonitor.Gnss);
            }

            if (!_gnssWasOn) _gnssHeardMs = nowMs;
            else if (nowMs - _gnssHeardMs >= GnssSilenceMaxMs)
            {
                _gnssHeardMs = nowMs;
                _faults.Fault(FaultMonitor.Gnss, nowMs);
            }
        }

        private void FollowSelfTest(TrackerInputs inputs, long nowMs)
        {
            for (int part = 0; inputs.PartsTested && part < SelfTest.Gnss; part++) SelfTest.Note(part, (inputs.PartsFailed & 1 << part) == 0);
            if (inputs.GnssBytes > 0) SelfTest.Note(SelfTest.Gnss, true);
            if (_uplink.State == LinkState.Open) SelfTest.Note(SelfTest.Radio, true);
            if (Queue.IsRecovered && SelfTest.Awaits(SelfTest.Flash)) SelfTest.Note(SelfTest.Flash, Queue.TryProveFlash());
            if (!SelfTest.HasEnded(nowMs)) return;
            _builder.AddEvent(EventCode.SelfTest, nowMs, SelfTest.Failed);
            _builder.Hurry();
        }

        private bool IsBlind()
        {
            return _faults.HasFailed(FaultMonitor.Accelerometer);
        }

        // A cell too weak for receiver or radio restarts the board whenever they start. After a few such starts in a row both wait, each
        // time longer, and nothing new is told before: only help does not wait.
        private bool IsHeld(long nowMs)
        {
            return _battery.IsLow && !_battery.Charging && (!Queue.IsRecovered || (_saved.HoldMs > 0 && nowMs < _saved.HoldMs))
                && !HoldsAlarm() && Queue.AlarmCount == 0 && _fall.State == FallState.Upright && !SelfTest.Runs;
        }

        private int BatchAgeS()
        {
            int factor = _battery.IntervalFactor;
            return _profile[SettingCode.BatchAgeS] * (IsBlind() && factor < BlindFactor ? BlindFactor : factor);
        }

        private void Decide(TrackerInputs inputs, TrackerOutputs outputs, long nowMs)
        {
            bool streaming = _gate.State != MotionState.Stationary || _fall.NeedsSamples;
            _gnssWasOn = Scheduler.State != SearchState.Idle && !IsHeld(nowMs);
            outputs.Gnss = _gnssWasOn ? GnssPower.On : GnssPower.Backup;
            outputs.Accelerometer = streaming ? AccelerometerMode.Streaming : AccelerometerMode.WakeOnMotion;
            outputs.LinkWanted = _policy.Wanted;
            outputs.TestParts = SelfTest.Awaits(SelfTest.FuelGauge);
            outputs.MeasureBattery = _battery.TakeMeasureDue(nowMs);
            // A commanded restart waits until the command is known to be done, or it would be done again and again, and until all
            // that is only in memory has come to flash. For a flash that refuses, alarms alone wait: until the server has them, if it can. No
            // restart comes between a fall and what becomes of it.
            bool kept = !_stateDirty && !_builder.HasContent && !_builder.HasFrame;
            outputs.Restart = (_restart || _faults.WantsRestart || IsDirectShort(nowMs)) && _fall.State != FallState.Suspected && (kept || (_faults.HasFailed(FaultMonitor.Flash) && !MaySendAlarm(nowMs)));
            ChoosePattern();
            outputs.Indicate = _pattern;
            _pattern = IndicatorPattern.None;
            long nextMs = NextStepMs(streaming, nowMs);
            bool deep = MayRestDeeply(outputs, nextMs, nowMs) && TryCheckpoint(inputs.RtcMs, nowMs);
            // Nobody is woken for a look at the battery; it is measured at every start.
            outputs.NextStepMs = deep ? nextMs : Earlier(nextMs, _battery.NextMeasureMs, nowMs);
            outputs.Rest = deep ? RestMode.DeepSleep : _policy.Wanted ? RestMode.Awake : RestMode.LightSleep;
            if (deep && !IsFidgetAwaited(nowMs)) outputs.Accelerometer = AccelerometerMode.WakeOnStride;
        }

        // The later a pattern is asked for here, the more it matters; one step plays one.
        private void ChoosePattern()
        {
            if (_battery.TakeWarning()) Show(IndicatorPattern.BatteryLow);
            if (_timers.TakeWarning()) Show(IndicatorPattern.FallWarning);
            if (_fall.TakeWarning()) Show(IndicatorPattern.FallWarning);
            IndicatorPattern alarm = _alarms.TakePattern();
            if (alarm != IndicatorPattern.None) Show(alarm);
        }

        private void Show(IndicatorPattern pattern)
        {
            _pattern = pattern;
        }

        private long NextStepMs(bool streaming, long nowMs)
        {
            if (!Queue.IsRecovered) return nowMs + RecoverStepMs;
            long nextMs = nowMs + StepMaxMs;
            if (streaming) nextMs = nowMs + StreamStepMs;
            else if (Scheduler.State != SearchState.Idle) nextMs = nowMs + RetryMs;
            nextMs = Earlier(nextMs, _gate.NextChangeMs(), nowMs);
            nextMs = Earlier(nextMs, Scheduler.NextChangeMs(_gate.IsOpen, nowMs), nowMs);
            nextMs = Earlier(nextMs, _fall.NextChangeMs(_gate.LastActiveMs), nowMs);
            nextMs = Earlier(nextMs, _timers.NextChangeMs(), nowMs);
            nextMs = Earlier(nextMs, _alarms.NextChangeMs(nowMs), nowMs);
            nextMs = Earlier(nextMs, _policy.NextChangeMs(nowMs), nowMs);
            nextMs = EarlierToListen(nextMs, nowMs);
            if (_builder.IsUrgent) nextMs = Earlier(nextMs, nowMs, nowMs);
            nextMs = Earlier(nextMs, SelfTest.NextChangeMs(), nowMs);
            if (IsUpdating) nextMs = Earlier(nextMs, _updater.NextChangeMs(nowMs), nowMs);
            if (_builder.HasFrame) return Earlier(nextMs, _flashRetryMs, nowMs);
            return Earlier(nextMs, _schedule.DueMs(_builder, BatchAgeS()), nowMs);
        }

        // Time to the next segment while flash is being read after a start, ms: an alarm that waits in the last of them is found
        // within a second, and samples are not kept waiting either.
        private const int RecoverStepMs = 20;

        // What was due and could not be done is looked at again after this, ms: soon, without turning in circles.
        private const int RetryMs = 1000;

        private static long Earlier(long nextMs, long dueMs, long nowMs)
        {
            if (dueMs <= nowMs) dueMs = nowMs + RetryMs;
            return dueMs < nextMs ? dueMs : nextMs;
        }
    }
}
