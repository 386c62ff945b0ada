using Traxxs.Core.Location;

namespace Traxxs.Drivers
{
    /// <summary>UBX-NAV-PVT, position and time in one message (u-blox M10 interface description 3.15.13).</summary>
    internal static class NavPvt
    {
        internal const byte Class = 0x01;
        internal const byte Id = 0x07;

        /// <summary>Time of day where the receiver does not know it.</summary>
        internal const int NoTime = int.MinValue;

        private const int PayloadSizeMin = 84;      // 84 bytes before protocol 15, 92 since; the fields read here stand in both.
        private const int ValidDateAndTime = 0x03;  // valid: validDate 0x01, validTime 0x02.
        private const int GnssFixOk = 0x01;         // flags: within the limits of the receiver's own accuracy masks.

        /// <summary>
        /// Decodes the frame the parser holds. True: a position; <paramref name="dayMs"/> is its time of day, <paramref name="days"/>
        /// its date; <see cref="NoTime"/> and -1 where the receiver does not know them. False: <paramref name="why"/>.
        /// </summary>
        internal static bool TryDecode(UbxParser frame, GnssFix fix, out int days, out int dayMs, out GnssReject why)
        {
            days = -1;
            dayMs = NoTime;
            why = GnssReject.BadLength;
            if (frame.PayloadLength < PayloadSizeMin) return false;

            int fixType = frame.U1(20);             // 0 none, 1 dead reckoning, 2 2D, 3 3D, 4 GNSS with dead reckoning, 5 time only.
            why = GnssReject.NoFix;
            if ((frame.U1(21) & GnssFixOk) == 0 || fixType < 2 || fixType > 4) return false;

            fix.LongitudeE7 = frame.I4(24);
            fix.LatitudeE7 = frame.I4(28);
            fix.AccuracyMm = (uint)frame.I4(40);
            why = GnssReject.BadField;
            if (fix.LatitudeE7 < -900000000 || fix.LatitudeE7 > 900000000) return false;
            if (fix.LongitudeE7 < -1800000000 || fix.LongitudeE7 > 1800000000) return false;

            if ((frame.U1(11) & ValidDateAndTime) != ValidDateAndTime) return true;
            int hour = frame.U1(8);
            int minute = frame.U1(9);
            int second = frame.U1(10);              // 60 in a leap second.
            if (hour > 23 || minute > 59 || second > 60) return false;
            if (!UtcTime.TryDays(frame.U2(4), frame.U1(6), frame.U1(7), out days)) return false;
            dayMs = ((hour * 60 + minute) * 60 + second) * 1000 + Milliseconds(frame.I4(16));
            return true;
        }

        // nano is -1e9..1e9: the second above is rounded to the nearest hundredth, so half of all epochs lie before it.
        private static int Milliseconds(int nanoseconds)
        {
            return nanoseconds < 0 ? (nanoseconds - 500000) / 1000000 : (nanoseconds + 500000) / 1000000;
        }
    }
}
