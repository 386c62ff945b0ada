using Traxxs.Core;
using Traxxs.Core.Ports;

namespace Traxxs.Drivers
{
    /// <summary>
    /// ST LIS2DW12 accelerometer: identity, three modes, samples in mg, interrupt causes. Every transfer is checked in one
    /// place; after a false answer <see cref="BadRegister"/> names the register that failed and the chip should be
    /// started again. Source: ST datasheet LIS2DW12 and application note AN5038.
    /// </summary>
    /// <remarks>
    /// The chip is mounted with its X toward the toes, Y to the left and Z up through the sole (BOARD.md), so the chip's
    /// axes are the board's. Waking from deep sleep, ask <see cref="TryReadPast"/> before <see cref="TryStart"/>:
    /// the reset forgets why the line rose and what the FIFO holds.
    /// </remarks>
    public sealed class Lis2dw12
    {
        /// <summary>Time from one streamed sample to the next, ms: 25 Hz, the rate the core's detectors were held against recordings at.</summary>
        public const int SamplePeriodMs = 40;

        /// <summary>Time from one sample to the next while the chip waits for motion, ms: 12.5 Hz.</summary>
        public const int WaitingPeriodMs = 80;

        private const byte Identity = 0x44;             // Datasheet 8.3, WHO_AM_I.
        private const byte SoftReset = 0x40;            // CTRL2 SOFT_RESET, datasheet 8.5.
        private const byte FifoOverrun = 0x40;          // FIFO_SAMPLES FIFO_OVR, datasheet 8.19: a sample was overwritten.
        private const byte FifoDiff = 0x3F;             // FIFO_SAMPLES DIFF: unread samples, 0..32.
        private const byte FreeFallActive = 0x01;       // ALL_INT_SRC FF_IA, datasheet 8.31.
        private const byte WakeUpActive = 0x02;         // ALL_INT_SRC WU_IA.
        private const byte SourceUnused = 0xC0;         // ALL_INT_SRC bits 7:6 always read 0: set, they tell of a stuck bus.
        private const byte Latched = 0x10;              // CTRL3 LIR.
        private const byte SelfTestPositive = 0x40;     // CTRL3 ST[1:0] = 01, datasheet 8.6.
        private const int StreamingScale = 3;           // FS while streaming: +-16 g.
        private const int FinestShift = 11;             // At +-2 g one count is 125/2048 mg, each scale above doubles it.
        private const byte Watermark = 30;              // FTH[4:0]: 1200 ms of the 1280 that the FIFO holds.
        private const int SampleSize = 6;

        // A soft reset takes 5 us (AN5038, boot and software reset), less than one read on a 400 kHz bus: ten reads are a
        // hundred times that. At the bound the start fails and names CTRL2.
        private const int ResetReadsMax = 10;

        // Nobody asks more often than every 40 ms while streaming: so many empty answers in a row are at least 320 ms without
        // one sample of a 25 Hz stream, which a live chip cannot do. At the bound the read fails and names FIFO_SAMPLES.
        private const int EmptyReadsMax = 8;

