namespace Traxxs.Simulation.Soak;

/// <summary>Names of what must hold at every tick of a soak, and at its end.</summary>
public static class SoakInvariant
{
    /// <summary>A report that was acknowledged to its device is in the store, byte for byte, also after a death of the server.</summary>
    public const string AcknowledgedIsStored = "acknowledged-is-stored";

    /// <summary>Each (device, epoch, sequence) stands in the store once, and no number was given to two reports.</summary>
    public const string StoredOnce = "stored-once";

    /// <summary>A report that an insole accepted is in the store or waits on the insole.</summary>
    public const string AcceptedIsKept = "accepted-is-kept";

    /// <summary>A press of the button becomes an accepted report while the insole has a supply.</summary>
    public const string PressIsAccepted = "press-is-accepted";

    /// <summary>An accepted alarm stands as an alert once insole and server could speak for long enough.</summary>
    public const string AlarmIsAlerted = "alarm-is-alerted";

    /// <summary>No cause is alerted twice, and no alert vanishes or loses what became of it.</summary>
    public const string AlertedOnce = "alerted-once";

    /// <summary>An alert reaches a channel.</summary>
    public const string AlertIsTold = "alert-is-told";

    /// <summary>Nobody is called silent who could not have been heard.</summary>
    public const string SilenceIsTheDevices = "silence-is-the-devices";

    /// <summary>No consumer gives charge back, and the cell holds between nothing and its capacity.</summary>
    public const string ChargeOnlyFalls = "charge-only-falls";

    /// <summary>No clock goes back, and numbers of reports only grow.</summary>
    public const string TimeGoesOn = "time-goes-on";

    /// <summary>Every queue is within its bound.</summary>
    public const string QueuesAreBounded = "queues-are-bounded";

    /// <summary>With every fault healed all of it comes through, in time.</summary>
    public const string AllComesThrough = "all-comes-through";

    /// <summary>Nothing throws.</summary>
    public const string NothingThrows = "nothing-throws";
}

/// <summary>An invariant that does not hold.</summary>
/// <param name="Invariant">Which: a name of <see cref="SoakInvariant"/>.</param>
/// <param name="TimeMs">When it was seen, ms of the run.</param>
/// <param name="Detail">What was found.</param>
public sealed record SoakViolation(string Invariant, long TimeMs, string Detail);
