using Traxxs.Store;

namespace Traxxs.Server.Live;

/// <summary>Behind which stored report an instance begins to tell.</summary>
/// <param name="Position">The position.</param>
/// <param name="IsWhole">Whether all that the shared numbering lacks comes behind it; else that must begin anew.</param>
internal readonly record struct LiveStart(long Position, bool IsWhole)
{
    /// <summary>
    /// Behind the last report that was told of, so that those of a time when no instance ran are told; or, where those are more
    /// than are kept, or the numbering knows reports this store does not, behind the last one stored.
    /// </summary>
    /// <param name="store">The reports.</param>
    /// <param name="told">The highest position told of in the shared numbering; null for none.</param>
    public static LiveStart Of(IReportStore store, long? told)
    {
        var last = store.LastPosition;
        if (told is not { } position) return new LiveStart(last, true);
        return position <= last && store.ReadAfter(position, LiveFeed.KeptMax).Count < LiveFeed.KeptMax ? new LiveStart(position, true) : new LiveStart(last, false);
    }
}
