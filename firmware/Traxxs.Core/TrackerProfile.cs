using Traxxs.Protocol;

namespace Traxxs.Core
{
    /// <summary>
    /// Every setting of the tracker, by its <see cref="SettingCode"/>, with default, unit and range. A profile that does not validate
    /// is never used.
    /// </summary>
    public sealed class TrackerProfile
    {
        /// <summary>
        /// Time between accelerometer samples, ms: 25 Hz. On recorded gait and falls, steps count and falls were found as well as at
        /// 50 Hz, and the sensor's 32-deep FIFO then lasts 1280 ms, which halves what a walk costs the controller.
        /// </summary>
        public const int SamplePeriodMs = 40;

        /// <summary>Least time between fixes, s.</summary>
        public const int FixIntervalMinS = 30;

        private const int SettingCount = (int)SettingCode.OffFoot;
        private const int TableColumns = 3;

        // Default, least and greatest value of each setting, in the order of SettingCode.
        private static readonly int[] Table =
        {
            70, FixIntervalMinS, 3600,   // FixIntervalS: time between fixes on the move, s.
            10, 0, 1000,                 // FixStepsMin: steps of one foot since the last fix below which no new one is taken.
                                         // 10 steps of one foot are about 14 m, the error of a fix.
            60, 15, 600,                 // SearchTimeoutS: longest search for a fix, s.
                                         // A cold start under open sky takes 29 s (SAM-M10Q), twice that leaves room for trees.
            900, 60, 7200,               // SearchBackoffMaxS: longest wait after searches in vain, s; the wait doubles up to it.
            12, 1, 100,                  // AccuracyGoodM: accuracy at which a fix is taken at once, m (1 sigma).
                                         // The first fix of a hot start under open sky claims 10 to 12 m; waiting for better costs a second of receiver each time.
            100, 10, 1000,               // AccuracyWorstM: accuracy beyond which a fix is never taken, m (1 sigma).
            20, 1, Report.FixesMax,      // BatchFixes: fixes that close a report.
            1200, 30, 86400,             // BatchAgeS: age of its oldest content that closes a report, s.
            120, 10, 3600,               // StopReportS: how long after a stop the report of the walk is closed, s.
            3600, 60, 86400,             // HeartbeatS: longest silence while still, s: a report without news.
            1400, 1200, 16000,           // FallImpactMg: peak that may be a fall, mg.
                                         // Recorded falls reach 1.8 to 8 g at the ankle; what else a fall needs is in FallDetector.
            30, 5, 300,                  // FallCancelS: how long the wearer can cancel a suspected fall and must lie still for man down, s.
                                         // 30 s is what lone-worker devices use.
            0, 0, 86400,                 // ImmobileS: stillness while worn that is an alarm, s; 0 = off.
            0, 0, 86400,                 // CheckInS: time between check-ins that must be confirmed by the cancel input, s; 0 = off.
            60, 5, 600,                  // CheckInReminderS: how long before a check-in runs out the wearer is reminded, s.
            60, 10, 3600,                // AlarmRetryS: how long an alarm waits for the server's "received" before it is sent again, s; doubles each time.
            600, 0, 3600,                // AlarmListenS: how long the link stays open after an alarm to hear a person's acknowledgement, s.
            15, 1, 50,                   // BatteryLowPercent: state of charge that raises "battery low", %.
            5, 1, 30,                    // BatteryHysteresisPercent: how far the charge must rise above the warning level before it can be raised again, %.
            900, 60, 86400,              // BatteryIntervalS: time between battery measurements, s.
            3, 1, 10,                    // LowBatteryFactor: what fix and batch intervals are multiplied by while the battery is low.
            60, 10, 1000,                // ActiveLevelMg: activity from which a second counts as moved, mg mean deviation.
                                         // Sensor noise at rest is below 10 mg, walking at the foot above 300.
            3000, 1000, 30000,           // WakeWindowMs: how long activity must last before the gate opens, ms.
            2000, 1000, 30000,           // WakeQuietMs: how long a knock without further activity keeps the accelerometer streaming, ms.
            5000, 2000, 60000,           // SettleAfterMs: quiet time after which movement may have ended, ms.
            30000, 3000, 600000,         // StillAfterMs: quiet time after which movement has ended, ms; a second above SettleAfterMs at least.
            1, 0, 1,                     // GestureSos: whether five deliberate taps of the foot between two rests raise SOS, 0 or 1: see Safety/TapDetector.
            1, 0, 1,                     // OffFoot: whether a shoe that nobody wears is noticed, and falls of it are held back then, 0 or 1.
        };

        private readonly int[] _values = new int[SettingCount];

        /// <summary>The defaults.</summary>
        public TrackerProfile()
        {
            for (int i = 0; i < SettingCount; i++) _values[i] = Table[i * TableColumns];
        }

        /// <summary>The value of a setting that is known here.</summary>
        public int this[SettingCode code]
        {
            get { return _values[(int)code - 1]; }
            set { _values[(int)code - 1] = value; }
        }

        /// <summary>The value of a setting that is in seconds, as milliseconds.</summary>
        public long Ms(SettingCode code)
        {
            return Time.Ms(this[code]);
        }

        /// <summary>The first setting outside its range; <see cref="SettingCode.None"/> where all are in theirs.</summary>
        public SettingCode Validate()
        {
            return Take(null, this);
        }

        /// <summary>
        /// Takes the settings of a configuration, and what it does not name from the built-in profile. Returns the first setting that
        /// is not known or outside its range; then the profile is of no use until it has taken another.
        /// </summary>
        public SettingCode Take(Command settings, TrackerProfile builtIn)
        {
            int named = settings == null ? 0 : settings.SettingCount;
            int row = 0;
            for (SettingCode code = SettingCode.FixIntervalS; code <= SettingCode.OffFoot; code++)
            {
                // A command names its settings in ascending order, as they are asked for here.
                int value = builtIn[code];
                if (row < named && settings.SettingIds[row] == (byte)code) value = settings.SettingValues[row++];
                if (value < Least(code) || value > Table[((int)code - 1) * TableColumns + 2]) return code;
                this[code] = value;
            }

            // What is left has a number above all that are known here.
            return row < named ? (SettingCode)settings.SettingIds[row] : SettingCode.None;
        }

        // The worst accuracy is not better than a good one, and who is still has settled before.
        private int Least(SettingCode code)
        {
            if (code == SettingCode.AccuracyWorstM) return this[SettingCode.AccuracyGoodM];
            if (code == SettingCode.StillAfterMs) return this[SettingCode.SettleAfterMs] + 1000;
            return Table[((int)code - 1) * TableColumns + 1];
        }
    }
}
