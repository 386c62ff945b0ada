namespace Traxxs.Store;

/// <summary>A report store that can let go of everything old at one stroke, which costs nothing a report.</summary>
public interface IDropsByTime
{
    /// <summary>
    /// Drops spans of time that hold nothing received at a time or later: of everybody, so the time is that of the organisation that
    /// keeps longest. What is older in the others goes with <see cref="IReportStore.EraseAsync"/>. The numbers of what went stay known.
    /// </summary>
    /// <param name="receivedBeforeMs">Time, ms since 1970 UTC.</param>
    /// <returns>Names of the spans that went.</returns>
    /// <exception cref="StoreUnavailableException">It could not be done now.</exception>
    IReadOnlyList<string> DropBefore(long receivedBeforeMs);
}
