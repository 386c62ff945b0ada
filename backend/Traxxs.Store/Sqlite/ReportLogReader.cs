namespace Traxxs.Store.Sqlite;

/// <summary>
/// One reading connection with its statements. A query sees what was committed when it began: first the position up to
/// which it looks, then the chunks in memory, then the database; in this order nothing falls between them.
/// </summary>
internal sealed partial class ReportLogReader : IDisposable
{
    private readonly Database _database;
    private readonly Statement _segmentsFrom;
    private readonly Statement _segment;
    private readonly Statement _chunksByFixTime;
    private readonly Statement _chunksByArrival;
    private readonly Statement _latestChunk;
    private readonly Statement _chunk;
    private readonly Statement _chunksFrom;
    private readonly Statement _chunksBack;
    private readonly Statement _rejected;
    private long _segmentRead;

    public ReportLogReader(string path)
    {
        _database = Database.Open(path, readOnly: true);
        _segmentsFrom = _database.Prepare("SELECT id, reports FROM segment WHERE id >= ?1 ORDER BY id");
        _segment = _database.Prepare("SELECT reports FROM segment WHERE id = ?1");
        _chunksByFixTime = _database.Prepare("SELECT number, first_fix_s FROM chunk WHERE numbering = ?1 AND last_fix_s >= ?2 AND first_fix_s <= ?3");
        _chunksByArrival = _database.Prepare("SELECT number, newest FROM chunk WHERE numbering = ?1 ORDER BY newest DESC LIMIT ?2");
        _latestChunk = _database.Prepare("SELECT number FROM chunk WHERE numbering = ?1 AND last_fix_s = (SELECT max(last_fix_s) FROM chunk WHERE numbering = ?1)");
        _chunk = _database.Prepare("SELECT first_fix_s, last_fix_s, newest, positions FROM chunk WHERE numbering = ?1 AND number = ?2");
        _chunksFrom = _database.Prepare("SELECT number FROM chunk WHERE numbering = ?1 AND number >= ?2 AND newest > 0 ORDER BY number LIMIT ?3");
        _chunksBack = _database.Prepare("SELECT number FROM chunk WHERE numbering = ?1 AND newest > 0 ORDER BY number DESC LIMIT 1");
        _rejected = _database.Prepare("SELECT id, device, server_time_ms, reason, payload FROM rejected ORDER BY id DESC LIMIT ?1");
    }

    public void Dispose() => _database.Dispose();

    public List<StoredReport> ReadAfter(ReportLog log, long position, int limit)
    {
        var found = new List<StoredReport>(Math.Min(limit, 1024));
        _segmentsFrom.Bind(1, Position.Segment(position));
        while (found.Count < limit && _segmentsFrom.Step())
        {
            var id = _segmentsFrom.Int64(0);
            var reader = new SegmentReader(_segmentsFrom.Blob(1));
            for (var index = 0; found.Count < limit && reader.TryRead(out var entry); index++)
            {
                if (Position.Of(id, index) > position && !entry.IsErased) found.Add(Materialize(log, Position.Of(id, index), entry));
            }
        }

        _segmentsFrom.Reset();
        return found;
    }

    public List<StoredReport> ReadByFixTime(ReportLog log, string deviceId, long fromS, long toS, (long FirstFixTimeS, long Position)? after, int limit)
    {
        var view = Look(log, deviceId);
        try
        {
            // A report behind the cursor begins no earlier than it, so it ends no earlier either.
            var earliestEndS = Math.Max(fromS, after?.FirstFixTimeS ?? long.MinValue);
            var candidates = new List<(long SortKey, int Numbering, long Number)>();
            foreach (var numbering in view.Numberings)
            {
                _chunksByFixTime.Bind(1, numbering).Bind(2, earliestEndS).Bind(3, toS);
                while (_chunksByFixTime.Step()) candidates.Add((_chunksByFixTime.Int64(1), numbering, _chunksByFixTime.Int64(0)));
            }

            candidates.RemoveAll(candidate => view.Unwritten.ContainsKey((candidate.Numbering, candidate.Number)));
            foreach (var chunk in view.Unwritten.Values)
            {
                if (chunk.LastFixTimeS >= earliestEndS && chunk.FirstFixTimeS <= toS) candidates.Add((chunk.FirstFixTimeS!.Value, chunk.Numbering, chunk.Number));
            }

            candidates.Sort();
            return CollectByFixTime(view, candidates, report => Overlaps(report, fromS, toS) && IsBehind(report, after), limit);
        }
        finally
        {
            Leave();
        }
    }

