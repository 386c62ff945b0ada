using Traxxs.Core.Uplink;
using Traxxs.Protocol;

namespace Traxxs.Core.Power
{
    /// <summary>Follows battery and charger. Emits BatteryLow once a discharge, the charger's coming and going, and the factor by which intervals are stretched.</summary>
    public sealed class BatteryMonitor
    {
        private readonly TrackerProfile _profile;
        private bool _chargerKnown;
        private bool _warning;

        /// <summary>A monitor that knows nothing yet.</summary>
        public BatteryMonitor(TrackerProfile profile)
        {
            _profile = profile;
        }

        /// <summary>Whether the values below are known.</summary>
        public bool IsKnown;

        /// <summary>Battery voltage, mV.</summary>
        public int Mv;

        /// <summary>State of charge, 0..100 %.</summary>
        public int Percent;

        /// <summary>The charger is connected.</summary>
        public bool Charging;

        /// <summary>The battery is low, and has not risen above the hysteresis since.</summary>
        public bool IsLow;

        /// <summary>What fix and batch intervals are multiplied by.</summary>
        public int IntervalFactor
        {
            get { return IsLow && !Charging ? _profile[SettingCode.LowBatteryFactor] : 1; }
        }

        /// <summary>Wait after a measurement that brought nothing, ms.</summary>
        public const int RetryMs = 60000;

        /// <summary>When the battery is to be measured next.</summary>
        public long NextMeasureMs;

        /// <summary>Whether the battery is to be measured now. Asked for once; where no value comes, again after <see cref="RetryMs"/>.</summary>
        public bool TakeMeasureDue(long nowMs)
        {
            if (nowMs < NextMeasureMs) return false;
            NextMeasureMs = nowMs + RetryMs;
            return true;
        }

        /// <summary>The wearer is to be warned, since last asked. Asking clears it.</summary>
        public bool TakeWarning()
        {
            bool warning = _warning;
            _warning = false;
            return warning;
        }

        /// <summary>Takes what the board has learned.</summary>
        public void Update(TrackerInputs inputs, ReportBuilder report, long nowMs)
        {
            if (_chargerKnown && inputs.Charging != Charging)
            {
                report.AddEvent(inputs.Charging ? EventCode.ChargingStarted : EventCode.ChargingStopped, nowMs, 0);
            }

            _chargerKnown = true;
            Charging = inputs.Charging;
            if (!inputs.HasBattery) return;
            NextMeasureMs = nowMs + _profile.Ms(SettingCode.BatteryIntervalS);
            IsKnown = true;
            Mv = Clamp(inputs.BatteryMv, 8191);
            Percent = Clamp(inputs.BatteryPercent, 100);
            if (!IsLow && !Charging && Percent <= _profile[SettingCode.BatteryLowPercent])
            {
                IsLow = true;
                _warning = true;
                report.AddEvent(EventCode.BatteryLow, nowMs, Mv);
                report.Hurry();
            }
            else if (IsLow && Percent >= _profile[SettingCode.BatteryLowPercent] + _profile[SettingCode.BatteryHysteresisPercent])
            {
                IsLow = false;
            }
        }

        /// <summary>Walks over what a deep sleep need not have on flash as it is now.</summary>
        public void KeepLevel(Checkpoint checkpoint)
        {
            checkpoint.Flag(ref IsKnown);
            checkpoint.Int(ref Mv);
            checkpoint.Int(ref Percent);
            checkpoint.Long(ref NextMeasureMs);
        }

        /// <summary>Walks over what a deep sleep must not lose. Nobody sleeps on the charger.</summary>
        public void Keep(Checkpoint checkpoint)
        {
            checkpoint.Flag(ref IsLow);
            checkpoint.Flag(ref _chargerKnown);
        }

        private static int Clamp(int value, int max)
        {
            return value < 0 ? 0 : value > max ? max : value;
        }
    }
}
