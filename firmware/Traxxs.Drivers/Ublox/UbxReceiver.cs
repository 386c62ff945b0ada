using Traxxs.Core;
using Traxxs.Core.Ports;

namespace Traxxs.Drivers
{
    /// <summary>Where the receiver stands. A test holds the edges.</summary>
    public enum UbxReceiverState : byte
    {
        /// <summary>Main supply off. Entered at the start and by <c>PowerDown</c> from everywhere; left by <c>PowerUp</c>.</summary>
        Off = 0,

        /// <summary>Just powered. Entered by <c>PowerUp</c>; left when the line tells whether the configuration was kept, or after a wait. Exists because a second configuration would be sent for nothing.</summary>
        Booting = 1,

        /// <summary>Configuration sent. Entered when it is missing; left by the answer or at the bound of tries.</summary>
        Configuring = 2,

        /// <summary>NAV-PVT only. Entered once that is confirmed; left for Configuring where NMEA comes again (the receiver has restarted by itself).</summary>
        Running = 3,

        /// <summary>The configuration was refused or never answered. Entered at the bound; left only by power. Positions are read from what the receiver sends by itself.</summary>
        Degraded = 4,
    }

    /// <summary>
    /// u-blox MAX-M10 on a serial line: reads its solutions into the inputs and sees to its configuration. The supply itself
    /// is the board's; it tells the driver by <see cref="PowerUp"/> and <see cref="PowerDown"/>.
    /// </summary>
    public sealed class UbxReceiver
    {
        /// <summary>Most bytes taken in one <see cref="Poll"/>, four seconds of a full 9600 baud line; more wait in the UART for the next.</summary>
        public const int PollBytesMax = 4096;

        /// <summary>Configurations sent after one power-up before the receiver is left as it is.</summary>
        public const int ConfigureTriesMax = 5;

        /// <summary>Silence after which a powered receiver is called faulty, ms: three of its one-second epochs.</summary>
        public const int SilenceMaxMs = 3000;

        // Assumed, no document gives it: the boot text comes within half a second of power. A receiver that kept its
        // configuration speaks at its first epoch, up to a second later. Silence beyond both is no reason not to try.
        private const int BootWaitMs = 1600;

        // A configuration is answered within one second (interface description 3.9, UBX-ACK); at 9600 baud the answer queues
        // behind up to 0.6 s of NMEA.
        private const int AnswerWaitMs = 1700;

        // One epoch; the 100 bytes of NAV-PVT take 104 ms at 9600 baud. A frame is noticed up to two polls after its end, and
        // the receiver's epochs wander by some milliseconds.
        private const int EpochMs = 1000;
        private const int FrameMs = 105;
        private const int PollMs = 50;
        private const int MarginMs = 25;

        // Epochs lie on whole seconds of UTC, whenever the receiver starts: where frames came before tells where they come again, as
        // long as the chip's clock is true to the margin. 300 s at 100 ppm, which esp-idf promises of a calibrated slow clock, are 30 ms.
        private const int PhaseHoldsMs = 300000;

        // From power to the first frame's end at the least: 250 ms of boot, assumed, and the frame. Where it takes longer, the frame
        // after is listened for.
        private const int FirstFrameMs = 355;

        private const int ChunkSize = 128;

        private readonly ISerialLine _line;
        private readonly byte[] _chunk = new byte[ChunkSize];
        private long _enteredMs;
        private long _heardMs;
        private int _tries;
        private int _nmeaAtEntry;
        private int _framesSeen;
        private bool _frameKnown;
        private long _frameMs;          // when a frame was over
        private long _nextFrameMs;      // when the next one will be

        /// <summary>
        /// No byte is due before this time: until then the line needs nobody, and the chip may sleep though it cannot hear.
        /// Not above the time of the last <see cref="Poll"/> where the receiver may speak at any time.
        /// </summary>
        public long QuietUntilMs;

        /// <summary>When to poll again, so that the end of a frame is known to within <c>PollMs</c>.</summary>
        public long NextPollMs;

        /// <summary>Takes the line; sends nothing.</summary>
        public UbxReceiver(ISerialLine line)
        {
            _line = line;
        }

        /// <summary>Where the receiver stands.</summary>
        public UbxReceiverState State;

        /// <summary>Powered, and not a byte for <see cref="SilenceMaxMs"/>.</summary>
        public bool SilenceFault;

        /// <summary>The receiver refused its configuration or never answered: it runs, at the price of more bytes and no accuracy estimate.</summary>
        public bool ConfigurationFault
        {
            get { return State == UbxReceiverState.Degraded; }
        }

        /// <summary>The parser, for its reject counters.</summary>
        public readonly GnssParser Parser = new GnssParser();

