using Traxxs.Core.Ports;

namespace Traxxs.Device.Adapters
{
    /// <summary>The shape of each indicator pattern: ms on, ms off, ms on… The same table stands in BOARD.md; a test compares them.</summary>
    public static class PatternShapes
    {
        private const int UnitMs = 50;

        // For each pattern in turn, from 1 on: how many times follow, then the times in units. One array: each costs the image
        // 60 bytes beside its content.
        private static readonly byte[] Table =
        {
            1, 16,                                              // AlarmSending.
            3, 3, 3, 3,                                         // AlarmReceived.
            5, 3, 3, 3, 3, 16,                                  // AlarmAcknowledged.
            9, 8, 8, 8, 8, 8, 8, 8, 8, 8,                       // FallWarning.
            3, 2, 18, 2,                                        // BatteryLow.
            15, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, // FindMe.
            1, 2,                                               // Ready.
            7, 2, 2, 2, 2, 2, 2, 2,                             // Fault.
        };

        /// <summary>The shape of a pattern, a new array; empty for <see cref="IndicatorPattern.None"/> and for a pattern this image does not know.</summary>
        public static ushort[] Of(IndicatorPattern pattern)
        {
            int at = 0;
            for (int left = (int)pattern - 1; left > 0 && at < Table.Length; left--) at += 1 + Table[at];
            bool known = pattern != IndicatorPattern.None && at < Table.Length;
            ushort[] shape = new ushort[known ? Table[at] : 0];
            for (int i = 0; i < shape.Length; i++) shape[i] = (ushort)(Table[at + 1 + i] * UnitMs);
            return shape;
        }
    }
}
