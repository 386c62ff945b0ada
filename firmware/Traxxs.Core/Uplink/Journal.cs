using System;
using Traxxs.Core.Ports;
using Traxxs.Core.Power;

namespace Traxxs.Core.Uplink
{
    /// <summary>
    /// The log in flash under the queue: a ring of segments that is written at one end and erased at the other, so that
    /// wear spreads evenly. The segment after the one being written is kept erased (the spare); making it so asks the
    /// queue which of its records still matter. A record is written with one append and is whole or not there.
    /// </summary>
    public sealed class Journal
    {
        /// <summary>Fewest segments of a storage that has one for checkpoints: with fewer the device does not sleep deeply.</summary>
        public const int CheckpointSegmentsMin = 8;

        /// <summary>Appends in a row that may fail before the segment is given up and the spare is taken. One may be a passing fault.</summary>
        public const int FailuresMax = 2;

        /// <summary>Reads in a row in which a record must be refused or found damaged before that is believed.</summary>
        public const int ReadsMax = 3;

        private const int GenerationSize = 4;
        private const int StartRecordSize = JournalRecord.HeaderSize + GenerationSize + SavedState.Size;

        private readonly ISegmentStorage _storage;
        private readonly JournalRecord _header = new JournalRecord();
        private readonly byte[] _record = new byte[JournalRecord.SizeMax];
        private readonly int _sizeMax;
        private int _failuresInARow;

        /// <summary>A journal over a storage of at least two segments; three or more are needed to hold reports of two segments.</summary>
        public Journal(ISegmentStorage storage)
        {
            _storage = storage;
            _sizeMax = storage.SegmentSizeMax < ushort.MaxValue ? storage.SegmentSizeMax : ushort.MaxValue;
            RingCount = storage.SegmentCount;
            if (RingCount >= CheckpointSegmentsMin && JournalRecord.HeaderSize + Checkpoint.Size <= _sizeMax) RingCount--;
        }

        /// <summary>Segments of the ring; the checkpoints have the one behind it, where there is one.</summary>
        public readonly int RingCount;

        /// <summary>Segment being written; -1 before the first.</summary>
        public int Segment = -1;

        /// <summary>Number of the segment being written in the order of writing.</summary>
        public uint Generation;

        /// <summary>Bytes of <see cref="Segment"/> in use.</summary>
        public int Position;

        /// <summary>Epoch written into every record.</summary>
        public ushort Epoch;

        /// <summary>Sequence the next report will have, written into every record that is no report.</summary>
        public uint NextSequence;

        /// <summary>Steps of the epoch, written into every record.</summary>
        public uint StepsTotal;

        /// <summary>The saved state, written at the head of each segment and by <see cref="TryAppendState"/>.</summary>
        public readonly byte[] State = new byte[SavedState.Size];

        /// <summary>Records written since the start.</summary>
        public int Appends;

        /// <summary>Segments erased since the start.</summary>
        public int Erases;

        /// <summary>The last read of a record failed because the storage refused: what stands there is not known. False: it is damaged.</summary>
        public bool ReadRefused;

        /// <summary>Goes on where an earlier run stopped.</summary>
        public void Continue(int segment, uint generation)
        {
            Segment = segment;
            Generation = generation;
            int length = _storage.LengthOf(segment);
            Position = length < 0 ? _sizeMax : length;
        }

        /// <summary>Longest payload that fits a fresh segment.</summary>
        public int PayloadSizeMax
        {
            get
            {
                int room = _sizeMax - StartRecordSize - JournalRecord.HeaderSize;
                return room < JournalRecord.PayloadSizeMax ? room : JournalRecord.PayloadSizeMax;
            }
        }

        /// <summary>Makes room for a payload, moving to the spare where the segment is full. False: no room can be made.</summary>
        public bool TryMakeRoom(int payloadLength, ReportIndex index, ref int dropped)
        {
            int size = JournalRecord.HeaderSize + payloadLength;
            bool given = _failuresInARow >= FailuresMax && Segment >= 0 && _storage.LengthOf(After(Segment)) == 0;
            if (Segment >= 0 && !given && Position + size + Owed(index) <= _sizeMax) return true;
            return TryRotate(index, ref dropped) && Position + size + Owed(index) <= _sizeMax;
        }

