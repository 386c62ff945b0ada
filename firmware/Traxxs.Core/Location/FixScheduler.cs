namespace Traxxs.Core.Location
{
    /// <summary>What the receiver is being used for.</summary>
    public enum SearchState : byte
    {
        /// <summary>Receiver in backup.</summary>
        Idle = 0,

        /// <summary>Receiver on, a fix is wanted.</summary>
        Searching = 1,

        /// <summary>Receiver kept on between two fixes, because that is cheaper than finding the sky again.</summary>
        Holding = 2,
    }

    /// <summary>
    /// Decides when the GNSS receiver runs. Accepts the gate, the step count, requests and the receiver's solutions; emits
    /// the wanted power and the fixes worth reporting. Standing and fidgeting cost no fix, a roof costs a bounded search.
    /// </summary>
    public sealed class FixScheduler
    {
        /// <summary>
        /// Interval up to which the receiver stays on between fixes, s. A MAX-M10S tracks at about 10 mA; a hot start costs
        /// about 1 s of acquisition plus 3-5 s until accuracy settles at 12 mA, with the microcontroller awake beside it at
        /// 25 mA: 6 s × 37 mA = 222 mAs. Tracking for T seconds costs 10 mA × T: even at T = 22 s; below it, warm is cheaper.
        /// </summary>
        public const int KeepWarmS = 20;

        /// <summary>How long a coarse fix may improve before the best one is taken, ms. Five solutions: what a hot start needs to settle.</summary>
        public const int ImproveMs = 5000;

        /// <summary>Longest search for an alarm or a request, s: a person waits for it.</summary>
        public const int UrgentTimeoutS = 120;

        private readonly TrackerProfile _profile;
        private readonly FixFilter _filter;
        private readonly GnssFix _best = new GnssFix();
        private bool _hasBest;
        private long _firstValidMs;
        private long _searchStartedMs;
        private long _nextDueMs;
        private int _failures;
        private uint _stepsAtFix;
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

        /// <summary>Solutions refused by the filter since the start.</summary>
        public int Refused
        {
            get { return _filter.Refused; }
        }

        /// <summary>Whether the receiver should run.</summary>
        public bool WantsReceiver
        {
            get { return State != SearchState.Idle; }
        }

        /// <summary>Whether a search that someone waits for is under way: request, alarm or the last fix of a walk.</summary>
        public bool IsAwaited
        {
            get { return State == SearchState.Searching && (_urgent || _final); }
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

        /// <summary>The walk has ended; where, is worth one fix if it went anywhere since the last.</summary>
        public void Finish(uint stepsTotal)
        {
            if (stepsTotal - _stepsAtFix >= (uint)_profile.FixStepsMin && _failures == 0) _final = true;
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

                // From Idle and Holding. Leaves with a fix, or in vain at the time limit; a wearer who stops meanwhile
                // gets the last fix of the walk from it.
                case SearchState.Searching:
                    if (solution != null) Consider(solution, nowMs);
                    if (_hasBest && IsSettled(nowMs)) Take(stepsTotal, intervalS, open, nowMs);
                    else if (nowMs - _searchStartedMs >= TimeoutMs()) Give(nowMs, stepsTotal, intervalS, open);
                    break;

                // From Searching where the interval is short. Leaves to Searching when the next fix is due, to Idle when
                // the gate closes.
                case SearchState.Holding:
                    if (!open && !_urgent && !_final) Enter(SearchState.Idle, nowMs);
                    else if (IsDue(open, riding, stepsTotal, nowMs)) Enter(SearchState.Searching, nowMs);
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

        private bool IsDue(bool open, bool riding, uint stepsTotal, long nowMs)
        {
            if (_urgent || _final) return true;
            if (!open || nowMs < _nextDueMs) return false;
            return riding || stepsTotal - _stepsAtFix >= (uint)_profile.FixStepsMin;
        }

        private void Consider(GnssFix solution, long nowMs)
        {
            if (!_filter.Accepts(solution, nowMs)) return;
            if (!_hasBest) _firstValidMs = nowMs;
            if (!_hasBest || solution.AccuracyMm <= _best.AccuracyMm) _best.CopyFrom(solution);
            _hasBest = true;
        }

        private bool IsSettled(long nowMs)
        {
            return _best.AccuracyMm <= (uint)_profile.AccuracyGoodM * 1000u || nowMs - _firstValidMs >= ImproveMs;
        }

        private long TimeoutMs()
        {
            return (_urgent ? UrgentTimeoutS : _profile.SearchTimeoutS) * 1000L;
        }

        private void Take(uint stepsTotal, int intervalS, bool open, long nowMs)
        {
            Fix.CopyFrom(_best);
            _filter.Used(_best, nowMs);
            HasFix = true;
            FixMs = nowMs;
            JustTaken = true;
            Taken++;
            _failures = 0;
            _nextDueMs = nowMs + intervalS * 1000L;
            Close(stepsTotal, nowMs);
            Enter(open && intervalS <= KeepWarmS ? SearchState.Holding : SearchState.Idle, nowMs);
        }

        private void Give(long nowMs, uint stepsTotal, int intervalS, bool open)
        {
            // A coarse fix that never settled is better than none.
            if (_hasBest)
            {
                Take(stepsTotal, intervalS, open, nowMs);
                return;
            }

            // Indoors the next search waits twice as long each time, up to the profile's bound.
            long waitS = intervalS;
            for (int i = 0; i < _failures && waitS < _profile.SearchBackoffMaxS; i++) waitS *= 2;
            if (waitS > _profile.SearchBackoffMaxS) waitS = _profile.SearchBackoffMaxS;
            if (_failures < int.MaxValue) _failures++;
            _nextDueMs = nowMs + waitS * 1000;
            JustFailed = true;
            Close(stepsTotal, nowMs);
            Enter(SearchState.Idle, nowMs);
        }

        private void Close(uint stepsTotal, long nowMs)
        {
            LastSearchS = (int)((nowMs - _searchStartedMs) / 1000);
            _stepsAtFix = stepsTotal;
            WasUrgent = _urgent;
            _urgent = false;
            _final = false;
            _hasBest = false;
        }

        private void Enter(SearchState state, long nowMs)
        {
            if (state == SearchState.Searching)
            {
                _searchStartedMs = nowMs;
                _hasBest = false;
                Searches++;
            }

            State = state;
        }
    }
}
