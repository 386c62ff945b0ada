using Traxxs.Core.Uplink;
using Traxxs.Protocol;

namespace Traxxs.Core.Diagnostics
{
    /// <summary>
    /// The three fault levels: a fault is first retried in silence, then the part counts as failed, which is reported and
    /// lived with, and a part that stays failed has the device restarted. Parts are bits, as in <c>EventCode.Degraded</c>.
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

        private readonly byte[] _faults = new byte[PartsCount];
        private int _reported;
        private long _failedMs;

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
        }

        /// <summary>Reports what has newly failed and judges whether to restart.</summary>
        public void Update(ReportBuilder report, long nowMs)
        {
            if ((Failed & ~_reported) != 0) report.AddEvent(EventCode.Degraded, nowMs, Failed);
            _reported = Failed;
            WantsRestart = Failed != 0 && nowMs - _failedMs >= FailedMaxMs;
        }
    }
}
