namespace Traxxs.Protocol
{
    /// <summary>
    /// Writes and reads the downlink frame of a <see cref="Command"/>: FORMAT.md, "A command". Bytes and varints, because a
    /// command is rare and short.
    /// </summary>
    public static class CommandFrame
    {
        /// <summary>Longest command frame in bytes: 15 of its own and room for extensions.</summary>
        public const int FrameSizeMax = 64;

        /// <summary>The version of the command format, in the first byte's high nibble.</summary>
        public const byte Version = 1;

        /// <summary>Low nibble bit: epoch and sequence of a report follow.</summary>
        public const byte SpeaksOfReport = 1;

        private const int KnownFlags = SpeaksOfReport;
        private const int VarintSizeMax = 5; // 32 bits in groups of 7
        private const int EpochSizeMax = 3;
        private const int LongestSize = 2 + VarintSizeMax + EpochSizeMax + VarintSizeMax;
        private const byte LongestFrameFits = LongestSize <= FrameSizeMax ? 0 : -1;

        /// <summary>
        /// Writes a command and returns the bytes used, or 0 where the buffer is too small or the code is
        /// <see cref="CommandCode.None"/>.
        /// </summary>
        public static int Write(Command command, byte[] buffer, int offset)
        {
            if (buffer == null || offset < 0 || command.Code == CommandCode.None) return 0;

            var speaksOfReport = command.Epoch != 0 || command.Sequence != 0;
            var size = 2 + VarintSize(command.Id);
            if (speaksOfReport) size += VarintSize(command.Epoch) + VarintSize(command.Sequence);
            if (offset > buffer.Length - size) return 0;

            buffer[offset] = (byte)(Version << 4 | (speaksOfReport ? SpeaksOfReport : 0));
            buffer[offset + 1] = (byte)command.Code;
            var next = WriteVarint(command.Id, buffer, offset + 2);
            if (!speaksOfReport) return size;

            next = WriteVarint(command.Epoch, buffer, next);
            WriteVarint(command.Sequence, buffer, next);
            return size;
        }

        /// <summary>
        /// Reads exactly the frame of <paramref name="count"/> bytes at <paramref name="offset"/>. On anything but
        /// <see cref="DecodeResult.Ok"/> the command is <see cref="CommandCode.None"/>.
        /// </summary>
        public static DecodeResult TryRead(byte[] buffer, int offset, int count, Command command)
        {
            Clear(command);
            var result = Read(buffer, offset, count, command);
            if (result != DecodeResult.Ok) Clear(command);
            return result;
        }

        private static DecodeResult Read(byte[] buffer, int offset, int count, Command command)
        {
            if (buffer == null || offset < 0 || count <= 0 || offset > buffer.Length - count) return DecodeResult.TooShort;
            if (buffer[offset] >> 4 != Version) return DecodeResult.UnknownVersion;
            if (count > FrameSizeMax) return DecodeResult.TooLong;
            if (count < 2) return DecodeResult.TooShort;

            var flags = buffer[offset] & 0x0F;
            if ((flags & ~KnownFlags) != 0) return DecodeResult.NotCanonical; // what is new comes as an extension
            command.Code = (CommandCode)buffer[offset + 1];
            if (command.Code == CommandCode.None) return DecodeResult.OutOfRange;

            var end = offset + count;
            var next = offset + 2;
            var result = ReadVarint(buffer, ref next, end, uint.MaxValue, out command.Id);
            if (result != DecodeResult.Ok) return result;
            if ((flags & SpeaksOfReport) != 0) result = ReadReference(buffer, ref next, end, command);
            return result == DecodeResult.Ok ? SkipExtensions(buffer, next, end) : result;
        }

        private static DecodeResult ReadReference(byte[] buffer, ref int next, int end, Command command)
        {
            var result = ReadVarint(buffer, ref next, end, ushort.MaxValue, out var epoch);
            if (result != DecodeResult.Ok) return result;

            command.Epoch = (ushort)epoch;
            result = ReadVarint(buffer, ref next, end, uint.MaxValue, out command.Sequence);
            if (result != DecodeResult.Ok) return result;
            return epoch == 0 && command.Sequence == 0 ? DecodeResult.NotCanonical : DecodeResult.Ok;
        }

        // Each a tag, a length and that many bytes, up to the end of the frame.
        private static DecodeResult SkipExtensions(byte[] buffer, int next, int end)
        {
            while (next < end)
            {
                if (end - next < 2) return DecodeResult.TooShort;
                next += 2 + buffer[next + 1];
            }

            return next == end ? DecodeResult.Ok : DecodeResult.TooShort;
        }

        private static void Clear(Command command)
        {
            command.Code = CommandCode.None;
            command.Id = 0;
            command.Epoch = 0;
            command.Sequence = 0;
        }

        private static int VarintSize(uint value)
        {
            var size = 1;
            while (value >= 0x80)
            {
                value >>= 7;
                size++;
            }

            return size;
        }

        private static int WriteVarint(uint value, byte[] buffer, int next)
        {
            while (value >= 0x80)
            {
                buffer[next++] = (byte)(value | 0x80);
                value >>= 7;
            }

            buffer[next++] = (byte)value;
            return next;
        }

        // Seven bits a byte, the lowest first; a last byte of 0 behind others is a longer way to say the same.
        private static DecodeResult ReadVarint(byte[] buffer, ref int next, int end, uint max, out uint value)
        {
            value = 0;
            for (var i = 0; i < VarintSizeMax; i++)
            {
                if (next >= end) return DecodeResult.TooShort;
                var group = buffer[next++];
                if (i == VarintSizeMax - 1 && group > 0x0F) return DecodeResult.OutOfRange;
                value |= (uint)(group & 0x7F) << (7 * i);
                if ((group & 0x80) != 0) continue;
                if (group == 0 && i > 0) return DecodeResult.NotCanonical;
                return value <= max ? DecodeResult.Ok : DecodeResult.OutOfRange;
            }

            return DecodeResult.OutOfRange;
        }
    }
}
