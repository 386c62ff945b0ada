namespace Traxxs.Protocol
{
    /// <summary>
    /// Settings of a <see cref="CommandCode.Configure"/> command. The numbers are on the wire and are never reused; the names
    /// are those of the fields of the device's profile, where each has its meaning, unit and range.
    /// </summary>
    public enum SettingCode : byte
    {
        /// <summary>No setting; never written.</summary>
        None = 0,

        /// <summary>Time between fixes on the move, s.</summary>
        FixIntervalS = 1,

        /// <summary>Steps since the last fix below which no new one is taken.</summary>
        FixStepsMin = 2,

        /// <summary>Longest search for a fix, s.</summary>
        SearchTimeoutS = 3,

        /// <summary>Longest wait after searches in vain, s.</summary>
        SearchBackoffMaxS = 4,

        /// <summary>Accuracy at which a fix is taken at once, m.</summary>
        AccuracyGoodM = 5,

        /// <summary>Accuracy beyond which a fix is never taken, m.</summary>
        AccuracyWorstM = 6,

        /// <summary>Fixes that close a report.</summary>
        BatchFixes = 7,

        /// <summary>Age that closes a report, s.</summary>
        BatchAgeS = 8,

        /// <summary>How long after a stop the report of the walk is closed, s.</summary>
        StopReportS = 9,

        /// <summary>Longest silence while still, s.</summary>
        HeartbeatS = 10,

        /// <summary>Peak that may be a fall, mg.</summary>
        FallImpactMg = 11,

        /// <summary>How long a suspected fall can be cancelled, s.</summary>
        FallCancelS = 12,

        /// <summary>Stillness that is an alarm, s; 0 = off.</summary>
        ImmobileS = 13,

        /// <summary>Time between check-ins, s; 0 = off.</summary>
        CheckInS = 14,

        /// <summary>How long before a check-in runs out the wearer is reminded, s.</summary>
        CheckInReminderS = 15,

        /// <summary>How long an alarm waits for "received", s.</summary>
        AlarmRetryS = 16,

        /// <summary>How long the link stays open after an alarm, s.</summary>
        AlarmListenS = 17,

        /// <summary>State of charge that raises "battery low", %.</summary>
        BatteryLowPercent = 18,

        /// <summary>Rise above it before it can be raised again, %.</summary>
        BatteryHysteresisPercent = 19,

        /// <summary>Time between battery measurements, s.</summary>
        BatteryIntervalS = 20,

        /// <summary>What intervals are multiplied by while the battery is low.</summary>
        LowBatteryFactor = 21,

        /// <summary>Activity from which a second counts as moved, mg.</summary>
        ActiveLevelMg = 22,

        /// <summary>How long activity lasts before the gate opens, ms.</summary>
        WakeWindowMs = 23,

        /// <summary>How long a knock keeps the accelerometer streaming, ms.</summary>
        WakeQuietMs = 24,

        /// <summary>Quiet time after which movement may have ended, ms.</summary>
        SettleAfterMs = 25,

        /// <summary>Quiet time after which movement has ended, ms.</summary>
        StillAfterMs = 26,

        /// <summary>Whether the foot gesture raises SOS, 0 or 1.</summary>
        GestureSos = 27,

        /// <summary>Whether a shoe that is off the foot is noticed, 0 or 1.</summary>
        OffFoot = 28,
    }
}
