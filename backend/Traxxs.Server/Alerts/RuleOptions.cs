namespace Traxxs.Server.Alerts;

/// <summary>The numbers the rules judge by where an organisation has set none.</summary>
public sealed record RuleOptions
{
    /// <summary>A reading at or below this raises a low-battery alert, %. 15 % is about a shift left at the planned 30 days a charge.</summary>
    public int LowBatteryPercent { get; init; } = 15;

    /// <summary>A reading at or above this ends it, %. Far enough above that a cold morning cannot raise and end it by turns.</summary>
    public int BatteryRecoveredPercent { get; init; } = 25;

    /// <summary>Time a device gets beyond its contract of silence, s: a Wi-Fi association, a broker restart and a retry fit in.</summary>
    public int ContactGraceSeconds { get; init; } = 120;

    /// <summary>Least distance beyond a fence's edge before a fix counts as across, m.</summary>
    public int GeofenceMarginM { get; init; } = 10;

    /// <summary>A fix less accurate than this cannot place a wearer inside a fence, m.</summary>
    public int GeofenceAccuracyMaxM { get; init; } = 100;

    /// <summary>Fixes in a row across the edge that make a crossing: one stray fix is none.</summary>
    public int GeofenceConfirmFixes { get; init; } = 2;

    /// <summary>A single fix across the edge counts after this time without another, s: who crosses and stops sends no second fix.</summary>
    public int GeofenceConfirmSeconds { get; init; } = 120;
}
