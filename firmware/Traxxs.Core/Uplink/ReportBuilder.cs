using System;
using Traxxs.Core.Location;
using Traxxs.Protocol;

namespace Traxxs.Core.Uplink
{
    /// <summary>
    /// Gathers fixes and events and makes them one frame. Event times are kept on the device's clock and become UTC only
    /// when the frame is made, so that what happened before the first fix still gets its true time where that is possible.
    /// A frame that the queue refused is offered again with the same bytes before anything newer.
    /// </summary>
    public sealed class ReportBuilder
    {
        private readonly Report _report = new Report();
        private readonly ReportWriter _writer = new ReportWriter();
        private readonly Report _past = new Report();
        private readonly ReportReader _reader = new ReportReader();
        private readonly long[] _eventMs = new long[Report.EventsMax];
        private readonly byte[] _frame = new byte[ReportWriter.FrameSizeMax];
        private int _frameLength;
        private byte _frameFlags;

        /// <summary>When the oldest content was added; meaningful with <see cref="HasContent"/>.</summary>
        public long OldestMs;

        /// <summary>Whether there are fixes or events.</summary>
        public bool HasContent
        {
            get { return _report.FixCount > 0 || _report.EventCount > 0; }
        }

        /// <summary>Fixes gathered.</summary>
        public int FixCount
        {
            get { return _report.FixCount; }
        }

        /// <summary>Whether the gathered events must be sent at once.</summary>
        public bool IsUrgent;

        /// <summary>Whether an alarm is among them.</summary>
        public bool HasAlarm;

        /// <summary>Whether a frame waits to be accepted.</summary>
        public bool HasFrame
        {
            get { return _frameLength > 0; }
        }

        /// <summary>Whether the waiting frame carries an alarm.</summary>
        public bool FrameIsAlarm
        {
            get { return _frameLength > 0 && (_frameFlags & JournalRecord.FlagAlarm) != 0; }
        }

        /// <summary>The waiting frame's bytes, for when flash refuses it and the link must take it from RAM.</summary>
        public byte[] Frame
        {
            get { return _frame; }
        }

        /// <summary>Length of the waiting frame; 0 where none waits.</summary>
        public int FrameLength
        {
            get { return _frameLength; }
        }

        /// <summary>Fixes and events lost since the start because nothing could be accepted for too long.</summary>
        public int Lost;

        /// <summary>Adds a fix. At <see cref="Report.FixesMax"/> the oldest makes room and is counted as lost.</summary>
        public void AddFix(GnssFix fix, long nowMs)
        {
            if (_report.FixCount > 0 && _report.FixTimeS[_report.FixCount - 1] == fix.TimeS) return;
            if (_report.FixCount == Report.FixesMax)
            {
                KeepNewestFixes(Report.FixesMax - 1);
            }

            if (!HasContent) OldestMs = nowMs;
            int row = _report.FixCount++;
            _report.FixTimeS[row] = fix.TimeS;
            _report.LatitudeE5[row] = ToE5(fix.LatitudeE7);
            _report.LongitudeE5[row] = ToE5(fix.LongitudeE7);
            _report.AccuracyClass[row] = AccuracyClass.FromMillimetres(fix.AccuracyMm);
        }

        /// <summary>Adds an event that began at a moment. At <see cref="Report.EventsMax"/> the oldest that is no alarm makes room, and is counted as lost.</summary>
        public void AddEvent(EventCode code, long atMs, int value)
        {
            if (_report.EventCount == Report.EventsMax && !TryDropEvent())
            {
                Lost++;
                return;
            }

            if (!HasContent) OldestMs = atMs;
            int row = _report.EventCount++;
            _report.EventCodes[row] = code;
            _report.EventValue[row] = value;
            _eventMs[row] = atMs;
            if (Alarm.Is(code)) HasAlarm = true;
            // Someone may already be on the way for a suspected fall: taking it back is as urgent as raising it.
            if (HasAlarm || code == EventCode.FallSuspected || code == EventCode.FallCancelled) IsUrgent = true;
        }

        /// <summary>Whether an event is among what was gathered.</summary>
        public bool Has(EventCode code)
        {
            for (int i = 0; i < _report.EventCount; i++)
            {
                if (_report.EventCodes[i] == code) return true;
            }

            return false;
        }

