namespace Traxxs.Core.Uplink
{
    /// <summary>
    /// CRC-16/CCITT-FALSE (polynomial 0x1021, start 0xFFFF; "123456789" gives 0x29B1): finds every burst of up to 16 bits.
    /// By nibbles: 32 bytes of table instead of 512.
    /// </summary>
    public static class Crc16
    {
        /// <summary>Start value.</summary>
        public const int Start = 0xFFFF;

        private static readonly ushort[] Table =
        {
            0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50A5, 0x60C6, 0x70E7,
            0x8108, 0x9129, 0xA14A, 0xB16B, 0xC18C, 0xD1AD, 0xE1CE, 0xF1EF,
        };

        /// <summary>Goes on over more bytes.</summary>
        public static int Update(int crc, byte[] buffer, int offset, int count)
        {
            for (int i = offset; i < offset + count; i++)
            {
                crc = ((crc << 4) ^ Table[((crc >> 12) ^ (buffer[i] >> 4)) & 0x0F]) & 0xFFFF;
                crc = ((crc << 4) ^ Table[((crc >> 12) ^ buffer[i]) & 0x0F]) & 0xFFFF;
            }

            return crc;
        }
    }
}