    public List<StoredReport> ReadNewest(ReportLog log, string deviceId, int limit)
    {
        var view = Look(log, deviceId);
        try
        {
            return Newest(view, limit);
        }
        finally
        {
            Leave();
        }
    }

    public List<StoredReport> ReadNewestOfEachDevice(ReportLog log)
    {
        var found = new List<StoredReport>();
        foreach (var device in log.Numberings.Devices())
        {
            var view = Look(log, device);
            try
            {
                if (Latest(view) is { } report) found.Add(report);
            }
            finally
            {
                Leave();
            }
        }

        return found;
    }

    public List<RejectedFrame> ReadRejected(int limit)
    {
        var found = new List<RejectedFrame>();
        _rejected.Bind(1, limit);
        while (_rejected.Step())
            found.Add(new RejectedFrame(_rejected.Int64(0), _rejected.Text(1), _rejected.Int64(2), _rejected.Text(3), _rejected.Blob(4).ToArray()));
        return found;
    }

    private View Look(ReportLog log, string deviceId)
    {
        var numberings = log.Numberings.OfDevice(deviceId);
        var lastPosition = log.LastPosition;
        var copies = new List<Chunk>();
        foreach (var numbering in numberings) log.Index.CopyUnwritten(numbering, copies);
        _database.Execute("BEGIN");
        _segmentRead = 0;
        return new View(log, lastPosition, numberings, copies.ToDictionary(chunk => (chunk.Numbering, chunk.Number)));
    }

    private void Leave()
    {
        _segment.Reset();
        _segmentRead = 0;
        _database.Execute("COMMIT");
    }

    /// <summary>Reads chunk after chunk by first fix time until no later chunk can hold an earlier report than those found.</summary>
    private List<StoredReport> CollectByFixTime(View view, List<(long SortKey, int Numbering, long Number)> candidates, Predicate<StoredReport> wanted, int limit)
    {
        var found = new List<StoredReport>();
        foreach (var (firstFixTimeS, numbering, number) in candidates)
        {
            if (found.Count >= limit)
            {
                SortByFixTime(found);
                if (found[limit - 1].Report.FirstFixTimeS < firstFixTimeS) break;
            }

            foreach (var position in PositionsOf(view, numbering, number))
            {
                if (ReadAt(view.Log, position) is { } report && wanted(report)) found.Add(report);
            }
        }

        SortByFixTime(found);
        if (found.Count > limit) found.RemoveRange(limit, found.Count - limit);
        return found;
    }

    private List<StoredReport> Newest(View view, int limit)
    {
        var newest = new List<long>();
        foreach (var numbering in view.Numberings)
        {
            var numbers = view.Unwritten.Values.Where(chunk => chunk.Numbering == numbering).Select(chunk => chunk.Number).ToHashSet();
            // Each chunk has at least one report that belongs to the newest if the chunk does, so `limit` chunks are enough.
            _chunksByArrival.Bind(1, numbering).Bind(2, limit);
            while (_chunksByArrival.Step()) numbers.Add(_chunksByArrival.Int64(0));
            foreach (var number in numbers) newest.AddRange(PositionsOf(view, numbering, number));
        }

        newest.Sort();
        var found = new List<StoredReport>();
        for (var i = newest.Count - 1; i >= 0 && found.Count < limit; i--)
        {
            if (ReadAt(view.Log, newest[i]) is { } report) found.Add(report);
        }

        return found;
    }

