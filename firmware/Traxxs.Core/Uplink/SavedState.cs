namespace Traxxs.Core.Uplink
{
    /// <summary>
    /// What a reset must not lose besides the reports, in the journal's state bytes:
    /// <code>
    ///  0        1..3  4..35                      36..39  40..47
    ///  version  0     ids of the last 8 commands  starts  0
    /// </code>
    /// A new field takes bytes that are zero now; zero must mean "not known".
    /// </summary>
    public sealed class SavedState
    {
        /// <summary>Commands remembered. The server repeats a command until it is answered; more than eight at once are not under way.</summary>
        public const int CommandsMax = 8;

        private const byte Version = 1;
        private const int CommandsOffset = 4;
        private const int StartsOffset = 36;

        private readonly byte[] _bytes;

        /// <summary>A view of the journal's state bytes.</summary>
        public SavedState(byte[] bytes)
        {
            _bytes = bytes;
        }

        /// <summary>Starts of the device in this epoch.</summary>
        public uint Starts
        {
            get { return JournalRecord.GetUInt32(_bytes, StartsOffset); }
            set
            {
                _bytes[0] = Version;
                JournalRecord.PutUInt32(_bytes, StartsOffset, value);
            }
        }

        /// <summary>Whether a command was done before. Id 0 is never remembered.</summary>
        public bool Knows(uint commandId)
        {
            if (commandId == 0) return false;
            for (int i = 0; i < CommandsMax; i++)
            {
                if (JournalRecord.GetUInt32(_bytes, CommandsOffset + 4 * i) == commandId) return true;
            }

            return false;
        }

        /// <summary>Remembers a command in place of the oldest.</summary>
        public void Remember(uint commandId)
        {
            _bytes[0] = Version;
            for (int i = CommandsMax - 1; i > 0; i--)
            {
                JournalRecord.PutUInt32(_bytes, CommandsOffset + 4 * i, JournalRecord.GetUInt32(_bytes, CommandsOffset + 4 * (i - 1)));
            }

            JournalRecord.PutUInt32(_bytes, CommandsOffset, commandId);
        }
    }
}
