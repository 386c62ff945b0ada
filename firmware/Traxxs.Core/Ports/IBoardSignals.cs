namespace Traxxs.Core.Ports
{
    /// <summary>
    /// The board's single lines: what the interrupt handlers have caught since last asked, and the switches the firmware
    /// sets. Taking a flag clears it; a press between two takes is never lost, only counted.
    /// </summary>
    public interface IBoardSignals
    {
        /// <summary>Whether accelerometer line INT1 (wake-up, free-fall) rose since last asked, or still stands.</summary>
        bool TakeMotionInterrupt();

        /// <summary>SOS presses since last asked, debounced.</summary>
        int TakeSosPresses();

        /// <summary>Presses of the cancel input since last asked, debounced.</summary>
        int TakeCancelPresses();

        /// <summary>Level of the charger's "connected" line.</summary>
        bool ChargerConnected { get; }

        /// <summary>
        /// The chip's clock that runs on through deep sleep, ms since 1970: UTC once the network has set it, which happens while the
        /// chip is awake; before, a time before 2026, from any start.
        /// </summary>
        long RtcMs { get; }

        /// <summary>Switches the receiver's main supply; its backup supply stays on.</summary>
        void SetGnssSupply(bool on);
    }
}
