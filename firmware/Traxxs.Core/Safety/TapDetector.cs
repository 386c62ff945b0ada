using Traxxs.Core.Motion;

namespace Traxxs.Core.Safety
{
    /// <summary>
    /// Finds the foot gesture that calls for help: the shoe rests, then five to eight taps on the floor, even and quick, each with a
    /// moment of quiet before it, then the shoe rests as it did before. Who walks, runs, climbs or rides does not rest before and
    /// after so few strikes; who fidgets keeps no rhythm; who falls lies another way. Accepts samples, those too that were felt in
    /// deep sleep; emits the gesture when the rest after it is sure. On all recordings at hand (7.9 hours of walks, stairs, daily activities and falls) it is never found,
    /// nor would it be with four taps; with three it would be twice.
    /// </summary>
    public sealed class TapDetector
    {
        /// <summary>Fewest taps. One less was never seen by chance.</summary>
        public const int TapsMin = 5;

        /// <summary>Most taps: who goes on is playing.</summary>
        public const int TapsMax = 8;

        /// <summary>Change from one sample to the next below which the shoe is quiet, mg summed over the axes.</summary>
        public const int QuietMg = 150;

        /// <summary>Change that each tap reaches, mg summed over the axes. Whatever disturbs the quiet without reaching it is a fidget or a ride.</summary>
        public const int TapMg = 400;

        /// <summary>Quiet before each tap, ms: three samples, or two of those felt in deep sleep.</summary>
        public const int LullMs = 120;

        /// <summary>Longest tap, ms: lifted and brought down. A stride takes longer.</summary>
        public const int TapLongestMs = 360;

        /// <summary>Shortest and longest time from tap to tap, ms: a deliberate rhythm, with what the change of rates after a deep sleep loses. Strides of one foot are a second apart.</summary>
        public const int GapMinMs = 320;

        /// <summary>See <see cref="GapMinMs"/>.</summary>
        public const int GapMaxMs = 800;

        /// <summary>How much the longest gap may exceed the shortest, percent.</summary>
        public const int SpreadPercent = 60;

        /// <summary>Rest before and after, ms.</summary>
        public const int RestMs = 1500;

        /// <summary>Greatest difference of the rests before and after, mg summed over the axes.</summary>
        public const int TurnMaxMg = 250;

        private readonly Vector _last = new Vector();
        private readonly Vector _rest = new Vector();
        private int _quietMs;
        private int _sinceStartMs;
        private int _sinceBeforeMs;
        private int _weight;
        private int _moment;
        private int _shortestMs;
        private int _longestMs;
        private int _taps;
        private int _tapsMin = TapsMin;
        private int _peak;
        private bool _valid;
        private bool _knowsRest;

        /// <summary>
        /// The shoe rested until now, so long that no samples were taken; how it stood is not known. <paramref name="asleep"/>: so
        /// deeply that the first tap may be lost, since not each wakes the device; then one less is enough.
        /// </summary>
        public void Rested(bool asleep)
        {
            Begin();
            _tapsMin = asleep ? TapsMin - 1 : TapsMin;
            _quietMs = LullMs;
            _knowsRest = false;
            _last.Forget();
        }

        /// <summary>Takes one sample, mg. True: the gesture was made.</summary>
        public bool Feed(int xMg, int yMg, int zMg, int periodMs)
        {
            int change = _last.MoveTo(xMg, yMg, zMg);
            _sinceStartMs += periodMs;
            _sinceBeforeMs += periodMs;
            if (change >= QuietMg)
            {
                if (_quietMs >= LullMs) BeginTap();
                else if (_sinceStartMs > TapLongestMs) _valid = false;
                if (change > _peak) _peak = change;
                _weight += change;
                _moment += change * _sinceStartMs;
                _quietMs = 0;
                return false;
            }

            _quietMs += periodMs;
            if (_quietMs < RestMs) return false;
            EndTap();
            bool found = _valid && _taps >= _tapsMin && _taps <= TapsMax
                && (!_knowsRest || _rest.DistanceTo(xMg, yMg, zMg) <= TurnMaxMg);
            _knowsRest = true;
            _rest.Set(xMg, yMg, zMg);
            Begin();
            return found;
        }

        private void Begin()
        {
            _taps = 0;
            _tapsMin = TapsMin;
            _valid = true;
            _shortestMs = GapMaxMs;
            _longestMs = GapMinMs;
        }

        private void BeginTap()
        {
            EndTap();
            _taps++;
            _peak = 0;
            _sinceStartMs = 0;
            _weight = 0;
            _moment = 0;
        }

        // A tap is where its weight is: how soon its beginning shows depends on its strength. Of the first tap after a sleep only the
        // end may have been seen: neither its strength nor its time is judged, and where the next is far from it, the gesture begins
        // with that.
        private void EndTap()
        {
            if (_taps == 0) return;
            int sinceMs = _sinceStartMs - (_weight > 0 ? _moment / _weight : 0);
            int gapMs = _sinceBeforeMs - sinceMs;
            _sinceBeforeMs = sinceMs;
            if (_taps == 1 && !_knowsRest) return;
            if (_peak < TapMg) _valid = false;
            if (_taps == 1) return;
            if (_taps == 2 && !_knowsRest)
            {
                if (gapMs > GapMaxMs) _taps = 1;
                return;
            }

            if (gapMs < _shortestMs) _shortestMs = gapMs;
            if (gapMs > _longestMs) _longestMs = gapMs;
            if (gapMs < GapMinMs || gapMs > GapMaxMs || (_longestMs - _shortestMs) * 100 > _shortestMs * SpreadPercent) _valid = false;
        }
    }
}
