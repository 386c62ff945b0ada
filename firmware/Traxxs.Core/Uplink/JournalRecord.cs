using Traxxs.Protocol;

namespace Traxxs.Core.Uplink
{
    /// <summary>What a record in flash is. The numbers are in flash: a number is never given a second meaning.</summary>
    public enum RecordKind : byte
    {
        /// <summary>An accepted report. Payload: the frame as it is sent.</summary>
        Report = 1,

        /// <summary>What the server has stored. Payload: lowest sequence still waiting (4 bytes), then sequences above it that are stored too (4 bytes each).</summary>
        Stored = 2,

        /// <summary>First record of a segment. Payload: generation (4 bytes), then the saved state.</summary>
        Start = 3,

        /// <summary>State of the tracker that a reset must not lose. Payload: see <c>SavedState</c>.</summary>
        State = 4,

        /// <summary>All that a deep sleep must not lose, in the segment behind the ring. Payload: see <c>Power/Checkpoint</c>.</summary>
        Checkpoint = 5,
    }

    /// <summary>
    /// Layout of one record in flash, little-endian:
    /// <code>
    ///  0..1    2       3     4      5  6..7    8..9   10..13    14..17      18..
    ///  CRC-16  format  kind  flags  0  length  epoch  sequence  stepsTotal  payload
    /// </code>
    /// The CRC covers everything behind it. <c>sequence</c> of a report is its own; of every other record, the one
    /// the next report will have, so that any record that survives carries the numbering on.
    /// </summary>
    public sealed class JournalRecord
    {
        /// <summary>Format byte; its low nibble is the version. An update that changes the layout takes the next number and still reads this one.</summary>
        public const byte Format = 0xD1;

        /// <summary>Bytes before the payload.</summary>
        public const int HeaderSize = 18;

        /// <summary>Longest payload: the longest frame a report can have.</summary>
        public const int PayloadSizeMax = ReportWriter.FrameSizeMax;

        /// <summary>Longest record.</summary>
        public const int SizeMax = HeaderSize + PayloadSizeMax;

        /// <summary>Flag: the report carries an alarm.</summary>
        public const byte FlagAlarm = 1;

        /// <summary>Flag: the report's times count from the device's start.</summary>
        public const byte FlagUptime = 2;

        private const int CrcSize = 2;

        /// <summary>What the record is.</summary>
        public RecordKind Kind;

        /// <summary>Flag bits.</summary>
        public byte Flags;

        /// <summary>Payload bytes.</summary>
        public int Length;

        /// <summary>Epoch of the device.</summary>
        public ushort Epoch;

        /// <summary>See the class.</summary>
        public uint Sequence;

        /// <summary>Steps of the epoch when the record was written.</summary>
        public uint StepsTotal;

        /// <summary>Writes the header for a payload that already stands behind it in the buffer.</summary>
        public void Seal(byte[] buffer)
        {
            buffer[2] = Format;
            buffer[3] = (byte)Kind;
            buffer[4] = Flags;
            buffer[5] = 0;
            PutUInt16(buffer, 6, (uint)Length);
            PutUInt16(buffer, 8, Epoch);
            PutUInt32(buffer, 10, Sequence);
            PutUInt32(buffer, 14, StepsTotal);
            PutUInt16(buffer, 0, Crc16.Compute(buffer, CrcSize, HeaderSize - CrcSize + Length));
        }

        /// <summary>Reads a header. False: no record begins here. Whether its payload is whole says <see cref="IsWhole"/>.</summary>
        public bool TryReadHeader(byte[] buffer, int offset)
        {
            if (buffer[offset + 2] != Format) return false;
            Kind = (RecordKind)buffer[offset + 3];
            Flags = buffer[offset + 4];
            Length = GetUInt16(buffer, offset + 6);
            Epoch = (ushort)GetUInt16(buffer, offset + 8);
            Sequence = GetUInt32(buffer, offset + 10);
            StepsTotal = GetUInt32(buffer, offset + 14);
            return buffer[offset + 5] == 0 && Length <= PayloadSizeMax && Kind >= RecordKind.Report && Kind <= RecordKind.Checkpoint;
        }

        /// <summary>Whether the record at an offset, whose header was read, has the CRC it claims.</summary>
        public bool IsWhole(byte[] buffer, int offset)
        {
            return Crc16.Compute(buffer, offset + CrcSize, HeaderSize - CrcSize + Length) == GetUInt16(buffer, offset);
        }

        /// <summary>Reads four bytes, little-endian.</summary>
        public static uint GetUInt32(byte[] buffer, int offset)
        {
            return (uint)GetUInt16(buffer, offset) | (uint)GetUInt16(buffer, offset + 2) << 16;
        }

        /// <summary>Writes four bytes, little-endian.</summary>
        public static void PutUInt32(byte[] buffer, int offset, uint value)
        {
            PutUInt16(buffer, offset, value);
            PutUInt16(buffer, offset + 2, value >> 16);
        }

        private static int GetUInt16(byte[] buffer, int offset)
        {
            return buffer[offset] | buffer[offset + 1] << 8;
        }

        private static void PutUInt16(byte[] buffer, int offset, uint value)
        {
            buffer[offset] = (byte)value;
            buffer[offset + 1] = (byte)(value >> 8);
        }
    }
}
