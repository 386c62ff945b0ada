namespace Traxxs.Nano.Tests
{
    /// <summary>Acceleration of a foot, mg, sample by sample; made by hand, integers only, the same on every machine.</summary>
    internal sealed class Foot
    {
        /// <summary>Time of one stride of this foot, ms.</summary>
        public const int StrideMs = 1100;

        private const int PeriodMs = 20;
        private const int StanceMs = 550;
        private const int FreeFallMs = 400;
        private const int ImpactMs = 500;
        private const int TumbleMs = 900;

        // The swing behind the stance: push-off, then heel strike with its ringing.
        private static readonly short[] SwingX = { 53, 239, 708, 1385, 1794, 1536, 870, 326, 80, 13, 1, 0, 0, 0, 0, 0, 0, 0, -5, -48, 368, 1165, -1213, -1359, 174, 78, 0, 0 };
        private static readonly short[] SwingY = { 0, 79, 54, -434, -268, 428, 186, -74, -21, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
        private static readonly short[] SwingZ = { 1000, 1198, 1135, -85, 329, 2070, 1465, 813, 945, 1005, 1001, 999, 999, 1000, 1000, 1000, 999, 999, 1007, 1065, 496, -588, 2654, 2854, 762, 893, 1000, 1000 };
        private static readonly short[] TumbleX = { 820, 1357, 1473, 1062, 501, 307, 657, 1230, 1499, 1217, 643, 304, 513, 1077, 1478, 1347, 804, 350, 400, 910 };

        /// <summary>X of the sample asked for last.</summary>
        public int XMg { get; private set; }

        /// <summary>Y of the sample asked for last.</summary>
        public int YMg { get; private set; }

        /// <summary>Z of the sample asked for last.</summary>
        public int ZMg { get; private set; }

        /// <summary>The sample at a time; <paramref name="sinceMs"/> counts from the beginning of what is being done.</summary>
        public void Sample(Doing doing, long timeMs, long sinceMs)
        {
            if (doing == Doing.Walking) Walk(timeMs);
            else if (doing == Doing.Falling) Fall(sinceMs);
            else if (doing == Doing.Lying) Set(990, 0, 100);
            else Set(0, 0, 1000);
            if (doing == Doing.Falling && sinceMs < TumbleMs) return;
            XMg += Noise(timeMs, 1);
            YMg += Noise(timeMs, 2);
            ZMg += Noise(timeMs, 3);
        }

        private void Walk(long timeMs)
        {
            int phaseMs = (int)(timeMs % StrideMs);
            if (phaseMs < StanceMs)
            {
                Set(0, 0, 1000);
                return;
            }

            int i = (phaseMs - StanceMs) / PeriodMs;
            Set(SwingX[i], SwingY[i], SwingZ[i]);
        }

        // A moment of free fall, the impact, the tumble, then lying on the side.
        private void Fall(long sinceMs)
        {
            if (sinceMs < FreeFallMs) Set(100, 0, 150);
            else if (sinceMs < ImpactMs) Set(3500, -1500, 2800);
            else if (sinceMs < TumbleMs) Set(TumbleX[(int)(sinceMs - ImpactMs) / PeriodMs], 300, 200);
            else Set(990, 0, 100);
        }

        private void Set(int xMg, int yMg, int zMg)
        {
            XMg = xMg;
            YMg = yMg;
            ZMg = zMg;
        }

        private static int Noise(long timeMs, int axis)
        {
            uint x = ((uint)timeMs * 2654435761) ^ (uint)(axis * 40503);
            x ^= x >> 13;
            x *= 0x5bd1e995;
            x ^= x >> 15;
            return (int)(long)(x % 17) - 8;
        }
    }
}
