namespace Traxxs.Drivers
{
    /// <summary>
    /// NMEA 0183 sentences, one byte at a time: from '$' to the two digits after '*', any talker. What stands before a
    /// '$' costs nothing, and a sentence that breaks off costs only itself. Fields are read in place as integers; an
    /// empty field is absent, never 0.
    /// </summary>
    public sealed class NmeaParser
    {
        /// <summary>Longest sentence kept between '$' and '*': NMEA allows 79, high-precision receivers send up to 100.</summary>
        public const int BodySizeMax = 120;

        private const int FieldsMax = 24;           // RMC has 13, GGA 15; further fields run together and are not read.
        private const int AddressSizeMin = 3;       // Sentence formatter; most have a two-letter talker before it.

        private readonly int[] _rejects;
        private readonly byte[] _body = new byte[BodySizeMax];
        private readonly byte[] _fieldStarts = new byte[FieldsMax + 1];
        private State _state;
        private int _length;
        private int _fieldCount;
        private int _sum;
        private int _stated;

        /// <summary>Takes the counters that rejects go to, one an entry of <see cref="GnssReject"/>.</summary>
        public NmeaParser(int[] rejects)
        {
            _rejects = rejects;
        }

        private enum State : byte
        {
            // Entered at the start and from everywhere; left at '$'. Skips what is no sentence.
            Between = 0,

            // Entered at '$'; left at '*' or where the sentence breaks. Collects.
            Body = 1,

            // Entered at '*'; left after a hex digit. First half of the checksum.
            HighDigit = 2,

            // Entered after the first digit; left after the second, which ends the sentence.
            LowDigit = 3,
        }

        /// <summary>Forgets what has come, as when the receiver was switched off.</summary>
        public void Reset()
        {
            _state = State.Between;
        }

        /// <summary>Takes one byte. True: a whole sentence with the right checksum stands in the fields until the next call.</summary>
        public bool Feed(byte value)
        {
            if (value == '$')
            {
                Break(GnssReject.Torn);
                _length = 0;
                _fieldCount = 1;
                _fieldStarts[0] = 0;
                _sum = 0;
                _state = State.Body;
                return false;
            }

            switch (_state)
            {
                case State.Body:
                    Collect(value);
                    return false;
                case State.HighDigit:
                    if (!TryHex(value, out int high)) return Break(GnssReject.Torn);
                    _stated = high << 4;
                    _state = State.LowDigit;
                    return false;
                case State.LowDigit:
                    if (!TryHex(value, out int low)) return Break(GnssReject.Torn);
                    if ((_stated | low) != _sum) return Break(GnssReject.BadChecksum);
                    _state = State.Between;
                    return true;
                default:
                    return false;
            }
        }

        /// <summary>Whether the sentence is of a type, whatever the talker: its address ends in these three letters and is not proprietary.</summary>
        public bool Is(char first, char second, char third)
        {
            int end = FieldEnd(0);
            return end >= AddressSizeMin && _body[0] != 'P'
                && _body[end - 3] == first && _body[end - 2] == second && _body[end - 1] == third;
        }

        /// <summary>Whether a field is there and not empty. Field 0 is the address.</summary>
        public bool Has(int field)
        {
            return field < _fieldCount && FieldEnd(field) > _fieldStarts[field];
        }

        /// <summary>A field of one character. False: absent or longer.</summary>
        public bool TryChar(int field, out char value)
        {
            bool one = field < _fieldCount && FieldEnd(field) == _fieldStarts[field] + 1;
            value = one ? (char)_body[_fieldStarts[field]] : '\0';
            return one;
        }

        /// <summary>A number without sign as an integer of the given count of decimals; further digits are cut. False: absent, no number, or above 2^31.</summary>
        public bool TryNumber(int field, int decimals, out int value)
        {
            return TryDigits(field, 0, decimals, out value);
        }

        /// <summary>hhmmss with any fraction as milliseconds of the day. False: absent or no time. Second 60 exists.</summary>
        public bool TryTime(int field, out int dayMs)
        {
            if (!TryPair(field, 0, out int hour) || !TryPair(field, 2, out int minute)
                || !TryDigits(field, 4, 3, out int secondMs) || hour > 23 || minute > 59 || secondMs >= 61000)
            {
                dayMs = 0;
                return false;
            }

            dayMs = (hour * 60 + minute) * 60000 + secondMs;
            return true;
        }

        /// <summary>ddmmyy as days since 1970-01-01; years 80..99 are of the last century. False: absent or no date.</summary>
        public bool TryDate(int field, out int days)
        {
            days = 0;
            if (!TryPair(field, 0, out int day) || !TryPair(field, 2, out int month) || !TryPair(field, 4, out int year)) return false;
            return UtcTime.TryDays(year < 80 ? 2000 + year : 1900 + year, month, day, out days);
        }

