namespace Traxxs.Protocol
{
    /// <summary>
    /// The accuracy class of each fix: mostly that of the fix before, sometimes its neighbour: FORMAT.md, "Accuracy".
    /// Memory: one <see cref="CellModel"/> of 3 states.
    /// </summary>
    public sealed class AccuracyColumn
    {
        private const int ClassCount = Protocol.AccuracyClass.Worst + 1;

        // About the class before: the same, a neighbour, anywhere. The first fix is foreseen from a good one under open sky.
        private const int UsualClass = 4;
        private static readonly byte[] Scale = { 8, 32, 48 };
        private static readonly ushort[] StartWeight = { 1024, 32768, 31744 };

        private static readonly ushort[] Transition =
        {
            49152, 14336, 2048,
            22938, 36044, 6554,
            16384, 24576, 24576,
        };

        private readonly CellModel _model = new CellModel(0, ClassCount, StartWeight, Transition);
        private int _latest;
        private bool _isFirst;

        /// <summary>Begins a report.</summary>
        public void Start()
        {
            _model.Start();
            _latest = UsualClass;
            _isFirst = true;
        }

        /// <summary>Codes the class of the next fix, 0..15.</summary>
        public byte Code(byte accuracyClass, SymbolCoder coder)
        {
            if (!_isFirst) _model.Step();
            _isFirst = false;
            for (var i = 0; i < Scale.Length; i++) _model.Shape(i, _latest, Scale[i]);

            var symbol = coder.Cell(accuracyClass, _model);
            if (symbol == _model.Escape)
            {
                coder.Refuse(DecodeResult.OutOfRange); // there is no class behind the last
                return 0;
            }

            _model.Learn(symbol);
            _latest = symbol;
            return (byte)symbol;
        }
    }
}
