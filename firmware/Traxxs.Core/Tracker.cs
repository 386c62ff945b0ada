using Traxxs.Core.Diagnostics;
using Traxxs.Core.Location;
using Traxxs.Core.Motion;
using Traxxs.Core.Ports;
using Traxxs.Core.Power;
using Traxxs.Core.Safety;
using Traxxs.Core.Uplink;
using Traxxs.Protocol;

namespace Traxxs.Core
{
    /// <summary>
    /// All that the device decides. Accepts what the board has learned (<see cref="TrackerInputs"/>) and says what should
    /// happen (<see cref="TrackerOutputs"/>); reports go into a queue in flash and from there to the uplink. Everything is
    /// allocated here; a step allocates nothing.
    /// </summary>
    public sealed class Tracker
    {
        /// <summary>Time between steps while samples stream, ms: 25 samples at 50 Hz, which leaves the 32-deep FIFO 140 ms of slack.</summary>
        public const int StreamStepMs = 500;

        /// <summary>Longest time between steps, ms: a day's worth of timers is looked at twice an hour even if one was reckoned wrongly.</summary>
        public const int StepMaxMs = 1800000;

        /// <summary>Time after which a refused report is offered to the flash again, ms.</summary>
        public const int FlashRetryMs = 1000;

        /// <summary>Shortest fix interval while the accelerometer is failed, s: the gate is blind then, and the battery must still last the shift.</summary>
        public const int BlindIntervalS = 600;

        /// <summary>How long the running receiver may send nothing before that is a fault, ms: it sends a solution a second, and starts within one.</summary>
        public const int GnssSilenceMaxMs = 10000;

        /// <summary>Longest downlink frame taken; longer ones are refused by the uplink.</summary>
        public const int DownlinkSizeMax = 512;

        private readonly TrackerProfile _profile;
        private readonly IUplink _uplink;
        private readonly BootReason _bootReason;

        private readonly ActivityMeter _meter;
        private readonly StepCounter _stepCounter = new StepCounter();
        private readonly ActivityClassifier _classifier = new ActivityClassifier();
        private readonly MotionGate _gate;
        private readonly FixScheduler _scheduler;
        private readonly WallClock _clock = new WallClock();
        private readonly FallDetector _fallDetector;
        private readonly FallMonitor _fall;
        private readonly WearerTimers _timers;
        private readonly AlarmDesk _alarms;
        private readonly BatteryMonitor _battery;
        private readonly FaultMonitor _faults = new FaultMonitor();
        private readonly SelfTest _selfTest = new SelfTest();
        private readonly EventTrace _trace = new EventTrace();
        private readonly ReportBuilder _builder = new ReportBuilder();
        private readonly ReportSchedule _schedule;
        private readonly ReportQueue _queue;
        private readonly SavedState _saved;
        private readonly UplinkPolicy _policy;
        private readonly Command _command = new Command();
        private readonly byte[] _frame = new byte[JournalRecord.PayloadSizeMax];
        private readonly byte[] _downlink = new byte[DownlinkSizeMax];

        private bool _started;
        private bool _resumed;
        private bool _stateDirty;
        private bool _restart;
        private bool _directUnderWay;
        private bool _gnssWasOn;
        private long _gnssHeardMs;
        private long _flashRetryMs;
        private int _sosPresses;
        private int _droppedReported;
        private uint _stepsBeforeStart;
        private IndicatorPattern _pattern;

        /// <summary>A tracker that begins anew, or goes on with what an earlier one left in the storage.</summary>
        public Tracker(TrackerProfile profile, ISegmentStorage storage, IUplink uplink, uint entropy)
            : this(profile, storage, uplink, entropy, BootReason.Unknown)
        {
        }

        /// <summary>The same, told why the device started. <paramref name="entropy"/>: any number the device has not had before, from a hardware source.</summary>
        public Tracker(TrackerProfile profile, ISegmentStorage storage, IUplink uplink, uint entropy, BootReason bootReason)
        {
            _profile = profile;
            _uplink = uplink;
            _bootReason = bootReason;
            _meter = new ActivityMeter(profile.ActiveLevelMg);
            _gate = new MotionGate(profile);
            _scheduler = new FixScheduler(profile);
            _fallDetector = new FallDetector(profile);
            _fall = new FallMonitor(profile);
            _timers = new WearerTimers(profile);
            _battery = new BatteryMonitor(profile);
            _schedule = new ReportSchedule(profile);
            _queue = new ReportQueue(storage, entropy);
            _saved = new SavedState(_queue.State);
            _alarms = new AlarmDesk(profile, _queue);
            _policy = new UplinkPolicy(entropy);
        }

