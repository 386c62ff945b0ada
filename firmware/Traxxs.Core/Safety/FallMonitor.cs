using Traxxs.Core.Power;
using Traxxs.Core.Uplink;
using Traxxs.Protocol;

namespace Traxxs.Core.Safety
{
    /// <summary>
    /// From a suspected fall to man down or to "all well". Accepts suspicions, movement, steps and the cancel input; emits
    /// FallSuspected at once, then either ManDown or FallCancelled, and the warning the wearer feels.
    /// </summary>
    public sealed class FallMonitor
    {
        /// <summary>Stillness at the end of the cancel window that makes it man down, ms: shorter than the window, for people writhe first.</summary>
        public const int StillMs = 10000;

        /// <summary>Steps after the impact that show the wearer walks again.</summary>
        public const int WalkingSteps = 4;

        /// <summary>Longest a suspicion lasts beyond the cancel window while the wearer neither lies still nor walks, ms; then it is taken back: who moves for five minutes can press SOS.</summary>
        public const int SuspicionMaxMs = 300000;

        private readonly TrackerProfile _profile;
        private long _impactMs;
        private long _suspectedMs;
        private uint _stepsAtImpact;
        private bool _warning;

        /// <summary>A monitor of an upright wearer.</summary>
        public FallMonitor(TrackerProfile profile)
        {
            _profile = profile;
        }

        /// <summary>Where it stands.</summary>
        public FallState State;

        /// <summary>A suspicion arose since last asked: the wearer is to be warned. Asking clears it.</summary>
        public bool TakeWarning()
        {
            bool warning = _warning;
            _warning = false;
            return warning;
        }

        /// <summary>Whether samples are needed whatever the gate says.</summary>
        public bool NeedsSamples
        {
            get { return State == FallState.Suspected; }
        }

        /// <summary>A fall is suspected; the impact was at <paramref name="impactMs"/>.</summary>
        public void Suspect(long impactMs, int impactMg, uint stepsTotal, ReportBuilder report, long nowMs)
        {
            if (State != FallState.Upright) return;
            report.AddEvent(EventCode.FallSuspected, impactMs, impactMg);
            Resume(impactMs, stepsTotal, nowMs);
        }

        /// <summary>The same of a fall that is told already: after a reset within the cancel window, which begins anew.</summary>
        public void Resume(long impactMs, uint stepsTotal, long nowMs)
        {
            _impactMs = impactMs;
            _stepsAtImpact = stepsTotal;
            Enter(FallState.Suspected, nowMs);
        }

        /// <summary>Decides one step.</summary>
        public void Update(bool cancelled, long lastActiveMs, uint stepsTotal, ReportBuilder report, long nowMs)
        {
            bool well = cancelled || stepsTotal - _stepsAtImpact >= WalkingSteps;
            switch (State)
            {
                // From the start, and from the others once the wearer is well. Leaves by Suspect.
                case FallState.Upright:
                    break;

                // From Upright by an impact, or at a start. Leaves to Upright when the wearer cancels, walks, or moves on for minutes; to
                // ManDown when the cancel window is over and there was stillness at its end.
                case FallState.Suspected:
                    long stillMs = nowMs - (lastActiveMs > _suspectedMs ? lastActiveMs : _impactMs);
                    long overMs = nowMs - WindowEndMs();
                    if (well)
                    {
                        TakeBack(report, nowMs);
                    }
                    else if (overMs >= 0 && stillMs >= StillMs)
                    {
                        report.AddEvent(EventCode.ManDown, nowMs, Time.Seconds(stillMs));
                        Enter(FallState.ManDown, nowMs);
                    }
                    else if (overMs >= SuspicionMaxMs)
                    {
                        TakeBack(report, nowMs);
                    }

                    break;

                // From Suspected. The alarm is out and only a person ends the alert; leaves to Upright when the wearer
                // walks or cancels, which is reported, so that the next fall is one of its own.
                case FallState.ManDown:
                    if (well) TakeBack(report, nowMs);
                    break;
            }
        }

        /// <summary>Walks over what a deep sleep must not lose: whether an alarm is out. A suspicion keeps the device from sleeping.</summary>
        public void Keep(Checkpoint checkpoint)
        {
            bool isDown = State == FallState.ManDown;
            checkpoint.Flag(ref isDown);
            State = isDown ? FallState.ManDown : FallState.Upright;
            checkpoint.Long(ref _impactMs);
            checkpoint.UInt(ref _stepsAtImpact);
        }

        /// <summary>When the next update can change the state without new movement.</summary>
        public long NextChangeMs(long lastActiveMs)
        {
            if (State != FallState.Suspected) return long.MaxValue;
            long windowMs = WindowEndMs();
            long stillMs = lastActiveMs + StillMs;
            long nextMs = stillMs > windowMs ? stillMs : windowMs;
            return nextMs < windowMs + SuspicionMaxMs ? nextMs : windowMs + SuspicionMaxMs;
        }

        private long WindowEndMs()
        {
            return _suspectedMs + _profile.Ms(SettingCode.FallCancelS);
        }

        private void TakeBack(ReportBuilder report, long nowMs)
        {
            report.AddEvent(EventCode.FallCancelled, nowMs, Time.Seconds(nowMs - _impactMs));
            Enter(FallState.Upright, nowMs);
        }

        private void Enter(FallState state, long nowMs)
        {
            if (state == FallState.Suspected)
            {
                _suspectedMs = nowMs;
                _warning = true;
            }

            State = state;
        }
    }
}
