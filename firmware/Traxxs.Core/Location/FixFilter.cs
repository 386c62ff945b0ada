using Traxxs.Protocol;

namespace Traxxs.Core.Location
{
    /// <summary>
    /// Refuses fixes that cannot be: invalid, too coarse, off the earth, or farther from the last one than the wearer can have
    /// come ("lying" fixes with a good accuracy figure). A far place that a ride nobody noticed explains is believed when some fixes insist
    /// on it. One that nothing explains must be insisted on by two searches, each a start of the receiver of its own, and by more of them
    /// than stand behind the last fix, for either they or that must lie. A deep sleep forgets what stands behind it.
    /// </summary>
    public sealed class FixFilter
    {
        /// <summary>Fixes of one search that must agree on a far place before it insists: one may be an echo.</summary>
        public const int LeapAgreementMin = 3;

        /// <summary>Most searches that stand behind a fix, however many agreed: on foot ten minutes of them.</summary>
        public const int SupportMax = 8;

        /// <summary>How near each other searches agree, m: a fast train between two of them.</summary>
        public const int AgreementM = 5000;

        private readonly TrackerProfile _profile;
        private readonly GnssFix _place = new GnssFix();
        private int _agreed;
        private int _searches;
        private int _support;

        /// <summary>A filter with the profile's accuracy bound.</summary>
        public FixFilter(TrackerProfile profile)
        {
            _profile = profile;
        }

        /// <summary>Whether the search has insisted on a far place: nothing more is to be learned from it.</summary>
        public bool Insists
        {
            get { return _agreed >= LeapAgreementMin; }
        }

        /// <summary>
        /// Whether a fix can be used, <paramref name="last"/> being the last used (or null), <paramref name="reachM"/> how far the
        /// wearer can have come since and <paramref name="rideM"/> how far a ride nobody noticed can have carried them, m. Where somebody
        /// waits for it (<paramref name="urgent"/>), two searches are always enough: a place that may be wrong is better than none.
        /// </summary>
        public bool Accepts(GnssFix fix, GnssFix last, long reachM, long rideM, bool urgent)
        {
            if (!InRange(fix)) return false;
            if (last == null || !Leaps(fix, last, reachM))
            {
                _agreed = 0;
                _searches = 0;
                return true;
            }

            if (Leaps(fix, _place, AgreementM))
            {
                _agreed = 0;
                _searches = 0;
            }

            _place.CopyFrom(fix);
            _agreed++;
            if (!Insists || (Leaps(fix, last, rideM) && (_searches == 0 || (_searches < _support && !urgent)))) return false;
            _support = 0;
            return true;
        }

        /// <summary>A search has ended, with a fix that was taken or without. What it insisted on in vain is asked of the next.</summary>
        public void EndSearch(bool taken)
        {
            if (taken) _searches = 0;
            else if (Insists) _searches++;
            if (taken && _support < SupportMax) _support++;
            _agreed = 0;
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
