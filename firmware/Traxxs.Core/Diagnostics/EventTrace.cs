namespace Traxxs.Core.Diagnostics
{
    /// <summary>The last things that happened inside, as numbers in a ring: nothing is formatted, nothing is allocated, the oldest is overwritten.</summary>
    public sealed class EventTrace
    {
        /// <summary>Entries kept: some minutes of a busy device in 0.6 KiB.</summary>
        public const int EntriesMax = 64;

        private readonly byte[] _codes = new byte[EntriesMax];
        private readonly int[] _values = new int[EntriesMax];
        private readonly int[] _timesS = new int[EntriesMax];
        private int _next;

        /// <summary>Entries in use.</summary>
        public int Count;

        /// <summary>Adds an entry.</summary>
        public void Add(TraceCode code, int value, long nowMs)
        {
            _codes[_next] = (byte)code;
            _values[_next] = value;
            _timesS[_next] = (int)(nowMs / 1000);
            _next = _next + 1 < EntriesMax ? _next + 1 : 0;
            if (Count < EntriesMax) Count++;
        }

        /// <summary>Reads the entry of an age, 0 being the newest. False: there is none.</summary>
        public bool TryGet(int age, out TraceCode code, out int value, out int timeS)
        {
            bool exists = age >= 0 && age < Count;
            int slot = exists ? (_next - 1 - age + EntriesMax) % EntriesMax : 0;
            code = exists ? (TraceCode)_codes[slot] : TraceCode.None;
            value = exists ? _values[slot] : 0;
            timeS = exists ? _timesS[slot] : 0;
            return exists;
        }
    }
}
