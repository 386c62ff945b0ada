using Traxxs.Core.Power;
using Traxxs.Core.Uplink;
using Traxxs.Protocol;

namespace Traxxs.Core.Diagnostics
{
    /// <summary>
    /// The three fault levels: a fault is first retried in silence, then the part counts as failed, which is reported and
    /// lived with, and a part that stays failed has the device restarted. A part that fails again and again is told ever more seldom. Parts are bits, as in <c>EventCode.Degraded</c>.
    /// </summary>
    public sealed class FaultMonitor
    {
        /// <summary>Part: accelerometer.</summary>
        public const int Accelerometer = 0;

        /// <summary>Part: GNSS receiver.</summary>
        public const int Gnss = 1;

        /// <summary>Part: flash.</summary>
        public const int Flash = 2;

        /// <summary>Number of parts.</summary>
        public const int PartsCount = 3;

        /// <summary>Faults in a row before a part counts as failed: passing noise is over in a few steps.</summary>
        public const int FaultsMax = 5;

        /// <summary>How long a part stays failed before the device restarts, ms. An hour: restarting rarely helps and always costs.</summary>
        public const int FailedMaxMs = 3600000;

        /// <summary>The same after a start that such a fault asked for: it has not helped.</summary>
        public const int FailedAgainMaxMs = 24 * FailedMaxMs;

        /// <summary>How long a part that failed must be well before its next failure is news, ms; doubles each time.</summary>
        public const int WellMinMs = 60000;

        /// <summary>Doublings of it at most, to four hours: a loose contact is told 13 times on its first day and 6 times on each after.</summary>
        public const int WellDoublingsMax = 8;

        private readonly byte[] _faults = new byte[PartsCount];
        private readonly int[] _told = new int[PartsCount];
        private readonly long[] _oldNewsMs = new long[PartsCount];
        private readonly int _failedMaxMs;
        private int _failedBefore;
        private long _failedMs;

        /// <summary>A monitor of parts that are well. <paramref name="bootReason"/> tells whether a restart has been tried.</summary>
        public FaultMonitor(BootReason bootReason)
        {
            _failedMaxMs = bootReason == BootReason.Requested ? FailedAgainMaxMs : FailedMaxMs;
        }

        /// <summary>Bit per part that counts as failed.</summary>
        public int Failed;

        /// <summary>A part has stayed failed for so long that a restart is worth trying.</summary>
        public bool WantsRestart;

        /// <summary>Whether a part counts as failed.</summary>
        public bool HasFailed(int part)
        {
            return (Failed & 1 << part) != 0;
        }

        /// <summary>A part did not do what it was asked.</summary>
        public void Fault(int part, long nowMs)
        {
            if (_faults[part] >= FaultsMax) return;
            if (++_faults[part] < FaultsMax) return;
            if (Failed == 0) _failedMs = nowMs;
            Failed |= 1 << part;
        }

        /// <summary>A part did what it was asked.</summary>
        public void Well(int part)
        {
            _faults[part] = 0;
            Failed &= ~(1 << part);
            _failedBefore &= ~(1 << part);
        }

        /// <summary>Reports what has failed, unless it did so a little while ago, and judges whether to restart.</summary>
        public void Update(ReportBuilder report, long nowMs)
        {
            bool news = false;
            for (int part = 0; part < PartsCount; part++)
            {
                if (!HasFailed(part)) continue;
                if ((_failedBefore & 1 << part) == 0 && nowMs >= _oldNewsMs[part])
                {
                    news = true;
                    if (_told[part] <= WellDoublingsMax) _told[part]++;
                }

                _oldNewsMs[part] = nowMs + ((long)WellMinMs << (_told[part] > 0 ? _told[part] - 1 : 0));
            }

            _failedBefore = Failed;
            if (news) report.AddEvent(EventCode.Degraded, nowMs, Failed);
            WantsRestart = Failed != 0 && nowMs - _failedMs >= _failedMaxMs;
        }

        /// <summary>Walks over what a deep sleep must not lose: what has been told. The device sleeps deeply only while all parts are well.</summary>
        public void Keep(Checkpoint checkpoint)
        {
            for (int part = 0; part < PartsCount; part++)
            {
                checkpoint.Int(ref _told[part]);
                checkpoint.Long(ref _oldNewsMs[part]);
            }
        }
    }
}
