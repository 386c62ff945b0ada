using Traxxs.Core.Location;

namespace Traxxs.Drivers
{
    /// <summary>
    /// Everything a receiver says on its line, one byte at a time: UBX-NAV-PVT and the acknowledgements, and NMEA for as
    /// long as it is not switched off. Accepts bytes; emits one fix an epoch in <see cref="Fix"/>, answers to a
    /// configuration in <see cref="TryTakeAnswer"/>, and a count of every message it refused, by reason.
    /// </summary>
    public sealed class GnssParser
    {
        /// <summary>In <see cref="GnssFix.AccuracyMm"/>: the receiver gave none.</summary>
        public const uint AccuracyUnknown = 0xFFFFFFFF;

        /// <summary>
        /// Earliest fix time believed on the device: 2025-01-01. A receiver that does not know its week is off by a
        /// rollover of 1024 weeks, so what lies between this and one rollover later cannot be a wrong week.
        /// </summary>
        public const uint EarliestTimeS = 1735689600;

        private const uint RolloverS = 1024U * 7 * UtcTime.DayS;
        private const byte ClassAck = 0x05;         // ACK-NAK 05 00, ACK-ACK 05 01: class and id of what is answered (interface description 3.9).
        private const int SameEpochMs = 10;         // NMEA gives hundredths, NAV-PVT nanoseconds.
        private const int RejectCount = (int)GnssReject.Unknown + 1;

        private readonly int[] _rejects = new int[RejectCount];
        private readonly UbxParser _ubx;
        private readonly NmeaParser _nmea;
        private readonly NmeaEpoch _epoch = new NmeaEpoch();
        private readonly uint _earliestTimeS;
        private bool _hasLast;
        private int _lastDays;
        private int _lastDayMs;
        private bool _nmeaFresh;
        private bool _hasAnswer;
        private bool _answerGood;
        private int _answered;

        /// <summary>A parser for the device: dates before <see cref="EarliestTimeS"/> or a rollover later are not believed.</summary>
        public GnssParser()
            : this(EarliestTimeS)
        {
        }

        /// <summary>A parser that believes dates from <paramref name="earliestTimeS"/> to one rollover (19.6 years) later; 0 believes all, for old recordings.</summary>
        public GnssParser(uint earliestTimeS)
        {
            _earliestTimeS = earliestTimeS;
            _ubx = new UbxParser(_rejects);
            _nmea = new NmeaParser(_rejects);
        }

        /// <summary>The fix just found; valid until the next. <see cref="GnssFix.Valid"/> is false where the date is unknown or not believed.</summary>
        public readonly GnssFix Fix = new GnssFix();

        /// <summary>Whether the fix just found has a date, believed or not; without one its time is the time of day alone.</summary>
        public bool FixHasDate;

        /// <summary>Time of day of the fix just found, ms; -1 where the receiver does not know it. Finer than <see cref="GnssFix.TimeS"/>.</summary>
        public int FixDayMs;

        /// <summary>Messages that said the receiver has no position, since the start: they come while it searches.</summary>
        public int NoFixMessages
        {
            get { return _rejects[(int)GnssReject.NoFix]; }
        }

        /// <summary>RMC sentences with a position since the parser was made.</summary>
        public int ValidRmc;

        /// <summary>GGA sentences with a position since the parser was made.</summary>
        public int ValidGga;

        /// <summary>NAV-PVT messages with a position since the parser was made.</summary>
        public int ValidNavPvt;

        /// <summary>NMEA sentences with a right checksum since the last <see cref="Reset"/>: none come once the receiver is configured.</summary>
        public int NmeaSentences;

        /// <summary>NAV-PVT messages since the last <see cref="Reset"/>, with a position or without.</summary>
        public int NavPvtMessages;

        /// <summary>Whether no UBX frame is under way.</summary>
        public bool AtRest
        {
            get { return _ubx.AtRest; }
        }

        /// <summary>Messages refused for a reason since the parser was made.</summary>
        public int RejectedFor(GnssReject reason)
        {
            return _rejects[(int)reason];
        }

        /// <summary>Forgets what has come, as when the receiver is switched on again; the reject counters go on.</summary>
        public void Reset()
        {
            _ubx.Reset();
            _nmea.Reset();
            _epoch.Reset();
            _hasLast = false;
            _nmeaFresh = false;
            _hasAnswer = false;
            NmeaSentences = 0;
            NavPvtMessages = 0;
        }

        /// <summary>Takes one byte. True: a new fix stands in <see cref="Fix"/>; ask <see cref="Next"/> until it says false.</summary>
        public bool Feed(byte value)
        {
            _nmeaFresh = _nmea.Feed(value);
            return _ubx.Feed(value) ? TakeUbx() || Next() : TakeNmea();
        }

        /// <summary>Looks for a further fix in what has already come. True: as <see cref="Feed"/>.</summary>
        public bool Next()
        {
            while (_ubx.Next())
            {
                if (TakeUbx()) return true;
            }

            return TakeNmea();
        }

