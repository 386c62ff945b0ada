using Traxxs.Core.Ports;
using Traxxs.Core.Power;

namespace Traxxs.Core.Uplink
{
    /// <summary>Where the policy stands with the link.</summary>
    public enum UplinkState : byte
    {
        /// <summary>Nothing to say: radio off.</summary>
        Resting = 0,

        /// <summary>Waiting for the link to open.</summary>
        Opening = 1,

        /// <summary>Sending and listening.</summary>
        Talking = 2,

        /// <summary>The last attempt failed; waiting before the next.</summary>
        BackingOff = 3,
    }

    /// <summary>
    /// Decides when the way to the server is open. Accepts what waits and where the link stands; emits whether the link is
    /// wanted. An alarm cuts a wait short.
    /// </summary>
    public sealed class UplinkPolicy
    {
        /// <summary>Longest wait for the link to open, ms: joining Wi-Fi, DHCP and a TLS handshake take up to 15 s in a bad spot, three times that is hopeless.</summary>
        public const int OpenTimeoutMs = 45000;

        /// <summary>Longest work of the link itself, ms. A join, a connection and three tries of M2Mqtt end within two minutes; what has not ended after five never will, and no other attempt can begin.</summary>
        public const int BusyMaxMs = 300000;

        /// <summary>Longest wait for an acknowledgement while frames are under way, ms. Then the connection counts as dead.</summary>
        public const int AckTimeoutMs = 30000;

        /// <summary>How long the link stays open after the last word to hear commands, ms: what the broker kept comes with the session, within a round trip or two of a tenth to a quarter of a second.</summary>
        public const int LingerMs = 600;

        /// <summary>First wait after a failure, ms; doubles each time.</summary>
        public const int BackoffMinMs = 5000;

        /// <summary>Longest wait after failures, ms: at 45 s an attempt, a day without coverage costs 90 attempts.</summary>
        public const int BackoffMaxMs = 900000;

        /// <summary>Longest wait of the first tries while an alarm is queued, ms: the wearer may step out of the dead zone any minute.</summary>
        public const int AlarmBackoffMinMs = 30000;

        /// <summary>Failures in a row after which an alarm's wait doubles too: six minutes. An attempt in vain takes 8 s at 110 mA.</summary>
        public const int AlarmPatience = 10;

        /// <summary>Longest wait while an alarm is queued, ms: so soon after the network is back the alarm goes, and 3 mA are spent on it till then.</summary>
        public const int AlarmBackoffMaxMs = 300000;

        /// <summary>The same while the wearer moves, ms: whoever walks or is carried comes out of a dead zone soonest.</summary>
        public const int AlarmMovingMaxMs = 120000;

        /// <summary>Links in a row that may open and come to nothing before the next wait doubles: in a bad spot a link breaks before its first acknowledgement.</summary>
        public const int BarrenPatience = 5;

        private uint _random;
        private long _enteredMs;
        private long _untilMs;
        private long _progressMs;
        private bool _waiting;

        /// <summary>A resting policy. <paramref name="entropy"/> spreads the retries of many devices.</summary>
        public UplinkPolicy(uint entropy)
        {
            _random = entropy;
        }

        /// <summary>Where it stands.</summary>
        public UplinkState State;

        /// <summary>Whether the way to the server is wanted.</summary>
        public bool Wanted
        {
            get { return State == UplinkState.Opening || State == UplinkState.Talking; }
        }

        /// <summary>The link was lost or given up in the last update: what was under way waits again.</summary>
        public bool JustLost;

        /// <summary>The link closes in the last update because all is said.</summary>
        public bool JustRested;

        /// <summary>Whether the wearer moves; given before each update.</summary>
        public bool Moving;

        /// <summary>Failed attempts since a link last opened or an alarm hurried.</summary>
        public int Failures;

        /// <summary>
        /// Links in a row that opened and came to nothing. The caller sets 0 at an acknowledgement: a server that lets everyone in and
        /// stores nothing is spared as one that is not there.
        /// </summary>
        public int Barren;

        /// <summary>Links opened since the start.</summary>
        public int Contacts;

