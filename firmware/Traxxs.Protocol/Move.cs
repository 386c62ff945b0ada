namespace Traxxs.Protocol
{
    /// <summary>One move between fixes and the seconds it took, and what it comes to when carried on for another while.</summary>
    internal sealed class Move
    {
        private const int RatioBits = 8;
        private const int RatioMax = 8 << RatioBits; // a speed is carried on for eight times its own interval at most

        private int _north;
        private int _east;
        private int _intervalS = 1;

        /// <summary>Where the move leads when carried on, 1e-5 degrees of latitude.</summary>
        internal int CarriedNorth;

        /// <summary>Where the move leads when carried on, 1e-5 degrees of longitude.</summary>
        internal int CarriedEast;

        /// <summary>No move: it leads nowhere.</summary>
        internal void Clear()
        {
            Set(0, 0, 1);
        }

        internal void Set(int north, int east, int intervalS)
        {
            _north = north;
            _east = east;
            _intervalS = intervalS;
        }

        internal void Take(Move other)
        {
            Set(other._north, other._east, other._intervalS);
        }

        /// <summary>Goes on at the same velocity for some seconds.</summary>
        internal void CarryOn(int intervalS)
        {
            var ratio = (intervalS << RatioBits) / _intervalS; // _intervalS >= 1
            if (ratio > RatioMax) ratio = RatioMax;
            CarriedNorth = Carried(_north, ratio);
            CarriedEast = Carried(_east, ratio);
        }

        private static int Carried(int move, int ratio)
        {
            var carried = (move * ratio) >> RatioBits;
            return carried < -CellModel.MagnitudeMax ? -CellModel.MagnitudeMax
                : carried > CellModel.MagnitudeMax ? CellModel.MagnitudeMax : carried;
        }
    }
}
