namespace Traxxs.Protocol
{
    /// <summary>Reads the extensions a frame has, and skips those of later versions.</summary>
    public sealed class ExtensionReader : ReportExtensions
    {
        private SymbolCoder _coder;
        private int _end;

        /// <summary>Extensions in the frame read last that this version does not know.</summary>
        public int Skipped;

        /// <inheritdoc/>
        public override void Walk(Report report, SymbolCoder coder)
        {
            _coder = coder;
            Skipped = 0;
            var count = 0;
            var latest = 0;
            while (coder.Refusal == DecodeResult.Ok && coder.Flag(false, ReportLayout.ExtensionShare))
            {
                if (++count > ReportLayout.ExtensionsMax) coder.Refuse(DecodeResult.TooMany);
                var tag = (int)coder.Uniform(0, ByteCount);
                _end = (int)coder.Uniform(0, ByteCount);
                for (Position = 0; Position < _end && coder.Refusal == DecodeResult.Ok; Position++) Body[Position] = (byte)coder.Uniform(0, ByteCount);
                if (coder.Refusal != DecodeResult.Ok) return;
                if (tag < TagConfiguration || tag > TagHealth)
                {
                    Skipped++;
                    continue;
                }

                if (tag <= latest) coder.Refuse(DecodeResult.NotCanonical); // each once, in the order of their tags
                latest = tag;
                Position = 0;
                WalkBody(report, tag);
                if (Position < _end) coder.Refuse(DecodeResult.TooLong);
            }
        }

        internal override void Byte(ref byte value)
        {
            value = 0;
            if (Position < _end) value = Body[Position++];
            else _coder.Refuse(DecodeResult.TooShort);
        }

        internal override void Number(ref uint value)
        {
            _coder.Refuse(Varint.Read(Body, ref Position, _end, uint.MaxValue, out value));
        }

        internal override bool HasEntry(Report report, int row)
        {
            return row < Report.TraceMax && Position < _end;
        }
    }
}
