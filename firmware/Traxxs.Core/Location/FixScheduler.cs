using Traxxs.Core.Power;
using Traxxs.Protocol;

namespace Traxxs.Core.Location
{
    /// <summary>What the receiver is being used for.</summary>
    public enum SearchState : byte
    {
        /// <summary>Receiver in backup.</summary>
        Idle = 0,

        /// <summary>Receiver on, a fix is wanted.</summary>
        Searching = 1,
    }

    /// <summary>
    /// Decides when the GNSS receiver runs. Accepts the gate, the step count, requests and the receiver's solutions; emits
    /// the wanted power and the fixes worth reporting. Standing and fidgeting cost no fix, a roof costs a bounded search.
    /// Between two fixes the receiver is warm on its backup supply; main supply is never kept on for the next fix, because
    /// that costs more than finding the sky again from <see cref="WarmPaysS"/> on, and no interval is that short.
    /// </summary>
    public sealed class FixScheduler
    {
        /// <summary>
        /// Interval below which a receiver left tracking would cost less than one that starts hot, s: a hot start at acquisition
        /// current against the whole interval at tracking current, the controller beside both.
        /// </summary>
        public const int WarmPaysS = (int)((long)PowerCosts.HotFixMs * (PowerCosts.GnssAcquiringUa + PowerCosts.ControllerActiveUa)
            / (PowerCosts.GnssTrackingUa + PowerCosts.ControllerActiveUa) / 1000) + 1;

        private const byte WarmNeverPays = WarmPaysS <= TrackerProfile.FixIntervalMinS ? 0 : -1;

        /// <summary>How long a coarse fix may improve before the best one is taken, ms. Five solutions: what a hot start needs to settle.</summary>
        public const int ImproveMs = 5000;

        /// <summary>Longest search for an alarm or a request, s: a person waits for it.</summary>
        public const int UrgentTimeoutS = 120;

        /// <summary>
        /// Longest search while the receiver still has its ephemerides, s. A hot start takes 1 to 3 s, under weak signals some times
        /// that; what has not come in 20 s is mostly under a roof. Every second search in a row gets the whole time all the same.
        /// </summary>
        public const int HotTimeoutS = 20;

        /// <summary>Shortest search whose fix has brought new ephemerides, s: one set of subframes takes 18 (IS-GPS-200 20.3.3).</summary>
        public const int EphemerisS = 18;

        /// <summary>How long a start is hot after ephemerides came, ms: they hold four hours (SAM-M10Q guide); the last half is not counted on.</summary>
        public const long HotWindowMs = 7 * 1800 * 1000;

        /// <summary>Fastest a wearer who is carried can be believed to travel, m/s: a fast train.</summary>
        public const int RideMaxMS = 70;

        /// <summary>Farthest one step of one foot (two steps of a runner) carries, m.</summary>
        public const int StrideMaxM = 3;

        /// <summary>Longest that one takes in a slow walk, s: a ride nobody noticed has at most the time that steps do not fill.</summary>
        public const int StrideMaxS = 2;

        /// <summary>What a wearer on foot can be off beyond the steps counted, m: steps not counted, a lift, the error of the last fix.</summary>
        public const int FootSlackM = 50;

        /// <summary>Searches in a row that may end in doubt before one that somebody waits for has failed: the third is the word of two against one.</summary>
        public const int DoubtsMax = 3;

        private readonly TrackerProfile _profile;
        private readonly FixFilter _filter;
        private readonly GnssFix _best = new GnssFix();
        private bool _hasBest;
        private long _firstValidMs;
        private long _searchStartedMs;
        private long _nextDueMs;
        private long _ephemerisMs;
        private int _failures;
        private int _doubts;
        private uint _stepsAtFix;
        private uint _stepsAtSearch;
        private bool _urgent;
        private bool _final;

        /// <summary>A scheduler with the receiver off.</summary>
        public FixScheduler(TrackerProfile profile)
        {
            _profile = profile;
            _filter = new FixFilter(profile);
        }

        /// <summary>What the receiver is being used for.</summary>
        public SearchState State;

        /// <summary>The newest fix that was taken; meaningful with <see cref="HasFix"/>.</summary>
        public readonly GnssFix Fix = new GnssFix();

        /// <summary>Whether a fix was ever taken.</summary>
        public bool HasFix;

