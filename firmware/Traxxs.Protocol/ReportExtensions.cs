namespace Traxxs.Protocol
{
    /// <summary>
    /// What came to the format after its first reports, at the end of a frame: each a tag, a length and that many bytes, so
    /// that a reader skips by length what it does not know. FORMAT.md, "Extensions".
    /// </summary>
    internal sealed class ReportExtensions
    {
        internal const int TagConfiguration = 1;
        internal const int TagFirmware = 2;
        internal const int TagTrace = 3;
        internal const int TagHealth = 4;

        private const int ByteCount = 256;
        private const int LengthMax = ByteCount - 1;
        private const int TraceEntrySizeMax = 1 + 2 * Varint.SizeMax;
        private const byte LongestTraceFits = Report.TraceMax * TraceEntrySizeMax <= LengthMax ? 0 : -1;

        private readonly byte[] _body = new byte[LengthMax];
        private SymbolCoder _coder;
        private int _next;
        private int _end;

        /// <summary>Extensions in the frame read last that this version does not know.</summary>
        internal int Skipped;

        /// <summary>Writes what the report has, or reads what the frame has.</summary>
        internal void Walk(Report report, SymbolCoder coder)
        {
            _coder = coder;
            Skipped = 0;
            if (coder.Reading) Read(report);
            else Write(report);
        }

        private void Write(Report report)
        {
            for (var tag = TagConfiguration; tag <= TagHealth; tag++)
            {
                if (!Has(report, tag)) continue;
                _next = 0;
                WalkBody(report, tag);
                _coder.Flag(true, ReportLayout.ExtensionShare);
                _coder.Uniform(tag, ByteCount);
                _coder.Uniform(_next, ByteCount);
                for (var i = 0; i < _next; i++) _coder.Uniform(_body[i], ByteCount);
            }

            _coder.Flag(false, ReportLayout.ExtensionShare);
        }

        private void Read(Report report)
        {
            var count = 0;
            var latest = 0;
            while (_coder.Refusal == DecodeResult.Ok && _coder.Flag(false, ReportLayout.ExtensionShare))
            {
                if (++count > ReportLayout.ExtensionsMax) _coder.Refuse(DecodeResult.TooMany);
                var tag = (int)_coder.Uniform(0, ByteCount);
                _end = (int)_coder.Uniform(0, ByteCount);
                for (_next = 0; _next < _end && _coder.Refusal == DecodeResult.Ok; _next++) _body[_next] = (byte)_coder.Uniform(0, ByteCount);
                if (_coder.Refusal != DecodeResult.Ok) return;
                if (tag < TagConfiguration || tag > TagHealth)
                {
                    Skipped++;
                    continue;
                }

                if (tag <= latest) _coder.Refuse(DecodeResult.NotCanonical); // each once, in the order of their tags
                latest = tag;
                _next = 0;
                WalkBody(report, tag);
                if (_next < _end) _coder.Refuse(DecodeResult.TooLong);
            }
        }

        private static bool Has(Report report, int tag)
        {
            switch (tag)
            {
                case TagConfiguration: return report.HasConfiguration;
                case TagFirmware: return report.HasFirmware;
                case TagTrace: return report.TraceCount > 0;
                default: return report.HasHealth;
            }
        }

        // The same walk in both directions, as in ReportLayout.
        private void WalkBody(Report report, int tag)
        {
            switch (tag)
            {
                case TagConfiguration:
                    report.HasConfiguration = true;
                    report.ConfigurationVersion = Number(report.ConfigurationVersion);
                    report.ConfigurationProblem = Byte(report.ConfigurationProblem);
                    if (report.ConfigurationProblem != 0) report.ConfigurationRefusedVersion = Number(report.ConfigurationRefusedVersion);
                    else if (_coder.Reading) report.ConfigurationRefusedVersion = 0;
                    break;
                case TagFirmware:
                    report.HasFirmware = true;
                    report.FirmwareMajor = Byte(report.FirmwareMajor);
                    report.FirmwareMinor = Byte(report.FirmwareMinor);
                    report.FirmwarePatch = Byte(report.FirmwarePatch);
                    report.FirmwareBootReason = Byte(report.FirmwareBootReason);
                    report.FirmwareStarts = Number(report.FirmwareStarts);
                    break;
                case TagTrace:
                    WalkTrace(report);
                    break;
                default:
                    report.HasHealth = true;
                    report.HealthDroppedReports = Number(report.HealthDroppedReports);
                    report.HealthCorrupted = Number(report.HealthCorrupted);
                    report.HealthFlashErases = Number(report.HealthFlashErases);
                    report.HealthSearches = Number(report.HealthSearches);
                    report.HealthSearchesInVain = Number(report.HealthSearchesInVain);
                    report.HealthContacts = Number(report.HealthContacts);
                    report.HealthUptimeS = Number(report.HealthUptimeS);
                    break;
            }
        }

        // As many entries as there are: the extension's length says where they end.
        private void WalkTrace(Report report)
        {
            var count = _coder.Reading ? Report.TraceMax : report.TraceCount;
            var row = 0;
            do
            {
                report.TraceCodes[row] = Byte(report.TraceCodes[row]);
                report.TraceAgeS[row] = Number(report.TraceAgeS[row]);
                report.TraceValues[row] = Varint.Unfold(Number(Varint.Fold(report.TraceValues[row])));
                row++;
            }
            while (row < count && (!_coder.Reading || _next < _end));
            report.TraceCount = row;
        }

        private byte Byte(byte value)
        {
            if (_coder.Reading)
            {
                if (_next < _end) return _body[_next++];
                _coder.Refuse(DecodeResult.TooShort);
                return 0;
            }

            _body[_next++] = value;
            return value;
        }

        private uint Number(uint value)
        {
            if (_coder.Reading) _coder.Refuse(Varint.Read(_body, ref _next, _end, uint.MaxValue, out value));
            else _next = Varint.Write(value, _body, _next);
            return value;
        }
    }
}
