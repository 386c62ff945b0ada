namespace Traxxs.Store;

/// <summary>
/// Which reports of a device are to be erased. What is erased stays known by its number, so that the same report sent again
/// is a duplicate and does not come back; nothing else of it is kept.
/// </summary>
/// <param name="DeviceId">Device.</param>
public sealed record ReportErasure(string DeviceId)
{
    /// <summary>Only what the server received before this time, ms since 1970 UTC; null for whenever.</summary>
    public long? ReceivedBeforeMs { get; init; }

    /// <summary>Only what speaks of this time or a later one, s since 1970 UTC; null for any. A report speaks of the span from its first fix to when it was closed.</summary>
    public long? FromS { get; init; }

    /// <summary>Only what speaks of a time before this one, s since 1970 UTC; null for any.</summary>
    public long? BeforeS { get; init; }

    /// <summary>Whether a report is meant.</summary>
    internal bool Means(long serverTimeMs, long? deviceTimeS, long? firstFixTimeS, long? lastFixTimeS)
    {
        if (serverTimeMs >= ReceivedBeforeMs) return false;
        var closedS = deviceTimeS ?? serverTimeMs / 1000;
        var (beginS, endS) = (Math.Min(firstFixTimeS ?? closedS, closedS), Math.Max(lastFixTimeS ?? closedS, closedS));
        return !(endS < FromS) && !(beginS >= BeforeS);
    }

    /// <summary>Whether a refused frame is meant: of it only when it came is known.</summary>
    internal bool MeansRejected(long serverTimeMs) => Means(serverTimeMs, null, null, null);
}

/// <summary>How far an erasure has come.</summary>
/// <param name="Erased">Reports erased in this slice.</param>
/// <param name="Next">Where the next slice begins; null where there is nothing left to look at.</param>
public readonly record struct EraseProgress(int Erased, string? Next);