        /// <summary>When <see cref="Fix"/> was taken.</summary>
        public long FixMs;

        /// <summary>A fix was taken in the last update.</summary>
        public bool JustTaken;

        /// <summary>A search ended in vain in the last update.</summary>
        public bool JustFailed;

        /// <summary>Someone waited for the search that ended last: it was asked for or for an alarm.</summary>
        public bool WasUrgent;

        /// <summary>Seconds of the search that ended last.</summary>
        public int LastSearchS;

        /// <summary>Fixes taken since the start.</summary>
        public int Taken;

        /// <summary>Searches begun since the start.</summary>
        public int Searches;

        /// <summary>Searches that found nothing since the start.</summary>
        public int SearchesInVain;

        /// <summary>Whether a search that someone waits for is under way: request, alarm or the last fix of a walk.</summary>
        public bool IsAwaited()
        {
            return _urgent || _final;
        }

        /// <summary>Whether the receiver is off and nobody wants it.</summary>
        public bool IsQuiet()
        {
            return State == SearchState.Idle && !_urgent && !_final;
        }

        /// <summary>A person or an alarm wants a fix now, whatever the gate and the back-off say.</summary>
        public void Request(long nowMs)
        {
            if (State == SearchState.Searching && !_urgent) _searchStartedMs = nowMs;
            _urgent = true;
        }

        /// <summary>The device has started: one search for time and place, bounded like any other.</summary>
        public void Begin()
        {
            _final = true;
        }

        /// <summary>The receiver is kept off: a search begins when it no longer is.</summary>
        public void Hold(long nowMs)
        {
            _searchStartedMs = nowMs;
        }

        /// <summary>The walk has ended; where, is worth one fix if it went anywhere since the last.</summary>
        public void Finish(uint stepsTotal)
        {
            if (stepsTotal - _stepsAtSearch >= (uint)_profile[SettingCode.FixStepsMin] && _failures == 0) _final = true;
        }

        /// <summary>
        /// Decides one step. <paramref name="open"/>: the gate is open. <paramref name="riding"/>: movement without steps
        /// counts. <paramref name="solution"/>: the receiver's newest solution, or null.
        /// </summary>
        public void Update(bool open, bool riding, uint stepsTotal, int intervalS, GnssFix solution, long nowMs)
        {
            JustTaken = false;
            JustFailed = false;
            switch (State)
            {
                // From the start and from Searching. Leaves to Searching when a fix is due or asked for.
                case SearchState.Idle:
                    if (IsDue(open, riding, stepsTotal, nowMs)) Enter(SearchState.Searching, nowMs);
                    break;

                // From Idle. Leaves with a fix, in doubt where the receiver insists on a far place, or in vain at the time limit; a
                // wearer who stops meanwhile gets the last fix of the walk from it.
                case SearchState.Searching:
                    if (solution != null) Consider(solution, riding, stepsTotal, nowMs);
                    bool late = nowMs - _searchStartedMs >= TimeoutMs();
                    // A coarse fix that never settled is better than none.
                    if (_hasBest && (late || IsSettled(nowMs))) Take(stepsTotal, intervalS, nowMs);
                    else if (late) Give(stepsTotal, intervalS, nowMs);
                    else if (!_hasBest && _filter.Insists) Doubt(stepsTotal, intervalS, nowMs);
                    break;
            }
        }

        /// <summary>When the next update can change the state without new input.</summary>
        public long NextChangeMs(bool open, long nowMs)
        {
            if (State == SearchState.Searching) return _searchStartedMs + TimeoutMs();
            if (_urgent || _final) return nowMs;
            return open && _nextDueMs > nowMs ? _nextDueMs : long.MaxValue;
        }

        /// <summary>Walks over what a deep sleep must not lose; the device sleeps while the receiver is in backup.</summary>
        public void Keep(Checkpoint checkpoint)
        {
            checkpoint.Flag(ref HasFix);
            checkpoint.Long(ref FixMs);
            checkpoint.Long(ref _ephemerisMs);
            checkpoint.UInt(ref Fix.TimeS);
            checkpoint.Int(ref Fix.LatitudeE7);
            checkpoint.Int(ref Fix.LongitudeE7);
            checkpoint.UInt(ref Fix.AccuracyMm);
            checkpoint.Long(ref _nextDueMs);
            checkpoint.Int(ref _failures);
            checkpoint.UInt(ref _stepsAtFix);
            checkpoint.UInt(ref _stepsAtSearch);
            checkpoint.Int(ref Searches);
            checkpoint.Int(ref SearchesInVain);
        }

