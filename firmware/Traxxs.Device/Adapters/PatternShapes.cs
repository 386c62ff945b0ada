using Traxxs.Core.Ports;

namespace Traxxs.Device.Adapters
{
    /// <summary>The shape of each indicator pattern: ms on, ms off, ms on… The same table stands in BOARD.md; a test compares them.</summary>
    public static class PatternShapes
    {
        private static readonly ushort[] None = { };
        private static readonly ushort[] AlarmSending = { 800 };
        private static readonly ushort[] AlarmReceived = { 150, 150, 150 };
        private static readonly ushort[] AlarmAcknowledged = { 150, 150, 150, 150, 800 };
        private static readonly ushort[] FallWarning = { 400, 400, 400, 400, 400, 400, 400, 400, 400 };
        private static readonly ushort[] BatteryLow = { 100, 900, 100 };
        private static readonly ushort[] FindMe = { 500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500 };
        private static readonly ushort[] Ready = { 100 };
        private static readonly ushort[] Fault = { 100, 100, 100, 100, 100, 100, 100 };

        /// <summary>The shape of a pattern; empty for <see cref="IndicatorPattern.None"/> and for a pattern this image does not know.</summary>
        public static ushort[] Of(IndicatorPattern pattern)
        {
            switch (pattern)
            {
                case IndicatorPattern.AlarmSending: return AlarmSending;
                case IndicatorPattern.AlarmReceived: return AlarmReceived;
                case IndicatorPattern.AlarmAcknowledged: return AlarmAcknowledged;
                case IndicatorPattern.FallWarning: return FallWarning;
                case IndicatorPattern.BatteryLow: return BatteryLow;
                case IndicatorPattern.FindMe: return FindMe;
                case IndicatorPattern.Ready: return Ready;
                case IndicatorPattern.Fault: return Fault;
                default: return None;
            }
        }
    }
}
