using System;
using Traxxs.Core.Diagnostics;
using Traxxs.Core.Ports;
using Traxxs.Core.Power;

namespace Traxxs.Core.Uplink
{
    /// <summary>
    /// Reports between the moment the device accepted them (they are on flash) and the moment the server has stored them.
    /// Accepts frames and acknowledgements; emits the next frame to send, alarms first. A report leaves only by an
    /// acknowledgement, or, where the ring is full, as the oldest that carries no alarm: dropped and counted.
    /// </summary>
    public sealed class ReportQueue
    {
        /// <summary>Acknowledgements held in RAM before they are noted in flash. What a reset loses is sent again, and the server knows it by its sequence.</summary>
        public const int UnnotedMax = 32;

        /// <summary>Reports acknowledged ahead of an older one that still waits, remembered for the note in flash. At the bound the oldest is forgotten and may be sent again after a reset.</summary>
        public const int AheadMax = 32;

        /// <summary>Most reports a run may send without flash having taken any, half of them for alarms alone: so many numbers are left out after a start.</summary>
        public const int DirectMax = 32;

        /// <summary>Attempts at reading a segment after a restart before it is taken for damaged, and at beginning a log where there is none.</summary>
        public const int ReadAttemptsMax = 3;

        /// <summary>Reports in a step that the storage may refuse to read before the step reads no more.</summary>
        public const int UnreadMax = 4;

        /// <summary>
        /// Steps in a row in which refused reads are tried again; so many faults make the flash count as failed. Then the link is not held
        /// open for them: they are tried again when the next report is accepted, an alarm also when it is repeated.
        /// </summary>
        public const int ReadRoundsMax = FaultMonitor.FaultsMax;

        private readonly ISegmentStorage _storage;
        private readonly JournalScanner _scanner;
        private readonly ReportIndex _index = new ReportIndex();
        private readonly uint[] _ahead = new uint[AheadMax];
        private readonly byte[] _note = new byte[4 + 4 * AheadMax];
        private readonly ushort _freshEpoch;
        private int _aheadCount;
        private int _unnoted;
        private int _noteLength;

        // Recovery: the segment that is looked at next, and what has been found so far.
        private int _recovering;
        private int _attempts;
        private int _readRounds;
        private bool _found;
        private int _newestSegment = -1;
        private uint _newestGeneration;
        private int _highestSegment;
        private uint _highestGeneration;
        private uint _highestNext;
        private uint _noteGeneration;
        private int _uncertainBytes;
        private int _newestUncertainBytes;

        /// <summary>The log in flash under the queue: numbering, steps of the epoch, saved state, counters.</summary>
        public readonly Journal Journal;

        /// <summary>A queue over a storage; nothing is read before <see cref="Recover"/>. <paramref name="entropy"/> gives the epoch where the storage has none.</summary>
        public ReportQueue(ISegmentStorage storage, uint entropy)
        {
            _storage = storage;
            _scanner = new JournalScanner(storage);
            Journal = new Journal(storage);
            _freshEpoch = (ushort)(entropy ^ (entropy >> 16));
        }

        /// <summary>Whether the flash has been looked through, whatever it answered; before, nothing can be accepted or sent.</summary>
        public bool IsRecovered;

        /// <summary>Reports the server has not yet stored.</summary>
        public int Count;

        /// <summary>Alarms among them.</summary>
        public int AlarmCount;

        /// <summary>Reports accepted since the start.</summary>
        public int Accepted;

        /// <summary>Reports refused since the start because there was no room or the storage failed.</summary>
        public int Refused;

        /// <summary>Reads refused since <see cref="BeginSending"/>.</summary>
        public int ReadsRefused;

        /// <summary>Waiting reports that are left alone until the next is accepted, since the storage goes on refusing to read them.</summary>
        public int LeftAlone;

        /// <summary>Reports found damaged when they were to be sent; they are lost, and counted here.</summary>
        public int Corrupted;

        /// <summary>Reports dropped since the start because the ring was full.</summary>
        public int Dropped;

