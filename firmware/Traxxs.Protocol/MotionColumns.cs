namespace Traxxs.Protocol
{
    /// <summary>
    /// The moves from each fix to the next, foreseen from the last two moves by a dozen ways of going on: as before with
    /// more or less care, standing still, wandering. The same weights serve both axes: FORMAT.md, "Moves". Memory: one
    /// <see cref="CellModel"/> of 12 states.
    /// </summary>
    public sealed class MotionColumns
    {
        private const int TurnE5 = 2 * StartingPlace.LongitudeMaxE5;
        private const int MoveMax = CellModel.MagnitudeMax - 1; // 1e-5 degrees, some 9 km: further is a jump
        private const int DegreeE5 = 100000;

        // What a state's width grows with.
        private const byte WithSpeed = 1; // the length of the move it foresees at unchanged speed
        private const byte WithTime = 2; // the seconds since the last fix

        private const int StillMove = 4; // added to that length, so that standing still has a width too

        private const int DampingBits = 8; // KeepsLast and KeepsBefore count 1/256
        private const int DampingHalf = 1 << (DampingBits - 1);

        // One column a state. The numbers of these tables were fitted to people on foot: FORMAT.md, "Where the numbers come from".
        private static readonly byte[] GrowsWith = { 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 2, 1 };
        private static readonly short[] KeepsLast = { 526, 731, 19, 128, 235, 122, 108, 276, 0, 0, 0, 0 };
        private static readonly short[] KeepsBefore = { -174, -10, 2, 33, -1, 130, 71, -24, 0, 0, 0, 0 };
        private static readonly sbyte[] Width = { 22, 4, -25, -8, 26, 18, 32, 44, 38, 56, -4, 3 };
        private static readonly ushort[] StartWeight = { 190, 1776, 2156, 1835, 46, 39, 1540, 223, 19982, 4325, 33214, 210 };

        private static readonly ushort[] Transition =
        {
            1400, 78, 533, 619, 966, 493, 9204, 128, 1353, 90, 499, 50173,
            3, 5832, 17214, 24143, 192, 233, 4699, 7279, 5248, 640, 49, 4,
            1, 16012, 32802, 3883, 60, 26, 1473, 8, 10872, 286, 42, 71,
            1, 2455, 9012, 45254, 2166, 64, 3589, 56, 1400, 1318, 206, 15,
            1, 20, 1009, 1001, 20442, 16612, 22285, 2, 3296, 9, 6, 853,
            1, 1, 267, 1897, 8507, 46751, 6854, 2, 1196, 8, 12, 40,
            428, 401, 10, 24, 23976, 115, 34789, 107, 5401, 270, 3, 12,
            1, 31, 3493, 7868, 2030, 79, 157, 43051, 911, 7891, 21, 3,
            1, 335, 4353, 847, 8812, 34, 20850, 10, 29492, 524, 22, 256,
            1, 1275, 5779, 1028, 398, 71, 1207, 20379, 1053, 26248, 7801, 296,
            1, 863, 532, 3979, 52853, 149, 3943, 9, 565, 143, 1129, 1370,
            2, 33, 175, 210, 480, 3899, 1066, 53, 50397, 70, 7289, 1862,
        };

        // How much wider a cell of longitude is in degrees than one of latitude: round(-8 * log2(cos(degree + 1/2))).
        private static readonly byte[] LongitudeWidening =
        {
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2,
            2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 6, 6, 6, 7, 7, 7, 7, 8,
            8, 9, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 15, 15, 16, 17, 18, 19, 20, 21, 22, 24, 25, 27, 29, 32, 36, 42, 55, 64,
        };

        // round(256 / 2^(i / 8))
        private static readonly ushort[] Shrink = { 256, 235, 215, 197, 181, 166, 152, 140 };

        private readonly CellModel _model = new CellModel(-MoveMax, 2 * MoveMax + 1, StartWeight, Transition);
        private readonly Move _last = new Move();
        private readonly Move _before = new Move();
        private readonly StartingPlace _place = new StartingPlace();
        private int _timeScale;
        private int _speedScale;
        private bool _isFirst;

        /// <summary>Latitude of the fix coded last, 1e-5 degrees.</summary>
        public int LatitudeE5;

        /// <summary>Longitude of the fix coded last, 1e-5 degrees.</summary>
        public int LongitudeE5;

        /// <summary>Begins a report at its first fix.</summary>
        public void Start(int latitudeE5, int longitudeE5)
        {
            LatitudeE5 = latitudeE5;
            LongitudeE5 = longitudeE5;
            _last.Clear();
            _before.Clear();
            _model.Start();
            _isFirst = true;
        }

        /// <summary>
        /// Codes the next fix, <paramref name="intervalS"/> after the last (less than 1 s counts as 1, so that speeds stay finite); it then stands in
        /// <see cref="LatitudeE5"/> and <see cref="LongitudeE5"/>. When reading, the arguments do not matter.
        /// </summary>
        public void Code(int latitudeE5, int longitudeE5, int intervalS, SymbolCoder coder)
        {
            if (intervalS < 1) intervalS = 1;
            Foresee(intervalS);
            var north = latitudeE5 - LatitudeE5;
            var east = Wrapped(longitudeE5 - LongitudeE5);
            var reached = IsMove(latitudeE5, longitudeE5);

            ShapeAxis(_last.CarriedEast, _before.CarriedEast, Widening());
            east = coder.Cell(reached ? east : _model.Escape, _model);
            if (east == _model.Escape)
            {
                Jump(latitudeE5, longitudeE5, intervalS, coder);
                return;
            }

            _model.Learn(east);
            ShapeAxis(_last.CarriedNorth, _before.CarriedNorth, 0);
            north = coder.Cell(north, _model);
            if (north == _model.Escape)
            {
                coder.Refuse(DecodeResult.NotCanonical); // the jump is told on the first axis
                north = 0;
            }
            else
            {
                _model.Learn(north);
            }

            Go(north, east, intervalS, coder);
        }

        private void Foresee(int intervalS)
        {
            _last.CarryOn(intervalS);
            _before.CarryOn(intervalS);
            _timeScale = Binary.Log2Eighths(intervalS);
            _speedScale = Binary.Log2Eighths(CarriedLength() + StillMove);
            if (_isFirst) _isFirst = false;
            else _model.Step();
        }

        private void ShapeAxis(int last, int before, int widening)
        {
            for (var i = 0; i < GrowsWith.Length; i++)
            {
                var mean = (last * KeepsLast[i] + before * KeepsBefore[i] + DampingHalf) >> DampingBits;
                var scale = CellModel.ScaleOfOne + Width[i] + widening;
                if (GrowsWith[i] == WithSpeed) scale += _speedScale;
                if (GrowsWith[i] == WithTime) scale += _timeScale;
                _model.Shape(i, mean, scale);
            }
        }

        private void Go(int north, int east, int intervalS, SymbolCoder coder)
        {
            LatitudeE5 += north;
            LongitudeE5 = Wrapped(LongitudeE5 + east);
            if (LatitudeE5 < -StartingPlace.LatitudeMaxE5 || LatitudeE5 > StartingPlace.LatitudeMaxE5)
            {
                coder.Refuse(DecodeResult.OutOfRange);
                LatitudeE5 = 0;
            }

            Remember(north, east, intervalS);
        }

        // A place out of the window's reach stands as it is. Nothing is foreseen from such a move.
        private void Jump(int latitudeE5, int longitudeE5, int intervalS, SymbolCoder coder)
        {
            _place.Code(latitudeE5, longitudeE5, coder);
            if (IsMove(_place.LatitudeE5, _place.LongitudeE5)) coder.Refuse(DecodeResult.NotCanonical);
            LatitudeE5 = _place.LatitudeE5;
            LongitudeE5 = _place.LongitudeE5;
            Remember(0, 0, intervalS);
        }

        private void Remember(int north, int east, int intervalS)
        {
            _before.Take(_last);
            _last.Set(north, east, intervalS);
        }

        // Whether the window reaches a place and comes out at the same of the antimeridian's two longitudes.
        private bool IsMove(int latitudeE5, int longitudeE5)
        {
            var east = Wrapped(longitudeE5 - LongitudeE5);
            return _model.Holds(latitudeE5 - LatitudeE5) && _model.Holds(east)
                && Wrapped(LongitudeE5 + east) == longitudeE5;
        }

        // Brought within half a turn: a longitude, or the way round the Earth that does not cross the other side of it.
        private static int Wrapped(int longitudeE5)
        {
            if (longitudeE5 < -StartingPlace.LongitudeMaxE5) return longitudeE5 + TurnE5;
            return longitudeE5 > StartingPlace.LongitudeMaxE5 ? longitudeE5 - TurnE5 : longitudeE5;
        }

        private int Widening()
        {
            return LongitudeWidening[(LatitudeE5 < 0 ? -LatitudeE5 : LatitudeE5) / DegreeE5];
        }

        // The length of the move foreseen at unchanged speed, in 1e-5 degrees of latitude: the longer side and 3/8 of the
        // shorter come within 7 % of it.
        private int CarriedLength()
        {
            var widening = Widening();
            var north = _last.CarriedNorth < 0 ? -_last.CarriedNorth : _last.CarriedNorth;
            var east = _last.CarriedEast < 0 ? -_last.CarriedEast : _last.CarriedEast;
            east = (east * Shrink[widening & 7] >> 8) >> (widening >> 3);
            return north > east ? north + east * 3 / 8 : east + north * 3 / 8;
        }
    }
}
