namespace Traxxs.Core.Diagnostics
{
    /// <summary>
    /// The self-test of the whole device: gathers what each part has shown and ends when all is known, or after
    /// <see cref="TimeMaxMs"/>; a part that has shown nothing by then has failed. Parts are bits, as in <c>EventCode.SelfTest</c>.
    /// </summary>
    public sealed class SelfTest
    {
        /// <summary>Part: the accelerometer says who it is.</summary>
        public const int AccelerometerIdentity = 0;

        /// <summary>Part: the accelerometer's own self-test.</summary>
        public const int AccelerometerSelfTest = 1;

        /// <summary>Part: the accelerometer's noise, and 1 g, at rest.</summary>
        public const int AccelerometerNoise = 2;

        /// <summary>Part: fuel gauge.</summary>
        public const int FuelGauge = 3;

        /// <summary>Part: bytes from the receiver.</summary>
        public const int Gnss = 4;

        /// <summary>Part: a record written to flash and read back.</summary>
        public const int Flash = 5;

        /// <summary>Part: the link to the server opens.</summary>
        public const int Radio = 6;

        /// <summary>Number of parts.</summary>
        public const int PartsCount = 7;

        /// <summary>The parts that the board tests by itself: <see cref="TrackerInputs.PartsFailed"/>.</summary>
        public const int BoardParts = 0x0F;

        /// <summary>Longest test, ms: the slowest part, joining a network and a server, is given up by the uplink after a minute.</summary>
        public const int TimeMaxMs = 90000;

        private const int AllParts = (1 << PartsCount) - 1;

        private long _beganMs;
        private int _open;

        /// <summary>Bit per part that has failed; whole when <see cref="HasEnded"/> says so.</summary>
        public int Failed;

        /// <summary>Whether a test is under way.</summary>
        public bool Runs
        {
            get { return _open != 0; }
        }

        /// <summary>Begins, or begins anew.</summary>
        public void Begin(long nowMs)
        {
            _beganMs = nowMs;
            _open = AllParts;
            Failed = 0;
        }

        /// <summary>Whether a part has not shown anything yet.</summary>
        public bool Awaits(int part)
        {
            return (_open & 1 << part) != 0;
        }

        /// <summary>Notes what one part has shown, once; later word of it changes nothing.</summary>
        public void Note(int part, bool good)
        {
            if (!good) Failed |= _open & 1 << part;
            _open &= ~(1 << part);
        }

        /// <summary>Ends the test where its time is over. True: it has ended and <see cref="Failed"/> is the result.</summary>
        public bool HasEnded(long nowMs)
        {
            if (nowMs - _beganMs >= TimeMaxMs)
            {
                Failed |= _open;
                _open = 0;
            }

            return _open == 0;
        }

        /// <summary>When it ends at the latest.</summary>
        public long NextChangeMs()
        {
            return Runs ? _beganMs + TimeMaxMs : long.MaxValue;
        }
    }
}
