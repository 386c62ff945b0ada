using Traxxs.Protocol;

namespace Traxxs.Core
{
    /// <summary>
    /// Every setting of the tracker with its default, unit and range; on the wire each is a <see cref="SettingCode"/>. A profile
    /// that does not validate is never used.
    /// </summary>
    public sealed class TrackerProfile
    {
        /// <summary>
        /// Time between accelerometer samples, ms: 25 Hz. On recorded gait and falls, steps count and falls are found as well as at
        /// 50 Hz, and the sensor's 32-deep FIFO then lasts 1280 ms, which halves what a walk costs the controller.
        /// </summary>
        public const int SamplePeriodMs = 40;

        /// <summary>Least time between fixes, s: <see cref="FixIntervalS"/>.</summary>
        public const int FixIntervalMinS = 30;

        /// <summary>Activity from which a second counts as moved, mg mean deviation. 10..1000. Sensor noise at rest is below 10 mg, walking at the foot above 300.</summary>
        public int ActiveLevelMg = 60;

        /// <summary>How long activity must last before the gate opens, ms. 1000..30000.</summary>
        public int WakeWindowMs = 3000;

        /// <summary>How long a knock without further activity keeps the accelerometer streaming, ms. 1000..30000.</summary>
        public int WakeQuietMs = 2000;

        /// <summary>Quiet time after which movement may have ended, ms. 2000..60000.</summary>
        public int SettleAfterMs = 5000;

        /// <summary>Quiet time after which movement has ended, ms; above <see cref="SettleAfterMs"/>. 5000..600000.</summary>
        public int StillAfterMs = 30000;

        /// <summary>Time between fixes on the move, s. 30..3600.</summary>
        public int FixIntervalS = 70;

        /// <summary>Steps of one foot since the last fix below which no new one is taken. 0..1000. 10 steps of one foot are about 14 m, the error of a fix.</summary>
        public int FixStepsMin = 10;

        /// <summary>Longest search for a fix, s. 15..600. A cold start under open sky takes 29 s (SAM-M10Q), twice that leaves room for trees.</summary>
        public int SearchTimeoutS = 60;

        /// <summary>Longest wait after searches in vain, s; the wait doubles up to it. 60..7200.</summary>
        public int SearchBackoffMaxS = 900;

        /// <summary>Accuracy at which a fix is taken at once, m (1 sigma). 1..100. The first fix of a hot start under open sky claims 10 to 12 m; waiting for better costs a second of receiver each time.</summary>
        public int AccuracyGoodM = 12;

        /// <summary>Accuracy beyond which a fix is never taken, m (1 sigma). 10..1000.</summary>
        public int AccuracyWorstM = 100;

        /// <summary>Fixes that close a report. 1..64.</summary>
        public int BatchFixes = 20;

        /// <summary>Age of its oldest content that closes a report, s. 30..86400.</summary>
        public int BatchAgeS = 1200;

        /// <summary>How long after a stop the report of the walk is closed, s. 10..3600.</summary>
        public int StopReportS = 120;

        /// <summary>Longest silence while still, s: a report without news. 60..86400.</summary>
        public int HeartbeatS = 3600;

        /// <summary>Peak that may be a fall, mg. 1200..16000. Recorded falls reach 1.8 to 8 g at the ankle; what else a fall needs is in <c>FallDetector</c>.</summary>
        public int FallImpactMg = 1400;

        /// <summary>How long the wearer can cancel a suspected fall and must lie still for man down, s. 5..300. 30 s is what lone-worker devices use.</summary>
        public int FallCancelS = 30;

        /// <summary>Stillness while worn that is an alarm, s; 0 = off. 0..86400.</summary>
        public int ImmobileS;

        /// <summary>Time between check-ins that must be confirmed by the cancel input, s; 0 = off. 0..86400.</summary>
        public int CheckInS;

        /// <summary>How long before a check-in runs out the wearer is reminded, s. 5..600.</summary>
        public int CheckInReminderS = 60;

        /// <summary>How long an alarm waits for the server's "received" before it is sent again, s; doubles each time. 10..3600.</summary>
        public int AlarmRetryS = 60;

        /// <summary>How long the link stays open after an alarm to hear a person's acknowledgement, s. 0..3600.</summary>
        public int AlarmListenS = 600;

        /// <summary>State of charge that raises "battery low", %. 1..50.</summary>
        public int BatteryLowPercent = 15;

        /// <summary>How far the charge must rise above the warning level before it can be raised again, %. 1..30.</summary>
        public int BatteryHysteresisPercent = 5;

        /// <summary>Time between battery measurements, s. 60..86400.</summary>
        public int BatteryIntervalS = 900;

        /// <summary>What fix and batch intervals are multiplied by while the battery is low. 1..10.</summary>
        public int LowBatteryFactor = 3;

