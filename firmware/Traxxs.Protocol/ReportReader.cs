namespace Traxxs.Protocol
{
    /// <summary>
    /// Reads one frame into a <see cref="Report"/>. Holds its working memory, about 1.3 KB; allocates only when constructed.
    /// Takes any bytes: the work is bounded by <see cref="Report.FixesMax"/>, <see cref="Report.EventsMax"/> and
    /// <see cref="ReportLayout.ExtensionsMax"/>, and nothing is thrown.
    /// </summary>
    public sealed class ReportReader
    {
        private const int VersionMask = ReportLayout.SealedBit - 1;

        private readonly RangeDecoder _decoder = new RangeDecoder();
        private readonly ExtensionReader _extensions = new ExtensionReader();
        private readonly ReportLayout _layout;

        /// <summary>A reader; holds its working memory.</summary>
        public ReportReader()
        {
            _layout = new ReportLayout(_extensions);
        }

        /// <summary>Extensions of later writers that the last frame had and that were skipped.</summary>
        public int ExtensionsSkipped
        {
            get { return _extensions.Skipped; }
        }

        /// <summary>
        /// Reads exactly the frame of <paramref name="count"/> bytes at <paramref name="offset"/>. On anything but
        /// <see cref="DecodeResult.Ok"/> the report is empty.
        /// </summary>
        public DecodeResult Read(byte[] buffer, int offset, int count, Report report)
        {
            report.Clear();
            var result = ReadFrame(buffer, offset, count, report);
            if (result != DecodeResult.Ok) report.Clear();
            return result;
        }

        private DecodeResult ReadFrame(byte[] buffer, int offset, int count, Report report)
        {
            if (buffer == null || offset < 0 || count <= 0 || offset > buffer.Length - count) return DecodeResult.TooShort;

            // The first symbol is uniform over 16 and so stands in the high nibble as it is.
            var nibble = buffer[offset] >> 4;
            if ((nibble & VersionMask) != ReportLayout.Version) return DecodeResult.UnknownVersion;
            if (count > ReportWriter.FrameSizeMax) return DecodeResult.TooLong;

            var isSealed = (nibble & ReportLayout.SealedBit) != 0;
            if (isSealed)
            {
                count -= ReportWriter.SealSize;
                if (count <= 0) return DecodeResult.TooShort;
                var seal = buffer[offset + count] | (buffer[offset + count + 1] << 8);
                if (Crc16.Compute(buffer, offset, count) != seal) return DecodeResult.BadChecksum;
            }

            _decoder.Begin(buffer, offset, count);
            _layout.Walk(report, _decoder, isSealed);
            return _decoder.Finish();
        }
    }
}
