namespace Traxxs.Core.Ports
{
    /// <summary>A UART. Never blocks: what has come is read, what fits is sent.</summary>
    public interface ISerialLine
    {
        /// <summary>Moves up to <paramref name="count"/> received bytes into the buffer; returns how many, 0 where none wait.</summary>
        int Read(byte[] buffer, int offset, int count);

        /// <summary>Sends bytes. False: the line refused them, none or some were sent.</summary>
        bool TryWrite(byte[] buffer, int offset, int count);
    }
}
