namespace Traxxs.Core.Location
{
    /// <summary>
    /// Refuses fixes that cannot be: invalid, too coarse, off the earth, or so far from the last one that the wearer
    /// would have flown there ("lying" fixes with a good accuracy figure).
    /// </summary>
    public sealed class FixFilter
    {
        /// <summary>Fastest the wearer can be believed to travel, m/s: a fast train.</summary>
        public const int SpeedMaxMS = 70;

        /// <summary>Fixes in a row that must insist on a leap before it is believed: the last good fix may itself have lied.</summary>
        public const int LeapAgreementMin = 3;

        private readonly TrackerProfile _profile;
        private readonly GnssFix _last = new GnssFix();
        private bool _hasLast;
        private long _lastMs;
        private int _leaps;

        /// <summary>A filter with the profile's accuracy bound.</summary>
        public FixFilter(TrackerProfile profile)
        {
            _profile = profile;
        }

        /// <summary>Fixes refused since the start.</summary>
        public int Refused;

        /// <summary>Whether a fix can be used. One that leaps is believed when it has insisted.</summary>
        public bool Accepts(GnssFix fix, long nowMs)
        {
            if (!InRange(fix) || Leaps(fix, nowMs))
            {
                Refused++;
                return false;
            }

            return true;
        }

        /// <summary>Remembers a fix that was used, as the point the next ones are measured from.</summary>
        public void Used(GnssFix fix, long nowMs)
        {
            _last.CopyFrom(fix);
            _lastMs = nowMs;
            _hasLast = true;
            _leaps = 0;
        }

        private bool InRange(GnssFix fix)
        {
            return fix.Valid && fix.AccuracyMm <= (uint)_profile.AccuracyWorstM * 1000u
                && fix.LatitudeE7 >= -900000000 && fix.LatitudeE7 <= 900000000
                && fix.LongitudeE7 >= -1800000000 && fix.LongitudeE7 <= 1800000000;
        }

        private bool Leaps(GnssFix fix, long nowMs)
        {
            if (!_hasLast) return false;
            long seconds = (nowMs - _lastMs) / 1000 + 1;
            int metres = Distance.Metres(fix.LatitudeE7, fix.LongitudeE7, _last.LatitudeE7, _last.LongitudeE7);
            long slackM = (fix.AccuracyMm + _last.AccuracyMm) / 500;   // two sigma of both
            if (metres <= seconds * SpeedMaxMS + slackM)
            {
                _leaps = 0;
                return false;
            }

            _leaps++;
            return _leaps < LeapAgreementMin;
        }
    }
}
