namespace Traxxs.Core.Location
{
    /// <summary>Distances between fixes in integers: flat-earth, good to 1 % over tens of kilometres, which is what plausibility needs.</summary>
    public static class Distance
    {
        /// <summary>No two points are farther apart than this, m; a longest answer.</summary>
        public const int MetresMax = 30000000;

        // cos of 0, 5, ... 90 degrees, in thousandths.
        private static readonly short[] CosE3 =
        {
            1000, 996, 985, 966, 940, 906, 866, 819, 766, 707, 643, 574, 500, 423, 342, 259, 174, 87, 0,
        };

        /// <summary>Metres between two positions in 1e-7 degrees, rounded down.</summary>
        public static int Metres(int latitudeAE7, int longitudeAE7, int latitudeBE7, int longitudeBE7)
        {
            // 1e-7 degree of latitude = 11.132 mm.
            long northMm = ((long)latitudeAE7 - latitudeBE7) * 11132 / 1000;
            long turnE7 = (long)longitudeAE7 - longitudeBE7;
            if (turnE7 > 1800000000L) turnE7 -= 3600000000L;
            if (turnE7 < -1800000000L) turnE7 += 3600000000L;
            long eastMm = turnE7 * 11132 / 1000 * Cosine(latitudeAE7) / 1000;

            long north = Absolute(northMm) / 1000;
            long east = Absolute(eastMm) / 1000;
            // Beyond 46 km a leg no longer squares into 32 bits; the sum of the legs is then near enough.
            if (north > 46000 || east > 46000) return north + east > MetresMax ? MetresMax : (int)(north + east);
            return Motion.Magnitude.Root((uint)(north * north) + (uint)(east * east));
        }

        private static int Cosine(int latitudeE7)
        {
            int degreesE7 = latitudeE7 < 0 ? -latitudeE7 : latitudeE7;
            int index = degreesE7 / 50000000;
            if (index >= CosE3.Length - 1) return CosE3[CosE3.Length - 1];
            int fraction = degreesE7 % 50000000 / 50000;
            return CosE3[index] + (CosE3[index + 1] - CosE3[index]) * fraction / 1000;
        }

        private static long Absolute(long value)
        {
            return value < 0 ? -value : value;
        }
    }
}