        /// <summary>Where the motion gate stands.</summary>
        public MotionState MotionState { get { return _gate.State; } }

        /// <summary>What the wearer is doing.</summary>
        public ActivityCode Activity { get { return _classifier.Activity; } }

        /// <summary>What has become of an impact.</summary>
        public FallState FallState { get { return _fall.State; } }

        /// <summary>What the receiver is being used for.</summary>
        public SearchState SearchState { get { return _scheduler.State; } }

        /// <summary>Where the policy stands with the link.</summary>
        public UplinkState UplinkState { get { return _policy.State; } }

        /// <summary>Whether the queue knows what is in flash; true a few steps after the start.</summary>
        public bool IsRecovered { get { return _queue.IsRecovered; } }

        /// <summary>Reports waiting for the server.</summary>
        public int QueueCount { get { return _queue.Count; } }

        /// <summary>Alarms that no person has acknowledged yet.</summary>
        public int OpenAlarms { get { return _alarms.Count; } }

        /// <summary>Steps of this foot since the epoch began.</summary>
        public uint StepsTotal { get { return _stepsBeforeStart + _stepCounter.Steps; } }

        /// <summary>Numbering of the device; meaningful once recovered.</summary>
        public ushort Epoch { get { return _queue.Epoch; } }

        /// <summary>Sequence the next report will have; meaningful once recovered.</summary>
        public uint NextSequence { get { return _queue.NextSequence; } }

        /// <summary>Reports accepted (on flash) since the start.</summary>
        public int AcceptedReports { get { return _queue.Accepted; } }

        /// <summary>Reports the server has acknowledged since the start.</summary>
        public int AcknowledgedReports { get { return _queue.Acknowledged; } }

        /// <summary>Accepted reports dropped since the start because the ring was full.</summary>
        public int DroppedReports { get { return _queue.Dropped; } }

        /// <summary>Accepted reports found unreadable since the start.</summary>
        public int CorruptedReports { get { return _queue.Corrupted; } }

        /// <summary>Records appended to flash since the start.</summary>
        public int FlashAppends { get { return _queue.Appends; } }

        /// <summary>Segments erased since the start.</summary>
        public int FlashErases { get { return _queue.Erases; } }

        /// <summary>Fixes taken since the start.</summary>
        public int FixesTaken { get { return _scheduler.Taken; } }

        /// <summary>Searches begun since the start.</summary>
        public int Searches { get { return _scheduler.Searches; } }

        /// <summary>Links opened since the start.</summary>
        public int Contacts { get { return _policy.Contacts; } }

        /// <summary>Downlink frames refused since the start.</summary>
        public int BadCommands;

        /// <summary>Fixes and events lost since the start because nothing could be accepted for too long.</summary>
        public int LostContents { get { return _builder.Lost; } }

        /// <summary>Bit per part that counts as failed: see <see cref="FaultMonitor"/>.</summary>
        public int FailedParts { get { return _faults.Failed; } }

        /// <summary>The last things that happened inside.</summary>
        public EventTrace Trace { get { return _trace; } }

        /// <summary>Begins the self-test, as the command does; its result is an event. On the bench the board asks for it.</summary>
        public void BeginSelfTest(long nowMs)
        {
            _selfTest.Begin(nowMs);
            _scheduler.Request(nowMs);
            _policy.Hurry(nowMs);
        }

        /// <summary>
        /// After a start that was a wake from deep sleep, before the first step: takes up what was left on flash, with one read.
        /// Returns where the device's clock stands, ms, for the board to count on from; 0 where there is nothing to take up, or
        /// the start was another: then the device begins anew. <paramref name="rtcMs"/>: as <see cref="TrackerInputs.RtcMs"/>.
        /// </summary>
        public long Wake(long rtcMs)
        {
            return 0;
        }