        /// <summary>Appends a report for which there is room. <paramref name="position"/> is where its record begins.</summary>
        public bool TryAppendReport(byte flags, uint sequence, byte[] frame, int offset, int count, out int position)
        {
            Array.Copy(frame, offset, _record, JournalRecord.HeaderSize, count);
            position = Position;
            return TryAppend(Segment, RecordKind.Report, flags, sequence, count);
        }

        /// <summary>Appends which reports the server has stored; there must be room.</summary>
        public bool TryAppendStored(uint lowestWaiting, uint[] ahead, int aheadCount)
        {
            JournalRecord.PutUInt32(_record, JournalRecord.HeaderSize, lowestWaiting);
            for (int i = 0; i < aheadCount; i++) JournalRecord.PutUInt32(_record, JournalRecord.HeaderSize + 4 + 4 * i, ahead[i]);
            return TryAppend(Segment, RecordKind.Stored, 0, NextSequence, 4 + 4 * aheadCount);
        }

        /// <summary>Appends the saved state; there must be room.</summary>
        public bool TryAppendState()
        {
            Array.Copy(State, 0, _record, JournalRecord.HeaderSize, SavedState.Size);
            return TryAppend(Segment, RecordKind.State, 0, NextSequence, SavedState.Size);
        }

        /// <summary>Appends the saved state and reads it back; there must be room.</summary>
        public bool TryProve()
        {
            return TryAppendState() && TryReadRecord(Segment, Position - JournalRecord.HeaderSize - SavedState.Size, SavedState.Size);
        }

        /// <summary>Writes a checkpoint, in which the journal's own place is noted too. False: it is not on flash, or there is no segment for it.</summary>
        public bool TrySaveCheckpoint(Checkpoint checkpoint)
        {
            int segment = RingCount;
            if (segment == _storage.SegmentCount) return false;
            int length = _storage.LengthOf(segment);
            if (length < 0 || length + JournalRecord.HeaderSize + Checkpoint.Size > _sizeMax)
            {
                if (!_storage.TryErase(segment)) return false;
                Erases++;
            }

            Array.Copy(checkpoint.Bytes, 0, _record, JournalRecord.HeaderSize, Checkpoint.Size);
            return TryAppend(segment, RecordKind.Checkpoint, 0, NextSequence, Checkpoint.Size);
        }

        /// <summary>Reads the newest checkpoint, with one read where nothing is wrong. False: it is not whole, or there is none.</summary>
        public bool TryLoadCheckpoint(Checkpoint checkpoint)
        {
            int segment = RingCount;
            if (segment == _storage.SegmentCount) return false;
            int position = _storage.LengthOf(segment) - JournalRecord.HeaderSize - Checkpoint.Size;
            if (position < 0 || !TryReadRecord(segment, position, Checkpoint.Size) || _header.Kind != RecordKind.Checkpoint) return false;
            Array.Copy(_record, JournalRecord.HeaderSize, checkpoint.Bytes, 0, Checkpoint.Size);
            Epoch = _header.Epoch;
            NextSequence = _header.Sequence;
            StepsTotal = _header.StepsTotal;
            return true;
        }

        /// <summary>Walks over where the log is written. False: it is not as it was left.</summary>
        public bool TryKeep(Checkpoint checkpoint)
        {
            int position = Position;
            checkpoint.Int(ref Segment);
            checkpoint.UInt(ref Generation);
            checkpoint.Int(ref position);
            checkpoint.Block(State, SavedState.Size);
            if (!checkpoint.Restoring) return true;
            if (Segment < 0 || Segment >= RingCount) return false;
            Continue(Segment, Generation);
            return Position == position;
        }

        /// <summary>Reads the frame of a report into the start of a buffer. False: the record is no longer whole, or <see cref="ReadRefused"/>.</summary>
        public bool TryLoad(int segment, int position, int length, byte[] frame)
        {
            if (!TryReadRecord(segment, position, length)) return false;
            Array.Copy(_record, JournalRecord.HeaderSize, frame, 0, length);
            return true;
        }

