using Traxxs.Core.Ports;

namespace Traxxs.Core.Uplink
{
    /// <summary>
    /// Walks over the records of one segment and steps over what is torn or flipped: from a byte at which no whole record
    /// begins it tries the next, so that damage costs the record it hit and no other.
    /// </summary>
    public sealed class JournalScanner
    {
        // Two longest records: a record that begins in the first half is always whole in the window.
        private const int WindowSize = 2 * JournalRecord.SizeMax;

        private readonly ISegmentStorage _storage;
        private readonly byte[] _window = new byte[WindowSize];
        private int _segment;
        private int _length;
        private int _position;
        private int _windowStart;
        private int _windowLength;

        /// <summary>A scanner over a storage; holds its window.</summary>
        public JournalScanner(ISegmentStorage storage)
        {
            _storage = storage;
        }

        /// <summary>The record found last.</summary>
        public readonly JournalRecord Record = new JournalRecord();

        /// <summary>Where in the segment the record found last begins.</summary>
        public int RecordPosition;

        /// <summary>Bytes of the segment that belong to no whole record.</summary>
        public int DamagedBytes;

        /// <summary>The storage refused a read; what follows in the segment is not known.</summary>
        public bool ReadFailed;

        /// <summary>Buffer in which the payload of the record found last stands, from <see cref="PayloadOffset"/> on.</summary>
        public byte[] Buffer
        {
            get { return _window; }
        }

        /// <summary>Where the payload of the record found last begins in <see cref="Buffer"/>.</summary>
        public int PayloadOffset;

        /// <summary>Begins at the start of a segment.</summary>
        public void Begin(int segment)
        {
            _segment = segment;
            _length = _storage.LengthOf(segment);
            ReadFailed = _length < 0;
            if (_length < 0) _length = 0;
            _position = 0;
            _windowStart = 0;
            _windowLength = 0;
            DamagedBytes = 0;
        }

        /// <summary>Finds the next whole record. False: the segment ends.</summary>
        public bool Next()
        {
            while (!ReadFailed && _position + JournalRecord.HeaderSize <= _length)
            {
                if (!Fill(JournalRecord.HeaderSize)) break;
                int offset = _position - _windowStart;
                if (Record.TryReadHeader(_window, offset) && _position + JournalRecord.HeaderSize + Record.Length <= _length)
                {
                    if (!Fill(JournalRecord.HeaderSize + Record.Length)) break;
                    offset = _position - _windowStart;
                    if (Record.IsWhole(_window, offset))
                    {
                        RecordPosition = _position;
                        PayloadOffset = offset + JournalRecord.HeaderSize;
                        _position += JournalRecord.HeaderSize + Record.Length;
                        return true;
                    }
                }

                DamagedBytes++;
                _position++;
            }

            DamagedBytes += _length - _position;
            _position = _length;
            return false;
        }

        private bool Fill(int count)
        {
            if (_position + count <= _windowStart + _windowLength) return true;
            int wanted = _length - _position < WindowSize ? _length - _position : WindowSize;
            ReadFailed = !_storage.TryRead(_segment, _position, _window, 0, wanted);
            _windowStart = _position;
            _windowLength = ReadFailed ? 0 : wanted;
            return !ReadFailed;
        }
    }
}
