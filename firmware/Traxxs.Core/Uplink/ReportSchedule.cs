using Traxxs.Core.Power;
using Traxxs.Protocol;

namespace Traxxs.Core.Uplink
{
    /// <summary>
    /// Decides when a report is closed, and with it the contract of silence: what a report promises about the next one is
    /// what this class will do. Accepts the state of the builder and the gate; emits "close now" and the promise.
    /// </summary>
    public sealed class ReportSchedule
    {
        /// <summary>
        /// What a promise holds beyond the moment the next report will be closed, s: the link needs up to 45 s to open, and
        /// two attempts may fail (back-off 5 s and 10 s) before the promise breaks.
        /// </summary>
        public const int MarginS = 150;

        /// <summary>How much longer the silence of a shoe that nobody wears may be.</summary>
        public const int OffFootFactor = 4;

        /// <summary>How long after a start the first report is closed, ms, where nothing is awaited.</summary>
        public const int FirstReportMs = 5000;

        /// <summary>How long the first report waits for a first fix, which gives it its time, ms.</summary>
        public const int FirstReportMaxMs = 90000;

        private readonly TrackerProfile _profile;
        private long _deadlineMs = FirstReportMaxMs;
        private long _soonMs = FirstReportMs;

        /// <summary>A schedule whose first report is due soon after the start.</summary>
        public ReportSchedule(TrackerProfile profile)
        {
            _profile = profile;
        }

        /// <summary>The gate closed: the report of the walk follows.</summary>
        public void Stopped(long nowMs)
        {
            _soonMs = nowMs + _profile.Ms(SettingCode.StopReportS);
        }

        /// <summary>The gate opened again.</summary>
        public void Resumed()
        {
            _soonMs = long.MaxValue;
        }

        /// <summary>Walks over what a deep sleep must not lose; only a device without news sleeps.</summary>
        public void Keep(Checkpoint checkpoint)
        {
            checkpoint.Long(ref _deadlineMs);
            _soonMs = long.MaxValue;
        }

        /// <summary>Whether the report is to be closed now. <paramref name="batchAgeS"/> is the profile's or the longer one of a low battery.</summary>
        public bool IsDue(ReportBuilder builder, bool fixAwaited, int batchAgeS, long nowMs)
        {
            if (builder.IsUrgent || builder.FixCount >= _profile[SettingCode.BatchFixes]) return true;
            return nowMs >= DueMs(builder, batchAgeS) && !(fixAwaited && nowMs < _deadlineMs);
        }

        /// <summary>When the report under construction is closed at the latest.</summary>
        public long DueMs(ReportBuilder builder, int batchAgeS)
        {
            long dueMs = _deadlineMs;
            if (!builder.HasContent) return dueMs;
            long agedMs = builder.OldestMs + Time.Ms(batchAgeS);
            if (agedMs < dueMs) dueMs = agedMs;
            return _soonMs < dueMs ? _soonMs : dueMs;
        }

        /// <summary>A report is being closed: fixes when the next one will be at the latest, and returns the promise to put into it, s.</summary>
        public uint Promise(bool gateOpen, bool shoeOff, int batchAgeS, long nowMs)
        {
            int intervalS = gateOpen && batchAgeS < _profile[SettingCode.HeartbeatS] ? batchAgeS : shoeOff ? _profile[SettingCode.HeartbeatS] * OffFootFactor : _profile[SettingCode.HeartbeatS];
            _deadlineMs = nowMs + Time.Ms(intervalS);
            _soonMs = long.MaxValue;
            return (uint)(intervalS + MarginS);
        }
    }
}
