using nanoFramework.Hardware.Esp32;

namespace Traxxs.Device
{
    /// <summary>
    /// All facts of the reference board (BOARD.md): pins, buses, addresses, file names. ESP32-S3-MINI-1-N8; the numbers
    /// are GPIO numbers of the chip. A test keeps this and the pin map of BOARD.md equal.
    /// </summary>
    public static class Board
    {
        /// <summary>LIS2DW12 INT1: wake-up and free-fall, active high. Wake-capable (RTC GPIO).</summary>
        public const int AccelerometerInt1Pin = 4;

        /// <summary>LIS2DW12 INT2: samples enough in the FIFO, active high. Wake-capable.</summary>
        public const int AccelerometerInt2Pin = 5;

        /// <summary>SOS input, active high. Wake-capable.</summary>
        public const int SosPin = 6;

        /// <summary>Cancel input, active high. Wake-capable.</summary>
        public const int CancelPin = 7;

        /// <summary>I2C data of accelerometer and fuel gauge.</summary>
        public const int I2cDataPin = 8;

        /// <summary>I2C clock of accelerometer and fuel gauge.</summary>
        public const int I2cClockPin = 9;

        /// <summary>Gate of the vibration motor's transistor, active high.</summary>
        public const int VibrationPin = 10;

        /// <summary>LED, active high.</summary>
        public const int LedPin = 11;

        /// <summary>Charger connected (divider from VBUS), active high. Wake-capable.</summary>
        public const int ChargerPin = 12;

        /// <summary>Receiver's main supply (load switch), active high.</summary>
        public const int GnssSupplyPin = 15;

        /// <summary>Receiver's EXTINT: wired for power-save modes, held low.</summary>
        public const int GnssExtIntPin = 16;

        /// <summary>UART output to the receiver's RXD.</summary>
        public const int GnssTxPin = 17;

        /// <summary>UART input from the receiver's TXD.</summary>
        public const int GnssRxPin = 18;

        /// <summary>I2C bus of accelerometer and fuel gauge.</summary>
        public const int I2cBus = 1;

        /// <summary>LIS2DW12 with SA0 high (datasheet 6.1.1).</summary>
        public const int AccelerometerAddress = 0x19;

        /// <summary>MAX17048 (datasheet, "I2C slave address": 6Ch with the write bit).</summary>
        public const int FuelGaugeAddress = 0x36;

        /// <summary>Serial port of the receiver. COM1 is the debug port.</summary>
        public const string GnssPort = "COM2";

        /// <summary>The receiver's rate after power-on (MAX-M10S data sheet, "Default interface settings": 9600 baud, 8N1).</summary>
        public const int GnssBaud = 9600;

        /// <summary>
        /// Bytes the UART driver keeps between two steps: two seconds at 9600 baud are 1920 bytes. More are lost and cost
        /// the sentence they belong to.
        /// </summary>
        public const int GnssBufferSize = 2048;

        /// <summary>Root of the chip's littlefs partition.</summary>
        public const string StorageRoot = "I:\\";

        /// <summary>Identity and network settings: see <see cref="DeviceConfig"/>.</summary>
        public const string ConfigFile = "device.cfg";

        /// <summary>Public key that new images are signed with: see <see cref="Adapters.UpdateBoard"/>.</summary>
        public const string UpdateKeyFile = "update.key";

        /// <summary>Segments of the report queue and state: one file each.</summary>
        public const int SegmentCount = 32;

        /// <summary>Bytes of a segment: one littlefs block, so that an append rewrites at most one block.</summary>
        public const int SegmentSizeMax = 4096;

        /// <summary>Bounces of the buttons last less than this, ms.</summary>
        public const int ButtonDebounceMs = 30;

        /// <summary>Pins that end a sleep while the insole waits for motion.</summary>
        public const Sleep.WakeupGpioPin WakePinsStill =
            Sleep.WakeupGpioPin.Pin4 | Sleep.WakeupGpioPin.Pin6 | Sleep.WakeupGpioPin.Pin7;

        /// <summary>
        /// Pins that end light sleep while samples are taken: the FIFO's watermark. Every step of a walk would raise the motion line.
        /// </summary>
        public const Sleep.WakeupGpioPin WakePinsStreaming =
            Sleep.WakeupGpioPin.Pin5 | Sleep.WakeupGpioPin.Pin6 | Sleep.WakeupGpioPin.Pin7;

        /// <summary>Pin that ends any sleep by the charger's coming.</summary>
        public const Sleep.WakeupGpioPin WakePinCharger = Sleep.WakeupGpioPin.Pin12;

        /// <summary>Pin that asks for the self-test where it is held while the board starts: the cancel button.</summary>
        public const Sleep.WakeupGpioPin SelfTestButton = Sleep.WakeupGpioPin.Pin7;

        /// <summary>Connects the pins to their functions; before any bus or port is opened.</summary>
        public static void AssignFunctions()
        {
            Configuration.SetPinFunction(I2cDataPin, DeviceFunction.I2C1_DATA);
            Configuration.SetPinFunction(I2cClockPin, DeviceFunction.I2C1_CLOCK);
            Configuration.SetPinFunction(GnssTxPin, DeviceFunction.COM2_TX);
            Configuration.SetPinFunction(GnssRxPin, DeviceFunction.COM2_RX);
        }
    }
}
