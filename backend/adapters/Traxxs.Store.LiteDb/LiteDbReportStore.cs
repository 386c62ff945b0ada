using System.Runtime.InteropServices;
using LiteDB;
using Traxxs.Store.Sqlite;

namespace Traxxs.Store.LiteDb;

/// <summary>
/// The report store on LiteDB 5. One thread writes: it takes all appends that gathered, commits them in one transaction,
/// syncs the log file, since LiteDB does not, and then tells their waiters in order. See DESIGN.md beside this folder.
/// </summary>
public sealed class LiteDbReportStore : IReportStore
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryDelayMax = TimeSpan.FromSeconds(2);

    /// <summary>Something came during the last commit: more is on its way, and a commit is dear.</summary>
    private static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(1);
    private const int GatherMax = 256;

    private readonly LiteDbReportStoreOptions _options;
    private readonly IDisposable _lock;
    private readonly AppendQueue _queue;
    private readonly Thread _writer;
    private volatile LiteDbLog _log;
    private volatile string? _failure;
    private int _disposed;

    private LiteDbReportStore(LiteDbReportStoreOptions options, IDisposable folderLock, LiteDbLog log)
    {
        _options = options;
        _lock = folderLock;
        _log = log;
        _queue = new AppendQueue(options.QueueMax);
        _writer = new Thread(Write) { Name = "LiteDB report store writer", IsBackground = true };
        _writer.Start();
    }

    /// <summary>Opens the store in a folder, making it where absent.</summary>
    /// <exception cref="StoreInUseException">Another process writes to it.</exception>
    /// <exception cref="StoreUnavailableException">The database does not open.</exception>
    public static LiteDbReportStore Open(string folder) => Open(new LiteDbReportStoreOptions { Folder = folder });

    /// <inheritdoc cref="Open(string)"/>
    public static LiteDbReportStore Open(LiteDbReportStoreOptions options)
    {
        LiteDbFiles.Prepare(options);
        var folderLock = DataFolder.Lock(new SqliteReportStoreOptions { Folder = options.Folder });
        try
        {
            return new LiteDbReportStore(options, folderLock, new LiteDbLog(options));
        }
        catch (Exception error)
        {
            folderLock.Dispose();
            if (IsFault(error) && error is not StoreUnavailableException) throw new StoreUnavailableException($"the report store {options.DatabasePath} does not open: {error.Message}", error);
            throw;
        }
    }

    /// <inheritdoc/>
    public long LastPosition => _log.LastPosition;

    /// <inheritdoc/>
    public StoreHealth Health => new(_failure is null, _failure, _queue.Count);

    /// <inheritdoc/>
    public long Count() => _log.Count;

    /// <inheritdoc/>
    public bool TryAppend(ReportRecord report, Action<object?, AppendResult, Exception?> completed, object? state)
    {
        ReportRecords.Require(report, SqliteReportStore.PayloadSizeMax);
        return _queue.TryAdd(new PendingAppend(report, null, completed, state));
    }

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(ReportRecord report, CancellationToken cancellationToken = default)
    {
        ReportRecords.Require(report, SqliteReportStore.PayloadSizeMax);
        return new ValueTask<AppendResult>(_queue.AppendAsync(report, null, cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask AppendRejectedAsync(string deviceId, long serverTimeMs, string reason, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default)
    {
        var frame = new RejectedFrame(0, deviceId, serverTimeMs, reason, RejectedFrames.Cut(payload.Span).ToArray());
        await _queue.AppendAsync(null, frame, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<EraseProgress> EraseAsync(ReportErasure what, string? after, int limit, CancellationToken cancellationToken = default) =>
        new(_queue.EraseAsync(what, after, limit, cancellationToken));

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadAfter(long position, int limit) => Read(log => LiteDbReader.ReadAfter(log, position, limit));

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadByFixTime(string deviceId, long fromS, long toS, (long FirstFixTimeS, long Position)? after, int limit) =>
        Read(log => LiteDbReader.ReadByFixTime(log, deviceId, fromS, toS, after, limit));

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadNewest(string deviceId, int limit) => Read(log => LiteDbReader.ReadNewest(log, deviceId, limit));

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadBySequence(string deviceId, int epoch, long fromSequence, int limit) =>
        Read(log => LiteDbReader.ReadBySequence(log, deviceId, epoch, fromSequence, limit));

    /// <inheritdoc/>
    public IReadOnlyList<Numbering> ReadNumberings(string deviceId) => Read(log => LiteDbReader.ReadNumberings(log, deviceId));

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadNewestOfEachDevice() => Read(LiteDbReader.ReadNewestOfEachDevice);

    /// <inheritdoc/>
    public IReadOnlyList<RejectedFrame> ReadRejected(int limit) => Read(log => LiteDbReader.ReadRejected(log, limit));

    /// <summary>Commits what is queued, then closes. Nothing can be appended once this began.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _queue.Close();
        await Task.Run(_writer.Join).ConfigureAwait(false);
        _log.Dispose();
        _lock.Dispose();
    }

    private T Read<T>(Func<LiteDbLog, T> query)
    {
        try
        {
            return query(_log);
        }
        catch (Exception error) when (IsFault(error) && error is not StoreUnavailableException)
        {
            throw new StoreUnavailableException($"the report store cannot be read: {error.Message}", error);
        }
    }

    private void Write()
    {
        var group = new List<PendingAppend>();
        var results = new List<AppendResult>();
        var retryDelay = RetryDelay;
        while (true)
        {
            if (_queue.Count is > 0 and < GatherMax) _queue.Pause(GatherTime);
            // While the store is down an empty group is an attempt too, so that it heals without traffic.
            if (!_queue.Take(ref group, _failure is null ? Timeout.InfiniteTimeSpan : TimeSpan.Zero)) return;
            var error = group.Count == 0 && _failure is null ? null : Commit(group, results);
            AppendQueue.Tell(CollectionsMarshal.AsSpan(group), results, error);
            foreach (var append in group)
            {
                if (append.Erasure is { } slice) Erase(slice);
            }

            group.Clear();
            if (error is null)
            {
                retryDelay = RetryDelay;
                continue;
            }

            _queue.Pause(retryDelay);
            retryDelay = TimeSpan.FromTicks(Math.Min(retryDelay.Ticks * 2, RetryDelayMax.Ticks));
        }
    }

    /// <summary>Commits a group, or says why it could not be; then nothing of it is stored.</summary>
    private StoreUnavailableException? Commit(List<PendingAppend> group, List<AppendResult> results)
    {
        results.Clear();
        try
        {
            if (_failure is not null) Reopen();
            _log.Commit(writing =>
            {
                foreach (var append in group) results.Add(Append(writing, append));
            });
            _failure = null;
            return null;
        }
        catch (Exception error) when (IsFault(error))
        {
            _failure = $"the last commit failed: {error.Message}";
            return new StoreUnavailableException($"the report store cannot commit: {error.Message}", error);
        }
    }

    private static AppendResult Append(LiteDbLog log, in PendingAppend append)
    {
        if (append.Erasure is not null) return default; // has its turn after the group
        if (append.Report is { } report) return log.Append(report);
        log.AppendRejected(append.Rejected!);
        return default;
    }

    private void Erase(PendingErasure slice)
    {
        if (_failure is { } reason)
        {
            slice.Done.SetException(new StoreUnavailableException(reason));
            return;
        }

        try
        {
            slice.Done.SetResult(LiteDbEraser.Erase(_log, slice.What, slice.After, slice.Limit));
        }
        catch (Exception error) when (IsFault(error))
        {
            _failure = $"the last erasure failed: {error.Message}";
            slice.Done.SetException(new StoreUnavailableException($"the report store cannot erase: {error.Message}", error));
        }
    }

    /// <summary>Begins again from what is on disk: after a failure nothing in memory is believed.</summary>
    private void Reopen()
    {
        _log.Dispose();
        _log = new LiteDbLog(_options);
    }

    private static bool IsFault(Exception error) =>
        error is LiteException or StoreUnavailableException or IOException or UnauthorizedAccessException or ObjectDisposedException or InvalidCastException;
}
