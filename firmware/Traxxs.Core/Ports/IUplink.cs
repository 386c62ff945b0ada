namespace Traxxs.Core.Ports
{
    /// <summary>
    /// The way to the server: at-least-once delivery of frames under a token, whatever carries them. Never blocks the
    /// caller for long; results are asked for.
    /// </summary>
    public interface IUplink
    {
        /// <summary>Where the link stands.</summary>
        LinkState State { get; }

        /// <summary>How long the present work of joining, connecting or leaving has lasted, ms; 0 where there is none. To be asked in each step, before <see cref="Open"/>.</summary>
        long BusyMs(long nowMs);

        /// <summary>Begins to connect; does nothing where connecting or connected.</summary>
        void Open();

        /// <summary>Disconnects and powers the radio down. What was not acknowledged is forgotten here and stays in the caller's queue.</summary>
        void Close();

        /// <summary>
        /// Hands a frame over. False: not connected, or as many frames are under way as the link carries. The bytes are
        /// copied before this returns. <paramref name="token"/> comes back when the server has acknowledged.
        /// </summary>
        bool TryPublish(int token, byte[] buffer, int offset, int count);

        /// <summary>Takes the token of one frame that the server has stored. False: none to take.</summary>
        bool TryTakeAcknowledged(out int token);

        /// <summary>Takes one downlink frame into the buffer; returns its length, 0 where none waits, -1 where it was longer than the buffer (and is gone).</summary>
        int TakeDownlink(byte[] buffer);
    }
}
