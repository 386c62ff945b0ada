namespace Traxxs.Protocol
{
    /// <summary>
    /// A place that nothing foretells: first which cell of 10 by 10 degrees, by how many people live there, then where in
    /// it. Where most wearers are that saves 4 to 5 bits over an even share for the whole Earth, and at sea it costs 3:
    /// FORMAT.md, "Places".
    /// </summary>
    public sealed class StartingPlace
    {
        /// <summary>Highest latitude, 1e-5 degrees; the lowest is its negative.</summary>
        public const int LatitudeMaxE5 = 9000000;

        /// <summary>Highest longitude, 1e-5 degrees; the lowest is its negative. Both name the antimeridian and stay apart.</summary>
        public const int LongitudeMaxE5 = 18000000;

        private const int CellE5 = 1000000;
        private const int Columns = 36;
        private const int Rows = 18;

        // What 2^PeopleLog2 adds up to over the map.
        private const int PeopleSum = 5678;

        // log2 of the millions of people who live in each cell, rounded down, 0 where fewer than two. North is up, the
        // first column is 180..170 W, the antimeridian is at both ends. It is rough and stays as it is: it only has to be
        // the same on both sides.
        private static readonly byte[] PeopleLog2 =
        {
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // 80..90
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // 70..80
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // 60..70
            0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 6, 6, 5, 6, 4, 3, 3, 2, 3, 1, 1, 0, 0, 0, 0, 0, 0, 0, // 50..60
            0, 0, 0, 0, 0, 3, 2, 1, 3, 5, 6, 1, 0, 0, 0, 0, 0, 5, 6, 6, 6, 5, 4, 2, 4, 4, 3, 0, 3, 5, 6, 3, 3, 0, 0, 0, // 40..50
            0, 0, 0, 0, 0, 3, 5, 3, 4, 5, 5, 0, 0, 0, 0, 0, 0, 5, 5, 4, 5, 7, 5, 5, 5, 7, 0, 0, 7, 8, 7, 6, 3, 0, 0, 0, // 30..40
            0, 0, 0, 0, 0, 0, 0, 4, 5, 4, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 5, 4, 4, 5, 8, 8, 7, 7, 8, 5, 0, 0, 0, 0, 0, // 20..30
            0, 0, 0, 0, 0, 0, 0, 3, 5, 4, 4, 4, 0, 0, 0, 0, 4, 5, 6, 4, 3, 5, 5, 0, 0, 7, 5, 5, 6, 1, 6, 0, 0, 0, 0, 0, // 10..20
            0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 5, 3, 1, 0, 0, 0, 4, 5, 7, 4, 3, 7, 4, 0, 0, 6, 3, 4, 5, 3, 4, 0, 0, 0, 0, 0, // 0..10
            0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 4, 1, 2, 4, 5, 0, 0, 0, 0, 5, 5, 6, 0, 0, 0, 0, 0, 0, 7, 6, 3, 1, 2, 0, 0, 0, // -10..0
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 3, 2, 5, 3, 0, 0, 0, 0, 3, 4, 5, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // -20..-10
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 4, 6, 0, 0, 0, 0, 0, 0, 4, 4, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, // -30..-20
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 3, 4, 0, 0, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 2, 3, 0, 1, // -40..-30
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, // -50..-40
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // -60..-50
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // -70..-60
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // -80..-70
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // -90..-80
        };

        /// <summary>Latitude coded last, 1e-5 degrees.</summary>
        public int LatitudeE5;

        /// <summary>Longitude coded last, 1e-5 degrees.</summary>
        public int LongitudeE5;

        /// <summary>Codes a place; it then stands in <see cref="LatitudeE5"/> and <see cref="LongitudeE5"/>.</summary>
        public void Code(int latitudeE5, int longitudeE5, SymbolCoder coder)
        {
            var cell = coder.Weighted(CellOf(latitudeE5, longitudeE5), PeopleLog2, PeopleSum);
            var row = cell / Columns;
            var column = cell % Columns;

            // The northern and the eastern edge of the map belong to its last cells.
            var southE5 = LatitudeMaxE5 - (row + 1) * CellE5;
            var westE5 = column * CellE5 - LongitudeMaxE5;
            LatitudeE5 = southE5 + (int)coder.Uniform(latitudeE5 - southE5, row == 0 ? CellE5 + 1 : CellE5);
            LongitudeE5 = westE5 + (int)coder.Uniform(longitudeE5 - westE5, column == Columns - 1 ? CellE5 + 1 : CellE5);
        }

        private static int CellOf(int latitudeE5, int longitudeE5)
        {
            var row = Rows - 1 - (latitudeE5 + LatitudeMaxE5) / CellE5;
            var column = (longitudeE5 + LongitudeMaxE5) / CellE5;
            if (row < 0) row = 0;
            if (column >= Columns) column = Columns - 1;
            return row * Columns + column;
        }
    }
}