        /// <summary>What was gathered must be sent at once.</summary>
        public void Hurry()
        {
            IsUrgent = true;
        }

        /// <summary>
        /// The report under construction, for what belongs to its closing: battery, steps, contract, backlog, activity.
        /// </summary>
        public Report Report
        {
            get { return _report; }
        }

        /// <summary>Makes the gathered content a frame and begins anew. Only where <see cref="HasFrame"/> is false.</summary>
        public void Close(WallClock clock, ushort epoch, uint sequence, long nowMs)
        {
            _report.HasIdentity = true;
            _report.Epoch = epoch;
            _report.Sequence = sequence;
            _report.HasDeviceTime = true;
            _report.TimeIsUptime = !clock.IsKnown;
            _report.DeviceTimeS = clock.ToReportS(nowMs);
            for (int i = 0; i < _report.EventCount; i++) _report.EventTimeS[i] = clock.ToReportS(_eventMs[i]);

            while (true)
            {
                _report.HasAccuracy = _report.FixCount > 0;
                _frameLength = _writer.Write(_report, _frame, 0);
                if (_frameLength > 0) break;
                if (_report.FixCount == 0)
                {
                    Lost += _report.EventCount;
                    break;
                }

                // Too long for a frame, or a fix no writer takes: what led here matters more than where it led through.
                KeepNewestFixes(_report.FixCount / 2);
            }

            _frameFlags = (byte)((HasAlarm ? JournalRecord.FlagAlarm : 0) | (_report.TimeIsUptime ? JournalRecord.FlagUptime : 0));
            _report.Clear();
            HasAlarm = false;
            IsUrgent = false;
        }

        /// <summary>Offers the waiting frame to the queue. True: accepted, and nothing waits any more.</summary>
        public bool TryHandOver(ReportQueue queue, long nowMs)
        {
            if (!queue.TryEnqueue(_frame, 0, _frameLength, _frameFlags, nowMs)) return false;
            _frameLength = 0;
            return true;
        }

        /// <summary>The waiting frame has reached the server without having been accepted.</summary>
        public void DiscardFrame()
        {
            _frameLength = 0;
        }

        /// <summary>
        /// Gives a frame whose times count from the device's start its true times, in place, and returns its length. It stays as it is
        /// where it is no such frame. <paramref name="startS"/>: UTC where the device's clock stood at 0, s.
        /// </summary>
        public int Repair(byte[] frame, int length, uint startS)
        {
            if (_reader.Read(frame, 0, length, _past) != DecodeResult.Ok || !_past.TimeIsUptime) return length;
            Shift(startS);
            int repaired = _writer.Write(_past, frame, 0);
            if (repaired > 0) return repaired;
            Shift(0 - startS);
            return _writer.Write(_past, frame, 0);  // there is one frame for a report: the one it was
        }

        private void Shift(uint byS)
        {
            _past.TimeIsUptime = !_past.TimeIsUptime;
            _past.DeviceTimeS += byS;
            for (int i = 0; i < _past.EventCount; i++) _past.EventTimeS[i] += byS;
        }

        private bool TryDropEvent()
        {
            for (int row = 0; row < _report.EventCount; row++)
            {
                if (Alarm.Is(_report.EventCodes[row])) continue;
                int behind = _report.EventCount - row - 1;
                Array.Copy(_report.EventCodes, row + 1, _report.EventCodes, row, behind);
                Array.Copy(_report.EventValue, row + 1, _report.EventValue, row, behind);
                Array.Copy(_eventMs, row + 1, _eventMs, row, behind);
                _report.EventCount--;
                Lost++;
                return true;
            }

            return false;
        }

        private void KeepNewestFixes(int count)
        {
            int from = _report.FixCount - count;
            Array.Copy(_report.FixTimeS, from, _report.FixTimeS, 0, count);
            Array.Copy(_report.LatitudeE5, from, _report.LatitudeE5, 0, count);
            Array.Copy(_report.LongitudeE5, from, _report.LongitudeE5, 0, count);
            Array.Copy(_report.AccuracyClass, from, _report.AccuracyClass, 0, count);
            _report.FixCount = count;
            Lost += from;
        }

        private static int ToE5(int degreesE7)
        {
            return (degreesE7 >= 0 ? degreesE7 + 50 : degreesE7 - 50) / 100;
        }
    }
}
