namespace Traxxs.Core.Location
{
    /// <summary>What the device uses of one navigation solution, as the receiver gave it (UBX-NAV-PVT fields, u-blox M10 interface description 3.15.13). Allocated once and reused.</summary>
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

        /// <summary>Copies all fields of another fix.</summary>
        public void CopyFrom(GnssFix other)
        {
            Valid = other.Valid;
            TimeS = other.TimeS;
            LatitudeE7 = other.LatitudeE7;
            LongitudeE7 = other.LongitudeE7;
            AccuracyMm = other.AccuracyMm;
        }
    }
}
