namespace Traxxs.Store.Sqlite;

/// <summary>
/// The writer's side of the database: appends reports inside a transaction and commits. Used by one thread. After any
/// exception it is thrown away and opened anew, so memory never holds what the disk does not.
/// </summary>
internal sealed class ReportLog : IDisposable
{
    /// <summary>
    /// Segments whose reports may be missing from chunk rows: what a restart reads again. 4,096 are some 120,000 single-fix
    /// reports under load, read in well under a second; more saves nothing, as most chunks are full before that.
    /// </summary>
    public const int TailSegmentsMax = 4096;

    // How often the tail is looked after, in segments: often enough that each time is short.
    private const int TrimEvery = 64;

    private readonly Database _database;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _insertSegment;
    private readonly Statement _selectSegment;
    private readonly Statement _insertNumbering;
    private readonly Statement _selectChunk;
    private readonly Statement _writeChunk;
    private readonly Statement _setProgress;
    private readonly Statement _insertRejected;
    private readonly Statement _trimRejected;
    private readonly Statement _removeRejected;
    private readonly Statement[] _statements;

    private readonly int _rejectedMax;
    private readonly SegmentBuilder _segment = new();
    private readonly List<Chunk> _filled = [];
    private readonly List<Chunk> _overdue = [];
    private readonly byte[] _chunkData = new byte[Chunk.DataSizeMax];
    private bool _disposed;
    private long _segmentId;
    private long _reports;
    private long _nextTrim;
    private long _lastWritten;
    private long _lastPosition;
    private long _committedReports;