    /// <summary>The device's report with the latest fix, or the last to arrive where none has a fix.</summary>
    private StoredReport? Latest(View view)
    {
        StoredReport? latest = null;
        foreach (var numbering in view.Numberings)
        {
            var numbers = view.Unwritten.Values.Where(chunk => chunk.Numbering == numbering && chunk.LastFixTimeS is not null).Select(chunk => chunk.Number).ToHashSet();
            _latestChunk.Bind(1, numbering);
            while (_latestChunk.Step()) numbers.Add(_latestChunk.Int64(0));
            foreach (var number in numbers) LatestOf(view, ChunkAt(view, numbering, number), ref latest);
        }

        if (latest is not null) return latest;
        return Newest(view, 1).FirstOrDefault();
    }

    private void LatestOf(View view, Chunk chunk, ref StoredReport? latest)
    {
        // From the highest sequence number down: there the latest fix nearly always is, and the chunk knows its time.
        for (var i = chunk.Count - 1; i >= 0; i--)
        {
            if (chunk.Positions[i] > view.LastPosition) continue;
            if (ReadAt(view.Log, chunk.Positions[i]) is not { } report) continue;
            if (IsLater(report, latest)) latest = report;
            if (report.Report.LastFixTimeS == chunk.LastFixTimeS) return;
        }
    }

    private Chunk ChunkAt(View view, int numbering, long number)
    {
        if (view.Unwritten.TryGetValue((numbering, number), out var chunk)) return chunk;
        if (!_chunk.Bind(1, numbering).Bind(2, number).Step()) return new Chunk(numbering, number);
        chunk = Chunk.Read(numbering, number, _chunk.NullableInt64(0), _chunk.NullableInt64(1), _chunk.Int64(2), _chunk.Blob(3));
        _chunk.Reset();
        return chunk;
    }

    /// <summary>Positions in the order of their sequence numbers. What came after this query began is left out.</summary>
    private long[] PositionsOf(View view, int numbering, long number) =>
        ChunkAt(view, numbering, number).Positions.ToArray().Where(position => position <= view.LastPosition).ToArray();

    /// <summary>The report at a position; null where it was erased.</summary>
    private StoredReport? ReadAt(ReportLog log, long position)
    {
        var id = Position.Segment(position);
        if (_segmentRead != id)
        {
            _segment.Reset();
            if (!_segment.Bind(1, id).Step()) throw new StoreCorruptException($"segment {id} is missing");
            _segmentRead = id;
        }

        if (!new SegmentReader(_segment.Blob(0)).TryReadAt(Position.Index(position), out var entry))
            throw new StoreCorruptException($"segment {id} has no report {Position.Index(position)}");
        return entry.IsErased ? null : Materialize(log, position, entry);
    }

    private static StoredReport Materialize(ReportLog log, long position, in SegmentEntry entry)
    {
        var (deviceId, epoch) = log.Numberings.NameOf(entry.Numbering);
        return new StoredReport(position, new ReportRecord(deviceId, epoch, entry.Sequence, entry.ServerTimeMs,
            entry.DeviceTimeS, entry.FirstFixTimeS, entry.LastFixTimeS, entry.FixCount, entry.Payload.ToArray()));
    }

    private static bool Overlaps(StoredReport stored, long fromS, long toS) =>
        stored.Report.FirstFixTimeS <= toS && stored.Report.LastFixTimeS >= fromS;

    private static bool IsBehind(StoredReport stored, (long FirstFixTimeS, long Position)? after) =>
        after is not { } cursor || (stored.Report.FirstFixTimeS!.Value, stored.Position).CompareTo(cursor) > 0;

    private static bool IsLater(StoredReport report, StoredReport? than) =>
        report.Report.LastFixTimeS is { } lastS
        && (than is null || (lastS, report.Position).CompareTo((than.Report.LastFixTimeS!.Value, than.Position)) > 0);

    private static void SortByFixTime(List<StoredReport> reports) =>
        reports.Sort((a, b) => (a.Report.FirstFixTimeS!.Value, a.Position).CompareTo((b.Report.FirstFixTimeS!.Value, b.Position)));

    /// <summary>What one query looks at.</summary>
    private sealed record View(ReportLog Log, long LastPosition, int[] Numberings, Dictionary<(int Numbering, long Number), Chunk> Unwritten);
}
