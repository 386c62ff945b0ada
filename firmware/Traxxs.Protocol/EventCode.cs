namespace Traxxs.Protocol
{
    /// <summary>
    /// What a device noticed. The numbers are on the wire and in flash: a number is never given a second meaning.
    /// Which of them are alarms says <see cref="Alarm"/>.
    /// </summary>
    public enum EventCode : byte
    {
        /// <summary>No event; never written.</summary>
        None = 0,

        /// <summary>The wearer pressed for help. Value: presses counted since the device started; bit 16 is set where a foot gesture raised it. Every press is an event.</summary>
        Sos = 1,

        /// <summary>An impact that may be a fall; the wearer can still cancel. Value: peak acceleration in mg.</summary>
        FallSuspected = 2,

        /// <summary>A fall, then stillness through the cancel window. Value: seconds still so far.</summary>
        ManDown = 3,

        /// <summary>No movement for longer than the profile allows while worn. Value: seconds still so far.</summary>
        Immobile = 4,

        /// <summary>The check-in timer ran out. Value: seconds overdue.</summary>
        CheckInMissed = 5,

        /// <summary>Movement began. Time: when it began, not when it was recognised.</summary>
        MovingSince = 16,

        /// <summary>Movement ended. Time: the last movement.</summary>
        Stopped = 17,

        /// <summary>A suspected fall was taken back: by movement or by the wearer. Value: seconds after the impact.</summary>
        FallCancelled = 18,

        /// <summary>The charger is connected.</summary>
        ChargingStarted = 19,

        /// <summary>The charger is gone.</summary>
        ChargingStopped = 20,

        /// <summary>The battery fell below the warning level. Value: battery in mV.</summary>
        BatteryLow = 21,

        /// <summary>The device started. Value: boot reason (<c>Traxxs.Core.Diagnostics.BootReason</c>).</summary>
        Started = 22,

        /// <summary>
        /// Self-test finished. Value: bit per part, 1 = failed: 0 accelerometer identity, 1 accelerometer self-test,
        /// 2 accelerometer noise at rest, 3 fuel gauge, 4 GNSS bytes, 5 flash write and read, 6 radio.
        /// </summary>
        SelfTest = 23,

        /// <summary>A part failed and the device goes on without it. Value: bit per part: 0 accelerometer, 1 GNSS, 2 flash, 6 radio, for which the device restarts.</summary>
        Degraded = 24,

        /// <summary>Reports were dropped because the queue was full. Value: how many since the last such event.</summary>
        ReportsDropped = 25,

        /// <summary>GNSS searched in vain. Value: seconds searched.</summary>
        GnssTimeout = 26,

        /// <summary>The wearer confirmed being well. Value: unused, 0.</summary>
        CheckIn = 27,

        /// <summary>The shoe is off the foot.</summary>
        ShoeOff = 28,

        /// <summary>The shoe is on the foot again.</summary>
        ShoeOn = 29,

        /// <summary>An offered firmware image is not taken, or no longer. Value: why (<see cref="UpdateRefusal"/>).</summary>
        UpdateRefused = 30,

        /// <summary>Blocks of the offered image are wanted. Value: the offset of the first, in bytes; the server sends up to 8192 bytes from there.</summary>
        UpdateWants = 31,

        /// <summary>The offered image is whole and its signature good; the device restarts into it. Value: its version.</summary>
        UpdateReady = 32,

        /// <summary>A new image has proved healthy and stays. Value: its version.</summary>
        UpdateKept = 33,

        /// <summary>A new image did not prove healthy: the one before runs again. Value: the version that failed.</summary>
        UpdateReturned = 34,

        /// <summary>Which image the next event here speaks of, an UpdateRefused or UpdateWants. Value: its version. Devices of before do not say.</summary>
        UpdateVersion = 35,
    }
}
