namespace Traxxs.Store;

/// <summary>A report store that can let go of everything old at one stroke, which costs nothing a report.</summary>
public interface IDropsByTime
{
    /// <summary>
    /// Drops spans of time that hold nothing received at a time or later: of everybody, so the time is that of the organisation that
    /// keeps longest. What is older in the others goes with <see cref="IReportStore.EraseAsync"/>. The numbers of what went stay known.
    /// </summary>
    /// <param name="receivedBeforeMs">Time, ms since 1970 UTC.</param>
    /// <returns>What went, and whether something was in use: that goes with a later call.</returns>
    /// <exception cref="StoreUnavailableException">It could not be done now.</exception>
    DropProgress DropBefore(long receivedBeforeMs);
}

/// <summary>How far letting go of the old has come.</summary>
/// <param name="Dropped">Names of the spans that went, the oldest first.</param>
/// <param name="Held">Name of the first that is old enough and stayed, since somebody reads it; null where none did.</param>
public readonly record struct DropProgress(IReadOnlyList<string> Dropped, string? Held);
