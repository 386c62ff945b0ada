namespace Traxxs.Drivers
{
    /// <summary>Registers of the MAX17048 that the driver uses, 16 bits each, high byte first (Maxim 19-6171 rev 7, table 2).</summary>
    public enum Max17048Register : byte
    {
        /// <summary>No register: nothing has failed.</summary>
        None = 0x00,

        /// <summary>Cell voltage, 78.125 uV a count.</summary>
        VCell = 0x02,

        /// <summary>State of charge, 1/256 % a count.</summary>
        Soc = 0x04,

        /// <summary>Production version, 0x001_.</summary>
        Version = 0x08,
    }
}