    private ReportLog(Database database, int rejectedMax)
    {
        _database = database;
        _rejectedMax = rejectedMax;
        _begin = database.Prepare("BEGIN IMMEDIATE");
        _commit = database.Prepare("COMMIT");
        _insertSegment = database.Prepare("INSERT INTO segment VALUES (?1, ?2)");
        _selectSegment = database.Prepare("SELECT reports FROM segment WHERE id = ?1");
        _insertNumbering = database.Prepare("INSERT INTO numbering (device, epoch) VALUES (?1, ?2) RETURNING id");
        _selectChunk = database.Prepare("SELECT first_fix_s, last_fix_s, newest, positions FROM chunk WHERE numbering = ?1 AND number = ?2");
        _writeChunk = database.Prepare("INSERT OR REPLACE INTO chunk VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        _setProgress = database.Prepare("UPDATE progress SET indexed_through = ?1");
        _insertRejected = database.Prepare("INSERT INTO rejected (device, server_time_ms, reason, payload) VALUES (?1, ?2, ?3, ?4) RETURNING id");
        _removeRejected = database.Prepare("DELETE FROM rejected WHERE id = ?1");
        _trimRejected = database.Prepare("DELETE FROM rejected WHERE id <= ?1");
        _statements = [_begin, _commit, _insertSegment, _selectSegment, _insertNumbering, _selectChunk, _writeChunk, _setProgress, _insertRejected, _removeRejected, _trimRejected];
    }

    /// <summary>Chunks in memory, for the readers too.</summary>
    public ChunkIndex Index { get; } = new();

    /// <summary>Names of devices, for the readers too.</summary>
    public NumberingTable Numberings { get; } = new();

    /// <summary>Position of the last committed report.</summary>
    public long LastPosition => Volatile.Read(ref _lastPosition);

    /// <summary>Committed reports.</summary>
    public long Count => Volatile.Read(ref _committedReports);

    /// <summary>Pages in the write-ahead log that are not copied yet, at most.</summary>
    public int PagesToCopy { get; private set; }

    /// <summary>Opens or creates the file and reads the tail of the log into memory.</summary>
    public static ReportLog Open(SqliteReportStoreOptions options)
    {
        var database = Database.Open(options.DatabasePath, readOnly: false, options.BusyTimeout);
        try
        {
            Schema.Prepare(database);
            if (options.SizeMaxBytes is { } bytes)
            {
                using var limit = database.Prepare($"PRAGMA max_page_count = {Math.Max(1, bytes / 4096)}");
                limit.Run();
            }

            var log = new ReportLog(database, options.RejectedMax);
            log.Recover();
            return log;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>The writing connection, for the eraser between two groups.</summary>
    public Database Database => _database;

    public void Begin() => _begin.Run();

    /// <summary>Adds a report to the open transaction, or finds it stored before.</summary>
    public AppendResult Append(ReportRecord report)
    {
        var numbering = NumberingOf(report.DeviceId, report.Epoch);
        var chunk = ChunkOf(numbering, report.Sequence);
        if (chunk.TryFind(report.Sequence, out var earlier)) return Compare(report, earlier);

        if (!_segment.Fits(report.Payload.Length)) WriteSegment();
        var position = Position.Of(_segmentId, _segment.Count);
        _segment.Add(numbering, report, reportsBefore: _reports);
        _reports++;
        Index.Add(chunk, report.Sequence, position, report.FirstFixTimeS, report.LastFixTimeS);
        if (chunk.IsFull) _filled.Add(chunk);
        return new AppendResult(AppendOutcome.Stored, position);
    }

    /// <summary>Adds a refused frame to the open transaction; the oldest make room.</summary>
    public void AppendRejected(string deviceId, long serverTimeMs, string reason, ReadOnlySpan<byte> payload)
    {
        _insertRejected.Bind(1, deviceId).Bind(2, serverTimeMs).Bind(3, reason).Bind(4, payload).Step();
        var id = _insertRejected.Int64(0);
        _insertRejected.Reset();
        if (id > _rejectedMax) _trimRejected.Bind(1, id - _rejectedMax).Run();
    }

    /// <summary>
    /// Writes what a group of reports might need and takes it back, in the open transaction: a disk that is full takes an
    /// empty one all the same, and would look well between two reports that fail.
    /// </summary>
    public void Probe()
    {
        const int Bytes = 16 * 1024; // 16 segments
        _insertRejected.Bind(1, "").Bind(2, 0).Bind(3, "").Bind(4, new byte[Bytes]).Step();
        var id = _insertRejected.Int64(0);
        _insertRejected.Reset();
        _removeRejected.Bind(1, id).Run();
    }

    /// <summary>Returns when everything since <see cref="Begin"/> is on disk.</summary>
    public void Commit()
    {
        if (_segment.Count > 0) WriteSegment();
        if (_segmentId >= _nextTrim)
        {
            TrimTail(before: Position.Of(Math.Max(0, _segmentId - TailSegmentsMax), 0));
            _nextTrim = _segmentId + TrimEvery;
        }

        // A full chunk may be overdue as well; once is enough.
        _overdue.RemoveAll(chunk => chunk.IsFull);
        _overdue.AddRange(_filled);
        foreach (var chunk in _overdue) WriteChunk(chunk);
        _commit.Run();
        foreach (var chunk in _overdue) Index.Written(chunk);
        _overdue.Clear();
        _filled.Clear();
        Volatile.Write(ref _committedReports, _reports);
        Volatile.Write(ref _lastPosition, _lastWritten);
        PagesToCopy += _database.TakePagesWritten();
    }

    /// <summary>Copies what is left of the write-ahead log; with nothing left it begins again at its start.</summary>
    public void FinishCheckpoint() => PagesToCopy = _database.Checkpoint();

    /// <summary>Writes every chunk row: from here on the database alone knows where everything is.</summary>
    public void WriteIndex()
    {
        Begin();
        if (_segment.Count > 0) WriteSegment();
        TrimTail(before: long.MaxValue);
        Commit();
    }

    /// <summary>Writes every chunk row, so that the next start has nothing to read again, and empties the write-ahead log.</summary>
    public void Settle()
    {
        WriteIndex();
        using var checkpoint = _database.Prepare("PRAGMA wal_checkpoint(TRUNCATE)");
        checkpoint.Run();
    }

    /// <summary>
    /// Takes back what is not committed and closes. SQLite keeps a connection alive until its last statement is gone: neither
    /// its transaction nor its lock may wait for that, or the next one finds the file busy.
    /// </summary>
    public void Dispose()
    {
        if (_disposed) return; // where opening it anew failed, the old one is let go of again
        _disposed = true;
        try
        {
            if (!_database.AutoCommit) _database.Execute("ROLLBACK");
        }
        catch (DatabaseException)
        {
            // The disk refuses that too: closing does it then.
        }

        foreach (var statement in _statements) statement.Dispose();
        _database.Dispose();
    }

    private void WriteSegment()
    {
        _insertSegment.Bind(1, _segmentId).Bind(2, _segment.Bytes).Run();
        _lastWritten = Position.Of(_segmentId, _segment.Count - 1);
        _segment.Clear();
        _segmentId++;
    }

    /// <summary>Chunks that lack a report before a position get their rows, and the next start begins there.</summary>
    private void TrimTail(long before)
    {
        Index.TakeUnwrittenBefore(before, _overdue);
        _setProgress.Bind(1, Math.Clamp(before - 1, 0, _lastWritten)).Run();
    }

    public void WriteChunk(Chunk chunk)
    {
        var size = chunk.Write(_chunkData);
        _writeChunk.Bind(1, chunk.Numbering).Bind(2, chunk.Number).Bind(3, chunk.FirstFixTimeS).Bind(4, chunk.LastFixTimeS)
            .Bind(5, chunk.Newest).Bind(6, _chunkData.AsSpan(0, size)).Run();
    }

    private int NumberingOf(string deviceId, int epoch)
    {
        if (Numberings.TryFind(deviceId, epoch, out var id)) return id;
        _insertNumbering.Bind(1, deviceId).Bind(2, epoch).Step();
        id = (int)_insertNumbering.Int64(0);
        _insertNumbering.Reset();
        Numberings.Add(id, deviceId, epoch);
        return id;
    }

    private Chunk ChunkOf(int numbering, long sequence) => ChunkAt(numbering, Chunk.NumberOf(sequence));

    /// <summary>A chunk as the writer has it in memory, read from the database where it is not.</summary>
    public Chunk ChunkAt(int numbering, long number)
    {
        if (Index.Find(numbering, number) is { } known) return known;
        _selectChunk.Bind(1, numbering).Bind(2, number);
        if (!_selectChunk.Step()) return new Chunk(numbering, number);
        var chunk = Chunk.Read(numbering, number, _selectChunk.NullableInt64(0), _selectChunk.NullableInt64(1), _selectChunk.Int64(2), _selectChunk.Blob(3));
        _selectChunk.Reset();
        Index.Keep(chunk);
        return chunk;
    }

    /// <summary>A report under a number that is taken: the same again, or another.</summary>
    private AppendResult Compare(ReportRecord report, long position)
    {
        if (IsSame(report, position)) return new AppendResult(AppendOutcome.Duplicate, position);
        AppendRejected(report.DeviceId, report.ServerTimeMs, nameof(AppendOutcome.Conflict), RejectedFrames.Cut(report.Payload.Span));
        return new AppendResult(AppendOutcome.Conflict, position);
    }

    private bool IsSame(ReportRecord report, long position)
    {
        if (Position.Segment(position) == _segmentId) return EntryIs(_segment.Bytes, position, report);
        if (!_selectSegment.Bind(1, Position.Segment(position)).Step()) throw new StoreCorruptException($"segment {Position.Segment(position)} is missing");
        var same = EntryIs(_selectSegment.Blob(0), position, report);
        _selectSegment.Reset();
        return same;
    }

    private static bool EntryIs(ReadOnlySpan<byte> segment, long position, ReportRecord report) =>
        new SegmentReader(segment).TryReadAt(Position.Index(position), out var entry)
        && entry.Sequence == report.Sequence
        && (entry.IsErased || entry.Payload.SequenceEqual(report.Payload.Span)); // what was erased does not come back

    private void Recover()
    {
        Numberings.Load(_database);
        var indexedThrough = _database.Scalar("SELECT indexed_through FROM progress");
        _segmentId = 1;
        using var tail = _database.Prepare("SELECT id, reports FROM segment WHERE id >= ?1 ORDER BY id");
        // The last segment is read in any case: it knows how many reports there are.
        var lastSegment = _database.Scalar("SELECT max(id) FROM segment");
        tail.Bind(1, Math.Min(Position.Segment(indexedThrough), lastSegment));
        var copy = Array.Empty<byte>();
        while (tail.Step())
        {
            var id = tail.Int64(0);
            var bytes = tail.Blob(1);
            if (copy.Length < bytes.Length) copy = new byte[Math.Max(bytes.Length, 2 * SegmentBuilder.SizeMax)];
            bytes.CopyTo(copy);
            RecoverSegment(id, copy.AsSpan(0, bytes.Length), indexedThrough);
        }

        _nextTrim = _segmentId + TrimEvery;
        _committedReports = _reports;
        _lastPosition = _lastWritten;
    }

    private void RecoverSegment(long id, ReadOnlySpan<byte> bytes, long indexedThrough)
    {
        var reader = new SegmentReader(bytes);
        _reports = reader.ReportsBefore;
        for (var index = 0; reader.TryRead(out var entry); index++, _reports++)
        {
            _lastWritten = Position.Of(id, index);
            if (_lastWritten <= indexedThrough) continue;
            var chunk = ChunkOf(entry.Numbering, entry.Sequence);
            if (!chunk.TryFind(entry.Sequence, out _)) Index.Add(chunk, entry.Sequence, _lastWritten, entry.FirstFixTimeS, entry.LastFixTimeS);
        }

        _segmentId = id + 1;
    }
}
