namespace Traxxs.Protocol
{
    /// <summary>Writes and reads the downlink frame of a <see cref="Command"/>.</summary>
    public static class CommandFrame
    {
        /// <summary>Longest command frame in bytes.</summary>
        public const int FrameSizeMax = 64;

        /// <summary>Writes a command and returns the bytes used, or 0 where the buffer is too small.</summary>
        public static int Write(Command command, byte[] buffer, int offset)
        {
            return 0;
        }

        /// <summary>Reads exactly the frame of <paramref name="count"/> bytes at <paramref name="offset"/>.</summary>
        public static DecodeResult TryRead(byte[] buffer, int offset, int count, Command command)
        {
            return DecodeResult.TooShort;
        }
    }
}