        /// <summary>Begins the log anew: an empty or unreadable storage.</summary>
        public bool TryFormat(ReportIndex index, ref int dropped)
        {
            Segment = RingCount - 1;
            Position = _sizeMax;
            return TryRotate(index, ref dropped);
        }

        private bool TryRotate(ReportIndex index, ref int dropped)
        {
            if (!TryMakeSpare(index, ref dropped)) return false;
            int spare = After(Segment);
            Generation++;
            JournalRecord.PutUInt32(_record, JournalRecord.HeaderSize, Generation);
            Array.Copy(State, 0, _record, JournalRecord.HeaderSize + GenerationSize, SavedState.Size);
            if (!TryAppend(spare, RecordKind.Start, 0, NextSequence, GenerationSize + SavedState.Size)) return false;
            Segment = spare;
            Position = StartRecordSize;
            TryMakeSpare(index, ref dropped);   // where this fails, the next rotation tries again
            return true;
        }

        // Empties the segment after the one being written. Alarms in it move on; other reports that still wait are
        // dropped: the ring is full. False: there is no room for its alarms, or the storage refused.
        private bool TryMakeSpare(ReportIndex index, ref int dropped)
        {
            int spare = After(Segment);
            if (_storage.LengthOf(spare) == 0) return true;
            if (spare == Segment) return false;

            for (int row = 0; row < index.Count; row++)
            {
                if (index.SegmentAt(row) == spare && index.Has(row, ReportIndex.Alarm) && !TryMove(index, row)) return false;
            }

            for (int row = index.Count - 1; row >= 0; row--)
            {
                if (index.SegmentAt(row) != spare) continue;
                index.RemoveAt(row);
                dropped++;
            }

            if (!_storage.TryErase(spare)) return false;
            Erases++;
            return true;
        }

        private bool TryMove(ReportIndex index, int row)
        {
            int length = index.LengthAt(row);
            if (Position + JournalRecord.HeaderSize + length > _sizeMax) return false;
            // What is damaged cannot be saved; it stays behind and is counted as dropped.
            if (!TryReadRecord(index.SegmentAt(row), index.PositionAt(row), length)) return !ReadRefused;
            int position = Position;
            if (!TryAppend(Segment, RecordKind.Report, _header.Flags, _header.Sequence, length)) return false;
            index.Put(_header.Sequence, Segment, position, length, 0, 0);
            return true;
        }

        // Alarms that the storage would not move out of the segment after this one have room in this one until it does.
        private int Owed(ReportIndex index)
        {
            int owed = 0;
            for (int row = 0; row < index.Count; row++)
            {
                if (index.SegmentAt(row) == After(Segment) && index.Has(row, ReportIndex.Alarm)) owed += JournalRecord.HeaderSize + index.LengthAt(row);
            }

            return owed;
        }

        private bool TryReadRecord(int segment, int position, int length)
        {
            ReadRefused = false;
            for (int i = 0; i < ReadsMax; i++)
            {
                if (!_storage.TryRead(segment, position, _record, 0, JournalRecord.HeaderSize + length)) ReadRefused = true;
                else if (_header.TryReadHeader(_record, 0) && _header.Length == length && _header.IsWhole(_record, 0)) return true;
            }

            return false;
        }

        private bool TryAppend(int segment, RecordKind kind, byte flags, uint sequence, int length)
        {
            _header.Kind = kind;
            _header.Flags = flags;
            _header.Length = length;
            _header.Epoch = Epoch;
            _header.Sequence = sequence;
            _header.StepsTotal = StepsTotal;
            _header.Seal(_record);
            bool written = _storage.TryAppend(segment, _record, 0, JournalRecord.HeaderSize + length);
            if (written)
            {
                _failuresInARow = 0;
                Appends++;
                if (segment == Segment) Position += JournalRecord.HeaderSize + length;
                return true;
            }

            // Part of it may stand in flash; the next record goes behind that part and the scanner steps over it.
            _failuresInARow++;
            if (segment == Segment) Continue(Segment, Generation);
            return false;
        }

        private int After(int segment)
        {
            return segment + 1 < RingCount ? segment + 1 : 0;
        }
    }
}
