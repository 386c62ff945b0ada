using Traxxs.Core.Ports;

namespace Traxxs.Core
{
    /// <summary>What the tracker wants of the GNSS receiver.</summary>
    public enum GnssPower : byte
    {
        /// <summary>Main supply off, backup supply on: ephemeris and clock survive, the next fix is hot for some hours.</summary>
        Backup = 0,

        /// <summary>Running at one solution a second.</summary>
        On = 1,
    }

    /// <summary>What the tracker wants of the accelerometer.</summary>
    public enum AccelerometerMode : byte
    {
        /// <summary>Low power with wake-up and free-fall interrupts armed; no samples are read.</summary>
        WakeOnMotion = 0,

        /// <summary>Sampling into the FIFO, interrupts still armed.</summary>
        Streaming = 1,

        /// <summary>As <see cref="WakeOnMotion"/>, but only a foot that is swung wakes (250 mg): before a deep sleep, whose end is a start of the chip and not worth a fidget. In both the chip keeps what it felt last.</summary>
        WakeOnStride = 2,
    }

    /// <summary>
    /// How deep the board may sleep until <see cref="TrackerOutputs.NextStepMs"/>. It takes a lesser rest where a part needs the
    /// chip: a radio on the air, a UART it cannot be woken by, a pattern that plays.
    /// </summary>
    public enum RestMode : byte
    {
        /// <summary>The chip stays awake.</summary>
        Awake = 0,

        /// <summary>Light sleep: memory is kept. Wakes: the time, SOS, cancel, and the motion line unless samples stream.</summary>
        LightSleep = 1,

        /// <summary>
        /// Deep sleep: memory is lost, the chip starts anew. All that counts is on flash; <see cref="Tracker.Wake"/> goes on from
        /// there. Wakes: the time, SOS, cancel, charger, and the motion line.
        /// </summary>
        DeepSleep = 2,
    }

    /// <summary>What the tracker decided in one step; the board carries it out. Allocated once, overwritten each step.</summary>
    public sealed class TrackerOutputs
    {
        /// <summary>Wanted state of the receiver.</summary>
        public GnssPower Gnss;

        /// <summary>Wanted state of the accelerometer.</summary>
        public AccelerometerMode Accelerometer;

        /// <summary>Whether the way to the server is wanted. The board opens it when true and not open, closes it when false.</summary>
        public bool LinkWanted;

        /// <summary>Pattern to play now; <see cref="IndicatorPattern.None"/> leaves what plays.</summary>
        public IndicatorPattern Indicate;

        /// <summary>The battery should be measured before the next step. So it is before the first, for a start may be a wake that reports at once.</summary>
        public bool MeasureBattery = true;

        /// <summary>The board should test its chips and say the result in <see cref="TrackerInputs.PartsTested"/>; stands until it has.</summary>
        public bool TestParts;

        /// <summary>The device should restart (fault level 3, or commanded).</summary>
        public bool Restart;

        /// <summary>How deep the board may sleep until the next step.</summary>
        public RestMode Rest;

        /// <summary>When the next step is due at the latest, on the <c>nowMs</c> clock. Interrupts, SOS and link events come earlier.</summary>
        public long NextStepMs;
    }
}
