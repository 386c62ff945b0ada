using Traxxs.Protocol;

namespace Traxxs.Core.Location
{
    /// <summary>
    /// Refuses fixes that cannot be: invalid, too coarse, off the earth, or farther from the last one than the wearer can have
    /// come ("lying" fixes with a good accuracy figure).
    /// </summary>
    public sealed class FixFilter
    {
        /// <summary>Fixes in a row that must insist on a leap before it is believed: the last good fix may itself have lied, or a ride gone unnoticed.</summary>
        public const int LeapAgreementMin = 3;

        private readonly TrackerProfile _profile;
        private int _leaps;

        /// <summary>A filter with the profile's accuracy bound.</summary>
        public FixFilter(TrackerProfile profile)
        {
            _profile = profile;
        }

        /// <summary>
        /// Whether a fix can be used, <paramref name="last"/> being the last used (or null) and <paramref name="reachM"/> how far the
        /// wearer can have come since, m. One that leaps is believed when it has insisted.
        /// </summary>
        public bool Accepts(GnssFix fix, GnssFix last, long reachM)
        {
            if (!InRange(fix)) return false;
            if (last == null || !Leaps(fix, last, reachM))
            {
                _leaps = 0;
                return true;
            }

            return ++_leaps >= LeapAgreementMin;
        }

        private bool InRange(GnssFix fix)
        {
            return fix.Valid && fix.AccuracyMm <= (uint)_profile[SettingCode.AccuracyWorstM] * 1000u
                && fix.LatitudeE7 >= -900000000 && fix.LatitudeE7 <= 900000000
                && fix.LongitudeE7 >= -1800000000 && fix.LongitudeE7 <= 1800000000;
        }

        private static bool Leaps(GnssFix fix, GnssFix last, long reachM)
        {
            int metres = Distance.Metres(fix.LatitudeE7, fix.LongitudeE7, last.LatitudeE7, last.LongitudeE7);
            long slackM = ((long)fix.AccuracyMm + last.AccuracyMm) / 500;   // two sigma of both
            return metres > reachM + slackM;
        }
    }
}
