namespace Traxxs.Store;

/// <summary>
/// Durable, exactly-once keeping of reports. One writer commits what is queued in groups; an append completes only after
/// its commit is on disk. Where a commit fails, every append of the group fails and nobody may be acknowledged.
/// </summary>
public interface IReportStore : IAsyncDisposable
{
    /// <summary>
    /// Queues a report; <paramref name="completed"/> is called once, from the writer, after the commit, with the result
    /// or the error (<see cref="StoreUnavailableException"/>). Appends complete in the order queued. The queue is
    /// bounded: false means full, nothing was queued and nothing will be called.
    /// </summary>
    bool TryAppend(ReportRecord report, Action<object?, AppendResult, Exception?> completed, object? state);

    /// <summary>Appends one report; completes after the commit. Waits while the queue is full.</summary>
    ValueTask<AppendResult> AppendAsync(ReportRecord report, CancellationToken cancellationToken = default);

    /// <summary>Keeps a refused frame. Bounded: the oldest make room, and are counted.</summary>
    ValueTask AppendRejectedAsync(string deviceId, long serverTimeMs, string reason, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default);

    /// <summary>
    /// Erases reports of a device, and its refused frames, in slices: looks at <paramref name="limit"/> reports or some more,
    /// beginning where the slice before ended (null at first), so that reports that come meanwhile wait for a slice and not
    /// for all. What was erased is overwritten; with the last slice the write-ahead log is emptied too.
    /// </summary>
    ValueTask<EraseProgress> EraseAsync(ReportErasure what, string? after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Reports behind a position in order of arrival, at most <paramref name="limit"/>.</summary>
    IReadOnlyList<StoredReport> ReadAfter(long position, int limit);

    /// <summary>
    /// Reports of one device that hold fixes from <paramref name="fromS"/> to <paramref name="toS"/> inclusive (s since
    /// 1970 UTC), by first fix time then position, behind a cursor (first fix time, position), at most <paramref name="limit"/>.
    /// </summary>
    IReadOnlyList<StoredReport> ReadByFixTime(string deviceId, long fromS, long toS, (long FirstFixTimeS, long Position)? after, int limit);

    /// <summary>The reports of a device that arrived last, newest first.</summary>
    IReadOnlyList<StoredReport> ReadNewest(string deviceId, int limit);

    /// <summary>
    /// Reports of one numbering of a device in the order the device closed them: by sequence, from <paramref name="fromSequence"/> on,
    /// at most <paramref name="limit"/>. Late arrivals stand where they belong.
    /// </summary>
    IReadOnlyList<StoredReport> ReadBySequence(string deviceId, int epoch, long fromSequence, int limit);

    /// <summary>The numberings of a device, in the order they were first seen; none where it never reported.</summary>
    IReadOnlyList<Numbering> ReadNumberings(string deviceId);

    /// <summary>Every device that has a report, with its newest report by fix time (or by arrival where it has no fix).</summary>
    IReadOnlyList<StoredReport> ReadNewestOfEachDevice();

    /// <summary>Refused frames, newest first.</summary>
    IReadOnlyList<RejectedFrame> ReadRejected(int limit);

    /// <summary>Position of the last stored report, 0 where there is none.</summary>
    long LastPosition { get; }

    /// <summary>Reports stored in all, those erased since included.</summary>
    long Count();

    /// <summary>Whether reports are taken: the last commit worked and the queue has room; the reason where not.</summary>
    StoreHealth Health { get; }
}

/// <summary>State of the store for health endpoints.</summary>
/// <param name="Available">Whether reports can be committed.</param>
/// <param name="Reason">Why not, for a person; null where available.</param>
/// <param name="Queued">Appends waiting for their commit.</param>
public readonly record struct StoreHealth(bool Available, string? Reason, int Queued);

/// <summary>The store could not commit: nothing of the group is stored, nobody may be acknowledged.</summary>
public class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
