using System;
using Traxxs.Core.Ports;

namespace Traxxs.Nano.Tests
{
    /// <summary>Flash in memory.</summary>
    internal sealed class MemoryStorage : ISegmentStorage
    {
        private readonly byte[][] _segments;
        private readonly int[] _lengths;

        /// <summary>Erased segments.</summary>
        public MemoryStorage(int segments, int sizeMax)
        {
            SegmentCount = segments;
            SegmentSizeMax = sizeMax;
            _lengths = new int[segments];
            _segments = new byte[segments][];
            for (int i = 0; i < segments; i++) _segments[i] = new byte[sizeMax];
        }

        public int SegmentCount { get; private set; }

        public int SegmentSizeMax { get; private set; }

        public int LengthOf(int segment)
        {
            return _lengths[segment];
        }

        public bool TryRead(int segment, int position, byte[] buffer, int offset, int count)
        {
            if (position + count > _lengths[segment]) return false;
            Array.Copy(_segments[segment], position, buffer, offset, count);
            return true;
        }

        public bool TryAppend(int segment, byte[] buffer, int offset, int count)
        {
            if (_lengths[segment] + count > SegmentSizeMax) return false;
            Array.Copy(buffer, offset, _segments[segment], _lengths[segment], count);
            _lengths[segment] += count;
            return true;
        }

        public bool TryErase(int segment)
        {
            _lengths[segment] = 0;
            return true;
        }
    }
}