        /// <summary>
        /// Decides one step. <paramref name="waiting"/>: reports wait. <paramref name="alarm"/>: one of them is an alarm.
        /// <paramref name="listening"/>: an answer to an alarm is awaited. <paramref name="progress"/>: an acknowledgement
        /// or a command came since the last step.
        /// </summary>
        public void Update(bool waiting, bool alarm, bool listening, bool progress, LinkState link, long nowMs)
        {
            JustLost = false;
            JustRested = false;
            // The server's time to answer begins when there is something to answer, not at its last word.
            if (progress || (waiting && !_waiting)) _progressMs = nowMs;
            _waiting = waiting;
            switch (State)
            {
                // From the start, from Talking when all is said. Leaves when something waits.
                case UplinkState.Resting:
                    if (waiting) Enter(UplinkState.Opening, nowMs);
                    break;

                // From Resting and BackingOff. Leaves to Talking when the link is open, to BackingOff when it failed or
                // took too long.
                case UplinkState.Opening:
                    if (link == LinkState.Open) Enter(UplinkState.Talking, nowMs);
                    else if (link == LinkState.Failed || nowMs - _enteredMs >= OpenTimeoutMs) BackOff(alarm, nowMs);
                    break;

                // From Opening. Leaves to BackingOff when the link broke or no longer acknowledges, to Resting when all is
                // said and the server had time to answer.
                case UplinkState.Talking:
                    if (link != LinkState.Open || (waiting && nowMs - _progressMs >= AckTimeoutMs)) BackOff(alarm, nowMs);
                    else if (!waiting && !listening && nowMs - _progressMs >= LingerMs) Enter(UplinkState.Resting, nowMs);
                    break;

                // From Opening and Talking. Leaves to Opening after a wait, which an alarm shortens.
                case UplinkState.BackingOff:
                    long alarmMs = _enteredMs + (Moving ? AlarmMovingMaxMs : AlarmBackoffMaxMs);
                    if (alarm && _untilMs > alarmMs) _untilMs = alarmMs;
                    if (nowMs >= _untilMs) Enter(waiting ? UplinkState.Opening : UplinkState.Resting, nowMs);
                    break;
            }
        }

        /// <summary>A new alarm: the wait after earlier failures does not apply to it.</summary>
        public void Hurry(long nowMs)
        {
            Failures = 0;
            Barren = 0;
            if (State == UplinkState.BackingOff) _untilMs = nowMs;
        }

        /// <summary>Walks over what a deep sleep must not lose. The device sleeps while the policy rests or backs off.</summary>
        public void Keep(Checkpoint checkpoint)
        {
            bool backsOff = State == UplinkState.BackingOff;
            checkpoint.Flag(ref backsOff);
            State = backsOff ? UplinkState.BackingOff : UplinkState.Resting;
            checkpoint.Long(ref _untilMs);
            checkpoint.Int(ref Failures);
            checkpoint.Int(ref Barren);
            checkpoint.Int(ref Contacts);
        }

        /// <summary>When the next update can change the state without news from the link.</summary>
        public long NextChangeMs(long nowMs)
        {
            switch (State)
            {
                case UplinkState.Opening: return _enteredMs + OpenTimeoutMs;
                case UplinkState.Talking: return _progressMs + LingerMs > nowMs ? _progressMs + LingerMs : nowMs + 1000;
                case UplinkState.BackingOff: return _untilMs;
                default: return long.MaxValue;
            }
        }

        private void BackOff(bool alarm, long nowMs)
        {
            int waitMs = BackoffMinMs;
            int waitMaxMs = alarm ? AlarmBackoffMaxMs : BackoffMaxMs;
            int doublings = Barren - BarrenPatience;
            if (doublings < Failures) doublings = Failures;
            for (int i = 0; i < doublings && waitMs < waitMaxMs; i++)
            {
                if (!alarm || i >= AlarmPatience || waitMs < AlarmBackoffMinMs) waitMs *= 2;
                if (alarm && i < AlarmPatience && waitMs > AlarmBackoffMinMs) waitMs = AlarmBackoffMinMs;
            }

            if (waitMs > waitMaxMs) waitMs = waitMaxMs;
            _untilMs = nowMs + Jittered(waitMs);
            if (State == UplinkState.Talking && Barren < int.MaxValue) Barren++;
            if (Failures < int.MaxValue) Failures++;
            JustLost = true;
            Enter(UplinkState.BackingOff, nowMs);
        }

        // Three quarters of the wait to all of it: devices that failed together do not come back together.
        private int Jittered(int waitMs)
        {
            _random = _random * 1664525 + 1013904223;
            return waitMs - (int)((_random >> 16) % (uint)(waitMs / 4 + 1));
        }

        private void Enter(UplinkState state, long nowMs)
        {
            if (state == UplinkState.Talking)
            {
                Failures = 0;
                _progressMs = nowMs;
                Contacts++;
            }

            JustRested = state == UplinkState.Resting && State == UplinkState.Talking;
            if (JustRested) Barren = 0;
            State = state;
            _enteredMs = nowMs;
        }
    }
}
