using System;

namespace Traxxs.Protocol
{
    /// <summary>
    /// Writes and reads the downlink frame of a <see cref="Command"/>: FORMAT.md, "A command". Bytes and varints, because a
    /// command is rare and short.
    /// </summary>
    public static class CommandFrame
    {
        /// <summary>Longest command frame in bytes: a configuration that names every setting at its largest value, and room to grow.</summary>
        public const int FrameSizeMax = 160;

        /// <summary>The version of the command format, in the first byte's high nibble.</summary>
        public const byte Version = 1;

        /// <summary>Low nibble bit: epoch and sequence of a report follow.</summary>
        public const byte SpeaksOfReport = 1;

        /// <summary>Extension of a <see cref="CommandCode.Configure"/>: settings, each an id (1 byte) and a value (varint).</summary>
        public const byte TagSettings = 1;

        /// <summary>Extension of a <see cref="CommandCode.Update"/>: version and size of the image's file (varints).</summary>
        public const byte TagImage = 2;

        /// <summary>Extension of a <see cref="CommandCode.UpdateBlock"/>: an offset (varint) and bytes of the image's file.</summary>
        public const byte TagBlock = 3;

        private const int KnownFlags = SpeaksOfReport;
        private const int EpochSizeMax = 3;
        private const int LongestSize = 2 + Varint.SizeMax + EpochSizeMax + Varint.SizeMax + 2 + Varint.SizeMax + Command.BlockSizeMax;
        private const byte LongestFrameFits = LongestSize <= FrameSizeMax ? 0 : -1;
        private const byte SettingsFitOneExtension = FrameSizeMax <= 255 ? 0 : -1;