        /// <summary>
        /// Looks through one more segment after a restart; true when done. One at a time, so that a woken device decides
        /// about its wearer before it has read all its flash.
        /// </summary>
        public bool Recover()
        {
            if (IsRecovered) return true;
            if (_recovering < Journal.RingCount)
            {
                if (TryRecoverSegment(_recovering)) _recovering++;
                return false;
            }

            if (_found)
            {
                ApplyNote();
                // Reports that went out while flash refused them have taken numbers of which flash knows nothing.
                Journal.NextSequence += DirectMax;
                // A torn or flipped tail of the newest segment may have been reports that were sent: their numbers are
                // never given again. A record is at least a header long, so this many cannot be exceeded.
                int uncertain = _uncertainBytes + _newestUncertainBytes;
                if (uncertain > 0) Journal.NextSequence += (uint)(uncertain / JournalRecord.HeaderSize) + 1;
                _uncertainBytes = 0;
                _newestUncertainBytes = 0;
                // Where the segment with the highest number cannot say its generation any more, it is the newest all the same: what is
                // written next goes behind what waits in it, not over it.
                bool known = _highestGeneration > 0;
                Journal.Continue(known ? _newestSegment : _highestSegment, known ? _newestGeneration : _newestGeneration + 1);
            }
            else
            {
                Journal.Epoch = _freshEpoch;
                // Where flash refuses, each write begins the log anew; until one can, reports go out from memory.
                if (!Journal.TryFormat(_index, ref Dropped) && ++_attempts < ReadAttemptsMax) return false;
            }

            IsRecovered = true;
            Recount();
            return true;
        }

        /// <summary>
        /// Accepts a frame: true once it is on flash, under <see cref="Uplink.Journal.NextSequence"/> as it was before the call. False:
        /// no room, or the storage refused; the same bytes must be offered again, for part of them may stand in flash.
        /// </summary>
        public bool TryEnqueue(byte[] frame, int offset, int count, byte flags, long nowMs)
        {
            bool fits = IsRecovered && count > 0 && count <= Journal.PayloadSizeMax && MakeIndexRoom()
                && MakeRoom(count);
            int position = 0;
            uint sequence = Journal.NextSequence;
            if (!fits || !Journal.TryAppendReport(flags, sequence, frame, offset, count, out position))
            {
                Refused++;
                Recount();
                return false;
            }

            _index.Put(sequence, Journal.Segment, position, count, Marks(flags), Time.Seconds(nowMs));
            Journal.NextSequence = sequence + 1;
            Accepted++;
            _readRounds = 0;
            _index.Unmark(ReportIndex.Unread);
            Recount();
            return true;
        }

        /// <summary>Once a step, before the first <see cref="TryPeek"/>: what the storage refused to read is tried again.</summary>
        public void BeginSending()
        {
            if (_readRounds < ReadRoundsMax)
            {
                if (ReadsRefused > 0) _readRounds++;
                else _readRounds = 0;
                if (_readRounds < ReadRoundsMax) _index.Unmark(ReportIndex.Unread);
                Recount();
            }

            ReadsRefused = 0;
        }

        /// <summary>
        /// Reads the next report to send into a buffer of at least <see cref="JournalRecord.PayloadSizeMax"/> bytes: the
        /// oldest alarm, else the oldest report; one that the storage refuses to read stays and lets the next go first. False: none waits
        /// that is not under way and can be read. It is under way only after <see cref="MarkUnderWay"/>.
        /// </summary>
        public bool TryPeek(byte[] frame, out uint sequence, out int length)
        {
            sequence = 0;
            length = 0;
            int row = NextRow();
            while (row >= 0 && ReadsRefused < UnreadMax)
            {
                sequence = _index.SequenceAt(row);
                length = _index.LengthAt(row);
                if (Journal.TryLoad(_index.SegmentAt(row), _index.PositionAt(row), length, frame)) return true;
                if (Journal.ReadRefused)
                {
                    _index.Mark(row, ReportIndex.Unread, true);
                    ReadsRefused++;
                }
                else
                {
                    _index.RemoveAt(row);
                    Corrupted++;
                }

                Recount();
                row = NextRow();
            }

            return false;
        }

        /// <summary>The link took the report.</summary>
        public void MarkUnderWay(uint sequence)
        {
            int row = _index.Find(sequence);
            if (row >= 0) _index.Mark(row, ReportIndex.UnderWay, true);
        }

        /// <summary>The link is gone: what was under way waits again.</summary>
        public void ForgetUnderWay()
        {
            _index.Unmark(ReportIndex.UnderWay);
            Recount();
        }

        /// <summary>The server has stored a report. An alarm stays, unsent, until <see cref="Release"/>: it may have to be repeated.</summary>
        public void Acknowledge(uint sequence)
        {
            int row = _index.Find(sequence);
            if (row < 0 || _index.Has(row, ReportIndex.Stored)) return;
            _index.Mark(row, ReportIndex.UnderWay, false);
            if (_index.Has(row, ReportIndex.Alarm) && !_index.Has(row, ReportIndex.Confirmed)) _index.Mark(row, ReportIndex.Stored, true);
            else Remove(row);
            Recount();
        }

        /// <summary>An alarm needs no repetition any more: its "received" came, or the repetitions are used up.</summary>
        public void Release(uint sequence)
        {
            int row = _index.Find(sequence);
            if (row < 0) return;
            if (_index.Has(row, ReportIndex.Stored)) Remove(row);
            else _index.Mark(row, ReportIndex.Confirmed, true);
            Recount();
        }

