namespace Traxxs.Simulation.World;

/// <summary>What a simulated wearer does for a while.</summary>
public enum Activity
{
    /// <summary>Lies still with the shoe on, turning over now and then; after a fall not even that.</summary>
    LieStill,

    /// <summary>Sits and moves the foot now and then.</summary>
    Sit,

    /// <summary>Sits and taps with the foot every now and then: the nervous kind.</summary>
    Fidget,

    /// <summary>Stands, shifting weight.</summary>
    Stand,

    /// <summary>Walks along the route.</summary>
    Walk,

    /// <summary>Runs along the route.</summary>
    Run,

    /// <summary>Climbs or descends stairs: the ball of the foot lands first, and little way is made.</summary>
    Stairs,

    /// <summary>Is carried along the route by a vehicle, the foot on its floor.</summary>
    Ride,

    /// <summary>Stamps with the foot while standing, once every <see cref="Timeline.StampMs"/>.</summary>
    Stamp,

    /// <summary>Trips, falls and hits the ground; what follows is a timeline's next span.</summary>
    Fall,

    /// <summary>The shoe stands somewhere without a foot in it.</summary>
    ShoeOff,
}

/// <summary>Something that happens at an instant.</summary>
public enum Deed
{
    /// <summary>Presses the SOS input.</summary>
    PressSos,

    /// <summary>Presses the cancel input.</summary>
    PressCancel,

    /// <summary>Puts the insole on its charger.</summary>
    ConnectCharger,

    /// <summary>Takes it off.</summary>
    DisconnectCharger,
}

/// <summary>One activity from a time to another.</summary>
/// <param name="StartMs">Begin, ms of the run.</param>
/// <param name="EndMs">End, ms of the run; not included.</param>
/// <param name="Activity">What.</param>
/// <param name="SpeedCmS">How fast along the route, cm/s; 0 for what stays in place.</param>
public readonly record struct ActivitySpan(long StartMs, long EndMs, Activity Activity, int SpeedCmS);

/// <summary>A deed and when it is done.</summary>
/// <param name="TimeMs">ms of the run.</param>
/// <param name="Deed">What.</param>
public readonly record struct TimedDeed(long TimeMs, Deed Deed);
