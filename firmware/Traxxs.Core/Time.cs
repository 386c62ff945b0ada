namespace Traxxs.Core
{
    /// <summary>Settings are in seconds and the device's clock in milliseconds: the way from one to the other.</summary>
    internal static class Time
    {
        /// <summary>Seconds as milliseconds.</summary>
        internal static long Ms(int seconds)
        {
            return seconds * 1000L;
        }

        /// <summary>Whole seconds of a time in milliseconds, toward 0. A device runs for 68 years before they do not fit.</summary>
        internal static int Seconds(long ms)
        {
            return (int)(ms / 1000);
        }
    }
}
