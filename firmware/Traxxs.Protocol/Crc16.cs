namespace Traxxs.Protocol
{
    /// <summary>CRC-16/IBM-3740 ("CCITT-FALSE"): polynomial 0x1021, start 0xFFFF, "123456789" gives 0x29B1.</summary>
    public static class Crc16
    {
        private const int Polynomial = 0x1021;
        private const ushort Start = 0xFFFF;

        /// <summary>The check over a part of a buffer.</summary>
        public static ushort Compute(byte[] buffer, int offset, int count)
        {
            int crc = Start;
            for (var i = 0; i < count; i++)
            {
                crc ^= buffer[offset + i] << 8;
                for (var bit = 0; bit < 8; bit++) crc = (crc & 0x8000) != 0 ? (crc << 1) ^ Polynomial : crc << 1;
            }

            return (ushort)crc;
        }
    }
}
