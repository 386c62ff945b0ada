namespace Traxxs.Protocol
{
    /// <summary>Why a device does not take an offered firmware image, or no longer: the value of <see cref="EventCode.UpdateRefused"/>. The numbers are on the wire.</summary>
    public enum UpdateRefusal : byte
    {
        /// <summary>It is taken; never written.</summary>
        None = 0,

        /// <summary>The device has no memory, or no place in flash, for a second image.</summary>
        NoRoom = 1,

        /// <summary>It is not newer than the image that runs, or no newer than one that failed here by its own fault.</summary>
        NotNewer = 2,

        /// <summary>The signature is not that of the key the device knows.</summary>
        Signature = 3,

        /// <summary>The device knows no key.</summary>
        NoKey = 4,

        /// <summary>It is too large, or its sizes or its version are not those that were offered.</summary>
        Malformed = 5,

        /// <summary>The battery is too low and no charger is connected.</summary>
        BatteryLow = 6,

        /// <summary>Flash refused to take it.</summary>
        Flash = 7,

        /// <summary>The blocks asked for did not come.</summary>
        GaveUp = 8,

        /// <summary>It is for another board, or of a format the device does not know.</summary>
        WrongBoard = 9,
    }
}
