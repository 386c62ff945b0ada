namespace Traxxs.Core.Motion
{
    /// <summary>Length of an acceleration vector in integers.</summary>
    public static class Magnitude
    {
        /// <summary>Square root of x² + y² + z², rounded down. Each within ±32768.</summary>
        public static int Of(int x, int y, int z)
        {
            // 3 * 2^30 does not fit an int, and is below 2^32.
            return Root((uint)(x * x) + (uint)(y * y) + (uint)(z * z));
        }

        /// <summary>Integer square root, rounded down.</summary>
        public static int Root(uint value)
        {
            uint root = 0;
            uint bit = 1u << 30;
            while (bit > value) bit >>= 2;
            while (bit != 0)
            {
                if (value >= root + bit)
                {
                    value -= root + bit;
                    root = (root >> 1) + bit;
                }
                else
                {
                    root >>= 1;
                }

                bit >>= 2;
            }

            return (int)(long)root; // by way of long: DESIGN.md, "Unsigned to signed"
        }
    }
}
