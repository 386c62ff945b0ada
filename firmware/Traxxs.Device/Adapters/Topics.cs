namespace Traxxs.Device.Adapters
{
    /// <summary>The device's own topics; it may use no other.</summary>
    public sealed class Topics
    {
        /// <summary>State payload while connected.</summary>
        public const string Online = "online";

        /// <summary>State payload after a planned end or, as the last will, after an unplanned one.</summary>
        public const string Offline = "offline";

        /// <summary>Reports go here.</summary>
        public readonly string Up;

        /// <summary>Commands and configuration come from here.</summary>
        public readonly string Down;

        /// <summary>Retained <see cref="Online"/> or <see cref="Offline"/>.</summary>
        public readonly string State;

        /// <summary>Topics of one device.</summary>
        public Topics(string deviceId)
        {
            string root = "xsole/v1/" + deviceId;
            Up = root + "/up";
            Down = root + "/down";
            State = root + "/state";
        }
    }
}
