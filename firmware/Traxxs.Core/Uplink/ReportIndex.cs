using System;

namespace Traxxs.Core.Uplink
{
    /// <summary>Where each waiting report stands in flash, in the order of their sequence. Parallel columns: one row costs 14 bytes of RAM.</summary>
    public sealed class ReportIndex
    {
        /// <summary>
        /// Most reports that wait: ten days of a walker's reports without any contact, in 5.4 KiB of RAM. When full, the
        /// oldest report without an alarm is dropped and counted.
        /// </summary>
        public const int CountMax = 384;

        /// <summary>Mark: the report carries an alarm.</summary>
        public const byte Alarm = 1;

        /// <summary>Mark: handed to the link, not yet acknowledged.</summary>
        public const byte UnderWay = 2;

        /// <summary>Mark: stored by the server; an alarm that waits for its "received".</summary>
        public const byte Stored = 4;

        /// <summary>Mark: an alarm whose "received" came before the link's own acknowledgement.</summary>
        public const byte Confirmed = 8;

        /// <summary>Mark: the storage refused to read the report; others go first.</summary>
        public const byte Unread = 16;

        private readonly uint[] _sequences = new uint[CountMax];
        private readonly ushort[] _positions = new ushort[CountMax];
        private readonly ushort[] _lengths = new ushort[CountMax];
        private readonly byte[] _segments = new byte[CountMax];
        private readonly byte[] _marks = new byte[CountMax];
        private readonly int[] _acceptedS = new int[CountMax];

        /// <summary>Rows in use.</summary>
        public int Count;

        /// <summary>Sequence of a row.</summary>
        public uint SequenceAt(int row)
        {
            return _sequences[row];
        }

        /// <summary>Segment of a row's record.</summary>
        public int SegmentAt(int row)
        {
            return _segments[row];
        }

        /// <summary>Where in its segment a row's record begins.</summary>
        public int PositionAt(int row)
        {
            return _positions[row];
        }

        /// <summary>Bytes of a row's frame.</summary>
        public int LengthAt(int row)
        {
            return _lengths[row];
        }

        /// <summary>When a row's report was accepted, seconds on the device's clock; 0 where that was before its start.</summary>
        public int AcceptedSAt(int row)
        {
            return _acceptedS[row];
        }

        /// <summary>Whether a row has a mark, or one of several.</summary>
        public bool Has(int row, byte mark)
        {
            return (_marks[row] & mark) != 0;
        }

        /// <summary>Sets or clears a mark.</summary>
        public void Mark(int row, byte mark, bool on)
        {
            _marks[row] = (byte)(on ? _marks[row] | mark : _marks[row] & ~mark);
        }

        /// <summary>Clears a mark in all rows.</summary>
        public void Unmark(byte mark)
        {
            for (int row = 0; row < Count; row++) Mark(row, mark, false);
        }

        /// <summary>Row of a sequence, or -1.</summary>
        public int Find(uint sequence)
        {
            int low = 0;
            int high = Count - 1;
            while (low <= high)
            {
                int middle = (low + high) / 2;
                if (_sequences[middle] == sequence) return middle;
                if (_sequences[middle] < sequence) low = middle + 1;
                else high = middle - 1;
            }

            return -1;
        }

        /// <summary>Puts a report in its place; one that is there already moves to the new position. There must be room.</summary>
        public void Put(uint sequence, int segment, int position, int length, byte marks, int acceptedS)
        {
            int row = Find(sequence);
            if (row < 0)
            {
                row = Count;
                while (row > 0 && _sequences[row - 1] > sequence) row--;
                Shift(row, row + 1, Count - row);
                Count++;
                _marks[row] = marks;
                _acceptedS[row] = acceptedS;
            }

            _sequences[row] = sequence;
            _segments[row] = (byte)segment;
            _positions[row] = (ushort)position;
            _lengths[row] = (ushort)length;
        }

        /// <summary>Takes a row out.</summary>
        public void RemoveAt(int row)
        {
            Shift(row + 1, row, Count - row - 1);
            Count--;
        }

        private void Shift(int from, int to, int count)
        {
            if (count <= 0) return;
            Array.Copy(_sequences, from, _sequences, to, count);
            Array.Copy(_positions, from, _positions, to, count);
            Array.Copy(_lengths, from, _lengths, to, count);
            Array.Copy(_segments, from, _segments, to, count);
            Array.Copy(_marks, from, _marks, to, count);
            Array.Copy(_acceptedS, from, _acceptedS, to, count);
        }
    }
}
