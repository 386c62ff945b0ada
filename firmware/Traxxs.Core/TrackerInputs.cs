using Traxxs.Core.Location;

namespace Traxxs.Core
{
    /// <summary>
    /// All that the board has learned since the last step. Filled by the board, read by <see cref="Tracker.Step"/>,
    /// emptied by <see cref="Clear"/>. Allocated once.
    /// </summary>
    public sealed class TrackerInputs
    {
        /// <summary>Most accelerometer samples in one step: the LIS2DW12's FIFO depth (datasheet 5.1).</summary>
        public const int SamplesMax = 32;

        /// <summary>Most downlink commands taken in one step; more wait for the next.</summary>
        public const int CommandsMax = 4;

        /// <summary>Acceleration in mg, oldest first; X is toward the toes, Y to the left, Z up through the sole.</summary>
        public readonly short[] XMg = new short[SamplesMax];

        /// <summary>See <see cref="XMg"/>.</summary>
        public readonly short[] YMg = new short[SamplesMax];

        /// <summary>See <see cref="XMg"/>.</summary>
        public readonly short[] ZMg = new short[SamplesMax];

        /// <summary>Valid rows of the sample columns.</summary>
        public int SampleCount;

        /// <summary>Time from one sample to the next, ms. Above 0 where there are samples; longer than <see cref="TrackerProfile.SamplePeriodMs"/> after a deep sleep, for what was felt before the start. The last sample is the newest, taken at <c>nowMs</c>.</summary>
        public int SamplePeriodMs;

        /// <summary>The accelerometer's wake-up interrupt fired since the last step.</summary>
        public bool WakeInterrupt;

        /// <summary>The accelerometer's free-fall interrupt fired since the last step.</summary>
        public bool FreeFallInterrupt;

        /// <summary>The accelerometer did not answer, or lost samples to an overrun.</summary>
        public bool AccelerometerFault;

        /// <summary>Whether <see cref="Fix"/> is a new solution of the receiver, valid or not.</summary>
        public bool HasFix;

        /// <summary>The newest solution.</summary>
        public readonly GnssFix Fix = new GnssFix();

        /// <summary>Bytes the receiver sent since the last step: silence while powered is a fault.</summary>
        public int GnssBytes;

        /// <summary>SOS presses since the last step; each one counts.</summary>
        public int SosPresses;

        /// <summary>Presses of the cancel input since the last step.</summary>
        public int CancelPresses;

        /// <summary>Whether the battery values below are new.</summary>
        public bool HasBattery;

        /// <summary>Battery voltage, mV.</summary>
        public int BatteryMv;

        /// <summary>State of charge, 0..100 %.</summary>
        public int BatteryPercent;

        /// <summary>The charger is connected.</summary>
        public bool Charging;

        /// <summary>The chip's clock: see <see cref="Ports.IBoardSignals.RtcMs"/>.</summary>
        public long RtcMs;

        /// <summary>The board has tested its chips: <see cref="PartsFailed"/> is the result.</summary>
        public bool PartsTested;

        /// <summary>Bit per part that failed: the first four of <c>EventCode.SelfTest</c>.</summary>
        public int PartsFailed;

        /// <summary>Empties what belongs to one step; the level of the charger stays until overwritten.</summary>
        public void Clear()
        {
            SampleCount = 0;
            WakeInterrupt = false;
            FreeFallInterrupt = false;
            AccelerometerFault = false;
            HasFix = false;
            GnssBytes = 0;
            SosPresses = 0;
            CancelPresses = 0;
            HasBattery = false;
            PartsTested = false;
        }
    }
}
