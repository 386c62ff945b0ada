namespace Traxxs.Core.Location
{
    /// <summary>One navigation solution as the receiver gave it (UBX-NAV-PVT fields, u-blox M10 interface description 3.15.13). Allocated once and reused.</summary>
    public sealed class GnssFix
    {
        /// <summary>Whether the receiver calls the fix valid (gnssFixOK, fixType 2D or better) and knows date and time.</summary>
        public bool Valid;

        /// <summary>Fix time, seconds since 1970-01-01 UTC.</summary>
        public uint TimeS;

        /// <summary>Latitude, 1e-7 degrees.</summary>
        public int LatitudeE7;

        /// <summary>Longitude, 1e-7 degrees.</summary>
        public int LongitudeE7;

        /// <summary>Horizontal accuracy estimate (1 sigma), mm; 0xFFFFFFFF where the receiver gave none.</summary>
        public uint AccuracyMm;

        /// <summary>Ground speed, cm/s; -1 where the receiver gave none (NMEA alone leaves fields empty).</summary>
        public int SpeedCmS;

        /// <summary>Heading of motion, 1e-5 degrees, 0..35999999; -1 where the receiver gave none.</summary>
        public int HeadingE5;

        /// <summary>Satellites used; -1 where the receiver gave none.</summary>
        public int Satellites;

        /// <summary>Position dilution of precision, 0.01; 9999 where the receiver gave none.</summary>
        public int PdopE2;

        /// <summary>Copies all fields of another fix.</summary>
        public void CopyFrom(GnssFix other)
        {
            Valid = other.Valid;
            TimeS = other.TimeS;
            LatitudeE7 = other.LatitudeE7;
            LongitudeE7 = other.LongitudeE7;
            AccuracyMm = other.AccuracyMm;
            SpeedCmS = other.SpeedCmS;
            HeadingE5 = other.HeadingE5;
            Satellites = other.Satellites;
            PdopE2 = other.PdopE2;
        }
    }
}
