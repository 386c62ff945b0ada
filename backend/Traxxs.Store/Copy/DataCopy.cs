namespace Traxxs.Store.Copy;

/// <summary>Copies everything a server keeps from one engine to another, and proves that both hold the same.</summary>
public static class DataCopy
{
    /// <summary>
    /// Copies reports first, then the service database in one transaction, whose rows tell that a copy is whole. No server may run on
    /// either side meanwhile; that none wrote to the source is looked at in the end.
    /// </summary>
    /// <param name="from">Where from.</param>
    /// <param name="to">Where to: an empty one.</param>
    /// <param name="resume">Goes on with a copy that was interrupted: what is there already must be this source's.</param>
    /// <param name="progress">Told now and then how far it is.</param>
    /// <param name="cancellationToken">Interrupts it.</param>
    /// <exception cref="DataCopyException">It cannot be made.</exception>
    /// <exception cref="StoreUnavailableException">A side does not open, is in use, or failed.</exception>
    public static async Task<CopyResult> RunAsync(DataSide from, DataSide to, bool resume, Action<string> progress, CancellationToken cancellationToken)
    {
        from.RequireToExist();
        await using var source = from.OpenReports();
        using var sourceService = from.OpenService();
        await using var target = to.OpenReports();
        using var targetService = to.OpenService();
        RequireEmpty(to, target, targetService, resume);

        var (count, cursors) = (source.Count(), ServiceTransfer.Cursors(sourceService));
        var transfer = new ReportTransfer(source, target, progress);
        var placed = cursors.ToArray();
        await transfer.CopyReportsAsync(placed, cancellationToken).ConfigureAwait(false);
        var erased = await transfer.CopyErasedAsync(cancellationToken).ConfigureAwait(false);
        var rejected = await transfer.CopyRejectedAsync(cancellationToken).ConfigureAwait(false);
        var rows = ServiceTransfer.Copy(sourceService, targetService, placed, progress);

        progress("reading both sides again");
        var (reports, sourceHash) = Look(source, ServiceTransfer.Cursors(sourceService), sourceService);
        var (_, targetHash) = Look(target, ServiceTransfer.Cursors(targetService), targetService);
        if (source.Count() != count) throw new DataCopyException($"{from.Name} was written to while it was copied: stop its server, and copy into an empty target again");
        return new CopyResult(reports, erased, rejected, rows, sourceHash, targetHash);
    }

    /// <summary>The checksum of what a side holds, independent of its engine, and how many reports that is.</summary>
    public static async Task<(long Reports, string Hash)> LookAsync(DataSide side)
    {
        side.RequireToExist();
        await using var reports = side.OpenReports();
        using var service = side.OpenService();
        return Look(reports, ServiceTransfer.Cursors(service), service);
    }

    private static (long Reports, string Hash) Look(IReportStore side, IReadOnlyList<long> cursors, Service.ServiceDatabase service)
    {
        var (hash, reports, ranks) = ReportTransfer.Look(side, cursors);
        using var both = new CanonicalHash();
        both.Add(hash);
        both.Add(ServiceTransfer.Look(service, ranks));
        return (reports, both.Take());
    }

    private static void RequireEmpty(DataSide to, IReportStore target, Service.ServiceDatabase targetService, bool resume)
    {
        if (!ServiceTransfer.IsEmpty(targetService)) throw new DataCopyException($"{to.Name} holds a server's data already: copy into an empty one");
        if (!resume && (target.Count() > 0 || target.ReadRejected(1).Count > 0))
            throw new DataCopyException($"{to.Name} holds {target.Count()} reports already: copy into an empty one, or go on with a copy that was interrupted (--resume)");
    }
}

/// <summary>What was copied.</summary>
/// <param name="Reports">Reports.</param>
/// <param name="Erased">Numbers of reports that are no more, which stay known.</param>
/// <param name="Rejected">Refused frames.</param>
/// <param name="Rows">Rows by table of the service database.</param>
/// <param name="SourceHash">SHA-256 over everything the source holds, in a form independent of the engine.</param>
/// <param name="TargetHash">The same of the target.</param>
public sealed record CopyResult(long Reports, long Erased, long Rejected, IReadOnlyDictionary<string, long> Rows, string SourceHash, string TargetHash)
{
    /// <summary>Whether both sides hold the same.</summary>
    public bool IsEqual => SourceHash == TargetHash;
}
