namespace Traxxs.Core
{
    /// <summary>
    /// Every setting of the tracker with its default, unit and range. <see cref="Validate"/> names the first field that is
    /// outside its range; a profile that does not validate is never used.
    /// </summary>
    public sealed class TrackerProfile
    {
        /// <summary>
        /// Time between accelerometer samples, ms. 10..40. 20 ms (50 Hz) is the slowest rate of the LIS2DW12 at which steps
        /// at the foot still count as well as at 100 Hz on recorded gait, and its 32-deep FIFO then lasts 640 ms.
        /// </summary>
        public int SamplePeriodMs = 20;

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
        public int FixIntervalS = 60;

        /// <summary>Steps of one foot since the last fix below which no new one is taken. 0..1000. 10 steps of one foot are about 14 m, the error of a fix.</summary>
        public int FixStepsMin = 10;

        /// <summary>Longest search for a fix, s. 15..600. A cold start under open sky takes 29 s (SAM-M10Q), twice that leaves room for trees.</summary>
        public int SearchTimeoutS = 60;

        /// <summary>Longest wait after searches in vain, s; the wait doubles up to it. 60..7200.</summary>
        public int SearchBackoffMaxS = 900;

        /// <summary>Accuracy at which a fix is taken at once, m (1 sigma). 1..100.</summary>
        public int AccuracyGoodM = 10;

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

        /// <summary>Null where every field is in its range; otherwise the field, its value and its range in a sentence.</summary>
        public string Validate()
        {
            string problem = null;
            Check(ref problem, "SamplePeriodMs", SamplePeriodMs, 10, 40);
            Check(ref problem, "ActiveLevelMg", ActiveLevelMg, 10, 1000);
            Check(ref problem, "WakeWindowMs", WakeWindowMs, 1000, 30000);
            Check(ref problem, "WakeQuietMs", WakeQuietMs, 1000, 30000);
            Check(ref problem, "SettleAfterMs", SettleAfterMs, 2000, 60000);
            Check(ref problem, "StillAfterMs", StillAfterMs, SettleAfterMs + 1000, 600000);
            Check(ref problem, "FixIntervalS", FixIntervalS, 30, 3600);
            Check(ref problem, "FixStepsMin", FixStepsMin, 0, 1000);
            Check(ref problem, "SearchTimeoutS", SearchTimeoutS, 15, 600);
            Check(ref problem, "SearchBackoffMaxS", SearchBackoffMaxS, 60, 7200);
            Check(ref problem, "AccuracyGoodM", AccuracyGoodM, 1, 100);
            Check(ref problem, "AccuracyWorstM", AccuracyWorstM, AccuracyGoodM, 1000);
            Check(ref problem, "BatchFixes", BatchFixes, 1, Traxxs.Protocol.Report.FixesMax);
            Check(ref problem, "BatchAgeS", BatchAgeS, 30, 86400);
            Check(ref problem, "StopReportS", StopReportS, 10, 3600);
            Check(ref problem, "HeartbeatS", HeartbeatS, 60, 86400);
            Check(ref problem, "FallImpactMg", FallImpactMg, 1200, 16000);
            Check(ref problem, "FallCancelS", FallCancelS, 5, 300);
            Check(ref problem, "ImmobileS", ImmobileS, 0, 86400);
            Check(ref problem, "CheckInS", CheckInS, 0, 86400);
            Check(ref problem, "CheckInReminderS", CheckInReminderS, 5, 600);
            Check(ref problem, "AlarmRetryS", AlarmRetryS, 10, 3600);
            Check(ref problem, "AlarmListenS", AlarmListenS, 0, 3600);
            Check(ref problem, "BatteryLowPercent", BatteryLowPercent, 1, 50);
            Check(ref problem, "BatteryHysteresisPercent", BatteryHysteresisPercent, 1, 30);
            Check(ref problem, "BatteryIntervalS", BatteryIntervalS, 60, 86400);
            Check(ref problem, "LowBatteryFactor", LowBatteryFactor, 1, 10);
            return problem;
        }

        private static void Check(ref string problem, string name, int value, int min, int max)
        {
            if (problem != null || (value >= min && value <= max)) return;
            problem = name + " is " + value.ToString() + ", outside " + min.ToString() + ".." + max.ToString();
        }
    }
}
