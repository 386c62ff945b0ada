using Traxxs.Core.Ports;
using Traxxs.Core.Power;
using Traxxs.Core.Uplink;
using Traxxs.Protocol;

namespace Traxxs.Core.Safety
{
    /// <summary>
    /// Follows each alarm until a person has acknowledged it. Accepts queued alarms and the server's answers; emits the
    /// patterns the wearer feels, has an alarm sent again, under the same number, while no "received" comes back, and asks again
    /// for a person's answer while none has come.
    /// </summary>
    public sealed class AlarmDesk
    {
        /// <summary>Alarms followed at once. At the bound the oldest is no longer repeated; it stays queued until the server has stored it.</summary>
        public const int AlarmsMax = 8;

        /// <summary>Repetitions of one alarm that the server has stored but not answered, and questions for a person's answer: with doubling, two hours each. After that any contact brings the answer.</summary>
        public const int RepeatsMax = 7;

        private readonly TrackerProfile _profile;
        private readonly ReportQueue _queue;
        private readonly uint[] _sequences = new uint[AlarmsMax];
        private readonly bool[] _received = new bool[AlarmsMax];
        private readonly long[] _nextMs = new long[AlarmsMax];
        private readonly int[] _repeats = new int[AlarmsMax];
        private IndicatorPattern _pattern;

        /// <summary>A desk without alarms.</summary>
        public AlarmDesk(TrackerProfile profile, ReportQueue queue)
        {
            _profile = profile;
            _queue = queue;
        }

        /// <summary>Alarms without a person's acknowledgement.</summary>
        public int Count;

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
            for (int i = 0; _queue.TryAlarmAt(i, out sequence); i++)
            {
                if (Find(sequence) < 0) Add(sequence, nowMs);
            }
        }

        /// <summary>An alarm has been accepted by the queue.</summary>
        public void Add(uint sequence, long nowMs)
        {
            if (Count == AlarmsMax)
            {
                _queue.Release(_sequences[0]);
                RemoveAt(0);
            }

            _sequences[Count] = sequence;
            _received[Count] = false;
            _repeats[Count] = 0;
            _nextMs[Count] = nowMs + _profile.Ms(SettingCode.AlarmRetryS);
            Count++;
            _pattern = IndicatorPattern.AlarmSending;
        }

        /// <summary>The server says an alert stands for an alarm.</summary>
        public void Received(uint sequence, long nowMs)
        {
            _queue.Release(sequence);
            int i = Find(sequence);
            if (i < 0 || _received[i]) return;
            _received[i] = true;
            _repeats[i] = 0;
            _nextMs[i] = nowMs + _profile.Ms(SettingCode.AlarmListenS);
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

        /// <summary>
        /// Decides one step: repeats what is due. True: the server has an alarm and no person has answered yet; a contact is due
        /// to ask, since an answer is heard only while the link is open.
        /// </summary>
        public bool Update(long nowMs)
        {
            bool ask = false;
            for (int i = 0; i < Count; i++)
            {
                if (nowMs < _nextMs[i] || _repeats[i] > RepeatsMax) continue;
                _nextMs[i] = nowMs + ((long)_profile[SettingCode.AlarmRetryS] << ++_repeats[i]) * 1000;
                if (_received[i]) ask = true;
                else if (_repeats[i] > RepeatsMax) _queue.Release(_sequences[i]);
                else _queue.Repeat(_sequences[i]);
            }

            return ask;
        }

        /// <summary>Whether an answer is awaited for which the link should stay open.</summary>
        public bool IsListening(long nowMs)
        {
            for (int i = 0; i < Count; i++)
            {
                if (_repeats[i] == 0 && (!_received[i] || nowMs < _nextMs[i])) return true;
            }

            return false;
        }

        /// <summary>Whether the server has all alarms: what is left is to ask for a person's answer.</summary>
        public bool AreReceived()
        {
            for (int i = 0; i < Count; i++)
            {
                if (!_received[i]) return false;
            }

            return true;
        }

        /// <summary>When the next update repeats an alarm, asks, or stops listening.</summary>
        public long NextChangeMs(long nowMs)
        {
            long nextMs = long.MaxValue;
            for (int i = 0; i < Count; i++)
            {
                if (_nextMs[i] > nowMs && _nextMs[i] < nextMs && _repeats[i] <= RepeatsMax) nextMs = _nextMs[i];
            }

            return nextMs;
        }

        /// <summary>Walks over what a deep sleep must not lose: alarms the server has and no person has acknowledged.</summary>
        public void Keep(Checkpoint checkpoint)
        {
            checkpoint.Int(ref Count);
            for (int i = 0; i < Count; i++)
            {
                checkpoint.UInt(ref _sequences[i]);
                checkpoint.Long(ref _nextMs[i]);
                checkpoint.Int(ref _repeats[i]);
                _received[i] = true;
            }
        }

        private int Find(uint sequence)
        {
            for (int i = 0; i < Count; i++)
            {
                if (_sequences[i] == sequence) return i;
            }

            return -1;
        }

        private void RemoveAt(int index)
        {
            for (int i = index; i < Count - 1; i++)
            {
                _sequences[i] = _sequences[i + 1];
                _received[i] = _received[i + 1];
                _nextMs[i] = _nextMs[i + 1];
                _repeats[i] = _repeats[i + 1];
            }

            Count--;
        }
    }
}
