namespace Traxxs.Protocol
{
    /// <summary>
    /// How likely each whole number of a window is, as a mixture of bell curves that learns which of them is at work:
    /// FORMAT.md, "Cells". The curves are the hidden states of a Markov chain: before a number the weights move along the
    /// chain (<see cref="Step"/>), after it they go to the curves that foresaw it (<see cref="Learn"/>).
    /// </summary>
    /// <remarks>
    /// Integers only, so that a device and a server share every bit. Memory: 20 bytes a state; the tables are the caller's.
    /// </remarks>
    public sealed class CellModel
    {
        /// <summary>What the weights add up to, and what each row of a transition table adds up to.</summary>
        public const int WeightWhole = 1 << WeightBits;

        /// <summary>Share of <see cref="Escape"/>: once in 1024.</summary>
        public const int EscapeShare = SymbolCoder.Whole / 1024;

        /// <summary>Steps of a scale that double the standard deviation.</summary>
        public const int ScalesPerOctave = 8;

        /// <summary>The scale of standard deviation 1. Scale 0, the narrowest, is 1/16.</summary>
        public const int ScaleOfOne = 4 * ScalesPerOctave;

        /// <summary>The widest scale: a standard deviation of 8192.</summary>
        public const int ScaleMax = ScaleOfOne + 13 * ScalesPerOctave;

        /// <summary>Values and means lie within plus and minus this.</summary>
        public const int MagnitudeMax = 8192;

        private const int WeightBits = 16;

        // A distance is counted in half cells and multiplied by 2^15 / 2^(scale / 8): the result counts 1/4096 of a
        // standard deviation and has to fit an int.
        private const int NarrowingBits = 14;
        private const byte DistanceFits = (4L * MagnitudeMax + 1) << (NarrowingBits + 1) <= int.MaxValue ? 0 : -1;

        // round(2^14 / 2^(i / 8))
        private static readonly ushort[] Narrowing = { 16384, 15024, 13777, 12634, 11585, 10624, 9742, 8933 };

        // The normal distribution from its middle outwards: round(65536 * (cdf(i / 16) - 1/2)), all of it at the last entry.
        // Within a step the curve is a straight line of 256 points.
        private const int CurveStepBits = 8;
        private const int CurveEnd = 70;

        private static readonly ushort[] Curve =
        {
            0, 1633, 3260, 4874, 6469, 8039, 9579, 11084, 12548, 13967, 15336, 16654, 17916, 19120, 20265, 21348,
            22370, 23331, 24229, 25067, 25844, 26563, 27226, 27834, 28390, 28896, 29355, 29769, 30143, 30477, 30776, 31042,
            31277, 31485, 31667, 31827, 31967, 32088, 32193, 32283, 32361, 32427, 32484, 32532, 32573, 32607, 32636, 32660,
            32680, 32696, 32710, 32721, 32730, 32738, 32744, 32749, 32753, 32756, 32759, 32761, 32762, 32763, 32765, 32765,
            32766, 32766, 32767, 32767, 32767, 32767, 32768,
        };

        private readonly int _stateCount;
        private readonly int _lowest;
        private readonly int _escape;
        private readonly ushort[] _start;
        private readonly ushort[] _transition;
        private readonly int[] _weight;
        private readonly int[] _mean;
        private readonly int[] _scale;
        private readonly long[] _scratch;

        /// <summary>
        /// A model of the numbers lowest .. lowest + count - 1. <paramref name="start"/> has one weight a state,
        /// <paramref name="transition"/> a row for each state it leaves; both add up to <see cref="WeightWhole"/> a row.
        /// </summary>
        public CellModel(int lowest, int count, ushort[] start, ushort[] transition)
        {
            _stateCount = start.Length;
            _lowest = lowest;
            _escape = lowest + count;
            _start = start;
            _transition = transition;
            _weight = new int[_stateCount];
            _mean = new int[_stateCount];
            _scale = new int[_stateCount];
            _scratch = new long[_stateCount];
        }

        /// <summary>Lowest number of the window.</summary>
        public int Lowest
        {
            get { return _lowest; }
        }

        /// <summary>Stands for every number outside the window.</summary>
        public int Escape
        {
            get { return _escape; }
        }

