namespace Traxxs.Protocol
{
    /// <summary>Writes the extensions a report has, in the order of their tags.</summary>
    public sealed class ExtensionWriter : ReportExtensions
    {
        /// <inheritdoc/>
        public override void Walk(Report report, SymbolCoder coder)
        {
            for (var tag = TagConfiguration; tag <= TagHealth; tag++)
            {
                if (!Has(report, tag)) continue;
                Position = 0;
                WalkBody(report, tag);
                coder.Flag(true, ReportLayout.ExtensionShare);
                coder.Uniform(tag, ByteCount);
                coder.Uniform(Position, ByteCount);
                for (var i = 0; i < Position; i++) coder.Uniform(Body[i], ByteCount);
            }

            coder.Flag(false, ReportLayout.ExtensionShare);
        }

        internal override void Byte(ref byte value)
        {
            Body[Position++] = value;
        }

        internal override void Number(ref uint value)
        {
            Position = Varint.Write(value, Body, Position);
        }

        internal override bool HasEntry(Report report, int row)
        {
            return row < report.TraceCount;
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
    }
}