        /// <summary>
        /// Writes a command and returns the bytes used, or 0 where the buffer is too small, the code is
        /// <see cref="CommandCode.None"/>, what belongs to another command is set, or the settings are out of order, out of range, or
        /// too long for a frame.
        /// </summary>
        public static int Write(Command command, byte[] buffer, int offset)
        {
            if (buffer == null || offset < 0 || command.Code == CommandCode.None) return 0;

            var speaksOfReport = command.Epoch != 0 || command.Sequence != 0;
            var extensionSize = ExtensionSize(command);
            var size = 2 + VarintSize(command.Id);
            if (speaksOfReport) size += VarintSize(command.Epoch) + VarintSize(command.Sequence);
            if (extensionSize != 0) size += 2 + extensionSize;
            if (extensionSize < 0 || size > FrameSizeMax || offset > buffer.Length - size) return 0;

            buffer[offset] = (byte)(Version << 4 | (speaksOfReport ? SpeaksOfReport : 0));
            buffer[offset + 1] = (byte)command.Code;
            var next = Varint.Write(command.Id, buffer, offset + 2);
            if (speaksOfReport)
            {
                next = Varint.Write(command.Epoch, buffer, next);
                next = Varint.Write(command.Sequence, buffer, next);
            }

            if (extensionSize != 0) WriteExtension(command, extensionSize, buffer, next);
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

        // A command has one kind of extension, if any, and the code says which.
        private static void WriteExtension(Command command, int size, byte[] buffer, int next)
        {
            buffer[next++] = command.Code == CommandCode.Update ? TagImage : command.Code == CommandCode.UpdateBlock ? TagBlock : TagSettings;
            buffer[next++] = (byte)size;
            if (command.Code == CommandCode.Update)
            {
                next = Varint.Write(command.ImageVersion, buffer, next);
                Varint.Write((uint)command.ImageSize, buffer, next);
            }

            if (command.Code == CommandCode.UpdateBlock)
            {
                next = Varint.Write((uint)command.BlockOffset, buffer, next);
                Array.Copy(command.Block, 0, buffer, next, command.BlockLength);
            }

            for (var i = 0; i < command.SettingCount; i++)
            {
                buffer[next++] = command.SettingIds[i];
                next = Varint.Write((uint)command.SettingValues[i], buffer, next);
            }
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
            var result = Varint.Read(buffer, ref next, end, uint.MaxValue, out command.Id);
            if (result != DecodeResult.Ok) return result;
            if ((flags & SpeaksOfReport) != 0) result = ReadReference(buffer, ref next, end, command);
            return result == DecodeResult.Ok ? ReadExtensions(buffer, next, end, command) : result;
        }

        private static DecodeResult ReadReference(byte[] buffer, ref int next, int end, Command command)
        {
            var result = Varint.Read(buffer, ref next, end, ushort.MaxValue, out var epoch);
            if (result != DecodeResult.Ok) return result;

            command.Epoch = (ushort)epoch;
            result = Varint.Read(buffer, ref next, end, uint.MaxValue, out command.Sequence);
            if (result != DecodeResult.Ok) return result;
            return epoch == 0 && command.Sequence == 0 ? DecodeResult.NotCanonical : DecodeResult.Ok;
        }

        // Each a tag, a length and that many bytes, up to the end of the frame.
        private static DecodeResult ReadExtensions(byte[] buffer, int next, int end, Command command)
        {
            var result = DecodeResult.Ok;
            while (next < end && result == DecodeResult.Ok)
            {
                if (end - next < 2) return DecodeResult.TooShort;
                var tag = buffer[next];
                var from = next + 2;
                next = from + buffer[next + 1];
                if (next > end) return DecodeResult.TooShort;
                if (tag == TagSettings && command.Code == CommandCode.Configure) result = ReadSettings(buffer, from, next, command);
                else if (tag == TagImage && command.Code == CommandCode.Update) result = ReadImage(buffer, from, next, command);
                else if (tag == TagBlock && command.Code == CommandCode.UpdateBlock) result = ReadBlock(buffer, from, next, command);
            }

            return result;
        }

        private static DecodeResult ReadImage(byte[] buffer, int next, int end, Command command)
        {
            if (command.ImageSize != 0) return DecodeResult.NotCanonical;
            var result = Varint.Read(buffer, ref next, end, uint.MaxValue, out command.ImageVersion);
            if (result != DecodeResult.Ok) return result;
            result = Varint.Read(buffer, ref next, end, int.MaxValue, out var size);
            if (result != DecodeResult.Ok) return result;
            command.ImageSize = (int)(long)size; // by way of long: DESIGN.md, "Unsigned to signed"
            if (command.ImageVersion == 0 || size == 0) return DecodeResult.OutOfRange;
            return next == end ? DecodeResult.Ok : DecodeResult.TooLong;
        }

        private static DecodeResult ReadBlock(byte[] buffer, int next, int end, Command command)
        {
            if (command.BlockLength != 0) return DecodeResult.NotCanonical;
            var result = Varint.Read(buffer, ref next, end, int.MaxValue, out var offset);
            if (result != DecodeResult.Ok) return result;
            if (next == end) return DecodeResult.TooShort;
            if (end - next > Command.BlockSizeMax) return DecodeResult.TooLong;
            command.BlockOffset = (int)(long)offset;
            command.BlockLength = end - next;
            Array.Copy(buffer, next, command.Block, 0, command.BlockLength);
            return DecodeResult.Ok;
        }

        private static DecodeResult ReadSettings(byte[] buffer, int next, int end, Command command)
        {
            while (next < end)
            {
                var row = command.SettingCount;
                if (row == Command.SettingsMax) return DecodeResult.TooMany;
                var id = buffer[next++];
                if (id == 0) return DecodeResult.OutOfRange;
                if (row > 0 && id <= command.SettingIds[row - 1]) return DecodeResult.NotCanonical;
                var result = Varint.Read(buffer, ref next, end, int.MaxValue, out var value);
                if (result != DecodeResult.Ok) return result;
                command.SettingIds[row] = id;
                command.SettingValues[row] = (int)(long)value; // by way of long: DESIGN.md, "Unsigned to signed"
                command.SettingCount++;
            }

            return DecodeResult.Ok;
        }

        private static void Clear(Command command)
        {
            command.Code = CommandCode.None;
            command.Id = 0;
            command.Epoch = 0;
            command.Sequence = 0;
            command.SettingCount = 0;
            command.ImageVersion = 0;
            command.ImageSize = 0;
            command.BlockOffset = 0;
            command.BlockLength = 0;
        }

        // Bytes of the extension, 0 where there is none, or -1 where it cannot be written.
        private static int ExtensionSize(Command command)
        {
            var isOffer = command.Code == CommandCode.Update;
            var isBlock = command.Code == CommandCode.UpdateBlock;
            if (!isOffer && (command.ImageVersion != 0 || command.ImageSize != 0)) return -1;
            if (!isBlock && (command.BlockOffset != 0 || command.BlockLength != 0)) return -1;
            if ((isOffer || isBlock) && command.SettingCount != 0) return -1;
            if (isOffer && command.ImageVersion == 0 && command.ImageSize == 0) return 0; // an offer of before images were sent over the air
            if (isOffer) return command.ImageVersion == 0 || command.ImageSize <= 0 ? -1 : VarintSize(command.ImageVersion) + VarintSize((uint)command.ImageSize);
            if (!isBlock) return SettingsSize(command);
            if (command.BlockOffset < 0 || command.BlockLength <= 0 || command.BlockLength > Command.BlockSizeMax) return -1;
            return VarintSize((uint)command.BlockOffset) + command.BlockLength;
        }

        // Bytes of the settings, or -1 where they cannot be written.
        private static int SettingsSize(Command command)
        {
            if (command.SettingCount == 0) return 0;
            if (command.Code != CommandCode.Configure || command.SettingCount < 0 || command.SettingCount > Command.SettingsMax) return -1;
            var size = 0;
            var before = 0;
            for (var i = 0; i < command.SettingCount; i++)
            {
                if (command.SettingIds[i] <= before || command.SettingValues[i] < 0) return -1;
                before = command.SettingIds[i];
                size += 1 + VarintSize((uint)command.SettingValues[i]);
            }

            return size;
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
    }
}