        private bool IsDue(bool open, bool riding, uint stepsTotal, long nowMs)
        {
            if (_urgent || _final) return true;
            if (!open || nowMs < _nextDueMs) return false;
            return riding || stepsTotal - _stepsAtSearch >= (uint)_profile[SettingCode.FixStepsMin];
        }

        private void Consider(GnssFix solution, bool riding, uint stepsTotal, long nowMs)
        {
            long steps = stepsTotal - _stepsAtFix;
            long sinceS = (nowMs - FixMs) / 1000 + 1;
            long footM = steps * StrideMaxM + FootSlackM;
            long unwalkedS = sinceS - steps * StrideMaxS;
            long rideM = footM + (unwalkedS > 0 ? unwalkedS * RideMaxMS : 0);
            if (!_filter.Accepts(solution, HasFix ? Fix : null, riding ? sinceS * RideMaxMS : footM, rideM, _urgent)) return;
            if (!_hasBest) _firstValidMs = nowMs;
            if (!_hasBest || solution.AccuracyMm <= _best.AccuracyMm) _best.CopyFrom(solution);
            _hasBest = true;
        }

        private bool IsSettled(long nowMs)
        {
            return _best.AccuracyMm <= (uint)_profile[SettingCode.AccuracyGoodM] * 1000u || nowMs - _firstValidMs >= ImproveMs;
        }

        private long TimeoutMs()
        {
            if (_urgent) return UrgentTimeoutS * 1000L;
            bool hot = HasFix && _searchStartedMs - _ephemerisMs < HotWindowMs && (_failures & 1) == 0 && _profile[SettingCode.SearchTimeoutS] > HotTimeoutS;
            return (hot ? HotTimeoutS : _profile[SettingCode.SearchTimeoutS]) * 1000L;
        }

        private void Take(uint stepsTotal, int intervalS, long nowMs)
        {
            Fix.CopyFrom(_best);
            if (!HasFix || nowMs - _searchStartedMs >= EphemerisS * 1000L) _ephemerisMs = nowMs;
            HasFix = true;
            FixMs = nowMs;
            JustTaken = true;
            Taken++;
            _failures = 0;
            _doubts = 0;
            _nextDueMs = nowMs + Time.Ms(intervalS);
            Close(stepsTotal, nowMs);
        }

        private void Give(uint stepsTotal, int intervalS, long nowMs)
        {
            // Indoors the next search waits twice as long each time, up to the profile's bound.
            long waitS = intervalS;
            for (int i = 0; i < _failures && waitS < _profile[SettingCode.SearchBackoffMaxS]; i++) waitS *= 2;
            if (waitS > _profile[SettingCode.SearchBackoffMaxS]) waitS = _profile[SettingCode.SearchBackoffMaxS];
            if (_failures < int.MaxValue) _failures++;
            _nextDueMs = nowMs + waitS * 1000;
            JustFailed = true;
            SearchesInVain++;
            Close(stepsTotal, nowMs);
        }

        // A far place is asked of another start of the receiver: at once where somebody waits, else when the next is due anyway.
        private void Doubt(uint stepsTotal, int intervalS, long nowMs)
        {
            _doubts++;
            bool again = _urgent && _doubts < DoubtsMax;
            if (!again) _doubts = 0;
            _nextDueMs = nowMs + Time.Ms(intervalS);
            JustFailed = !again;
            SearchesInVain++;
            Close(stepsTotal, nowMs);
            _urgent = again;
        }

        private void Close(uint stepsTotal, long nowMs)
        {
            LastSearchS = Time.Seconds(nowMs - _searchStartedMs);
            _stepsAtSearch = stepsTotal;
            if (JustTaken) _stepsAtFix = stepsTotal;
            WasUrgent = _urgent;
            _urgent = false;
            _final = false;
            _filter.EndSearch(JustTaken);
            Enter(SearchState.Idle, nowMs);
        }

        private void Enter(SearchState state, long nowMs)
        {
            if (state == SearchState.Searching)
            {
                _searchStartedMs = nowMs;
                Searches++;
            }

            _hasBest = false;
            State = state;
        }
    }
}
