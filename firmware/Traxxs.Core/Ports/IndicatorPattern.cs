namespace Traxxs.Core.Ports
{
    /// <summary>Patterns a wearer can tell apart through a sock. The shape of each stands in BOARD.md.</summary>
    public enum IndicatorPattern : byte
    {
        /// <summary>Nothing.</summary>
        None = 0,

        /// <summary>SOS taken: the alarm is on its way.</summary>
        AlarmSending = 1,

        /// <summary>The server has stored the alarm.</summary>
        AlarmReceived = 2,

        /// <summary>A person has acknowledged the alarm.</summary>
        AlarmAcknowledged = 3,

        /// <summary>A fall is suspected: move or cancel, or an alarm follows.</summary>
        FallWarning = 4,

        /// <summary>The battery is low.</summary>
        BatteryLow = 5,

        /// <summary>Find me.</summary>
        FindMe = 6,

        /// <summary>Started and well.</summary>
        Ready = 7,

        /// <summary>A part failed.</summary>
        Fault = 8,
    }
}
