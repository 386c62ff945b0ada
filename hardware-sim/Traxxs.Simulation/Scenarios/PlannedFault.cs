namespace Traxxs.Simulation.Scenarios;

/// <summary>What can go wrong by plan.</summary>
public enum FaultKind
{
    /// <summary>No network for the insole.</summary>
    LinkDown,

    /// <summary>Frames get lost on their way, and the connection with them.</summary>
    LinkLoss,

    /// <summary>Acknowledgements get lost: the report is stored, the connection breaks before the insole hears of it.</summary>
    AckLoss,

    /// <summary>Each way takes longer by <see cref="PlannedFault.Amount"/> ms.</summary>
    LinkLatency,

    /// <summary>The server does not answer: connections are refused.</summary>
    ServerDown,

    /// <summary>The server's process dies at once and starts again on what it had committed.</summary>
    ServerKill,

    /// <summary>The server's commit takes longer by <see cref="PlannedFault.Amount"/> ms.</summary>
    SlowDisk,

    /// <summary>A chip does not acknowledge transfers on the bus.</summary>
    BusNak,

    /// <summary>A chip's bus acknowledges everything, reads ones and writes nothing.</summary>
    BusStuck,

    /// <summary>Flash takes nothing more: full, read-only or worn out.</summary>
    FlashFull,

    /// <summary>The next record reaches flash in half and is refused.</summary>
    FlashTorn,

    /// <summary><see cref="PlannedFault.Amount"/> bits of what lies in flash turn over.</summary>
    FlashFlips,

    /// <summary>The receiver sends nothing.</summary>
    GnssSilent,

    /// <summary>A share of the receiver's bytes is damaged.</summary>
    GnssGarbled,

    /// <summary>Fixes lie <see cref="PlannedFault.Amount"/> metres north of the truth and claim 2.5 m.</summary>
    GnssLies,

    /// <summary>The receiver is 1024 weeks behind and does not know it.</summary>
    GnssWrongWeek,

    /// <summary>The receiver's time is off by <see cref="PlannedFault.Amount"/> s.</summary>
    GnssClockJump,

    /// <summary>The server's clock jumps by <see cref="PlannedFault.Amount"/> s.</summary>
    ServerClockJump,

    /// <summary>The insole loses its supply for a moment and starts again on the same flash; the receiver forgets what it knew.</summary>
    PowerCut,

    /// <summary>The supply sags: the controller restarts, the other chips go on.</summary>
    BrownOut,

    /// <summary>From a time on the server's process dies as soon as it comes to <see cref="PlannedFault.Moment"/>, and is away for <see cref="PlannedFault.Amount"/> ms.</summary>
    ServerCrash,

    /// <summary>Commits of reports fail.</summary>
    StoreFails,

    /// <summary>The store takes no report into its queue.</summary>
    StoreFull,

    /// <summary>The database of alerts cannot grow: its disk is full.</summary>
    JournalFull,

    /// <summary>Notifications are not taken by their channel.</summary>
    ChannelFails,

    /// <summary>Another connection takes the device's session over.</summary>
    SessionTakeover,

    /// <summary>A frame reaches the server twice.</summary>
    FrameTwice,

    /// <summary>A connection breaks, and the frame under way reaches the server <see cref="PlannedFault.Amount"/> ms later all the same: after newer ones.</summary>
    FrameLate,
}

/// <summary>Where a server's process stands when it dies.</summary>
public enum CrashMoment
{
    /// <summary>Frames have come, their commit has not begun.</summary>
    BeforeCommit,

    /// <summary>The commit is half on disk.</summary>
    TornCommit,

    /// <summary>The commit is on disk, nobody was told.</summary>
    AfterCommit,

    /// <summary>The device's acknowledgement is on its way, the rules have not seen the report.</summary>
    BeforeRules,

    /// <summary>What the rules came to is half on disk.</summary>
    TornJournal,

    /// <summary>Alerts stand in the database, nobody was told.</summary>
    AfterJournal,
}

/// <summary>A chip on the board's register bus.</summary>
public enum BusChip
{
    /// <summary>The LIS2DW12.</summary>
    Accelerometer,

    /// <summary>The MAX17048.</summary>
    FuelGauge,
}

/// <summary>A fault from a time to another; what strikes at an instant ends when it begins.</summary>
/// <param name="Kind">What.</param>
/// <param name="FromMs">Begin, ms of the run.</param>
/// <param name="ToMs">End, ms of the run.</param>
/// <param name="DeviceId">Which insole; null for all.</param>
/// <param name="Percent">Share of occasions at which it strikes, for those that do not always.</param>
public sealed record PlannedFault(FaultKind Kind, long FromMs, long ToMs, string? DeviceId, int Percent)
{
    /// <summary>How much, in the unit the kind names; 0 where it names none.</summary>
    public int Amount { get; init; }

    /// <summary>Which chip, for faults of the bus.</summary>
    public BusChip Chip { get; init; }

    /// <summary>Where the server's process dies, for <see cref="FaultKind.ServerCrash"/>.</summary>
    public CrashMoment Moment { get; init; }

    /// <summary>Whether it strikes at an instant.</summary>
    public bool IsInstant => Kind is FaultKind.FlashTorn or FaultKind.FlashFlips or FaultKind.ServerClockJump or FaultKind.PowerCut or FaultKind.BrownOut
        or FaultKind.ServerCrash or FaultKind.SessionTakeover;

    /// <summary>Whether only the soak's server has what it strikes: a store, a session, channels.</summary>
    public bool IsForSoak => Kind >= FaultKind.ServerCrash;

    /// <summary>Whether it holds at a time.</summary>
    public bool HoldsAt(long timeMs) => timeMs >= FromMs && timeMs < ToMs;
}
