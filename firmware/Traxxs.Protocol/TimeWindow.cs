namespace Traxxs.Protocol
{
    /// <summary>A time that nothing foretells: within a window of 34 years in 30 bits, any other in 38: FORMAT.md, "Times".</summary>
    internal static class TimeWindow
    {
        /// <summary>2007-01-01 00:00:00 UTC, the first second of the window.</summary>
        internal const uint StartS = 1167609600;

        /// <summary>Length of the window, 2^30 s: it ends on 2041-01-10.</summary>
        internal const uint LengthS = 1u << 30;

        internal const int OutsideShare = SymbolCoder.Whole / 64;

        /// <summary>Codes seconds since 1970-01-01 UTC.</summary>
        internal static uint Code(uint timeS, SymbolCoder coder)
        {
            var outside = coder.Flag(timeS - StartS >= LengthS, OutsideShare);
            if (!outside) return StartS + (uint)coder.Uniform(timeS - StartS, LengthS);

            timeS = (uint)coder.Uniform(timeS, 1L << 32);
            if (timeS - StartS < LengthS) coder.Refuse(DecodeResult.NotCanonical);
            return timeS;
        }
    }
}
