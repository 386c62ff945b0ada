namespace Traxxs.Device.Adapters
{
    /// <summary>The device's own topics; it may use no other.</summary>
    public sealed class Topics
    {
        /// <summary>State payload while connected.</summary>
        public const string Online = "online";

        /// <summary>State payload after a planned end or, as the last will, after an unplanned one.</summary>
        public const string Offline = "offline";

        private const string Root = "xsole/v1/";

        /// <summary>Topics of one device.</summary>
        public Topics(string deviceId)
        {
            Up = Root + deviceId + "/up";
            Down = Root + deviceId + "/down";
            State = Root + deviceId + "/state";
        }

        /// <summary>Reports go here.</summary>
        public string Up { get; private set; }

        /// <summary>Commands and configuration come from here.</summary>
        public string Down { get; private set; }

        /// <summary>Retained <see cref="Online"/> or <see cref="Offline"/>.</summary>
        public string State { get; private set; }
    }
}
