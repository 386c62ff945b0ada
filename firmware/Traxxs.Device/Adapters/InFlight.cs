namespace Traxxs.Device.Adapters
{
    /// <summary>
    /// Which frame is under way under which MQTT packet identifier, and which have been acknowledged but not yet taken.
    /// Bounded; not safe for several threads by itself.
    /// </summary>
    public sealed class InFlight
    {
        /// <summary>
        /// Most frames under way or acknowledged and not taken: enough to fill a round trip of a second at two frames each
        /// half second; each costs a copy of its bytes.
        /// </summary>
        public const int FramesMax = 4;

        // In the place of an identifier; MQTT gives none of this number.
        private const int Acknowledged = 0;

        private readonly int[] _tokens = new int[FramesMax];
        private readonly int[] _messageIds = new int[FramesMax];
        private int _count;

        /// <summary>Whether another frame fits.</summary>
        public bool IsFull
        {
            get { return _count >= FramesMax; }
        }

        /// <summary>Notes a frame as under way; the caller has asked <see cref="IsFull"/>.</summary>
        public void Add(int token, int messageId)
        {
            _tokens[_count] = token;
            _messageIds[_count] = messageId;
            _count++;
        }

        /// <summary>Notes an acknowledgement. False: nothing under way has this identifier.</summary>
        public bool Acknowledge(int messageId)
        {
            for (int i = 0; i < _count; i++)
            {
                if (_messageIds[i] != messageId) continue;
                _messageIds[i] = Acknowledged;
                return true;
            }

            return false;
        }

        /// <summary>Takes the oldest acknowledged frame's token.</summary>
        public bool TryTake(out int token)
        {
            for (int i = 0; i < _count; i++)
            {
                if (_messageIds[i] != Acknowledged) continue;
                token = _tokens[i];
                RemoveAt(i);
                return true;
            }

            token = 0;
            return false;
        }

        /// <summary>Forgets what is under way; what was acknowledged stays to be taken.</summary>
        public void ForgetUnacknowledged()
        {
            for (int i = _count - 1; i >= 0; i--)
            {
                if (_messageIds[i] != Acknowledged) RemoveAt(i);
            }
        }

        private void RemoveAt(int index)
        {
            for (int i = index + 1; i < _count; i++)
            {
                _tokens[i - 1] = _tokens[i];
                _messageIds[i - 1] = _messageIds[i];
            }

            _count--;
        }
    }
}