        /// <summary>
        /// Latitude ([d]dmm.mmmm, N or S in the next field) or longitude (dddmm.mmmm, E or W), 1e-7 degrees. False: a part
        /// is absent, unreadable or beyond <paramref name="degreesMax"/>.
        /// </summary>
        public bool TryAngle(int field, int degreesMax, char positive, char negative, out int angleE7)
        {
            angleE7 = 0;
            if (!Has(field) || !TryChar(field + 1, out char side) || (side != positive && side != negative)) return false;

            // The two digits before the point and all behind it are minutes. Minutes to 1e-7 are below 6e8, so all fits an int.
            int whole = WholeDigits(field) - 2;
            if (whole < 1 || whole > 3 || !TryDigits(field, whole, 7, out int minutesE7) || minutesE7 >= 600000000) return false;
            int degrees = 0;
            for (int i = 0; i < whole; i++)
            {
                if (!TryDigit(_fieldStarts[field] + i, out int digit)) return false;
                degrees = degrees * 10 + digit;
            }

            if (degrees > degreesMax || (degrees == degreesMax && minutesE7 != 0)) return false;
            angleE7 = degrees * 10000000 + (minutesE7 + 30) / 60;
            if (side == negative) angleE7 = -angleE7;
            return true;
        }

        private void Collect(byte value)
        {
            if (value == '*')
            {
                _fieldStarts[_fieldCount] = (byte)(_length + 1);
                _state = State.HighDigit;
                return;
            }

            if (value < ' ' || value > '~')
            {
                Break(value == '\r' || value == '\n' ? GnssReject.NoChecksum : GnssReject.Torn);
                return;
            }

            if (_length == BodySizeMax)
            {
                Break(GnssReject.TooLong);
                return;
            }

            _sum ^= value;
            _body[_length++] = value;
            if (value == ',' && _fieldCount < FieldsMax) _fieldStarts[_fieldCount++] = (byte)_length;
        }

        // A '$' inside binary data begins what is no sentence: only what has a whole address is worth a count.
        private bool Break(GnssReject why)
        {
            if (_state != State.Between && LooksLikeSentence()) _rejects[(int)why]++;
            _state = State.Between;
            return false;
        }

        private bool LooksLikeSentence()
        {
            int end = _fieldCount > 1 ? _fieldStarts[1] - 1 : 0;
            if (end < AddressSizeMin) return false;
            for (int i = 0; i < end; i++)
            {
                if ((_body[i] < 'A' || _body[i] > 'Z') && (_body[i] < '0' || _body[i] > '9')) return false;
            }

            return true;
        }

        private int FieldEnd(int field)
        {
            return _fieldStarts[field + 1] - 1;
        }

        private int WholeDigits(int field)
        {
            int start = _fieldStarts[field];
            int end = FieldEnd(field);
            int at = start;
            while (at < end && _body[at] != '.') at++;
            return at - start;
        }

        private bool TryPair(int field, int offset, out int value)
        {
            value = 0;
            if (field >= _fieldCount || FieldEnd(field) < _fieldStarts[field] + offset + 2) return false;
            int at = _fieldStarts[field] + offset;
            if (!TryDigit(at, out int tens) || !TryDigit(at + 1, out int ones)) return false;
            value = tens * 10 + ones;
            return true;
        }

        private bool TryDigits(int field, int offset, int decimals, out int value)
        {
            value = 0;
            if (field >= _fieldCount || FieldEnd(field) <= _fieldStarts[field] + offset) return false;
            bool point = false;
            bool any = false;
            long number = 0;
            for (int i = _fieldStarts[field] + offset; i < FieldEnd(field); i++)
            {
                if (_body[i] == '.' && !point)
                {
                    point = true;
                    continue;
                }

                if (!TryDigit(i, out int digit)) return false;
                any = true;
                if (point && decimals == 0) continue;
                if (point) decimals--;
                number = number * 10 + digit;
                if (number > int.MaxValue) return false;
            }

            while (any && decimals-- > 0) number *= 10;     // "7.5" in thousandths is 7500: a fraction is not a count of milliseconds.
            if (!any || number > int.MaxValue) return false;
            value = (int)number;
            return true;
        }

        private bool TryDigit(int at, out int digit)
        {
            digit = _body[at] - '0';
            return digit >= 0 && digit <= 9;
        }

        private static bool TryHex(byte value, out int digit)
        {
            digit = value >= '0' && value <= '9' ? value - '0'
                : value >= 'A' && value <= 'F' ? value - 'A' + 10
                : value >= 'a' && value <= 'f' ? value - 'a' + 10
                : -1;
            return digit >= 0;
        }
    }
}
