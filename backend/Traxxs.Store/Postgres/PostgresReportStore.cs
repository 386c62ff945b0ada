using Npgsql;
using Traxxs.Store.Sqlite;

namespace Traxxs.Store.Postgres;

/// <summary>
/// The store on a PostgreSQL server, which several processes may write to and read at once. In each one thread writes: it takes all
/// appends that gathered, commits them in one transaction, then tells their waiters in order. See DESIGN.md beside this file.
/// </summary>
public sealed partial class PostgresReportStore : IReportStore, IDropsByTime, IKnowsErased
{
    /// <summary>Longest payload taken, bytes.</summary>
    public const int PayloadSizeMax = SqliteReportStore.PayloadSizeMax;

    // As in the SQLite store: where something came during the last commit, more is on its way.
    private static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(1);
    private const int GatherMax = 256;

    private readonly PostgresOptions _options;
    private readonly NpgsqlDataSource _writing, _reading;
    private readonly PostgresReader _reader;
    private readonly PostgresPartitions _partitions;
    private readonly AppendQueue _queue;
    private readonly RecentReports _recent;
    private readonly Thread _writer;
    private NpgsqlConnection? _connection;
    private volatile string? _failure;
    private long _lastKnown, _reportsKnown;
    private int _disposed;

    private PostgresReportStore(PostgresOptions options, NpgsqlDataSource writing, NpgsqlDataSource reading)
    {
        _options = options;
        (_writing, _reading) = (writing, reading);
        _reader = new PostgresReader(reading);
        _partitions = new PostgresPartitions(options.Partition);
        _queue = new AppendQueue(options.QueueMax);
        _recent = new RecentReports(options.RecentMax);
        _connection = Connect();
        _recent.Reset(Head().LastPosition);
        _writer = new Thread(Write) { Name = "report store writer", IsBackground = true };
        _writer.Start();
    }

    /// <summary>Opens the store, making or upgrading its tables.</summary>
    /// <exception cref="StoreConfigurationException">The options are wrong.</exception>
    /// <exception cref="StoreSchemaException">A newer program wrote it.</exception>
    /// <exception cref="StoreUnavailableException">The server is not there, or refuses.</exception>
    public static PostgresReportStore Open(PostgresOptions options)
    {
        var writing = PostgresConnection.Open(options, "reports", PostgresOptions.WritersMax);
        var reading = PostgresConnection.Open(options, "reports", options.ReadersMax);
        try
        {
            return new PostgresReportStore(options, writing, reading);
        }
        catch (Exception error)
        {
            writing.Dispose();
            reading.Dispose();
            if (error is NpgsqlException) throw new StoreUnavailableException($"the report store at {PostgresConnection.NameOf(options)} does not open: {error.Message}", error);
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Of all processes; what was known last where the server is not there.</remarks>
    public long LastPosition => Head().LastPosition;

    /// <inheritdoc/>
    public StoreHealth Health => new(_failure is null, _failure, _queue.Count);

    /// <inheritdoc/>
    public long Count() => Head().Reports;

    /// <inheritdoc/>
    public bool TryAppend(ReportRecord report, Action<object?, AppendResult, Exception?> completed, object? state)
    {
        Require(report);
        return _queue.TryAdd(new PendingAppend(report, null, completed, state));
    }

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(ReportRecord report, CancellationToken cancellationToken = default)
    {
        Require(report);
        return new ValueTask<AppendResult>(_queue.AppendAsync(report, null, cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask AppendRejectedAsync(string deviceId, long serverTimeMs, string reason, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default)
    {
        var frame = new RejectedFrame(0, PostgresText.Cleaned(deviceId), serverTimeMs, PostgresText.Cleaned(reason), RejectedFrames.Cut(payload.Span).ToArray());
        await _queue.AppendAsync(null, frame, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Rows are deleted. What stood there may stay in unused room of the server's files, and in its log, until that is used again.
    /// </remarks>
    public ValueTask<EraseProgress> EraseAsync(ReportErasure what, string? after, int limit, CancellationToken cancellationToken = default) =>
        new(_queue.EraseAsync(what, after, limit, cancellationToken));

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadAfter(long position, int limit) =>
        // Nothing in memory does not mean that there is nothing: another process may have written.
        _recent.TryReadAfter(position, limit, out var found) && found.Count > 0 ? found : _reader.ReadAfter(position, limit);

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadByFixTime(string deviceId, long fromS, long toS, (long FirstFixTimeS, long Position)? after, int limit) =>
        _reader.ReadByFixTime(deviceId, fromS, toS, after, limit);

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadNewest(string deviceId, int limit) => _reader.ReadNewest(deviceId, limit);

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadBySequence(string deviceId, int epoch, long fromSequence, int limit) =>
        _reader.ReadBySequence(deviceId, epoch, fromSequence, limit);

    /// <inheritdoc/>
    public IReadOnlyList<Numbering> ReadNumberings(string deviceId) => _reader.ReadNumberings(deviceId);

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadNewestOfEachDevice() => _reader.ReadNewestOfEachDevice();

    /// <inheritdoc/>
    public IReadOnlyList<RejectedFrame> ReadRejected(int limit) => _reader.ReadRejected(limit);

    /// <inheritdoc/>
    public DropProgress DropBefore(long receivedBeforeMs) => Retention.DropBefore(_writing, new PostgresPartitions(_options.Partition), Positions.Of(receivedBeforeMs));

    IEnumerable<ErasedNumber> IKnowsErased.ReadErased() => _reader.ReadErased();

    /// <summary>Commits what is queued, then closes. Nothing can be appended once this began.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _queue.Close();
        await Task.Run(_writer.Join).ConfigureAwait(false);
        await _writing.DisposeAsync().ConfigureAwait(false);
        await _reading.DisposeAsync().ConfigureAwait(false);
    }

    // One text the server cannot hold would fail its group again and again.
    private static void Require(ReportRecord report)
    {
        ReportRecords.Require(report, PayloadSizeMax);
        if (!PostgresText.IsValid(report.DeviceId)) throw new ArgumentException("a device id has no zero character and no half of a surrogate pair", nameof(report));
    }

    private (long LastPosition, long Reports) Head()
    {
        // Who asks may be a connection that waits: not for a server that is known to be away.
        if (_failure is not null) return (Volatile.Read(ref _lastKnown), Volatile.Read(ref _reportsKnown));
        try
        {
            var (last, reports) = _reader.Head();
            Volatile.Write(ref _lastKnown, last);
            Volatile.Write(ref _reportsKnown, reports);
        }
        catch (StoreUnavailableException)
        {
            // Health tells; who counts must not fail for it.
        }

        return (Volatile.Read(ref _lastKnown), Volatile.Read(ref _reportsKnown));
    }
}
