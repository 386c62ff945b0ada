using Traxxs.Core.Ports;
using Traxxs.Core.Update;

namespace Traxxs.Device
{
    /// <summary>
    /// The parts an insole is put together from, as ports. On the board <c>Program</c> fills them with adapters to
    /// the nanoFramework APIs; a simulator or test fills them with simulated chips. All but the last must be set.
    /// </summary>
    public sealed class InsoleParts
    {
        /// <summary>The LIS2DW12's registers.</summary>
        public IRegisterBus Accelerometer;

        /// <summary>The MAX17048's registers.</summary>
        public IRegisterBus FuelGauge;

        /// <summary>The receiver's UART.</summary>
        public ISerialLine Gnss;

        /// <summary>Interrupts, buttons, charger line, receiver supply.</summary>
        public IBoardSignals Signals;

        /// <summary>Vibration motor and LED.</summary>
        public IIndicator Indicator;

        /// <summary>Flash for the report queue and the tracker's state.</summary>
        public ISegmentStorage Storage;

        /// <summary>The way to the server.</summary>
        public IUplink Uplink;

        /// <summary>Takes new images; null where the board cannot.</summary>
        public Updater Updater;
    }
}
