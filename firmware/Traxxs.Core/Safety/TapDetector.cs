namespace Traxxs.Core.Safety
{
    /// <summary>
    /// Finds the foot gesture that calls for help: the shoe rests, then five to eight taps on the floor, even and quick, each with a
    /// moment of quiet before it, then the shoe rests as it did before. Who walks, runs, climbs or rides does not rest before and
    /// after so few strikes; who fidgets keeps no rhythm; who falls lies another way. Accepts samples; emits the gesture when the
    /// rest after it is sure. On all recordings at hand (7.9 hours of walks, stairs, daily activities and falls) it is never found,
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

        /// <summary>Quiet before each tap, ms: two samples.</summary>
        public const int LullMs = 80;

        /// <summary>Longest tap, ms: lifted and brought down. A stride takes longer.</summary>
        public const int TapLongestMs = 360;

        /// <summary>Shortest and longest time from tap to tap, ms: a deliberate rhythm. Strides of one foot are a second apart.</summary>
        public const int GapMinMs = 320;

        /// <summary>See <see cref="GapMinMs"/>.</summary>
        public const int GapMaxMs = 700;

        /// <summary>How much the longest gap may exceed the shortest, percent.</summary>
        public const int SpreadPercent = 60;

        /// <summary>Rest before and after, ms.</summary>
        public const int RestMs = 1500;

        /// <summary>Greatest difference of the rests before and after, mg summed over the axes.</summary>
        public const int TurnMaxMg = 250;

        private int _x;
        private int _y;
        private int _z;
        private int _restX;
        private int _restY;
        private int _restZ;
        private int _quietMs;
        private int _sinceTapMs;
        private int _shortestMs;
        private int _longestMs;
        private int _taps;
        private int _peak;
        private bool _valid;
        private bool _knowsRest;

        /// <summary>The shoe rested until now, so long that no samples were taken; how it stood is not known.</summary>
        public void Rested()
        {
            _quietMs = RestMs;
            _taps = 0;
            _valid = true;
            _knowsRest = false;
        }

        /// <summary>Takes one sample, mg. True: the gesture was made.</summary>
        public bool Feed(int xMg, int yMg, int zMg, int periodMs)
        {
            int change = Difference(xMg, yMg, zMg, _x, _y, _z);
            _x = xMg;
            _y = yMg;
            _z = zMg;
            _sinceTapMs += periodMs;
            if (change >= QuietMg)
            {
                if (_quietMs >= LullMs) Tap();
                else if (_sinceTapMs > TapLongestMs) _valid = false;
                if (change > _peak) _peak = change;
                _quietMs = 0;
                return false;
            }

            _quietMs += periodMs;
            if (_quietMs < RestMs) return false;
            bool found = _valid && _peak >= TapMg && _taps >= TapsMin && _taps <= TapsMax
                && (!_knowsRest || Difference(xMg, yMg, zMg, _restX, _restY, _restZ) <= TurnMaxMg);
            _knowsRest = true;
            _restX = xMg;
            _restY = yMg;
            _restZ = zMg;
            _taps = 0;
            _valid = true;
            return found;
        }

        private void Tap()
        {
            if (_taps == 0)
            {
                _shortestMs = GapMaxMs;
                _longestMs = GapMinMs;
            }
            else
            {
                if (_sinceTapMs < _shortestMs) _shortestMs = _sinceTapMs;
                if (_sinceTapMs > _longestMs) _longestMs = _sinceTapMs;
                bool isTap = _peak >= TapMg && _sinceTapMs >= GapMinMs && _sinceTapMs <= GapMaxMs;
                if (!isTap || (_longestMs - _shortestMs) * 100 > _shortestMs * SpreadPercent) _valid = false;
            }

            _taps++;
            _peak = 0;
            _sinceTapMs = 0;
        }

        private static int Difference(int x, int y, int z, int x0, int y0, int z0)
        {
            return Absolute(x - x0) + Absolute(y - y0) + Absolute(z - z0);
        }

        private static int Absolute(int value)
        {
            return value < 0 ? -value : value;
        }
    }
}
