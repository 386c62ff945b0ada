using Traxxs.Core.Ports;

namespace Traxxs.Nano.Tests
{
    /// <summary>A serial line with bytes waiting, handed out in chunks, and a note of what was sent.</summary>
    internal sealed class ByteLine : ISerialLine
    {
        private byte[] _waiting = new byte[0];
        private int _next;

        /// <summary>Most bytes one read hands out.</summary>
        public int ChunkMax = int.MaxValue;

        /// <summary>Writes so far.</summary>
        public int Writes { get; private set; }

        /// <summary>The last write.</summary>
        public byte[] Sent { get; private set; }

        /// <summary>Bytes that wait from now on.</summary>
        public void Receive(byte[] bytes)
        {
            _waiting = bytes;
            _next = 0;
        }

        public int Read(byte[] buffer, int offset, int count)
        {
            if (count > ChunkMax) count = ChunkMax;
            int moved = 0;
            while (moved < count && _next < _waiting.Length) buffer[offset + moved++] = _waiting[_next++];
            return moved;
        }

        public bool TryWrite(byte[] buffer, int offset, int count)
        {
            Sent = new byte[count];
            for (int i = 0; i < count; i++) Sent[i] = buffer[offset + i];
            Writes++;
            return true;
        }
    }
}
