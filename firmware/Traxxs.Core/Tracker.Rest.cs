using Traxxs.Core.Diagnostics;
using Traxxs.Core.Motion;
using Traxxs.Core.Ports;
using Traxxs.Core.Power;

namespace Traxxs.Core
{
    /// <summary>Sleep: when a deep one is worth it, what it must not lose, and how the device goes on.</summary>
    public sealed partial class Tracker
    {
        /// <summary>Quiet time before a deep sleep that a fidget does not end, ms: long enough that a tap of the foot too few or a step more finds the device awake.</summary>
        public const int DeepAfterMs = 8000;

        /// <summary>
        /// The same where a fidget ends it. Who stands shifts every half minute, and each wake is a start of 38 mAs; a minute of
        /// light sleep costs 21 mAs.
        /// </summary>
        public const int DeepAfterFidgetMs = 60000;

        // The last movement is soft in a checkpoint, lest each knock cost wear, but for its quarter of an hour: what is taken up may be
        // so much too old, and no more.
        private const int MovedSlotMs = OffFootS * 250;

        private readonly Checkpoint _checkpoint = new Checkpoint();
        private long _keptMs;
        private long _keptRtcMs;
        private long _aheadOnFlashMs;

        // The chip's clock may tell whole seconds only; what SNTP corrects beyond this must not be taken for time asleep.
        private const int ClockStepMs = 2000;

        // The longest that one checkpoint stands: a report is due sooner, and changes it. A longer sleep is a clock that was set.
        private const long SleepMaxMs = 7L * 86400000;

        /// <summary>
        /// After a start that was a wake from deep sleep, before the first step: takes up what was left on flash, with one read.
        /// Returns where the device's clock stands, ms, for the board to count on from; 0 where there is nothing to take up, or
        /// the start was another: then the device begins anew. <paramref name="rtcMs"/>: as <see cref="TrackerInputs.RtcMs"/>.
        /// </summary>
        public long Wake(long rtcMs)
        {
            if ((_bootReason != BootReason.WakePin && _bootReason != BootReason.WakeTimer) || !Queue.TryLoadCheckpoint(_checkpoint)) return 0;
            _checkpoint.Begin(true);
            if (!TryKeep(rtcMs))
            {
                // What was taken up already belongs to a clock that goes on.
                _gate.LastActiveMs = 0;
                _battery.NextMeasureMs = 0;
                Queue.Dropped = 0;
                Queue.Corrupted = 0;
                return 0;
            }

            Written();
            long nowMs = _keptMs + rtcMs - _keptRtcMs;
            TakeUpConfiguration();
            BeginMovement(true);
            _started = true;
            _counted = true;
            _hasIntroduced = true;
            // The chip may have forgotten why its line rose: whatever woke the device, a look at the wearer is right.
            _wokenByPin = _bootReason == BootReason.WakePin;
            return nowMs;
        }

        private bool MayRestDeeply(TrackerOutputs outputs, long nextMs, long nowMs)
        {
            bool quiet = _gate.State == MotionState.Stationary && !_fall.NeedsSamples && Scheduler.IsQuiet() && !_policy.Wanted
                && nowMs - _gate.LastActiveMs >= (IsFidgetAwaited(nowMs) ? DeepAfterFidgetMs : DeepAfterMs) && nextMs - nowMs >= PowerCosts.DeepSleepMinMs;
            bool kept = Queue.IsRecovered && !_builder.HasContent && !_builder.HasFrame && !_builder.IsUrgent && !_stateDirty && _alarms.AreReceived();
            bool idle = outputs.Indicate == IndicatorPattern.None && !outputs.MeasureBattery && !_battery.Charging && !SelfTest.Runs
                && !_restart && !IsUpdating && _faults.Failed == 0;
            return quiet && kept && idle;
        }

        private void Written()
        {
            _checkpoint.Written();
            _aheadOnFlashMs = _keptMs - _keptRtcMs;
        }

        // A checkpoint that flash has already but for the time is as good: the time asleep is counted from its own, unless the chip's
        // clock was set since.
        private bool TryCheckpoint(long rtcMs, long nowMs)
        {
            _keptMs = nowMs;
            _keptRtcMs = rtcMs;
            _checkpoint.Begin(false);
            TryKeep(rtcMs);
            long stepMs = _keptMs - _keptRtcMs - _aheadOnFlashMs;
            if (_checkpoint.IsOnFlash && stepMs <= ClockStepMs && stepMs >= -ClockStepMs) return true;
            if (!Queue.TrySaveCheckpoint(_checkpoint)) return false;
            Written();
            return true;
        }

        // False, where it is taken up: it cannot be of the sleep that has ended, or flash is not as it was left.
        private bool TryKeep(long rtcMs)
        {
            Checkpoint checkpoint = _checkpoint;
            int version = Checkpoint.Version;
            checkpoint.Int(ref version);
            checkpoint.Long(ref _keptMs);
            checkpoint.Long(ref _keptRtcMs);
            if (version != Checkpoint.Version || rtcMs < _keptRtcMs || rtcMs - _keptRtcMs > SleepMaxMs) return false;
            _gate.Keep(checkpoint);
            _battery.KeepLevel(checkpoint);
            if (!Queue.TryKeep(checkpoint)) return false;
            _clock.Keep(checkpoint);
            Scheduler.Keep(checkpoint);
            _fall.Keep(checkpoint);
            _timers.Keep(checkpoint);
            _alarms.Keep(checkpoint);
            _battery.Keep(checkpoint);
            _schedule.Keep(checkpoint);
            _policy.Keep(checkpoint);
            _faults.Keep(checkpoint);
            int movedSlot = (int)(_gate.LastActiveMs / MovedSlotMs);
            checkpoint.Int(ref movedSlot);
            checkpoint.Int(ref _sosPresses);
            checkpoint.Int(ref _droppedReported);
            checkpoint.UInt(ref _stepCounter.Steps);
            checkpoint.UInt(ref _stepsBeforeStart);
            checkpoint.Flag(ref _shoeOff);
            checkpoint.UInt(ref _untimedFrom);
            checkpoint.Flag(ref _isTimed);
            return true;
        }
    }
}
