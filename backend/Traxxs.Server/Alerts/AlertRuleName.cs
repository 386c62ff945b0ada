namespace Traxxs.Server.Alerts;

/// <summary>Names of the rules, as the API, the configuration and the audit log write them.</summary>
public static class AlertRuleName
{
    /// <summary>The wearer pressed for help.</summary>
    public const string Sos = "sos";

    /// <summary>A fall, then stillness.</summary>
    public const string ManDown = "man-down";

    /// <summary>No movement for too long.</summary>
    public const string Immobile = "immobile";

    /// <summary>The wearer did not check in.</summary>
    public const string CheckInMissed = "check-in-missed";

    /// <summary>The device did not speak when it said it would.</summary>
    public const string MissedContact = "missed-contact";

    /// <summary>The battery is nearly empty.</summary>
    public const string LowBattery = "low-battery";

    /// <summary>The wearer entered a geofence.</summary>
    public const string GeofenceEnter = "geofence-enter";

    /// <summary>The wearer left a geofence.</summary>
    public const string GeofenceLeave = "geofence-leave";

    /// <summary>The wearer stayed in a geofence for too long.</summary>
    public const string GeofenceDwell = "geofence-dwell";

    /// <summary>The wearer moves too fast.</summary>
    public const string Speed = "speed";

    /// <summary>The shoe is off the foot during working hours.</summary>
    public const string ShoeOff = "shoe-off";

    /// <summary>The device reports a fault of its own.</summary>
    public const string DeviceFault = "device-fault";
}
