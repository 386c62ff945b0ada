namespace Traxxs.Core.Motion
{
    /// <summary>Length of an acceleration vector in integers.</summary>
    public static class Magnitude
    {
        private const uint StartMg = 1000;

        /// <summary>Square root of x² + y² + z², rounded down. Each within ±32768.</summary>
        public static int Of(int x, int y, int z)
        {
            // 3 * 2^30 does not fit an int, and is below 2^32.
            return Root((uint)(x * x) + (uint)(y * y) + (uint)(z * z));
        }

        /// <summary>A number without its sign.</summary>
        internal static int Absolute(int value)
        {
            return value < 0 ? -value : value;
        }

        /// <summary>Integer square root, rounded down.</summary>
        public static int Root(uint value)
        {
            if (value == 0) return 0;

            // Newton from 1 g: what a foot feels is found in three steps or four. The first is never below the root, each later one
            // comes down to it, and one that does not has arrived.
            uint root = (StartMg + value / StartMg) >> 1;
            while (true)
            {
                uint next = (root + value / root) >> 1;
                if (next >= root) return (int)(long)root; // by way of long: DESIGN.md, "Unsigned to signed"
                root = next;
            }
        }
    }
}
