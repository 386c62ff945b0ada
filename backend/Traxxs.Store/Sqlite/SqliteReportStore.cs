using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Traxxs.Store.Sqlite;

/// <summary>
/// The store in one SQLite file. One thread writes: it takes all appends that gathered, commits them once with a full
/// sync, then tells their waiters in order. Reads run beside it on connections of their own. See DESIGN.md for the layout.
/// </summary>
public sealed class SqliteReportStore : IReportStore, IKnowsErased
{
    /// <summary>Longest payload taken, bytes: far above any frame, far below what could hurt.</summary>
    public const int PayloadSizeMax = 65_536;

    private const int ReadersKeptMax = 4;

    /// <summary>
    /// Where something came during the last commit, more is on its way: the writer gives it this long, and makes of many small
    /// commits one. A commit costs a tenth of a millisecond of CPU whatever is in it. A lone report waits for nobody.
    /// </summary>
    private static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(1);

    /// <summary>Reports that are worth a commit of their own: so many waiting are taken at once.</summary>
    private const int GatherMax = 256;

    private readonly SqliteReportStoreOptions _options;
    private readonly IDisposable _lock;
    private readonly AppendQueue _queue;
    private readonly Thread _writer;
    private readonly ConcurrentBag<ReportLogReader> _readers = [];
    private readonly RecentReports _recent;
    private readonly Checkpointer _checkpointer;
    private volatile ReportLog _log;
    private volatile string? _failure;
    private int _disposed;

    private SqliteReportStore(SqliteReportStoreOptions options, IDisposable folderLock, ReportLog log)
    {
        _options = options;
        _lock = folderLock;
        _log = log;
        _recent = new RecentReports(options.RecentMax);
        _recent.Reset(log.LastPosition);
        _checkpointer = new Checkpointer(options.DatabasePath);
        _queue = new AppendQueue(options.QueueMax);
        _writer = new Thread(Write) { Name = "report store writer", IsBackground = true };
        _writer.Start();
    }

    /// <summary>Opens the store in a folder, making it where absent.</summary>
    /// <exception cref="StoreInUseException">Another process writes to it.</exception>
    /// <exception cref="StoreSchemaException">A newer program wrote it.</exception>
    /// <exception cref="StoreUnavailableException">The database does not open.</exception>
    public static SqliteReportStore Open(string folder) => Open(new SqliteReportStoreOptions { Folder = folder });

    /// <inheritdoc cref="Open(string)"/>
    public static SqliteReportStore Open(SqliteReportStoreOptions options)
    {
        DataFolder.Prepare(options);
        var folderLock = DataFolder.Lock(options);
        try
        {
            return new SqliteReportStore(options, folderLock, ReportLog.Open(options));
        }
        catch (Exception error)
        {
            folderLock.Dispose();
            if (error is DatabaseException) throw new StoreUnavailableException($"the report store {options.DatabasePath} does not open: {error.Message}", error);
            throw;
        }
    }

    /// <inheritdoc/>
    public long LastPosition => _recent.LastPosition;

    /// <inheritdoc/>
    public StoreHealth Health
    {
        get
        {
            // Who finds the queue full is turned away as from a disk that refuses.
            var queued = _queue.Count;
            var trouble = _failure ?? (queued >= _options.QueueMax ? $"the queue of {_options.QueueMax} appends is full: the disk does not keep up" : null);
            return new(trouble is null, trouble, queued);
        }
    }

    /// <inheritdoc/>
    public long Count() => _log.Count;

    /// <inheritdoc/>
    public bool TryAppend(ReportRecord report, Action<object?, AppendResult, Exception?> completed, object? state)
    {
        ReportRecords.Require(report, PayloadSizeMax);
        return _queue.TryAdd(new PendingAppend(report, null, completed, state));
    }

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(ReportRecord report, CancellationToken cancellationToken = default)
    {
        ReportRecords.Require(report, PayloadSizeMax);
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
    public IReadOnlyList<StoredReport> ReadAfter(long position, int limit) =>
        _recent.TryReadAfter(position, limit, out var found) ? found : Read(reader => reader.ReadAfter(_log, position, limit));

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadByFixTime(string deviceId, long fromS, long toS, (long FirstFixTimeS, long Position)? after, int limit) =>
        Read(reader => reader.ReadByFixTime(_log, deviceId, fromS, toS, after, limit));

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadNewest(string deviceId, int limit) => Read(reader => reader.ReadNewest(_log, deviceId, limit));

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadBySequence(string deviceId, int epoch, long fromSequence, int limit) =>
        Read(reader => reader.ReadBySequence(_log, deviceId, epoch, fromSequence, limit));

    /// <inheritdoc/>
    public IReadOnlyList<Numbering> ReadNumberings(string deviceId) => Read(reader => reader.ReadNumberings(_log, deviceId));

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadNewestOfEachDevice() => Read(reader => reader.ReadNewestOfEachDevice(_log));

    /// <inheritdoc/>
    public IReadOnlyList<RejectedFrame> ReadRejected(int limit) => Read(reader => reader.ReadRejected(limit));

    IEnumerable<ErasedNumber> IKnowsErased.ReadErased() => ErasedReports.Read(_options.DatabasePath, _log.Numberings);

    /// <summary>Commits what is queued, then closes. Nothing can be appended once this began.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _queue.Close();
        await Task.Run(_writer.Join).ConfigureAwait(false);
        while (_readers.TryTake(out var reader)) reader.Dispose();
        _log.Dispose();
        _lock.Dispose();
    }

