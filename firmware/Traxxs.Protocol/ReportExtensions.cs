namespace Traxxs.Protocol
{
    /// <summary>
    /// What came to the format after its first reports, at the end of a frame: each a tag, a length and that many bytes, so
    /// that a reader skips by length what it does not know. FORMAT.md, "Extensions". The walk over an extension's body is here;
    /// which way it goes is <see cref="ExtensionWriter"/> or <see cref="ExtensionReader"/>: the device has only the one.
    /// </summary>
    public abstract class ReportExtensions
    {
        internal const int TagConfiguration = 1;
        internal const int TagFirmware = 2;
        internal const int TagTrace = 3;
        internal const int TagHealth = 4;

        internal const int ByteCount = 256;
        private const int LengthMax = ByteCount - 1;
        private const int TraceEntrySizeMax = 1 + 2 * Varint.SizeMax;
        private const byte LongestTraceFits = Report.TraceMax * TraceEntrySizeMax <= LengthMax ? 0 : -1;

        internal readonly byte[] Body = new byte[LengthMax];
        internal int Position;

        /// <summary>Writes what the report has, or reads what the frame has.</summary>
        public abstract void Walk(Report report, SymbolCoder coder);

        internal abstract void Byte(ref byte value);

        internal abstract void Number(ref uint value);

        // Whether another entry of the trace follows behind so many.
        internal abstract bool HasEntry(Report report, int row);

        internal void WalkBody(Report report, int tag)
        {
            switch (tag)
            {
                case TagConfiguration:
                    report.HasConfiguration = true;
                    Number(ref report.ConfigurationVersion);
                    Byte(ref report.ConfigurationProblem);
                    if (report.ConfigurationProblem != 0) Number(ref report.ConfigurationRefusedVersion);
                    else report.ConfigurationRefusedVersion = 0;
                    break;
                case TagFirmware:
                    report.HasFirmware = true;
                    Byte(ref report.FirmwareMajor);
                    Byte(ref report.FirmwareMinor);
                    Byte(ref report.FirmwarePatch);
                    Byte(ref report.FirmwareBootReason);
                    Number(ref report.FirmwareStarts);
                    break;
                case TagTrace:
                    WalkTrace(report);
                    break;
                default:
                    report.HasHealth = true;
                    Number(ref report.HealthDroppedReports);
                    Number(ref report.HealthCorrupted);
                    Number(ref report.HealthFlashErases);
                    Number(ref report.HealthSearches);
                    Number(ref report.HealthSearchesInVain);
                    Number(ref report.HealthContacts);
                    Number(ref report.HealthUptimeS);
                    break;
            }
        }

        // As many entries as there are: the extension's length says where they end.
        private void WalkTrace(Report report)
        {
            var row = 0;
            do
            {
                Byte(ref report.TraceCodes[row]);
                Number(ref report.TraceAgeS[row]);
                var value = Varint.Fold(report.TraceValues[row]);
                Number(ref value);
                report.TraceValues[row] = Varint.Unfold(value);
                row++;
            }
            while (HasEntry(report, row));
            report.TraceCount = row;
        }
    }
}