        /// <summary>
        /// Decides one step. <paramref name="nowMs"/> counts from the start of the device and never goes back. The uplink
        /// is opened and closed here too; <see cref="TrackerOutputs.LinkWanted"/> says the same to the board.
        /// </summary>
        public void Step(TrackerInputs inputs, TrackerOutputs outputs, long nowMs)
        {
            if (!_started) Start(nowMs);
            Recover(inputs.SosPresses > 0, nowMs);
            _battery.Update(inputs, _builder, nowMs);
            int stepsNow = FollowMotion(inputs, nowMs);
            FollowSafety(inputs, nowMs);
            FollowLocation(inputs, nowMs);
            _classifier.Update(_gate, _meter, _stepCounter, stepsNow, nowMs);
            _faults.Update(_builder, nowMs);
            if (_selfTest.Runs) FollowSelfTest(inputs, nowMs);
            FollowReports(nowMs);
            FollowUplink(nowMs);
            Decide(outputs, nowMs);
        }

        private void Start(long nowMs)
        {
            _started = true;
            _stepCounter.Reset();
            _builder.AddEvent(EventCode.Started, nowMs, (int)_bootReason);
            // The first fix gives the device its time, and the server its place. A wake from deep sleep has both.
            if (_bootReason != BootReason.WakePin && _bootReason != BootReason.WakeTimer) _scheduler.Begin();
            Show(IndicatorPattern.Ready);
        }

        // One segment of flash a step, so that the wearer comes first; all of it at once where an alarm must be written.
        private void Recover(bool alarm, long nowMs)
        {
            if (_queue.IsRecovered)
            {
                if (!_resumed) Resume(nowMs);
                return;
            }

            for (int i = 0; i < RecoverStepsMax; i++)
            {
                if (_queue.Recover() || !alarm) break;
            }

            if (_queue.IsRecovered) Resume(nowMs);
        }

        // Enough for the largest ring (256 segments, each tried three times).
        private const int RecoverStepsMax = 256 * ReportQueue.ReadAttemptsMax + 1;

        private void Resume(long nowMs)
        {
            _resumed = true;
            _stepsBeforeStart = _queue.StepsTotal;
            _saved.Starts++;
            _alarms.Resume(nowMs);
        }

        private int FollowMotion(TrackerInputs inputs, long nowMs)
        {
            if (inputs.AccelerometerFault) _faults.Fault(FaultMonitor.Accelerometer, nowMs);
            else if (inputs.SampleCount > 0) _faults.Well(FaultMonitor.Accelerometer);

            bool newWindow = false;
            bool active = false;
            int stepsNow = 0;
            int count = inputs.SampleCount < TrackerInputs.SamplesMax ? inputs.SampleCount : TrackerInputs.SamplesMax;
            int periodMs = inputs.SamplePeriodMs > 0 ? inputs.SamplePeriodMs : _profile.SamplePeriodMs;
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

                _stepCounter.Feed(x, y, z, periodMs);
                stepsNow += _stepCounter.JustCounted;
                if (_fallDetector.Feed(x, y, z, periodMs))
                {
                    long sampleMs = nowMs - (long)(count - 1 - i) * periodMs;
                    SuspectFall(sampleMs - _fallDetector.ImpactAgeMs, nowMs);
                }
            }

            if (inputs.FreeFallInterrupt) _fallDetector.FreeFall();

            MotionState before = _gate.State;
            _gate.Update(inputs.WakeInterrupt || inputs.FreeFallInterrupt, newWindow, active, nowMs);
            if (_gate.State != before) GateChanged(before, nowMs);
            return stepsNow;
        }

        private void GateChanged(MotionState before, long nowMs)
        {
            _trace.Add(TraceCode.Gate, (int)_gate.State, nowMs);
            if (before == MotionState.Stationary)
            {
                _meter.Reset();
                _stepCounter.Reset();
            }

            if (_gate.JustOpened)
            {
                _builder.AddEvent(EventCode.MovingSince, _gate.MovingSinceMs, 0);
                _schedule.Resumed();
            }

            if (_gate.JustClosed)
            {
                _builder.AddEvent(EventCode.Stopped, _gate.LastActiveMs, 0);
                _scheduler.Finish(_stepCounter.Steps);
                _schedule.Stopped(nowMs);
            }
        }

