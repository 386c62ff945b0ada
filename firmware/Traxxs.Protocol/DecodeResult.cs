namespace Traxxs.Protocol
{
    /// <summary>What came of reading a frame. Everything but <see cref="Ok"/> is a named refusal; nothing is thrown.</summary>
    public enum DecodeResult : byte
    {
        /// <summary>The frame is whole and valid.</summary>
        Ok = 0,

        /// <summary>The frame ends before its contents do.</summary>
        TooShort = 1,

        /// <summary>Bytes are left over behind the contents, or the frame is longer than any valid one.</summary>
        TooLong = 2,

        /// <summary>The version is not one this reader knows.</summary>
        UnknownVersion = 3,

        /// <summary>The check over the frame does not agree.</summary>
        BadChecksum = 4,

        /// <summary>A count is above its bound.</summary>
        TooMany = 5,

        /// <summary>A latitude, longitude, time or other value is outside its range.</summary>
        OutOfRange = 6,

        /// <summary>The same thing is written in a way no writer uses.</summary>
        NotCanonical = 7,
    }
}