        /// <summary>Whether five deliberate taps of the foot between two rests raise SOS, 0 or 1: see <c>Safety/TapDetector</c>.</summary>
        public int GestureSos = 1;

        /// <summary>Whether a shoe that nobody wears is noticed, and alarms that need a wearer are held back then, 0 or 1.</summary>
        public int OffFoot = 1;

        private Command _settings;
        private int _row;
        private SettingCode _problem;

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
            _settings = settings;
            _row = 0;
            _problem = SettingCode.None;
            FixIntervalS = Setting(SettingCode.FixIntervalS, builtIn.FixIntervalS, FixIntervalMinS, 3600);
            FixStepsMin = Setting(SettingCode.FixStepsMin, builtIn.FixStepsMin, 0, 1000);
            SearchTimeoutS = Setting(SettingCode.SearchTimeoutS, builtIn.SearchTimeoutS, 15, 600);
            SearchBackoffMaxS = Setting(SettingCode.SearchBackoffMaxS, builtIn.SearchBackoffMaxS, 60, 7200);
            AccuracyGoodM = Setting(SettingCode.AccuracyGoodM, builtIn.AccuracyGoodM, 1, 100);
            AccuracyWorstM = Setting(SettingCode.AccuracyWorstM, builtIn.AccuracyWorstM, AccuracyGoodM, 1000);
            BatchFixes = Setting(SettingCode.BatchFixes, builtIn.BatchFixes, 1, Report.FixesMax);
            BatchAgeS = Setting(SettingCode.BatchAgeS, builtIn.BatchAgeS, 30, 86400);
            StopReportS = Setting(SettingCode.StopReportS, builtIn.StopReportS, 10, 3600);
            HeartbeatS = Setting(SettingCode.HeartbeatS, builtIn.HeartbeatS, 60, 86400);
            FallImpactMg = Setting(SettingCode.FallImpactMg, builtIn.FallImpactMg, 1200, 16000);
            FallCancelS = Setting(SettingCode.FallCancelS, builtIn.FallCancelS, 5, 300);
            ImmobileS = Setting(SettingCode.ImmobileS, builtIn.ImmobileS, 0, 86400);
            CheckInS = Setting(SettingCode.CheckInS, builtIn.CheckInS, 0, 86400);
            CheckInReminderS = Setting(SettingCode.CheckInReminderS, builtIn.CheckInReminderS, 5, 600);
            AlarmRetryS = Setting(SettingCode.AlarmRetryS, builtIn.AlarmRetryS, 10, 3600);
            AlarmListenS = Setting(SettingCode.AlarmListenS, builtIn.AlarmListenS, 0, 3600);
            BatteryLowPercent = Setting(SettingCode.BatteryLowPercent, builtIn.BatteryLowPercent, 1, 50);
            BatteryHysteresisPercent = Setting(SettingCode.BatteryHysteresisPercent, builtIn.BatteryHysteresisPercent, 1, 30);
            BatteryIntervalS = Setting(SettingCode.BatteryIntervalS, builtIn.BatteryIntervalS, 60, 86400);
            LowBatteryFactor = Setting(SettingCode.LowBatteryFactor, builtIn.LowBatteryFactor, 1, 10);
            ActiveLevelMg = Setting(SettingCode.ActiveLevelMg, builtIn.ActiveLevelMg, 10, 1000);
            WakeWindowMs = Setting(SettingCode.WakeWindowMs, builtIn.WakeWindowMs, 1000, 30000);
            WakeQuietMs = Setting(SettingCode.WakeQuietMs, builtIn.WakeQuietMs, 1000, 30000);
            SettleAfterMs = Setting(SettingCode.SettleAfterMs, builtIn.SettleAfterMs, 2000, 60000);
            StillAfterMs = Setting(SettingCode.StillAfterMs, builtIn.StillAfterMs, SettleAfterMs + 1000, 600000);
            GestureSos = Setting(SettingCode.GestureSos, builtIn.GestureSos, 0, 1);
            OffFoot = Setting(SettingCode.OffFoot, builtIn.OffFoot, 0, 1);
            // What is left has a number above all that are known here.
            if (_problem == SettingCode.None && IsNamed()) _problem = (SettingCode)_settings.SettingIds[_row];
            return _problem;
        }

        // A command names its settings in ascending order, as they are asked for here.
        private int Setting(SettingCode code, int value, int min, int max)
        {
            if (IsNamed() && _settings.SettingIds[_row] == (byte)code) value = _settings.SettingValues[_row++];
            if (_problem == SettingCode.None && (value < min || value > max)) _problem = code;
            return value;
        }

        private bool IsNamed()
        {
            return _settings != null && _row < _settings.SettingCount;
        }
    }
}