        private void SuspectFall(long impactMs, long nowMs)
        {
            // A shoe on the charger is not worn: whoever knocked it over is well.
            if (!_battery.Charging) _fall.Suspect(impactMs, _fallDetector.ImpactMg, _stepCounter.Steps, _builder, nowMs);
        }

        private void FollowSafety(TrackerInputs inputs, long nowMs)
        {
            for (int i = 0; i < inputs.SosPresses; i++)
            {
                // Past the bound of one report's events the presses still count in the value.
                _sosPresses++;
                if (i < SosEventsMax) _builder.AddEvent(EventCode.Sos, nowMs, _sosPresses);
            }

            bool pressed = inputs.CancelPresses > 0;
            bool claimed = _fall.State != FallState.Upright;
            _fall.Update(pressed, _gate.LastActiveMs, _stepCounter.Steps, _builder, nowMs);
            _timers.Update(pressed && !claimed, _battery.Charging, _gate.LastActiveMs, _builder, nowMs);
            if (_builder.HasAlarm) _scheduler.Request(nowMs);
            _alarms.Update(nowMs);
        }

        // More presses than this between two steps (half a second) are bounces.
        private const int SosEventsMax = 8;

        private void FollowLocation(TrackerInputs inputs, long nowMs)
        {
            GnssFix solution = null;
            if (inputs.HasFix && inputs.Fix.Valid && _clock.Learn(inputs.Fix.TimeS, nowMs)) solution = inputs.Fix;

            bool blind = _faults.HasFailed(FaultMonitor.Accelerometer);
            bool riding = blind || _classifier.Activity == ActivityCode.Riding;
            int intervalS = _profile.FixIntervalS * _battery.IntervalFactor;
            if (blind && intervalS < BlindIntervalS) intervalS = BlindIntervalS;

            SearchState before = _scheduler.State;
            _scheduler.Update(_gate.IsOpen || blind, riding, _stepCounter.Steps, intervalS, solution, nowMs);
            if (_scheduler.State != before) _trace.Add(TraceCode.Search, (int)_scheduler.State, nowMs);
            if (_scheduler.JustTaken)
            {
                _builder.AddFix(_scheduler.Fix, nowMs);
                if (_scheduler.WasUrgent) _builder.Hurry();
            }

            if (_scheduler.JustFailed)
            {
                _builder.AddEvent(EventCode.GnssTimeout, nowMs, _scheduler.LastSearchS);
                if (_scheduler.WasUrgent) _builder.Hurry();
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
            for (int part = 0; inputs.PartsTested && part < SelfTest.Gnss; part++) _selfTest.Note(part, (inputs.PartsFailed & 1 << part) == 0);
            if (inputs.GnssBytes > 0) _selfTest.Note(SelfTest.Gnss, true);
            if (_uplink.State == LinkState.Open) _selfTest.Note(SelfTest.Radio, true);
            if (_queue.IsRecovered && _selfTest.Awaits(SelfTest.Flash)) _selfTest.Note(SelfTest.Flash, _queue.TryProveFlash());
            if (!_selfTest.HasEnded(nowMs)) return;
            _builder.AddEvent(EventCode.SelfTest, nowMs, _selfTest.Failed);
            _builder.Hurry();
        }

        private void FollowReports(long nowMs)
        {
            if (!_queue.IsRecovered) return;
            if (_builder.HasFrame && nowMs >= _flashRetryMs) HandOver(nowMs);
            int batchAgeS = _profile.BatchAgeS * _battery.IntervalFactor;
            if (_builder.HasFrame || !_schedule.IsDue(_builder, _scheduler.IsAwaited, batchAgeS, nowMs)) return;
            Close(batchAgeS, nowMs);
            HandOver(nowMs);
        }

        private void Close(int batchAgeS, long nowMs)
        {
            // An alarm says where: the last known place, however old; its age is in the fix itself.
            if (_builder.HasAlarm && _builder.FixCount == 0 && _scheduler.HasFix) _builder.AddFix(_scheduler.Fix, nowMs);
            if (_queue.Dropped != _droppedReported)
            {
                _builder.AddEvent(EventCode.ReportsDropped, nowMs, _queue.Dropped - _droppedReported);
                _droppedReported = _queue.Dropped;
            }

            Report report = _builder.Report;
            report.HasSteps = true;
            report.StepsTotal = StepsTotal;
            report.HasBattery = _battery.IsKnown;
            report.BatteryMv = _battery.Mv;
            report.BatteryPercent = _battery.Percent;
            report.Charging = _battery.Charging;
            report.HasActivity = true;
            report.Activity = _classifier.Activity;
            report.HasContract = true;
            report.NextContactS = _schedule.Promise(_gate.IsOpen, batchAgeS, nowMs);
            report.HasBacklog = _queue.Count > 0;
            report.BacklogReports = _queue.Count;
            report.BacklogAgeS = _queue.OldestAgeS(nowMs);
            _queue.StepsTotal = StepsTotal;
            _builder.Close(_clock, _queue.Epoch, _queue.NextSequence, nowMs);
        }

        private void HandOver(long nowMs)
        {
            if (!_builder.HasFrame) return;   // nothing could be written as a frame
            bool alarm = _builder.FrameIsAlarm;
            uint sequence = _queue.NextSequence;
            if (!_builder.TryHandOver(_queue, nowMs))
            {
                _faults.Fault(FaultMonitor.Flash, nowMs);
                _trace.Add(TraceCode.Refused, _queue.Refused, nowMs);
                _flashRetryMs = nowMs + FlashRetryMs;
                return;
            }

            _directUnderWay = false;
            _faults.Well(FaultMonitor.Flash);
            _trace.Add(TraceCode.Accepted, (int)(long)sequence, nowMs);
            if (!alarm) return;
            _alarms.Add(sequence, nowMs);
            _policy.Hurry(nowMs);
        }

        private void FollowUplink(long nowMs)
        {
            bool progress = false;
            LinkState link = _uplink.State;
            if (_queue.IsRecovered) progress = TakeAcknowledgements(nowMs) | TakeCommands(nowMs);
            if (link == LinkState.Open && _policy.State == UplinkState.Talking) Publish();

            UplinkState before = _policy.State;
            bool direct = IsDirect();
            _policy.Update(_queue.Count > 0 || direct || _selfTest.Awaits(SelfTest.Radio), _queue.AlarmCount > 0 || _builder.FrameIsAlarm, _alarms.IsListening(nowMs), progress, link, nowMs);
            if (_policy.State != before) _trace.Add(TraceCode.Uplink, (int)_policy.State, nowMs);
            if (_policy.JustLost)
            {
                _queue.ForgetUnderWay();
                _directUnderWay = false;
            }

            if (_policy.State == UplinkState.Talking && before == UplinkState.Opening) Publish();
            _queue.NoteStored(_policy.JustLost || _policy.JustRested);
            if (_policy.Wanted && _policy.State != before) _uplink.Open();
            if (!_policy.Wanted && _policy.State != before) _uplink.Close();
            if (_stateDirty) _stateDirty = !_queue.TrySaveState();
        }

        private bool TakeAcknowledgements(long nowMs)
        {
            bool any = false;
            int token;
            while (_uplink.TryTakeAcknowledged(out token))
            {
                if (_directUnderWay && (uint)token == _queue.NextSequence) DirectArrived(nowMs);
                else _queue.Acknowledge((uint)token);
                any = true;
            }

            return any;
        }

        // A report that failed flash will not take goes to the server from RAM, one at a time: nobody's help waits for a
        // storage, nor behind a batch that waits for it. Should the device restart before flash works again, the number may be given a second time and that
        // later report be taken for this one; that is the price, and only then.
        private bool IsDirect()
        {
            return _builder.HasFrame && _faults.HasFailed(FaultMonitor.Flash);
        }

        private void DirectArrived(long nowMs)
        {
            _directUnderWay = false;
            if (_builder.FrameIsAlarm) _alarms.Add(_queue.NextSequence, nowMs);
            _builder.DiscardFrame();
            _queue.SkipSequence();
        }

        // An alarm goes before everything that is not yet under way; what is under way is at most a handful of frames.
        private void Publish()
        {
            uint sequence;
            int length;
            if (IsDirect() && !_directUnderWay) _directUnderWay = _uplink.TryPublish((int)(long)_queue.NextSequence, _builder.Frame, 0, _builder.FrameLength);
            while (_queue.TryPeek(_frame, out sequence, out length))
            {
                if (!_uplink.TryPublish((int)(long)sequence, _frame, 0, length)) return;
                _queue.MarkUnderWay(sequence);
            }
        }

        private bool TakeCommands(long nowMs)
        {
            bool any = false;
            for (int i = 0; i < TrackerInputs.CommandsMax; i++)
            {
                int length = _uplink.TakeDownlink(_downlink);
                if (length == 0) break;
                any = true;
                DecodeResult result = length < 0 ? DecodeResult.TooLong : CommandFrame.TryRead(_downlink, 0, length, _command);
                if (result == DecodeResult.Ok) Obey(nowMs);
                else
                {
                    BadCommands++;
                    _trace.Add(TraceCode.BadCommand, (int)result, nowMs);
                }
            }

            return any;
        }

        private void Obey(long nowMs)
        {
            bool mine = _command.Epoch == _queue.Epoch;
            if (_command.Code == CommandCode.AlarmReceived)
            {
                if (mine) _alarms.Received(_command.Sequence, nowMs);
                return;
            }

            if (_command.Code == CommandCode.AlarmAcknowledged)
            {
                if (mine) _alarms.Acknowledged(_command.Sequence);
                return;
            }

            // The server repeats a command until it sees its effect, and the broker keeps the last one: done once, even
            // across the restart it asked for.
            if (_saved.Knows(_command.Id)) return;
            _saved.Remember(_command.Id);
            _stateDirty = true;
            _trace.Add(TraceCode.Command, (int)_command.Code, nowMs);
            if (_command.Code == CommandCode.LocateNow) _scheduler.Request(nowMs);
            else if (_command.Code == CommandCode.FindMe) Show(IndicatorPattern.FindMe);
            else if (_command.Code == CommandCode.Reboot) _restart = true;
            else if (_command.Code == CommandCode.SelfTest) BeginSelfTest(nowMs);
        }

        private void Decide(TrackerOutputs outputs, long nowMs)
        {
            bool streaming = _gate.State != MotionState.Stationary || _fall.NeedsSamples;
            _gnssWasOn = _scheduler.WantsReceiver;
            outputs.Gnss = _gnssWasOn ? GnssPower.On : GnssPower.Backup;
            outputs.Accelerometer = streaming ? AccelerometerMode.Streaming : AccelerometerMode.WakeOnMotion;
            outputs.LinkWanted = _policy.Wanted;
            outputs.TestParts = _selfTest.Awaits(SelfTest.FuelGauge);
            outputs.MeasureBattery = _battery.TakeMeasureDue(nowMs);
            // A commanded restart waits until the command is known to be done, or it would be done again and again.
            outputs.Restart = _faults.WantsRestart || (_restart && !_stateDirty);
            ChoosePattern();
            outputs.Indicate = _pattern;
            _pattern = IndicatorPattern.None;
            outputs.NextStepMs = NextStepMs(streaming, nowMs);
            outputs.Rest = _policy.Wanted ? RestMode.Awake : RestMode.LightSleep;
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
            if (!_queue.IsRecovered) return nowMs + RecoverStepMs;
            long nextMs = nowMs + StepMaxMs;
            if (streaming) nextMs = nowMs + StreamStepMs;
            else if (_scheduler.WantsReceiver) nextMs = nowMs + RetryMs;
            nextMs = Earlier(nextMs, _gate.NextChangeMs(), nowMs);
            nextMs = Earlier(nextMs, _scheduler.NextChangeMs(_gate.IsOpen, nowMs), nowMs);
            nextMs = Earlier(nextMs, _fall.NextChangeMs(_gate.LastActiveMs), nowMs);
            nextMs = Earlier(nextMs, _timers.NextChangeMs(), nowMs);
            nextMs = Earlier(nextMs, _alarms.NextChangeMs(nowMs), nowMs);
            nextMs = Earlier(nextMs, _policy.NextChangeMs(nowMs), nowMs);
            nextMs = Earlier(nextMs, _battery.NextMeasureMs, nowMs);
            nextMs = Earlier(nextMs, _selfTest.NextChangeMs(), nowMs);
            if (_builder.HasFrame) return Earlier(nextMs, _flashRetryMs, nowMs);
            return Earlier(nextMs, _schedule.DueMs(_builder, _profile.BatchAgeS * _battery.IntervalFactor), nowMs);
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
