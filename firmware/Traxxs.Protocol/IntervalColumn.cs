namespace Traxxs.Protocol
{
    /// <summary>
    /// The seconds from each fix to the next, foreseen from the shortest and the latest interval of the report: FORMAT.md,
    /// "Intervals". Memory: two <see cref="CellModel"/>s of 8 and 6 states.
    /// </summary>
    public sealed class IntervalColumn
    {
        /// <summary>Longest interval without an escape; 0, two fixes in a second, is the shortest.</summary>
        public const int IntervalMaxS = 1023;

        // The first interval has nothing to go by: the usual settings of a tracker, then anything.
        private static readonly ushort[] FirstWeight = { 16384, 6554, 5243, 3277, 3277, 5243, 13107, 12451 };
        private static readonly short[] FirstMeanS = { 30, 60, 1, 5, 15, 10, 34, 60 };
        private static readonly byte[] FirstScale = { 0, 0, 16, 16, 8, 8, 56, 80 };

        // Later ones: at the shortest interval so far; at the latest; and that many seconds above the shortest.
        private const int LatestState = 1;
        private static readonly short[] AboveShortestS = { 0, 0, 1, 13, 68, 95 };
        private static readonly byte[] Scale = { 7, 7, 35, 59, 74, 86 };
        private static readonly ushort[] StartWeight = { 9863, 35718, 7786, 4633, 39, 7497 };

        private static readonly ushort[] Transition =
        {
            34684, 7889, 12310, 5208, 4337, 1108,
            1129, 62251, 148, 5, 781, 1222,
            29577, 511, 31358, 1028, 855, 2207,
            21540, 20, 2391, 38513, 2444, 628,
            54595, 56, 5084, 1682, 3411, 708,
            45826, 56, 11676, 4116, 1380, 2482,
        };

        private readonly CellModel _first = new CellModel(0, IntervalMaxS + 1, FirstWeight, null);
        private readonly CellModel _later = new CellModel(0, IntervalMaxS + 1, StartWeight, Transition);
        private int _shortestS;
        private int _latestS;
        private bool _isFirst;

        /// <summary>The interval coded last, brought into 0..<see cref="IntervalMaxS"/> s.</summary>
        public int LatestS
        {
            get { return _latestS; }
        }

        /// <summary>Begins a report.</summary>
        public void Start()
        {
            _isFirst = true;
            _latestS = 0;
            _later.Start();
            _first.Start();
            for (var i = 0; i < FirstWeight.Length; i++) _first.Shape(i, FirstMeanS[i], FirstScale[i]);
        }

        /// <summary>Codes the time of a fix that follows one at <paramref name="previousS"/>, in seconds since 1970-01-01 UTC.</summary>
        public uint Code(uint timeS, uint previousS, SymbolCoder coder)
        {
            var model = _isFirst ? _first : Foreseen();
            var intervalS = (int)(timeS - previousS);
            var symbol = coder.Cell(model.Holds(intervalS) ? intervalS : model.Escape, model);
            if (symbol != model.Escape)
            {
                intervalS = symbol;
                if (!_isFirst) model.Learn(symbol);
            }
            else
            {
                intervalS = coder.WideSigned(intervalS);
                if (model.Holds(intervalS)) coder.Refuse(DecodeResult.NotCanonical);
            }

            Remember(intervalS < 0 ? 0 : intervalS > IntervalMaxS ? IntervalMaxS : intervalS);
            return previousS + (uint)intervalS;
        }

        private CellModel Foreseen()
        {
            _later.Step();
            for (var i = 0; i < StartWeight.Length; i++)
            {
                _later.Shape(i, i == LatestState ? _latestS : _shortestS + AboveShortestS[i], Scale[i]);
            }

            return _later;
        }

        private void Remember(int intervalS)
        {
            if (_isFirst || intervalS < _shortestS) _shortestS = intervalS;
            _latestS = intervalS;
            _isFirst = false;
        }
    }
}