    private T Read<T>(Func<ReportLogReader, T> query)
    {
        if (!_readers.TryTake(out var reader)) reader = new ReportLogReader(_options.DatabasePath);
        T result;
        try
        {
            result = query(reader);
        }
        catch (Exception error)
        {
            reader.Dispose();
            if (error is DatabaseException) throw new StoreUnavailableException($"the report store cannot be read: {error.Message}", error);
            throw;
        }

        if (_readers.Count < ReadersKeptMax && _disposed == 0) _readers.Add(reader);
        else reader.Dispose();
        return result;
    }

    /// <summary>The writer: one loop, one group a turn.</summary>
    private void Write()
    {
        var group = new List<PendingAppend>();
        var results = new List<AppendResult>();
        var retryDelay = _options.RetryDelay;
        while (true)
        {
            // While the store is down an empty group is an attempt too, so that it heals without traffic.
            if (_queue.Count is > 0 and < GatherMax) _queue.Pause(GatherTime);
            var goesOn = _queue.Take(ref group, _failure is null ? Timeout.InfiniteTimeSpan : TimeSpan.Zero);
            if (!goesOn) break;
            var error = group.Count == 0 && _failure is null ? null : Commit(group, results);
            AppendQueue.Tell(CollectionsMarshal.AsSpan(group), results, error);
            foreach (var append in group)
            {
                if (append.Erasure is { } slice) Erase(slice);
            }

            group.Clear();
            if (error is null)
            {
                retryDelay = _options.RetryDelay;
                Checkpoint();
                continue;
            }

            _queue.Pause(retryDelay);
            retryDelay = TimeSpan.FromTicks(Math.Min(retryDelay.Ticks * 2, _options.RetryDelayMax.Ticks));
        }

        Settle();
    }

    /// <summary>Nobody waits for this: the group has been told.</summary>
    private void Checkpoint()
    {
        try
        {
            if (_checkpointer.TakeNearlyDone()) _log.FinishCheckpoint();
            else if (_log.PagesToCopy >= _options.CheckpointPages) _checkpointer.Want();
        }
        catch (DatabaseException)
        {
            // Tried again at the next run; the reports are in the log all the same.
        }
    }

    /// <summary>Commits a group, or says why it could not be; then nothing of it is stored.</summary>
    private StoreUnavailableException? Commit(List<PendingAppend> group, List<AppendResult> results)
    {
        results.Clear();
        try
        {
            if (_failure is not null) Reopen();
            _log.Begin();
            foreach (var append in group) results.Add(Append(_log, append));
            if (group.Count == 0) _log.Probe();
            _log.Commit();
            _recent.Add(group, results);
            _failure = null;
            return null;
        }
        catch (Exception error) when (error is DatabaseException or StoreUnavailableException or IOException)
        {
            _failure = $"the last commit failed: {error.Message}";
            return new StoreUnavailableException($"the report store cannot commit: {error.Message}", error);
        }
    }

    private static AppendResult Append(ReportLog log, in PendingAppend append)
    {
        if (append.Erasure is not null) return default; // has its turn after the group
        if (append.Report is { } report) return log.Append(report);
        var frame = append.Rejected!;
        log.AppendRejected(frame.DeviceId, frame.ServerTimeMs, frame.Reason, frame.Payload);
        return default;
    }

    /// <summary>One slice, in a transaction of its own: nobody's report waits for more, or fails with it.</summary>
    private void Erase(PendingErasure slice)
    {
        if (_failure is { } reason)
        {
            slice.Done.SetException(new StoreUnavailableException(reason));
            return;
        }

        try
        {
            EraseProgress progress;
            lock (_checkpointer.Gate) progress = new ReportEraser(_log, _options).Erase(slice.What, slice.After, slice.Limit);
            if (progress.Erased > 0) _recent.Reset(_log.LastPosition);
            slice.Done.SetResult(progress);
        }
        catch (Exception error) when (error is DatabaseException or StoreUnavailableException or IOException)
        {
            _failure = $"the last erasure failed: {error.Message}";
            slice.Done.SetException(new StoreUnavailableException($"the report store cannot erase: {error.Message}", error));
        }
    }

    /// <summary>Begins again from what is on disk: after a failure nothing in memory is believed.</summary>
    private void Reopen()
    {
        // The old one lets go of its transaction first; readers go on with its memory, which knows what was committed.
        _log.Dispose();
        _log = ReportLog.Open(_options);
        _recent.Reset(_log.LastPosition);
    }

    private void Settle()
    {
        _checkpointer.Dispose();
        if (_failure is not null) return;
        try
        {
            _log.Settle();
        }
        catch (DatabaseException error)
        {
            // Everything acknowledged is committed; the next start reads the tail of the log again.
            _failure = $"closing failed: {error.Message}";
        }
    }
}