        // A register, then its value for each mode, in the order of AccelerometerMode. Power-down comes first because the full scale
        // and the FIFO mode must not change under a running measurement, and CTRL1 last because it starts the next one.
        // Only WakeOnMotion routes and believes free-fall: its thresholds are given for +-2 g (at +-16 g the flag may stand for
        // anything below 2.5 g), and while it streams the core sees every sample itself. Of WakeOnStride: 2 x 8 g / 64 = 250 mg, a walk
        // passes it within its first strides, a tap of the foot with its first or second; +-8 g, so that the FIFO shows an impact whole.
        private const int TableColumns = 4;
        private static readonly byte[] Table = new byte[]
        {
            // Register                               Motion Stream Stride
            (byte)Lis2dw12Register.Ctrl1,             0x00, 0x00, 0x00, // Power-down while it is configured.
            (byte)Lis2dw12Register.Ctrl2,             0x0C, 0x0C, 0x0C, // BDU: no half-new sample; IF_ADD_INC: bursts.
            (byte)Lis2dw12Register.Ctrl3,             0x10, 0x10, 0x10, // LIR: INT1 stays up until asked; push-pull, active high.
            (byte)Lis2dw12Register.Ctrl4Int1PadCtrl,  0x30, 0x20, 0x20, // INT1_WU: wakes; and INT1_FF.
            (byte)Lis2dw12Register.Ctrl5Int2PadCtrl,  0x00, 0x02, 0x00, // INT2 rests, or INT2_FTH: the watermark ends a light sleep before the FIFO is full.
            (byte)Lis2dw12Register.Ctrl6,             0x00, 0x34, 0x20, // FS +-2 g: the free-fall thresholds are given for it (datasheet 8.26); +-16 g (a heel strike passes 8 g), LOW_NOISE, bandwidth ODR/2; +-8 g.
            (byte)Lis2dw12Register.FifoCtrl,          0x00, 0x00, 0x00, // Bypass empties the FIFO and clears its overrun (AN5038, FIFO).
            (byte)Lis2dw12Register.FifoCtrl,          0xC0, 0xC0 | Watermark, 0xC0, // FMode 110, continuous: the oldest is overwritten and FIFO_OVR says so; after a start the last 2.56 s are read back from it. It has no current of its own in the datasheet.
            (byte)Lis2dw12Register.WakeUpThs,         0x02, 0x01, 0x02, // 2 x 2 g / 64 = 62.5 mg: 13 times the noise of low-power mode 1 (4.5 mg RMS, datasheet, mechanical characteristics); 16 g / 64 = 250 mg, the least there is at this scale; 250 mg.
            (byte)Lis2dw12Register.WakeUpDur,         0x00, 0x00, 0x00, // One sample above is enough; the core confirms before it spends.
            (byte)Lis2dw12Register.FreeFall,          0x13, 0x13, 0x13, // 2 samples (160 ms, a fall of 13 cm) below FF_THS 011 = 312 mg (AN5038, free-fall).
            (byte)Lis2dw12Register.Ctrl7,             0x20, 0x20, 0x20, // INTERRUPTS_ENABLE.
            (byte)Lis2dw12Register.Ctrl1,             0x20, 0x34, 0x20, // 12.5 Hz, low-power mode 1: below 1 uA (datasheet front page); 25 Hz, high-performance: filtered before it is decimated, 90 uA.
        };

        private readonly IRegisterBus _bus;
        private readonly byte[] _one = new byte[1];
        private readonly byte[] _samples = new byte[TrackerInputs.SamplesMax * SampleSize];
        private int _emptyReads;
        private bool _freeFallArmed;

        /// <summary>Takes the bus; touches nothing.</summary>
        public Lis2dw12(IRegisterBus bus)
        {
            _bus = bus;
        }

        /// <summary>The register on which the last call failed; <see cref="Lis2dw12Register.None"/> after one that did not.</summary>
        public Lis2dw12Register BadRegister;

        /// <summary>Checks the identity and resets the chip; afterwards it is powered down. False: see <see cref="BadRegister"/>.</summary>
        public bool TryStart()
        {
            if (!TryReadByte(Lis2dw12Register.WhoAmI, out int identity)) return false;
            if (identity != Identity) return Fail(Lis2dw12Register.WhoAmI);
            if (!TryWriteByte(Lis2dw12Register.Ctrl2, SoftReset)) return false;
            for (int i = 0; i < ResetReadsMax; i++)
            {
                if (!TryReadByte(Lis2dw12Register.Ctrl2, out int control)) return false;
                if ((control & SoftReset) == 0) return true;
            }

            return Fail(Lis2dw12Register.Ctrl2);
        }

        /// <summary>Writes the table of a mode, reads every value back and forgets causes latched meanwhile. False: the mode is not in force; see <see cref="BadRegister"/>.</summary>
        public bool TrySetMode(AccelerometerMode mode)
        {
            for (int row = 0; row < Table.Length; row += TableColumns)
            {
                if (!TryWriteChecked((Lis2dw12Register)Table[row], Table[row + 1 + (int)mode])) return false;
            }

            _emptyReads = 0;
            _freeFallArmed = mode == AccelerometerMode.WakeOnMotion;
            return TryReadByte(Lis2dw12Register.AllIntSrc, out int _);
        }

        /// <summary>
        /// Has the chip push its own proof mass while it streams, as its self-test does; the next mode ends that. False: see
        /// <see cref="BadRegister"/>.
        /// </summary>
        public bool TryPush()
        {
            return TryWriteChecked(Lis2dw12Register.Ctrl3, Latched | SelfTestPositive);
        }

        /// <summary>
        /// Moves what the FIFO holds into the inputs, oldest first, mg. An overrun delivers the 32 newest samples and sets
        /// <see cref="TrackerInputs.AccelerometerFault"/>. False: nothing delivered, the fault is set, see <see cref="BadRegister"/>.
        /// </summary>
        public bool TryReadSamples(TrackerInputs inputs)
        {
            inputs.SampleCount = 0;
            if (!TryReadCount(inputs, out int count, out bool overrun)) return false;
            _emptyReads = count == 0 ? _emptyReads + 1 : 0;
            if (_emptyReads >= EmptyReadsMax) return Faulty(inputs, Lis2dw12Register.FifoSamples);
            if (count == 0) return true;

            if (overrun) inputs.AccelerometerFault = true;
            return TryDeliver(inputs, count, SamplePeriodMs, FinestShift - StreamingScale);
        }

