using System.Globalization;

namespace Traxxs.Store.Sqlite;

/// <summary>
/// Erases reports, a slice at a time, on the writer's thread between two groups. An erased report leaves its numbering and
/// sequence in its segment, so that positions stay, the index stays sound, and the same report is known when it comes again.
/// </summary>
internal sealed class ReportEraser(ReportLog log, SqliteReportStoreOptions options)
{
    // A report is received after what it speaks of; as much as a clock may be wrong.
    private const long ClockErrorS = 24 * 3600;

    // A reader is done in milliseconds; a backup is not waited for, the next checkpoint takes care.
    private const int CheckpointWaitMs = 200;

    private readonly Database _database = log.Database;

    public EraseProgress Erase(ReportErasure what, string? after, int limit)
    {
        log.WriteIndex();
        log.Begin();
        if (after is null) EraseRejected(what);
        var (chunks, next) = Candidates(what.DeviceId, after, limit);
        var erased = Erase(what, chunks);
        log.Commit();
        if (next is null) Checkpoint();
        return new EraseProgress(erased, next);
    }

    /// <summary>The chunks of this slice that hold anything, by numbering and number, and where the next slice begins.</summary>
    private (List<Chunk> Chunks, string? Next) Candidates(string deviceId, string? after, int limit)
    {
        var (fromNumbering, fromNumber) = Chunk.ReadCursor(after);
        var chunks = new List<Chunk>();
        var reports = 0;
        using var rows = _database.Prepare("SELECT number FROM chunk WHERE numbering = ?1 AND number > ?2 AND newest > 0 ORDER BY number");
        foreach (var numbering in log.Numberings.OfDevice(deviceId).Order().Where(numbering => numbering >= fromNumbering))
        {
            rows.Bind(1, numbering).Bind(2, numbering == fromNumbering ? fromNumber : -1);
            while (rows.Step())
            {
                var chunk = log.ChunkAt(numbering, rows.Int64(0));
                chunks.Add(chunk);
                reports += chunk.Count;
                if (reports < limit) continue;
                rows.Reset();
                return (chunks, chunk.Cursor);
            }
        }

        return (chunks, null);
    }

    private int Erase(ReportErasure what, List<Chunk> chunks)
    {
        var end = what.ReceivedBeforeMs is { } ms ? FirstPositionSince(ms) : long.MaxValue;
        var begin = what.FromS is { } fromS ? FirstPositionSince((fromS - ClockErrorS) * 1000) : 0;
        var erased = new SortedDictionary<long, HashSet<int>>();
        var count = 0;
        using var segment = _database.Prepare("SELECT reports FROM segment WHERE id = ?1");
        foreach (var chunk in chunks)
        {
            if (chunk.Newest < begin || !Holds(chunk, before: end)) continue;
            count += Look(chunk, what, segment, erased);
        }

        using var update = _database.Prepare("UPDATE segment SET reports = ?2 WHERE id = ?1");
        foreach (var (id, indexes) in erased) Rewrite(id, indexes, segment, update);
        return count;
    }

    private static bool Holds(Chunk chunk, long before)
    {
        foreach (var position in chunk.Positions)
        {
            if (position < before) return true;
        }

        return false;
    }

    /// <summary>Marks what is meant in one chunk, and gives the chunk the span of what is left.</summary>
    private int Look(Chunk chunk, ReportErasure what, Statement segment, SortedDictionary<long, HashSet<int>> erased)
    {
        long? firstS = null, lastS = null;
        long newest = 0;
        var count = 0;
        foreach (var position in chunk.Positions)
        {
            if (!segment.Bind(1, Position.Segment(position)).Step()) throw new StoreCorruptException($"segment {Position.Segment(position)} is missing");
            if (!new SegmentReader(segment.Blob(0)).TryReadAt(Position.Index(position), out var entry))
                throw new StoreCorruptException($"segment {Position.Segment(position)} has no report {Position.Index(position)}");
            if (!entry.IsErased && what.Means(entry.ServerTimeMs, entry.DeviceTimeS, entry.FirstFixTimeS, entry.LastFixTimeS))
            {
                if (!erased.TryGetValue(Position.Segment(position), out var indexes)) erased[Position.Segment(position)] = indexes = [];
                indexes.Add(Position.Index(position));
                count++;
            }
            else if (!entry.IsErased)
            {
                if (firstS is null || entry.FirstFixTimeS < firstS) firstS = entry.FirstFixTimeS ?? firstS;
                if (lastS is null || entry.LastFixTimeS > lastS) lastS = entry.LastFixTimeS ?? lastS;
                newest = Math.Max(newest, position);
            }

            segment.Reset();
        }

        if (count == 0) return 0;
        chunk.Recount(firstS, lastS, newest);
        log.WriteChunk(chunk);
        return count;
    }

    private static void Rewrite(long id, HashSet<int> indexes, Statement segment, Statement update)
    {
        if (!segment.Bind(1, id).Step()) throw new StoreCorruptException($"segment {id} is missing");
        var reader = new SegmentReader(segment.Blob(0));
        var builder = new SegmentBuilder();
        builder.Begin(reader.ReportsBefore, reader.FirstServerTimeMs);
        for (var index = 0; reader.TryRead(out var entry); index++)
        {
            builder.Add(indexes.Contains(index) ? Erased(entry, reader.FirstServerTimeMs) : entry);
        }

        segment.Reset();
        update.Bind(1, id).Bind(2, builder.Bytes).Run();
    }

    private static SegmentEntry Erased(in SegmentEntry entry, long serverTimeMs) => new()
    {
        Numbering = entry.Numbering,
        Sequence = entry.Sequence,
        ServerTimeMs = serverTimeMs,
        DeviceTimeS = null,
        FirstFixTimeS = null,
        LastFixTimeS = null,
        FixCount = SegmentBuilder.ErasedMark,
        Payload = default,
    };

    private void EraseRejected(ReportErasure what)
    {
        var ids = new List<long>();
        using (var rows = _database.Prepare("SELECT id, server_time_ms FROM rejected WHERE device = ?1"))
        {
            rows.Bind(1, what.DeviceId);
            while (rows.Step())
            {
                if (what.MeansRejected(rows.Int64(1))) ids.Add(rows.Int64(0));
            }
        }

        using var delete = _database.Prepare("DELETE FROM rejected WHERE id = ?1");
        foreach (var id in ids) delete.Bind(1, id).Run();
    }

    /// <summary>The first position received at a time or later, to within a segment on the safe side: segments stand in order of arrival.</summary>
    private long FirstPositionSince(long serverTimeMs)
    {
        using var segment = _database.Prepare("SELECT reports FROM segment WHERE id = ?1");
        var (low, high) = (1L, _database.Scalar("SELECT max(id) FROM segment") + 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (!segment.Bind(1, middle).Step()) throw new StoreCorruptException($"segment {middle} is missing");
            var begins = new SegmentReader(segment.Blob(0)).FirstServerTimeMs;
            segment.Reset();
            if (begins < serverTimeMs) low = middle + 1;
            else high = middle;
        }

        return Position.Of(low, 0);
    }

    private void Checkpoint()
    {
        _database.Execute($"PRAGMA busy_timeout = {CheckpointWaitMs}");
        try
        {
            using var checkpoint = _database.Prepare("PRAGMA wal_checkpoint(TRUNCATE)");
            checkpoint.Run();
        }
        finally
        {
            _database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {(long)options.BusyTimeout.TotalMilliseconds}"));
        }
    }
}
