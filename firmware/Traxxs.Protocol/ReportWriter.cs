namespace Traxxs.Protocol
{
    /// <summary>
    /// Writes a <see cref="Report"/> as one frame. Holds its working memory, about 1.3 KB; allocates only when constructed.
    /// </summary>
    public sealed class ReportWriter
    {
        /// <summary>Longest frame a writer produces and a reader accepts, in bytes.</summary>
        public const int FrameSizeMax = 1600;

        /// <summary>Bytes of a seal: CRC-16 over everything before it, low byte first.</summary>
        public const int SealSize = 2;

        // The dearest way to write each part, in bits: a cell is at most 24, an escape 10, a number of unknown size 38, a
        // place 53, a time that stands alone 38.
        private const int CellBits = SymbolCoder.WholeBits;
        private const int EscapeBits = 10;
        private const int WideBits = 38;
        private const int PlaceBits = 53;
        private const int FixBits = EscapeBits + WideBits + EscapeBits + PlaceBits + CellBits;
        private const int EventBits = 8 + 2 * WideBits;
        private const int HeadBits = 4 + 16 + (16 + WideBits) + 8 + WideBits + 24 + WideBits + WideBits + 2 * WideBits + 12 + 1;
        private const int ExtensionHeadBits = 7 + 8 + 8;
        private const int ExtensionBytes = 11 + 9 + 16 * 11 + 7 * 5; // configuration, firmware, trace, health
        private const int ExtensionBits = 4 * ExtensionHeadBits + 8 * ExtensionBytes;
        private const int RoundingBits = 56; // 1/256 of a bit for each of some 1300 symbols, and the last byte
        private const int LongestBits = HeadBits + Report.FixesMax * FixBits + Report.EventsMax * EventBits
            + ExtensionBits + RoundingBits;
        private const byte LongestFrameFits = (LongestBits + 7) / 8 + SealSize <= FrameSizeMax ? 0 : -1;

        private readonly RangeEncoder _encoder = new RangeEncoder();
        private readonly ReportLayout _layout = new ReportLayout(new ExtensionWriter());

        /// <summary>
        /// Writes the report from <paramref name="offset"/> on and returns the bytes used, or 0 where the buffer is too
        /// small or a value of the report is outside its stated range.
        /// </summary>
        public int Write(Report report, byte[] buffer, int offset)
        {
            return Write(report, buffer, offset, false);
        }

        /// <summary>
        /// The same, sealed with a CRC-16, for links and stores that have no check of their own. TLS and the flash queue have:
        /// FORMAT.md, "Damage".
        /// </summary>
        public int WriteSealed(Report report, byte[] buffer, int offset)
        {
            var length = Write(report, buffer, offset, true);
            if (length == 0 || offset + length + SealSize > buffer.Length) return 0;
            var seal = Crc16.Compute(buffer, offset, length);
            buffer[offset + length] = (byte)seal;
            buffer[offset + length + 1] = (byte)(seal >> 8);
            return length + SealSize;
        }

        private int Write(Report report, byte[] buffer, int offset, bool isSealed)
        {
            if (buffer == null || offset < 0 || offset > buffer.Length || !IsInRange(report)) return 0;

            _encoder.Begin(buffer, offset);
            _layout.Walk(report, _encoder, isSealed);
            var length = _encoder.Finish();
            return _encoder.IsFull ? 0 : length;
        }

        private static bool IsInRange(Report report)
        {
            if (report.FixCount < 0 || report.FixCount > Report.FixesMax) return false;
            if (report.EventCount < 0 || report.EventCount > Report.EventsMax) return false;
            if (report.TraceCount < 0 || report.TraceCount > Report.TraceMax) return false;
            if (report.HasBattery && !IsBatteryInRange(report)) return false;
            if (report.HasContract && (report.NextContactS == 0 || report.NextContactS > ReportLayout.NextContactMaxS)) return false;
            if (report.HasBacklog && (report.BacklogReports < 0 || report.BacklogReports > ushort.MaxValue)) return false;
            for (var i = 0; i < report.EventCount; i++)
            {
                if (report.EventCodes[i] == EventCode.None) return false;
            }

            for (var i = 0; i < report.FixCount; i++)
            {
                if (!IsFixInRange(report, i)) return false;
            }

            return true;
        }

        private static bool IsBatteryInRange(Report report)
        {
            return report.BatteryMv >= 0 && report.BatteryMv <= ReportLayout.BatteryMaxMv
                && report.BatteryPercent >= 0 && report.BatteryPercent <= 100;
        }

        private static bool IsFixInRange(Report report, int i)
        {
            return report.LatitudeE5[i] >= -StartingPlace.LatitudeMaxE5 && report.LatitudeE5[i] <= StartingPlace.LatitudeMaxE5
                && report.LongitudeE5[i] >= -StartingPlace.LongitudeMaxE5 && report.LongitudeE5[i] <= StartingPlace.LongitudeMaxE5
                && (!report.HasAccuracy || report.AccuracyClass[i] <= AccuracyClass.Worst);
        }
    }
}
