namespace Traxxs.Store.Copy;

/// <summary>Copies reports and refused frames in the order of their arrival, and says what both sides hold.</summary>
internal sealed class ReportTransfer(IReportStore source, IReportStore target, Action<string> progress)
{
    private const int PageMax = 2000;
    private const int ProgressEvery = 100_000;

    /// <summary>Copies reports; those that are there already, from a copy that was interrupted, are passed over.</summary>
    /// <param name="cursors">Positions of the source; afterwards each stands for the same place in the target.</param>
    public async Task<long> CopyReportsAsync(long[] cursors, CancellationToken cancellationToken)
    {
        long copied = 0, position = 0;
        var mapped = new long[cursors.Length];
        while (source.ReadAfter(position, PageMax) is { Count: > 0 } page)
        {
            var results = await Task.WhenAll(page.Select(stored => target.AppendAsync(stored.Report, cancellationToken).AsTask())).ConfigureAwait(false);
            foreach (var (stored, result) in page.Zip(results))
            {
                if (result.Outcome == AppendOutcome.Conflict)
                    throw new DataCopyException($"the target has another report {stored.Report.Sequence} of {stored.Report.DeviceId}, numbering {stored.Report.Epoch}: it is no copy of this source");
                for (var i = 0; i < cursors.Length; i++)
                {
                    if (stored.Position <= cursors[i]) mapped[i] = result.Position;
                }
            }

            position = page[^1].Position;
            if ((copied + page.Count) / ProgressEvery > copied / ProgressEvery) progress($"{copied + page.Count} reports copied");
            copied += page.Count;
        }

        mapped.CopyTo(cursors, 0);
        return copied;
    }

    /// <summary>
    /// Makes known what the source knows and has no longer: each number is stored with nothing under it and erased at once. It speaks of
    /// a time before 1970, as no report does.
    /// </summary>
    public async Task<long> CopyErasedAsync(CancellationToken cancellationToken)
    {
        var erased = ((IKnowsErased)source).ReadErased().ToList();
        var last = source.ReadNewestOfEachDevice().Select(stored => stored.Report.ServerTimeMs).DefaultIfEmpty().Max();
        foreach (var some in erased.Chunk(PageMax))
        {
            var results = await Task.WhenAll(some.Select(number => target.AppendAsync(Nothing(number, last), cancellationToken).AsTask())).ConfigureAwait(false);
            if (results.Any(result => result.Outcome == AppendOutcome.Conflict)) throw new DataCopyException("the target has reports that were erased from the source: it is no copy of this source");
        }

        foreach (var device in erased.Select(number => number.DeviceId).Distinct())
        {
            string? next = null;
            do next = (await target.EraseAsync(new ReportErasure(device) { BeforeS = 0 }, next, PageMax, cancellationToken).ConfigureAwait(false)).Next;
            while (next is not null);
        }

        return erased.Count;
    }

    private static ReportRecord Nothing(ErasedNumber number, long serverTimeMs) => new(number.DeviceId, number.Epoch, number.Sequence, serverTimeMs, -1, null, null, 0, default);

    /// <summary>Copies refused frames, behind those an interrupted copy brought.</summary>
    public async Task<long> CopyRejectedAsync(CancellationToken cancellationToken)
    {
        var frames = Rejected(source);
        foreach (var frame in frames.Skip(Rejected(target).Count))
            await target.AppendRejectedAsync(frame.DeviceId, frame.ServerTimeMs, frame.Reason, frame.Payload, cancellationToken).ConfigureAwait(false);
        return frames.Count;
    }

    /// <summary>What a side holds, and for each cursor how many reports are not behind it.</summary>
    public static (string Hash, long Reports, long[] Ranks) Look(IReportStore side, IReadOnlyList<long> cursors)
    {
        using var hash = new CanonicalHash();
        long reports = 0, position = 0;
        var ranks = new long[cursors.Count];
        while (side.ReadAfter(position, PageMax) is { Count: > 0 } page)
        {
            foreach (var stored in page)
            {
                hash.Add(stored.Report);
                for (var i = 0; i < ranks.Length; i++) ranks[i] += stored.Position <= cursors[i] ? 1 : 0;
            }

            reports += page.Count;
            position = page[^1].Position;
        }

        var erased = ((IKnowsErased)side).ReadErased().ToList();
        erased.Sort();
        foreach (var number in erased)
        {
            hash.Add(number.DeviceId);
            hash.Add(number.Epoch);
            hash.Add(number.Sequence);
        }

        foreach (var frame in Rejected(side)) hash.Add(frame);
        return (hash.Take(), reports, ranks);
    }

    private static List<RejectedFrame> Rejected(IReportStore side) => [.. side.ReadRejected(RejectedFrames.CountMax).Reverse()];
}
