namespace Traxxs.Server.Alerts;

/// <summary>
/// The written rules by which an alert ends without a person; there are no others. SOS, man down, immobility and device
/// faults end by a person alone.
/// </summary>
public static class EndRule
{
    /// <summary>A missed contact ends when any report of the device arrives.</summary>
    public const string DeviceSpokeAgain = "device-spoke-again";

    /// <summary>A missed check-in ends when the wearer checks in later.</summary>
    public const string WearerCheckedIn = "wearer-checked-in";

    /// <summary>A low battery ends when it is charging or clearly above the threshold.</summary>
    public const string BatteryRecovered = "battery-recovered";

    /// <summary>A geofence crossing ends when the wearer crosses back, too long a stay when the wearer leaves.</summary>
    public const string CrossedBack = "crossed-back";

    /// <summary>Too high a speed ends when the wearer is certainly below the limit again.</summary>
    public const string SlowedDown = "slowed-down";

    /// <summary>A shoe off the foot ends when it is on again.</summary>
    public const string ShoeOnAgain = "shoe-on-again";
}