        /// <summary>At the end of a recording: hands out the fix whose epoch has not ended. True: as <see cref="Feed"/>.</summary>
        public bool Finish()
        {
            return _epoch.Waits && TakeEpoch();
        }

        /// <summary>Takes the receiver's answer to a configuration message. <paramref name="message"/> is class * 256 + id of what it answers.</summary>
        public bool TryTakeAnswer(out int message, out bool good)
        {
            bool has = _hasAnswer;
            message = _answered;
            good = _answerGood;
            _hasAnswer = false;
            return has;
        }

        private bool TakeUbx()
        {
            if (_ubx.Class == ClassAck && _ubx.PayloadLength == 2)
            {
                _answered = (_ubx.U1(0) << 8) | _ubx.U1(1);
                _answerGood = _ubx.Id == 1;
                _hasAnswer = true;
                return false;
            }

            if (_ubx.Class != NavPvt.Class || _ubx.Id != NavPvt.Id) return Refuse(GnssReject.Unknown);
            NavPvtMessages++;
            if (!NavPvt.TryDecode(_ubx, Fix, out int days, out int dayMs, out GnssReject why)) return Refuse(why);
            ValidNavPvt++;
            return Emit(days, dayMs);
        }

        private bool TakeNmea()
        {
            if (!_nmeaFresh) return false;
            if (_nmea.Is('R', 'M', 'C')) return TakePosition(true);
            if (_nmea.Is('G', 'G', 'A')) return TakePosition(false);
            _nmeaFresh = false;
            NmeaSentences++;
            if (_nmea.Is('Z', 'D', 'A') && TryZdaDate(out int days, out int dayMs))
            {
                _epoch.SetDate(days, dayMs);
                return false;
            }

            return Refuse(GnssReject.Unknown);
        }

        // A sentence of another epoch first pushes out the one that waits and is looked at again by the next call.
        private bool TakePosition(bool isRmc)
        {
            bool hasTime = _nmea.TryTime(1, out int dayMs);
            if (hasTime && _epoch.IsOther(dayMs) && TakeEpoch()) return true;
            _nmeaFresh = false;
            NmeaSentences++;
            if (!_nmea.TryChar(isRmc ? 2 : 6, out char status)) return Refuse(_nmea.Has(isRmc ? 2 : 6) ? GnssReject.BadField : GnssReject.NoFix);
            if (status == (isRmc ? 'V' : '0')) return Refuse(GnssReject.NoFix);
            if (!hasTime || (isRmc ? status != 'A' : status < '1' || status > '9')) return Refuse(GnssReject.BadField);
            if (!(isRmc ? _epoch.TryAddRmc(_nmea, dayMs) : _epoch.TryAddGga(_nmea, dayMs))) return Refuse(GnssReject.BadField);
            if (isRmc) ValidRmc++;
            else ValidGga++;
            return _epoch.Complete && TakeEpoch();
        }

        private bool TakeEpoch()
        {
            _epoch.Take(Fix, out int days, out int dayMs);
            return Emit(days, dayMs);
        }

        // One fix an epoch, though NAV-PVT and NMEA both report it.
        private bool Emit(int days, int dayMs)
        {
            if (_hasLast && IsLast(days, dayMs)) return false;
            _hasLast = dayMs != NavPvt.NoTime;
            _lastDays = days;
            _lastDayMs = dayMs;

            FixHasDate = days >= 0;
            FixDayMs = _hasLast ? dayMs : -1;
            Fix.TimeS = _hasLast ? (uint)((FixHasDate ? days : 0) * (long)UtcTime.DayS + FloorSeconds(dayMs)) : 0;
            Fix.Valid = FixHasDate && IsBelieved(Fix.TimeS);
            if (FixHasDate && !Fix.Valid) _rejects[(int)GnssReject.ImplausibleDate]++;
            return true;
        }

        private bool IsLast(int days, int dayMs)
        {
            if (dayMs == NavPvt.NoTime || (days >= 0 && _lastDays >= 0 && days != _lastDays)) return false;
            int apartMs = dayMs - _lastDayMs;
            return apartMs <= SameEpochMs && apartMs >= -SameEpochMs;
        }

        private bool IsBelieved(uint timeS)
        {
            return _earliestTimeS == 0 || (timeS >= _earliestTimeS && timeS - _earliestTimeS < RolloverS);
        }

        // A NAV-PVT epoch can lie a few milliseconds before its second: it is that second.
        private static int FloorSeconds(int dayMs)
        {
            return (dayMs + SameEpochMs) / 1000;
        }

        private bool TryZdaDate(out int days, out int dayMs)
        {
            days = 0;
            return _nmea.TryTime(1, out dayMs)
                && _nmea.TryNumber(2, 0, out int day) && _nmea.TryNumber(3, 0, out int month) && _nmea.TryNumber(4, 0, out int year)
                && UtcTime.TryDays(year, month, day, out days);
        }

        private bool Refuse(GnssReject why)
        {
            _rejects[(int)why]++;
            return false;
        }
    }
}
