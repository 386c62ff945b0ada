using Traxxs.Core.Power;
using Traxxs.Protocol;

namespace Traxxs.Core.Motion
{
    /// <summary>
    /// Opens for sustained movement and closes after sustained stillness; everything that costs energy stands behind it.
    /// Accepts the wake-up interrupt and windows of activity; emits its state and when movement began or ended.
    /// </summary>
    public sealed class MotionGate
    {
        private readonly TrackerProfile _profile;
        private long _enteredMs;

        /// <summary>A gate that begins stationary.</summary>
        public MotionGate(TrackerProfile profile)
        {
            _profile = profile;
        }

        /// <summary>Where the gate stands.</summary>
        public MotionState State;

        /// <summary>When the movement began that opened the gate; meaningful while moving or settling.</summary>
        public long MovingSinceMs;

        /// <summary>The last movement seen.</summary>
        public long LastActiveMs;

        /// <summary>The movement that opened the gate carries the wearer somewhere; given by who counts steps.</summary>
        public bool Travels;

        /// <summary>The gate opened in the last update.</summary>
        public bool JustOpened;

        /// <summary>The gate closed in the last update, after having been open.</summary>
        public bool JustClosed;

        /// <summary>Whether the gate is open: moving, or not yet surely stopped.</summary>
        public bool IsOpen
        {
            get { return State == MotionState.Moving || State == MotionState.Settling; }
        }

        /// <summary>
        /// Decides one step. <paramref name="woken"/>: the wake-up interrupt fired. <paramref name="newWindow"/>: a window
        /// of activity ended at <paramref name="nowMs"/>, and <paramref name="active"/> says whether it showed movement.
        /// </summary>
        public void Update(bool woken, bool newWindow, bool active, long nowMs)
        {
            JustOpened = false;
            JustClosed = false;
            bool moved = newWindow && active;
            if (moved) LastActiveMs = nowMs;
            bool quiet = nowMs - LastActiveMs >= QuietMaxMs();

            switch (State)
            {
                // From the start and from Waking and Settling when nothing lasts. Leaves by the wake-up interrupt, or by
                // activity where samples come anyway. Exists so that a shoe in a cupboard costs microamperes.
                case MotionState.Stationary:
                    if (woken || moved) Enter(MotionState.Waking, nowMs);
                    break;

                // From Stationary by a knock. A single knock wakes the sensor; only sustained activity opens the gate.
                // Leaves to Moving when activity has lasted, back to Stationary when there was none for a while.
                case MotionState.Waking:
                    if (quiet) Enter(MotionState.Stationary, nowMs);
                    else if (moved && nowMs - _enteredMs >= _profile[SettingCode.WakeWindowMs]) Enter(MotionState.Moving, nowMs);
                    break;

                // From Waking and Settling. Leaves to Settling at the first quiet seconds: a wearer who waits at a
                // crossing is not yet still.
                case MotionState.Moving:
                    if (quiet) Enter(MotionState.Settling, nowMs);
                    break;

                // From Moving. Leaves to Moving by any activity, to Stationary when the quiet has lasted. Exists so that
                // short stops neither end a walk nor power the receiver; movement that led nowhere ends sooner.
                case MotionState.Settling:
                    if (moved) Enter(MotionState.Moving, nowMs);
                    else if (quiet) Enter(MotionState.Stationary, nowMs);
                    break;
            }
        }

        /// <summary>Walks over what a deep sleep must not lose; asleep the gate is stationary.</summary>
        public void Keep(Checkpoint checkpoint)
        {
            checkpoint.Long(ref LastActiveMs);
        }

        /// <summary>When the next update can change the state without new activity; <see cref="long.MaxValue"/> where none can.</summary>
        public long NextChangeMs()
        {
            return State == MotionState.Stationary ? long.MaxValue : LastActiveMs + QuietMaxMs();
        }

        // How long it may be quiet before the state is left; movement that led nowhere settles sooner.
        private int QuietMaxMs()
        {
            int settleMs = _profile[SettingCode.SettleAfterMs];
            int stillMs = _profile[SettingCode.StillAfterMs];
            switch (State)
            {
                case MotionState.Waking: return _profile[SettingCode.WakeQuietMs];
                case MotionState.Settling: return Travels || 2 * settleMs > stillMs ? stillMs : 2 * settleMs;
                default: return settleMs;
            }
        }

        private void Enter(MotionState state, long nowMs)
        {
            if (state == MotionState.Waking)
            {
                // The knock itself counts as the last activity, so that Waking waits a while for more.
                MovingSinceMs = nowMs;
                LastActiveMs = nowMs;
            }

            JustOpened = state == MotionState.Moving && State == MotionState.Waking;
            if (JustOpened) Travels = false;
            JustClosed = state == MotionState.Stationary && State == MotionState.Settling;
            State = state;
            _enteredMs = nowMs;
        }
    }
}
