using Traxxs.Core.Location;

namespace Traxxs.Drivers
{
    /// <summary>
    /// Joins the RMC and the GGA sentence of one epoch into one fix: RMC has the date, GGA the dilution. The epoch is complete
    /// when both are there, or when the next begins.
    /// </summary>
    internal sealed class NmeaEpoch
    {
        // The sentences give a dilution, not an accuracy: times 5 m, a cautious user-equivalent range error (1 sigma, no
        // correction service) for a receiver of this class.
        private const int RangeErrorMm = 5000;

        private const int NoTime = -1;
        private const int HalfDayMs = UtcTime.DayMs / 2;

        private readonly GnssFix _fix = new GnssFix();
        private int _dayMs = NoTime;
        private int _doneDayMs = NoTime;
        private int _ownDays = -1;
        private bool _hasRmc;
        private bool _hasGga;
        private int _knownDays = -1;
        private int _knownDayMs;

        /// <summary>Forgets all but nothing is lost: what waits is dropped.</summary>
        internal void Reset()
        {
            Clear();
            _doneDayMs = NoTime;
            _knownDays = -1;
        }

        /// <summary>Whether a position waits for its epoch to end.</summary>
        internal bool Waits
        {
            get { return _hasRmc || _hasGga; }
        }

        /// <summary>Whether both sentences are there.</summary>
        internal bool Complete
        {
            get { return _hasRmc && _hasGga; }
        }

        /// <summary>Whether a sentence of this time belongs to another epoch than the one that waits.</summary>
        internal bool IsOther(int dayMs)
        {
            return Waits && dayMs != _dayMs;
        }

        /// <summary>Notes a date and the time of day it was given at.</summary>
        internal void SetDate(int days, int dayMs)
        {
            _knownDays = days;
            _knownDayMs = dayMs;
        }

        /// <summary>Adds a valid RMC. False: a field cannot be read.</summary>
        internal bool TryAddRmc(NmeaParser sentence, int dayMs)
        {
            if (!TryAddPosition(sentence, 3, 5)) return false;
            if (_doneDayMs == dayMs) return true;
            _ownDays = sentence.TryDate(9, out int days) ? days : -1;
            if (_ownDays >= 0) SetDate(_ownDays, dayMs);
            if (!_hasGga) SetDilution(0);
            _dayMs = dayMs;
            _hasRmc = true;
            return true;
        }

        /// <summary>Adds a valid GGA. False: a field cannot be read.</summary>
        internal bool TryAddGga(NmeaParser sentence, int dayMs)
        {
            if (!TryAddPosition(sentence, 2, 4)) return false;
            if (_doneDayMs == dayMs) return true;
            SetDilution(sentence.TryNumber(8, 2, out int hdopE2) ? hdopE2 : 0);
            _dayMs = dayMs;
            _hasGga = true;
            return true;
        }

        /// <summary>Hands the joined fix out; the epoch begins anew.</summary>
        internal void Take(GnssFix fix, out int days, out int dayMs)
        {
            fix.CopyFrom(_fix);
            days = _ownDays >= 0 ? _ownDays : DateAt(_dayMs);
            dayMs = _dayMs;
            _doneDayMs = _dayMs;
            Clear();
        }

        // Without a date of its own an epoch has the last known one, moved over midnight where the time of day jumped.
        private int DateAt(int dayMs)
        {
            if (_knownDays < 0) return -1;
            int later = dayMs - _knownDayMs;
            return later < -HalfDayMs ? _knownDays + 1 : later > HalfDayMs ? _knownDays - 1 : _knownDays;
        }

        private bool TryAddPosition(NmeaParser sentence, int latitudeField, int longitudeField)
        {
            if (!sentence.TryAngle(latitudeField, 90, 'N', 'S', out int latitudeE7)) return false;
            if (!sentence.TryAngle(longitudeField, 180, 'E', 'W', out int longitudeE7)) return false;
            _fix.LatitudeE7 = latitudeE7;
            _fix.LongitudeE7 = longitudeE7;
            return true;
        }

        private void SetDilution(int hdopE2)
        {
            bool known = hdopE2 > 0 && hdopE2 < 10000;      // 99.99 is how receivers write "none".
            _fix.AccuracyMm = known ? (uint)(hdopE2 * (RangeErrorMm / 100)) : GnssParser.AccuracyUnknown;
        }

        private void Clear()
        {
            _hasRmc = false;
            _hasGga = false;
            _ownDays = -1;
            _dayMs = NoTime;
        }
    }
}
