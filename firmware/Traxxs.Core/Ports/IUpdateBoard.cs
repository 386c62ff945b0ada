namespace Traxxs.Core.Ports
{
    /// <summary>What an update asks of the board, and only an update: neither is read at a start.</summary>
    public interface IUpdateBoard
    {
        /// <summary>The key that new images are signed with, as its modulus of 256 bytes; null where the board has none.</summary>
        byte[] TryReadKey();

        /// <summary>Bytes of the heap that are free. Takes a collection.</summary>
        int FreeMemory();
    }
}
