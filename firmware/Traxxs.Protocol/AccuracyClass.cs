namespace Traxxs.Protocol
{
    /// <summary>
    /// Horizontal accuracy on the wire: class 0 is 1 m or better and each class is half as much again, rounded to whole
    /// metres, so that a class is never better than what the receiver said.
    /// </summary>
    public static class AccuracyClass
    {
        /// <summary>Highest class: worse than 292 m, or not known.</summary>
        public const byte Worst = 15;

        // Upper bound of each class in metres: ceil(1.5^n), the last one open.
        private static readonly ushort[] BoundsM = { 1, 2, 3, 4, 6, 8, 12, 18, 26, 39, 58, 87, 130, 195, 292, 65535 };

        /// <summary>The smallest class whose bound is not below an accuracy in millimetres (1 sigma, as NAV-PVT hAcc).</summary>
        public static byte FromMillimetres(uint accuracyMm)
        {
            for (byte i = 0; i < Worst; i++)
            {
                if (accuracyMm <= BoundsM[i] * 1000u) return i;
            }

            return Worst;
        }

        /// <summary>Upper bound of a class in metres; 65535 stands for "worse than 292 m, or not known".</summary>
        public static int ToMetres(byte accuracyClass)
        {
            return BoundsM[accuracyClass & Worst];
        }
    }
}