        /// <summary>Sends an alarm again, the same bytes under the same number. False: it is not here any more.</summary>
        public bool Repeat(uint sequence)
        {
            int row = _index.Find(sequence);
            if (row < 0) return false;
            _index.Mark(row, ReportIndex.Stored | ReportIndex.UnderWay | ReportIndex.Unread, false);
            Recount();
            return true;
        }

        /// <summary>Sequence of the alarm in a row of those that wait for their "received"; false past the last.</summary>
        public bool TryAlarmAt(int ordinal, out uint sequence)
        {
            sequence = 0;
            for (int row = 0; row < _index.Count; row++)
            {
                if (!_index.Has(row, ReportIndex.Alarm) || ordinal-- > 0) continue;
                sequence = _index.SequenceAt(row);
                return true;
            }

            return false;
        }

        /// <summary>Age of the oldest waiting report, s; counted from the start of the device for older ones.</summary>
        public uint OldestAgeS(long nowMs)
        {
            for (int row = 0; row < _index.Count; row++)
            {
                if (_index.Has(row, ReportIndex.Stored)) continue;
                long ageS = nowMs / 1000 - _index.AcceptedSAt(row);
                return ageS < 0 ? 0u : (uint)ageS;
            }

            return 0;
        }

        /// <summary>Notes in flash what the server has stored, if anything new: once a contact, or when <see cref="UnnotedMax"/> have gathered.</summary>
        public void NoteStored(bool always)
        {
            if (_unnoted == 0 || (!always && _unnoted < UnnotedMax)) return;
            if (!MakeRoom(4 + 4 * AheadMax)) return;
            uint lowest = _index.Count > 0 ? _index.SequenceAt(0) : Journal.NextSequence;
            int kept = 0;
            for (int i = 0; i < _aheadCount; i++)
            {
                if (_ahead[i] > lowest) _ahead[kept++] = _ahead[i];
            }

            _aheadCount = kept;
            if (Journal.TryAppendStored(lowest, _ahead, _aheadCount)) _unnoted = 0;
            Recount();
        }

        /// <summary>Writes <see cref="Uplink.Journal.State"/> to flash. False: try again later.</summary>
        public bool TrySaveState()
        {
            if (!IsRecovered) return false;
            bool saved = MakeRoom(SavedState.Size) && Journal.TryAppendState();
            Recount();
            return saved;
        }

        /// <summary>Writes a record and reads it back: the flash's part of the self-test. False: it cannot be written or read now.</summary>
        public bool TryProveFlash()
        {
            if (!IsRecovered) return false;
            bool proved = MakeRoom(SavedState.Size) && Journal.TryProve();
            Recount();
            return proved;
        }

        /// <summary>Writes a checkpoint to flash; only where <see cref="IsRecovered"/>.</summary>
        public bool TrySaveCheckpoint(Checkpoint checkpoint)
        {
            return Journal.TrySaveCheckpoint(checkpoint);
        }

        /// <summary>Reads the newest checkpoint. False: there is none that is whole.</summary>
        public bool TryLoadCheckpoint(Checkpoint checkpoint)
        {
            return Journal.TryLoadCheckpoint(checkpoint);
        }

        /// <summary>
        /// Walks over what a deep sleep must not lose. Restoring: false where flash is not as it was left. Reports that waited are
        /// looked for in the ring as after any other start, one segment a step.
        /// </summary>
        public bool TryKeep(Checkpoint checkpoint)
        {
            bool empty = _index.Count == 0;
            checkpoint.Flag(ref empty);
            checkpoint.Int(ref Dropped);
            checkpoint.Int(ref Corrupted);
            if (!Journal.TryKeep(checkpoint)) return false;
            if (checkpoint.Restoring) IsRecovered = empty;
            return true;
        }

        private int NextRow()
        {
            int first = -1;
            for (int row = 0; row < _index.Count; row++)
            {
                if (_index.Has(row, ReportIndex.UnderWay | ReportIndex.Stored | ReportIndex.Unread)) continue;
                if (_index.Has(row, ReportIndex.Alarm)) return row;
                if (first < 0) first = row;
            }

            return first;
        }

        private void Remove(int row)
        {
            if (row > 0)
            {
                if (_aheadCount == AheadMax)
                {
                    Array.Copy(_ahead, 1, _ahead, 0, AheadMax - 1);
                    _aheadCount--;
                }

                _ahead[_aheadCount++] = _index.SequenceAt(row);
            }

            _index.RemoveAt(row);
            _unnoted++;
        }

