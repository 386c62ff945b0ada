namespace Traxxs.Protocol
{
    /// <summary>Unsigned numbers in bytes, seven bits a byte, the lowest first; the shortest form only: FORMAT.md, "A command".</summary>
    internal static class Varint
    {
        internal const int SizeMax = 5; // 32 bits in groups of 7

        /// <summary>Writes a number for which there is room and returns where the next byte goes.</summary>
        internal static int Write(uint value, byte[] buffer, int next)
        {
            while (value >= 0x80)
            {
                buffer[next++] = (byte)(value | 0x80);
                value >>= 7;
            }

            buffer[next++] = (byte)value;
            return next;
        }

        /// <summary>Reads a number that ends before <paramref name="end"/>. A last byte of 0 behind others is a longer way to say the same.</summary>
        internal static DecodeResult Read(byte[] buffer, ref int next, int end, uint max, out uint value)
        {
            value = 0;
            for (var i = 0; i < SizeMax; i++)
            {
                if (next >= end) return DecodeResult.TooShort;
                var group = buffer[next++];
                if (i == SizeMax - 1 && group > 0x0F) return DecodeResult.OutOfRange;
                value |= (uint)(group & 0x7F) << (7 * i);
                if ((group & 0x80) != 0) continue;
                if (group == 0 && i > 0) return DecodeResult.NotCanonical;
                return value <= max ? DecodeResult.Ok : DecodeResult.OutOfRange;
            }

            return DecodeResult.OutOfRange;
        }

        /// <summary>Folds the sign away: 0, -1, 1, -2 ... become 0, 1, 2, 3 ...</summary>
        internal static uint Fold(int value)
        {
            return (uint)((value << 1) ^ (value >> 31));
        }

        /// <summary>Takes <see cref="Fold"/> back.</summary>
        internal static int Unfold(uint folded)
        {
            return (int)(long)(folded >> 1) ^ -(int)(long)(folded & 1); // by way of long: DESIGN.md, "Unsigned to signed"
        }
    }
}
