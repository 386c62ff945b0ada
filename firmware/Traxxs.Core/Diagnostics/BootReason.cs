namespace Traxxs.Core.Diagnostics
{
    /// <summary>Why the device started. The numbers are on the wire, as the value of <c>EventCode.Started</c>.</summary>
    public enum BootReason : byte
    {
        /// <summary>Not known.</summary>
        Unknown = 0,

        /// <summary>Power came on.</summary>
        PowerOn = 1,

        /// <summary>Woken from deep sleep by its own timer.</summary>
        WakeTimer = 2,

        /// <summary>Woken from deep sleep by movement or a button.</summary>
        WakePin = 3,

        /// <summary>The firmware asked for it: fault level 3 or a command.</summary>
        Requested = 4,

        /// <summary>The watchdog bit.</summary>
        Watchdog = 5,

        /// <summary>The supply sagged.</summary>
        BrownOut = 6,
    }
}