        /// <summary>The main supply has been switched on.</summary>
        public void PowerUp(long nowMs)
        {
            Parser.Reset();
            _tries = 0;
            _heardMs = nowMs;
            SilenceFault = false;
            _frameKnown = _frameKnown && nowMs - _frameMs < PhaseHoldsMs;
            QuietUntilMs = 0;
            if (_frameKnown) Expect(nowMs + FirstFrameMs + EpochMs - 1 - (nowMs + FirstFrameMs - _frameMs + EpochMs - 1) % EpochMs);
            NextPollMs = QuietUntilMs > nowMs ? QuietUntilMs : nowMs + PollMs;
            Enter(UbxReceiverState.Booting, nowMs);
        }

        /// <summary>The main supply has been switched off.</summary>
        public void PowerDown()
        {
            SilenceFault = false;
            State = UbxReceiverState.Off;
        }

        /// <summary>
        /// Reads what has come; the newest solution goes into the inputs, the bytes are counted there. Sends the configuration
        /// where it is missing.
        /// </summary>
        public void Poll(TrackerInputs inputs, long nowMs)
        {
            if (State == UbxReceiverState.Off) return;
            int bytes = ReadLine(inputs);
            inputs.GnssBytes += bytes;
            if (bytes > 0) _heardMs = nowMs;
            SilenceFault = nowMs - _heardMs > SilenceMaxMs;
            Advance(nowMs);
            Foresee(nowMs);
        }

        // A configured receiver sends one frame an epoch and nothing else: after a frame all is quiet until the next, and so it is
        // after power-up. One that has lost its configuration does not come as expected, and is listened to.
        private void Foresee(long nowMs)
        {
            bool frame = State == UbxReceiverState.Running && Parser.NavPvtMessages != _framesSeen && Parser.AtRest;
            _framesSeen = Parser.NavPvtMessages;
            if (frame)
            {
                _frameKnown = true;
                _frameMs = nowMs;
                Expect(nowMs + EpochMs);
            }
            else if (State == UbxReceiverState.Booting && _frameKnown && nowMs > _nextFrameMs + PollMs)
            {
                Expect(_nextFrameMs + EpochMs);
            }

            NextPollMs = QuietUntilMs > nowMs ? QuietUntilMs : nowMs + PollMs;
        }

        private void Expect(long frameMs)
        {
            _nextFrameMs = frameMs;
            QuietUntilMs = frameMs - FrameMs - 2 * PollMs - MarginMs;
        }

        private void Advance(long nowMs)
        {
            bool nmea = Parser.NmeaSentences != _nmeaAtEntry;
            bool answered = Parser.TryTakeAnswer(out int message, out bool good) && message == UbxConfiguration.Message;
            switch (State)
            {
                case UbxReceiverState.Booting:
                    if (nmea || nowMs - _enteredMs >= BootWaitMs) Configure(nowMs);
                    else if (Parser.NavPvtMessages > 0) Enter(UbxReceiverState.Running, nowMs);
                    break;
                case UbxReceiverState.Configuring:
                    // A refusal is an answer: asking again would give the same.
                    if (answered) Enter(good ? UbxReceiverState.Running : UbxReceiverState.Degraded, nowMs);
                    else if (nowMs - _enteredMs >= AnswerWaitMs) Configure(nowMs);
                    break;
                case UbxReceiverState.Running:
                    // One sentence may still have been under way when the configuration took effect.
                    if (nmea && nowMs - _enteredMs >= AnswerWaitMs) Configure(nowMs);
                    else if (nmea) _nmeaAtEntry = Parser.NmeaSentences;
                    break;
                default:
                    break;
            }
        }

        private void Configure(long nowMs)
        {
            if (_tries == ConfigureTriesMax)
            {
                Enter(UbxReceiverState.Degraded, nowMs);
                return;
            }

            _tries++;
            _line.TryWrite(UbxConfiguration.Frame, 0, UbxConfiguration.Frame.Length);   // A refused write is an answer that does not come: tried again.
            Enter(UbxReceiverState.Configuring, nowMs);
        }

        private void Enter(UbxReceiverState state, long nowMs)
        {
            State = state;
            _enteredMs = nowMs;
            _nmeaAtEntry = Parser.NmeaSentences;
        }

        private int ReadLine(TrackerInputs inputs)
        {
            int total = 0;
            while (total < PollBytesMax)
            {
                int count = _line.Read(_chunk, 0, ChunkSize);
                if (count <= 0) break;
                total += count;
                for (int i = 0; i < count; i++) Take(inputs, _chunk[i]);
            }

            return total;
        }

        private void Take(TrackerInputs inputs, byte value)
        {
            for (bool found = Parser.Feed(value); found; found = Parser.Next())
            {
                inputs.HasFix = true;
                inputs.Fix.CopyFrom(Parser.Fix);
            }
        }
    }
}
