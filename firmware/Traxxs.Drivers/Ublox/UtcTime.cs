namespace Traxxs.Drivers
{
    /// <summary>Calendar arithmetic on integers: proleptic Gregorian, UTC.</summary>
    public static class UtcTime
    {
        /// <summary>Seconds of a day.</summary>
        public const int DayS = 86400;

        /// <summary>Milliseconds of a day.</summary>
        public const int DayMs = DayS * 1000;

        /// <summary>Days from 1970-01-01 to a date. False: no such date, or outside 1980..2105 (GPS began in 1980; seconds since 1970 fill 32 bits in 2106).</summary>
        public static bool TryDays(int year, int month, int day, out int days)
        {
            days = 0;
            if (year < 1980 || year > 2105 || month < 1 || month > 12 || day < 1 || day > DaysIn(year, month)) return false;

            // March-based years put the leap day last, so that the month lengths become the line (153 m + 2) / 5.
            int marchYear = month > 2 ? year : year - 1;
            int marchMonth = month > 2 ? month - 3 : month + 9;
            int leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400;
            days = marchYear * 365 + leapDays + (153 * marchMonth + 2) / 5 + day - 1 - 719468;
            return true;
        }

        private static int DaysIn(int year, int month)
        {
            if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
            return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
        }
    }
}
