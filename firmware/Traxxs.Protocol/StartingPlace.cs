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

        /// <summary>Cells of the map, from north to south and in a row from west to east.</summary>
        public const int CellCount = Rows * Columns;

        /// <summary>What <see cref="People"/> adds up to over the map.</summary>
        public const int PeopleSum = 5678;

        private const int CellE5 = 1000000;
        private const int Columns = 36;
        private const int Rows = 18;
        private const int RowsBeyond = 2; // 70 to 90 degrees north

        // log2 of the millions of people who live in each cell, rounded down, 0 where fewer than two; a hexadecimal digit a cell.
        // North is up, the first column is 180..170 W, the antimeridian is at both ends. Nobody lives in the rows beyond. It is
        // rough and stays as it is: it only has to be the same on both sides.
        private static readonly byte[] PeopleLog2 =
        {
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x21, 0x10, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00, // 60..70
            0x00, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00, 0x06, 0x66, 0x56, 0x43, 0x32, 0x31, 0x10, 0x00, 0x00, 0x00, // 50..60
            0x00, 0x00, 0x03, 0x21, 0x35, 0x61, 0x00, 0x00, 0x05, 0x66, 0x65, 0x42, 0x44, 0x30, 0x35, 0x63, 0x30, 0x00, // 40..50
            0x00, 0x00, 0x03, 0x53, 0x45, 0x50, 0x00, 0x00, 0x05, 0x54, 0x57, 0x55, 0x57, 0x00, 0x78, 0x76, 0x30, 0x00, // 30..40
            0x00, 0x00, 0x00, 0x04, 0x54, 0x20, 0x00, 0x00, 0x10, 0x00, 0x05, 0x44, 0x58, 0x87, 0x78, 0x50, 0x00, 0x00, // 20..30
            0x00, 0x00, 0x00, 0x03, 0x54, 0x44, 0x00, 0x00, 0x45, 0x64, 0x35, 0x50, 0x07, 0x55, 0x61, 0x60, 0x00, 0x00, // 10..20
            0x00, 0x00, 0x00, 0x00, 0x02, 0x53, 0x10, 0x00, 0x45, 0x74, 0x37, 0x40, 0x06, 0x34, 0x53, 0x40, 0x00, 0x00, // 0..10
            0x00, 0x00, 0x00, 0x00, 0x01, 0x41, 0x24, 0x50, 0x00, 0x05, 0x56, 0x00, 0x00, 0x00, 0x76, 0x31, 0x20, 0x00, // -10..0
            0x00, 0x00, 0x00, 0x00, 0x00, 0x43, 0x25, 0x30, 0x00, 0x03, 0x45, 0x40, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, // -20..-10
            0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x46, 0x00, 0x00, 0x00, 0x44, 0x21, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, // -30..-20
            0x00, 0x00, 0x00, 0x00, 0x00, 0x33, 0x40, 0x00, 0x00, 0x02, 0x20, 0x00, 0x00, 0x00, 0x01, 0x01, 0x23, 0x01, // -40..-30
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, // -50..-40
        };

        /// <summary>Latitude coded last, 1e-5 degrees.</summary>
        public int LatitudeE5;

        /// <summary>Longitude coded last, 1e-5 degrees.</summary>
        public int LongitudeE5;

        /// <summary>Codes a place; it then stands in <see cref="LatitudeE5"/> and <see cref="LongitudeE5"/>.</summary>
        public void Code(int latitudeE5, int longitudeE5, SymbolCoder coder)
        {
            var cell = coder.MapCell(CellOf(latitudeE5, longitudeE5));
            var row = cell / Columns;
            var column = cell % Columns;

            // The northern and the eastern edge of the map belong to its last cells.
            var southE5 = LatitudeMaxE5 - (row + 1) * CellE5;
            var westE5 = column * CellE5 - LongitudeMaxE5;
            LatitudeE5 = southE5 + (int)coder.Uniform(latitudeE5 - southE5, row == 0 ? CellE5 + 1 : CellE5);
            LongitudeE5 = westE5 + (int)coder.Uniform(longitudeE5 - westE5, column == Columns - 1 ? CellE5 + 1 : CellE5);
        }

        /// <summary>How likely a cell of the map is: a power of two, 1..256.</summary>
        public static int People(int cell)
        {
            var at = cell - RowsBeyond * Columns;
            if (at < 0 || at >= 2 * PeopleLog2.Length) return 1;
            var pair = PeopleLog2[at >> 1];
            return 1 << ((at & 1) == 0 ? pair >> 4 : pair & 15);
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
