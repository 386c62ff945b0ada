namespace Traxxs.Core.Power
{
    /// <summary>
    /// Currents and times the tracker weighs against each other. The simulator's <c>EnergyTable</c> has the same numbers with their
    /// sources, and a test holds the two together.
    /// </summary>
    public static class PowerCosts
    {
        /// <summary>Receiver searching, µA.</summary>
        public const int GnssAcquiringUa = 12000;

        /// <summary>Receiver with a fix, µA.</summary>
        public const int GnssTrackingUa = 10000;

        /// <summary>Controller awake without radio, µA.</summary>
        public const int ControllerActiveUa = 27000;

        /// <summary>Controller in light sleep, µA.</summary>
        public const int ControllerLightSleepUa = 350;

        /// <summary>From the end of a deep sleep to the first step, ms: 1.2 to 1.5 s are named for nanoFramework starts.</summary>
        public const int BootMs = 1400;

        /// <summary>A hot start until its fix has settled, ms: 1 to 3 s to the fix (SAM-M10Q guide), 2 s to settle.</summary>
        public const int HotFixMs = 4000;

        /// <summary>Rest that must be ahead for a deep sleep to cost less than a light one, ms: what a start costs over what light sleep takes.</summary>
        public const int DeepSleepMinMs = (int)((long)BootMs * ControllerActiveUa / ControllerLightSleepUa);
    }
}