        /// <summary>
        /// After a start out of deep sleep, before <see cref="TryStart"/> forgets it: why the chip woke the board, and what it has
        /// felt in the last 2.56 s, through the time the board took to start. False: the fault is set, see <see cref="BadRegister"/>.
        /// </summary>
        public bool TryReadPast(TrackerInputs inputs)
        {
            if (!TryReadByte(Lis2dw12Register.Ctrl6, out int scale)) return Faulty(inputs);
            scale = scale >> 4 & 3;
            _freeFallArmed = scale == 0;
            if (!TryReadSources(inputs)) return false;
            if (!TryReadCount(inputs, out int count, out bool _)) return false;
            return count == 0 || TryDeliver(inputs, count, WaitingPeriodMs, FinestShift - scale);
        }

        private bool TryReadCount(TrackerInputs inputs, out int count, out bool overrun)
        {
            bool read = TryReadByte(Lis2dw12Register.FifoSamples, out int state);
            count = state & FifoDiff;
            overrun = (state & FifoOverrun) != 0;
            if (read && count <= TrackerInputs.SamplesMax) return true;
            return Faulty(inputs, Lis2dw12Register.FifoSamples);
        }

        // One burst: with IF_ADD_INC the address rolls from OUT_Z_H back to OUT_X_L while the FIFO is on (AN5038, FIFO).
        private bool TryDeliver(TrackerInputs inputs, int count, int periodMs, int shift)
        {
            if (!TryReadMany(Lis2dw12Register.OutXL, _samples, count * SampleSize)) return Faulty(inputs);
            for (int i = 0; i < count; i++)
            {
                inputs.XMg[i] = ToMg(i * SampleSize, shift);
                inputs.YMg[i] = ToMg(i * SampleSize + 2, shift);
                inputs.ZMg[i] = ToMg(i * SampleSize + 4, shift);
            }

            inputs.SampleCount = count;
            inputs.SamplePeriodMs = periodMs;
            return true;
        }

        /// <summary>
        /// Adds why INT1 rose to the inputs and lets the line fall again (reading ALL_INT_SRC clears what is latched,
        /// AN5038, interrupt generation). False: the fault is set, see <see cref="BadRegister"/>.
        /// </summary>
        public bool TryReadSources(TrackerInputs inputs)
        {
            if (!TryReadByte(Lis2dw12Register.AllIntSrc, out int sources)) return Faulty(inputs);
            if ((sources & SourceUnused) != 0) return Faulty(inputs, Lis2dw12Register.AllIntSrc);
            if ((sources & WakeUpActive) != 0) inputs.WakeInterrupt = true;
            if (_freeFallArmed && (sources & FreeFallActive) != 0) inputs.FreeFallInterrupt = true;
            return true;
        }

        // Samples are left-justified 16-bit two's complement (datasheet 4.1): at +-16 g one count is 16000/32768 = 125/256 mg.
        private short ToMg(int offset, int shift)
        {
            return (short)(((short)(_samples[offset] | (_samples[offset + 1] << 8)) * 125) >> shift);
        }

        private bool TryWriteChecked(Lis2dw12Register register, byte value)
        {
            if (!TryWriteByte(register, value) || !TryReadByte(register, out int read)) return false;
            return read == value || Fail(register);
        }

        private bool TryReadByte(Lis2dw12Register register, out int value)
        {
            bool read = TryReadMany(register, _one, 1);
            value = _one[0];
            return read;
        }

        private bool TryReadMany(Lis2dw12Register register, byte[] buffer, int count)
        {
            return Check(register, _bus.TryRead((byte)register, buffer, count));
        }

        private bool TryWriteByte(Lis2dw12Register register, byte value)
        {
            _one[0] = value;
            return Check(register, _bus.TryWrite((byte)register, _one, 1));
        }

        private bool Check(Lis2dw12Register register, bool answered)
        {
            BadRegister = answered ? Lis2dw12Register.None : register;
            return answered;
        }

        private bool Fail(Lis2dw12Register register)
        {
            return Check(register, false);
        }

        private bool Faulty(TrackerInputs inputs, Lis2dw12Register register)
        {
            Fail(register);
            return Faulty(inputs);
        }

        private static bool Faulty(TrackerInputs inputs)
        {
            inputs.AccelerometerFault = true;
            return false;
        }
    }
}
