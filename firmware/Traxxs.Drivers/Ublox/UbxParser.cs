namespace Traxxs.Drivers
{
    /// <summary>
    /// UBX framing, one byte at a time: B5 62, class, id, length, payload, two checksum bytes (u-blox M10 interface
    /// description 3.2, 3.4). A frame that turns out wrong costs one byte: the rest of what it swallowed is searched again.
    /// </summary>
    public sealed class UbxParser
    {
        /// <summary>Longest payload kept: NAV-PVT's 92 bytes and a little. A longer frame is counted and searched for what follows.</summary>
        public const int PayloadSizeMax = 100;

        private const byte Sync1 = 0xB5;
        private const byte Sync2 = 0x62;
        private const int HeaderSize = 6;
        private const int FrameOverhead = HeaderSize + 2;

        private readonly int[] _rejects;
        private readonly byte[] _window = new byte[PayloadSizeMax + FrameOverhead];
        private int _length;
        private int _frameSize;

        /// <summary>Takes the counters that rejects go to, one an entry of <see cref="GnssReject"/>.</summary>
        public UbxParser(int[] rejects)
        {
            _rejects = rejects;
        }

        /// <summary>Class of the frame just found.</summary>
        public byte Class
        {
            get { return _window[2]; }
        }

        /// <summary>Id of the frame just found.</summary>
        public byte Id
        {
            get { return _window[3]; }
        }

        /// <summary>Payload length of the frame just found, 0..<see cref="PayloadSizeMax"/>.</summary>
        public int PayloadLength
        {
            get { return _frameSize - FrameOverhead; }
        }

        /// <summary>Whether no frame is under way.</summary>
        public bool AtRest
        {
            get { return _length == _frameSize; }
        }

        /// <summary>Forgets what has come, as when the receiver was switched off.</summary>
        public void Reset()
        {
            _length = 0;
            _frameSize = 0;
        }

        /// <summary>
        /// Takes one byte. True: a whole frame stands in <see cref="Class"/>, <see cref="Id"/> and the payload until the
        /// next call; ask <see cref="Next"/> until it says false, for a wrong frame may have held several right ones.
        /// </summary>
        public bool Feed(byte value)
        {
            Drop(_frameSize);
            _window[_length++] = value;
            return Search();
        }

        /// <summary>Looks for a further frame in what has already come. True: as <see cref="Feed"/>.</summary>
        public bool Next()
        {
            Drop(_frameSize);
            return Search();
        }

        /// <summary>Unsigned byte of the payload.</summary>
        public int U1(int offset)
        {
            return _window[HeaderSize + offset];
        }

        /// <summary>Unsigned 16 bits of the payload.</summary>
        public int U2(int offset)
        {
            return U1(offset) | (U1(offset + 1) << 8);
        }

        /// <summary>Signed 32 bits of the payload.</summary>
        public int I4(int offset)
        {
            return U2(offset) | (U2(offset + 2) << 16);
        }

        // Invariant on leaving with false: the window is empty or begins with what may become a frame that fits it.
        private bool Search()
        {
            while (_length > 0)
            {
                if (_window[0] != Sync1 || (_length > 1 && _window[1] != Sync2))
                {
                    DropToSync();
                    continue;
                }

                if (_length < HeaderSize) return false;
                int payload = _window[4] | (_window[5] << 8);
                if (payload > PayloadSizeMax)
                {
                    _rejects[(int)GnssReject.TooLong]++;
                    DropToSync();
                    continue;
                }

                if (_length < payload + FrameOverhead) return false;
                if (ChecksumFits(payload))
                {
                    _frameSize = payload + FrameOverhead;
                    return true;
                }

                _rejects[(int)GnssReject.BadChecksum]++;
                DropToSync();
            }

            return false;
        }

        // 8-bit Fletcher over class, id, length and payload (interface description 3.4).
        private bool ChecksumFits(int payload)
        {
            int a = 0;
            int b = 0;
            int end = HeaderSize + payload;
            for (int i = 2; i < end; i++)
            {
                a = (a + _window[i]) & 0xFF;
                b = (b + a) & 0xFF;
            }

            return a == _window[end] && b == _window[end + 1];
        }

        private void DropToSync()
        {
            int next = 1;
            while (next < _length && _window[next] != Sync1) next++;
            Drop(next);
        }

        private void Drop(int count)
        {
            _frameSize = 0;
            if (count == 0) return;
            _length -= count;
            for (int i = 0; i < _length; i++) _window[i] = _window[i + count];
        }
    }
}