        private bool MakeRoom(int payloadLength)
        {
            return Journal.TryMakeRoom(payloadLength, _index, ref Dropped);
        }

        private bool MakeIndexRoom()
        {
            if (_index.Count < ReportIndex.CountMax) return true;
            for (int row = 0; row < _index.Count; row++)
            {
                if (_index.Has(row, ReportIndex.Alarm)) continue;
                _index.RemoveAt(row);
                Dropped++;
                return true;
            }

            return false;
        }

        private void Recount()
        {
            Count = 0;
            AlarmCount = 0;
            LeftAlone = 0;
            for (int row = 0; row < _index.Count; row++)
            {
                if (_index.Has(row, ReportIndex.Stored)) continue;
                Count++;
                if (_index.Has(row, ReportIndex.Alarm)) AlarmCount++;
                if (_readRounds == ReadRoundsMax && _index.Has(row, ReportIndex.Unread)) LeftAlone++;
            }
        }

        // False: the storage refused and the segment is to be tried again.
        private bool TryRecoverSegment(int segment)
        {
            uint generation = 0;
            int tailFrom = 0;
            _scanner.Begin(segment);
            while (_scanner.Next())
            {
                JournalRecord record = _scanner.Record;
                if (_found && record.Epoch != Journal.Epoch) continue;
                _found = true;
                Journal.Epoch = record.Epoch;
                TakeRecord(record, segment, ref generation);
                uint next = Next(record);
                if (next > _highestNext || (next == _highestNext && generation > 0))
                {
                    _highestNext = next;
                    _highestSegment = segment;
                    _highestGeneration = generation;
                }

                tailFrom = _scanner.DamagedBytes;
            }

            if (_scanner.ReadFailed && ++_attempts < ReadAttemptsMax) return false;
            if (_scanner.ReadFailed) _uncertainBytes += _storage.SegmentSizeMax;
            _attempts = 0;
            int tail = _scanner.DamagedBytes - tailFrom;
            if (generation == 0)
            {
                _uncertainBytes += tail;
            }
            else if (generation >= _newestGeneration)
            {
                _newestGeneration = generation;
                _newestSegment = segment;
                _newestUncertainBytes = tail;
            }

            return true;
        }

        private void TakeRecord(JournalRecord record, int segment, ref uint generation)
        {
            byte[] buffer = _scanner.Buffer;
            int payload = _scanner.PayloadOffset;
            if (record.StepsTotal > Journal.StepsTotal) Journal.StepsTotal = record.StepsTotal;
            if (Next(record) > Journal.NextSequence) Journal.NextSequence = Next(record);

            switch (record.Kind)
            {
                case RecordKind.Start:
                    generation = JournalRecord.GetUInt32(buffer, payload);
                    if (generation >= _newestGeneration) TakeState(buffer, payload + 4, record.Length - 4);
                    break;

                case RecordKind.State:
                    if (generation >= _newestGeneration) TakeState(buffer, payload, record.Length);
                    break;

                // The newest note says it all; notes of older segments have been overtaken.
                case RecordKind.Stored:
                    if (generation < _noteGeneration || record.Length > _note.Length) break;
                    _noteGeneration = generation;
                    _noteLength = record.Length;
                    Array.Copy(buffer, payload, _note, 0, record.Length);
                    break;

                case RecordKind.Report:
                    if (MakeIndexRoom()) _index.Put(record.Sequence, segment, _scanner.RecordPosition, record.Length, Marks(record.Flags), 0);
                    break;
            }
        }

        private static uint Next(JournalRecord record)
        {
            return record.Kind == RecordKind.Report ? record.Sequence + 1 : record.Sequence;
        }

        private static byte Marks(byte flags)
        {
            return (flags & JournalRecord.FlagAlarm) != 0 ? ReportIndex.Alarm : (byte)0;
        }

        // A shorter state is one an older firmware wrote: what it did not know stays zero.
        private void TakeState(byte[] buffer, int offset, int length)
        {
            Array.Clear(Journal.State, 0, SavedState.Size);
            Array.Copy(buffer, offset, Journal.State, 0, length < SavedState.Size ? length : SavedState.Size);
        }

        private void ApplyNote()
        {
            if (_noteLength < 4) return;
            uint lowest = JournalRecord.GetUInt32(_note, 0);
            while (_index.Count > 0 && _index.SequenceAt(0) < lowest) _index.RemoveAt(0);
            for (int offset = 4; offset + 4 <= _noteLength; offset += 4)
            {
                int row = _index.Find(JournalRecord.GetUInt32(_note, offset));
                if (row < 0) continue;
                if (_aheadCount < AheadMax) _ahead[_aheadCount++] = _index.SequenceAt(row);
                _index.RemoveAt(row);
            }
        }
    }
}