        /// <summary>Whether a number is in the window.</summary>
        public bool Holds(long value)
        {
            return value >= _lowest && value < _escape;
        }

        /// <summary>Forgets what was learned.</summary>
        public void Start()
        {
            for (var i = 0; i < _stateCount; i++) _weight[i] = _start[i];
        }

        /// <summary>Moves the weights one step along the chain.</summary>
        public void Step()
        {
            for (var to = 0; to < _stateCount; to++)
            {
                long sum = 0;
                var cell = to;
                for (var from = 0; from < _stateCount; from++)
                {
                    sum += (long)_weight[from] * _transition[cell];
                    cell += _stateCount;
                }

                _scratch[to] = sum >> WeightBits;
            }

            TakeScratch();
        }

        /// <summary>Sets the middle and the width of one curve for the number that comes next; both are brought into range.</summary>
        public void Shape(int state, int mean, int scale)
        {
            _mean[state] = mean < -MagnitudeMax ? -MagnitudeMax : mean > MagnitudeMax ? MagnitudeMax : mean;
            _scale[state] = scale < 0 ? 0 : scale > ScaleMax ? ScaleMax : scale;
        }

        /// <summary>
        /// The middle of the curve with most weight and its standard deviation, at least 1: where to look for a number first. It
        /// says nothing about what a number is coded as.
        /// </summary>
        public void Expect(out int mean, out int deviation)
        {
            var heaviest = 0;
            for (var i = 1; i < _stateCount; i++)
            {
                if (_weight[i] > _weight[heaviest]) heaviest = i;
            }

            mean = _mean[heaviest];
            deviation = _scale[heaviest] <= ScaleOfOne ? 1 : 1 << ((_scale[heaviest] - ScaleOfOne) / ScalesPerOctave);
        }

        /// <summary>
        /// Share of <see cref="SymbolCoder.Whole"/> that belongs to the numbers below <paramref name="value"/>. Grows by one
        /// at least with each number, so that none is impossible.
        /// </summary>
        public int ShareBelow(int value)
        {
            if (value <= _lowest) return 0;
            if (value >= _escape) return SymbolCoder.Whole - EscapeShare;

            long mixed = 0;
            for (var i = 0; i < _stateCount; i++) mixed += (long)_weight[i] * CurveBelow(i, value);
            mixed >>= WeightBits;
            long shared = SymbolCoder.Whole - EscapeShare - (_escape - _lowest);
            return (int)((mixed * shared) >> SymbolCoder.WholeBits) + value - _lowest;
        }

        /// <summary>Gives weight to the curves that foresaw a number of the window.</summary>
        public void Learn(int value)
        {
            long sum = 0;
            for (var i = 0; i < _stateCount; i++)
            {
                _scratch[i] = (long)_weight[i] * (CurveBelow(i, value + 1) - CurveBelow(i, value));
                sum += _scratch[i];
            }

            if (sum == 0) return; // no curve reaches that far out
            for (var i = 0; i < _stateCount; i++) _scratch[i] = (_scratch[i] << WeightBits) / sum;
            TakeScratch();
        }

        // What rounding took away goes to the last state, so that the weights add up to the whole.
        private void TakeScratch()
        {
            var left = WeightWhole;
            for (var i = 0; i < _stateCount; i++)
            {
                _weight[i] = (int)_scratch[i];
                left -= _weight[i];
            }

            _weight[_stateCount - 1] += left;
        }

        // The part of one curve that lies below the lower edge of a number's cell, of SymbolCoder.Whole.
        private int CurveBelow(int state, int value)
        {
            var scale = _scale[state];
            var halfCells = 2 * (value - _mean[state]) - 1;
            var distance = (halfCells * Narrowing[scale & (ScalesPerOctave - 1)] << 1) >> (scale / ScalesPerOctave);
            var away = distance < 0 ? -distance : distance;
            var step = away >> CurveStepBits;
            if (step >= CurveEnd) return distance < 0 ? 0 : SymbolCoder.Whole;

            var within = away & ((1 << CurveStepBits) - 1);
            var part = (Curve[step] << CurveStepBits) + (Curve[step + 1] - Curve[step]) * within;
            return distance < 0 ? SymbolCoder.Whole / 2 - part : SymbolCoder.Whole / 2 + part;
        }
    }
}
