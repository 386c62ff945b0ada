namespace Traxxs.Protocol
{
    /// <summary>Logarithms to base 2 in steps of 1/8, the steps of a <see cref="CellModel"/> scale.</summary>
    internal static class Binary
    {
        // round(8 * log2(1 + (i + 0.5) / 16))
        private static readonly byte[] Fraction = { 0, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 7, 8 };

        /// <summary>8 * log2(value), rounded from the value's first five binary digits; value is 1 or more.</summary>
        internal static int Log2Eighths(int value)
        {
            var octave = 0;
            while (value >> octave > 1) octave++;
            var digits = octave >= 4 ? value >> (octave - 4) : value << (4 - octave);
            return octave * CellModel.ScalesPerOctave + Fraction[digits & 15];
        }
    }
}
