using Traxxs.Core.Ports;
using Traxxs.Core.Uplink;

namespace Traxxs.Core.Safety
{
    /// <summary>
    /// Follows each alarm until a person has acknowledged it. Accepts queued alarms and the server's answers; emits the
    /// patterns the wearer feels, and has an alarm sent again, under the same number, while no "received" comes back.
    /// </summary>
    public sealed class AlarmDesk
    {
        /// <summary>Alarms followed at once. At the bound the oldest is no longer repeated; it stays queued until the server has stored it.</summary>
        public const int AlarmsMax = 8;

        /// <summary>Repetitions of one alarm that the server has stored but not answered: with doubling, two hours.</summary>
        public const int RepeatsMax = 7;

        private readonly TrackerProfile _profile;
        private readonly ReportQueue _queue;
        private readonly uint[] _sequences = new uint[AlarmsMax];
        private readonly bool[] _received = new bool[AlarmsMax];
        private readonly long[] _nextMs = new long[AlarmsMax];
        private readonly byte[] _repeats = new byte[AlarmsMax];
        private int _count;
        private IndicatorPattern _pattern;

        /// <summary>A desk without alarms.</summary>
        public AlarmDesk(TrackerProfile profile, ReportQueue queue)
        {
            _profile = profile;
            _queue = queue;
        }

        /// <summary>Alarms without a person's acknowledgement.</summary>
        public int Count
        {
            get { return _count; }
        }

        /// <summary>Pattern to play since last asked. Asking clears it.</summary>
        public IndicatorPattern TakePattern()
        {
            IndicatorPattern pattern = _pattern;
            _pattern = IndicatorPattern.None;
            return pattern;
        }

        /// <summary>After a restart: follows the alarms that are still queued.</summary>
        public void Resume(long nowMs)
        {
            uint sequence;
            for (int i = 0; _queue.TryAlarmAt(i, out sequence); i++) Add(sequence, nowMs);
        }

        /// <summary>An alarm has been accepted by the queue.</summary>
        public void Add(uint sequence, long nowMs)
        {
            if (_count == AlarmsMax)
            {
                _queue.Release(_sequences[0]);
                RemoveAt(0);
            }

            _sequences[_count] = sequence;
            _received[_count] = false;
            _repeats[_count] = 0;
            _nextMs[_count] = nowMs + _profile.AlarmRetryS * 1000L;
            _count++;
            _pattern = IndicatorPattern.AlarmSending;
        }

        /// <summary>The server says an alert stands for an alarm.</summary>
        public void Received(uint sequence, long nowMs)
        {
            _queue.Release(sequence);
            int i = Find(sequence);
            if (i < 0 || _received[i]) return;
            _received[i] = true;
            _nextMs[i] = nowMs + _profile.AlarmListenS * 1000L;
            _pattern = IndicatorPattern.AlarmReceived;
        }

        /// <summary>The server says a person acknowledged the alert.</summary>
        public void Acknowledged(uint sequence)
        {
            _queue.Release(sequence);
            int i = Find(sequence);
            if (i < 0) return;
            RemoveAt(i);
            _pattern = IndicatorPattern.AlarmAcknowledged;
        }

        /// <summary>Decides one step: repeats what is due.</summary>
        public void Update(long nowMs)
        {
            for (int i = 0; i < _count; i++)
            {
                if (_received[i] || nowMs < _nextMs[i] || _repeats[i] > RepeatsMax) continue;
                if (++_repeats[i] > RepeatsMax)
                {
                    _queue.Release(_sequences[i]);
                    continue;
                }

                _queue.Repeat(_sequences[i]);
                _nextMs[i] = nowMs + ((long)_profile.AlarmRetryS << _repeats[i]) * 1000;
            }
        }

        /// <summary>Whether an answer is awaited for which the link should stay open.</summary>
        public bool IsListening(long nowMs)
        {
            for (int i = 0; i < _count; i++)
            {
                if (_received[i] ? nowMs < _nextMs[i] : _repeats[i] == 0) return true;
            }

            return false;
        }

        /// <summary>When the next update repeats an alarm or stops listening.</summary>
        public long NextChangeMs(long nowMs)
        {
            long nextMs = long.MaxValue;
            for (int i = 0; i < _count; i++)
            {
                if (_nextMs[i] > nowMs && _nextMs[i] < nextMs) nextMs = _nextMs[i];
            }

            return nextMs;
        }

        private int Find(uint sequence)
        {
            for (int i = 0; i < _count; i++)
            {
                if (_sequences[i] == sequence) return i;
            }

            return -1;
        }

        private void RemoveAt(int index)
        {
            for (int i = index; i < _count - 1; i++)
            {
                _sequences[i] = _sequences[i + 1];
                _received[i] = _received[i + 1];
                _nextMs[i] = _nextMs[i + 1];
                _repeats[i] = _repeats[i + 1];
            }

            _count--;
        }
    }
}
