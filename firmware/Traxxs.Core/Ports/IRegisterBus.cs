namespace Traxxs.Core.Ports
{
    /// <summary>
    /// One chip with byte-addressed registers on a bus. The result is checked in one place, the driver's; no exception
    /// crosses this port.
    /// </summary>
    public interface IRegisterBus
    {
        /// <summary>Reads <paramref name="count"/> bytes beginning at a register into the start of the buffer. False: the bus or the chip refused.</summary>
        bool TryRead(byte register, byte[] buffer, int count);

        /// <summary>Writes the first <paramref name="count"/> bytes of the buffer beginning at a register. False: the bus or the chip refused.</summary>
        bool TryWrite(byte register, byte[] buffer, int count);
    }
}
