namespace Traxxs.Drivers
{
    /// <summary>Why a message from the receiver did not become a fix. Each is counted by <see cref="GnssParser.RejectedFor"/>.</summary>
    public enum GnssReject : byte
    {
        /// <summary>The checksum does not match the bytes.</summary>
        BadChecksum = 0,

        /// <summary>An NMEA sentence without a checksum: it proves nothing.</summary>
        NoChecksum = 1,

        /// <summary>Longer than any message the driver reads; its bytes were searched for the next message.</summary>
        TooLong = 2,

        /// <summary>An NMEA sentence that ended before its checksum: cut, or overrun by the next.</summary>
        Torn = 3,

        /// <summary>A UBX message of a length its type cannot have.</summary>
        BadLength = 4,

        /// <summary>A field that must be there is empty or cannot be read.</summary>
        BadField = 5,

        /// <summary>Whole and right, but the receiver says it has no position.</summary>
        NoFix = 6,

        /// <summary>A position whose date the receiver cannot know: before the driver was written or a GPS week rollover off.</summary>
        ImplausibleDate = 7,

        /// <summary>Whole and right, of a type the driver does not read.</summary>
        Unknown = 8,
    }
}
