using Traxxs.Protocol;

namespace Traxxs.Core.Diagnostics
{
    /// <summary>The last things that happened inside, as numbers in a ring: nothing is formatted, nothing is allocated, the oldest is overwritten.</summary>
    public sealed class EventTrace
    {
        /// <summary>Entries kept: what one report carries.</summary>
        public const int EntriesMax = Report.TraceMax;

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
            _timesS[_next] = Time.Seconds(nowMs);
            _next = _next + 1 < EntriesMax ? _next + 1 : 0;
            if (Count < EntriesMax) Count++;
        }

        /// <summary>Puts the newest entries into a report.</summary>
        public void Fill(Report report, long nowMs)
        {
            int slot = _next;
            for (int row = 0; row < Count; row++)
            {
                slot = slot > 0 ? slot - 1 : EntriesMax - 1;
                report.TraceCodes[row] = _codes[slot];
                report.TraceValues[row] = _values[slot];
                report.TraceAgeS[row] = (uint)(Time.Seconds(nowMs) - _timesS[slot]);
            }

            report.TraceCount = Count;
        }
    }
}
