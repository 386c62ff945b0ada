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

    /// <summary>A geofence crossing ends when the wearer crosses back.</summary>
    public const string CrossedBack = "crossed-back";
}
