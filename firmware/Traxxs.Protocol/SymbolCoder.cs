namespace Traxxs.Protocol
{
    /// <summary>
    /// One step of a frame, written or read. The model of a report calls the same method for both directions and goes on
    /// with the value that comes back, so that writer and reader cannot drift apart: <see cref="RangeEncoder"/> returns
    /// what it was given, <see cref="RangeDecoder"/> returns what stands in the frame.
    /// </summary>
    /// <remarks>
    /// The arithmetic is a range coder over 48-bit registers held in <c>long</c>: FORMAT.md, "Range coder". The range
    /// stays at or above 2^40, so that a symbol of one in 2^24 still gets its share to within 1 in 65536.
    /// </remarks>
    public abstract class SymbolCoder
    {
        /// <summary>log2 of the whole that the shares of a flag or a cell add up to.</summary>
        public const int WholeBits = 24;

        /// <summary>What the shares of a flag or a cell add up to.</summary>
        public const int Whole = 1 << WholeBits;

        internal const int RegisterBits = 48;
        internal const int ByteShift = RegisterBits - 8;
        internal const long RangeTop = 1L << RegisterBits;
        internal const long RangeMin = 1L << ByteShift;
        internal const long RegisterMask = RangeTop - 1;
        internal const long LowBytesMask = RangeMin - 1;

        /// <summary>The first thing that was wrong with what was read; <see cref="DecodeResult.Ok"/> until then.</summary>
        public DecodeResult Refusal;

        /// <summary>Notes that something read cannot stand. Reading may go on: it is bounded, and its result is thrown away.</summary>
        public void Refuse(DecodeResult reason)
        {
            if (Refusal == DecodeResult.Ok) Refusal = reason;
        }

        /// <summary>Codes one of <paramref name="count"/> equally likely values, 0..count-1; count is 1..2^32.</summary>
        public abstract long Uniform(long value, long count);

        /// <summary>Codes a flag that is set <paramref name="trueShare"/> times in <see cref="Whole"/>.</summary>
        public abstract bool Flag(bool value, int trueShare);

        /// <summary>Codes a value of the model's window, or <see cref="CellModel.Escape"/>, by the model's present shares.</summary>
        public abstract int Cell(int value, CellModel model);

        /// <summary>Codes a cell of the map, each as likely as <see cref="StartingPlace.People"/> says.</summary>
        public abstract int MapCell(int cell);

        /// <summary>Codes an unsigned number whose size is not known: its length in bits, then the bits below the first.</summary>
        public uint Wide(uint value)
        {
            const int LengthCount = 33; // 0..32
            var length = 0;
            while (length < 32 && value >> length != 0) length++;
            length = (int)Uniform(length, LengthCount);
            if (length < 2) return (uint)length;

            var first = 1L << (length - 1);
            return (uint)(first + Uniform(value & (first - 1), first));
        }

        /// <summary>Codes a signed number whose size is not known, small ones of either sign in few bits.</summary>
        public int WideSigned(int value)
        {
            return Varint.Unfold(Wide(Varint.Fold(value)));
        }
    }
}
