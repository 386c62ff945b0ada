using Traxxs.Store.Sqlite;

namespace Traxxs.Store.Postgres;

/// <summary>Reads every report and the whole index in a snapshot, page by page.</summary>
internal sealed class PostgresReportCheck(PostgresReader.Look look, List<string> problems, Func<ReportRecord, string?>? inspect, Action<string>? progress)
{
    private const int PageMax = 2000;
    private const int ProgressEvery = 100_000;

    private long _reports, _numbers;

    /// <summary>Position of the last report according to the head.</summary>
    public long LastPosition { get; private set; }

    /// <summary>Checks all; gives how many reports are there.</summary>
    public long Run()
    {
        var heads = look.Rows("SELECT last_position, reports FROM report_head", row => (Last: row.GetInt64(0), Taken: row.GetInt64(1)));
        if (heads.Count != 1)
        {
            problems.Add($"the reports have {heads.Count} heads: there must be one");
            return 0;
        }

        LastPosition = heads[0].Last;
        CheckPartitions();
        CheckReports();
        CheckIndex();
        if (!IsFull && _numbers != heads[0].Taken) Say($"{heads[0].Taken} reports were taken, {_numbers} are known by their numbers");
        return _reports;
    }

    private bool IsFull => problems.Count >= PostgresCheck.ProblemsMax;

    private void Say(string problem)
    {
        if (!IsFull) problems.Add(problem);
    }

    private void CheckPartitions()
    {
        foreach (var name in look.Rows(
            """
            SELECT coalesce(p.name, c.relname) FROM report_partition p
            FULL JOIN (SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'report'::regclass) c ON c.relname = p.name
            WHERE p.name IS NULL OR c.relname IS NULL
            """, row => row.GetString(0))) Say($"partition {name} is not both in the list of partitions and in the table");
        foreach (var (name, other) in look.Rows(
            "SELECT a.name, b.name FROM report_partition a JOIN report_partition b ON a.name < b.name AND a.from_position < b.to_position AND b.from_position < a.to_position",
            row => (row.GetString(0), row.GetString(1)))) Say($"partitions {name} and {other} are for the same positions");
    }

    private void CheckReports()
    {
        long position = 0;
        while (!IsFull && Page(position) is { Count: > 0 } page)
        {
            var chunks = ChunksOf(page);
            foreach (var stored in page)
            {
                if (stored.Position == position) Say($"position {position} has two reports");
                position = stored.Position;
                Check(stored, chunks);
            }

            _reports += page.Count;
            if (_reports % ProgressEvery < page.Count) progress?.Invoke($"{_reports} reports read");
        }

        if (position > LastPosition) Say($"there is a report at position {position}, the head says that {LastPosition} is the last");
    }

    // A page may end between two reports of one position, which must not be: both are looked at.
    private List<StoredReport> Page(long after)
    {
        var page = look.Reports($"SELECT {PostgresReader.Columns} FROM report WHERE position > $1 ORDER BY position LIMIT {PageMax}", after);
        if (page.Count == PageMax && look.Rows("SELECT count(*) FROM report WHERE position = $1", row => row.GetInt64(0), page[^1].Position).Single() > page.Count(stored => stored.Position == page[^1].Position))
            Say($"position {page[^1].Position} has two reports");
        return page;
    }

    private Dictionary<ChunkKey, Chunk> ChunksOf(List<StoredReport> page)
    {
        var keys = page.Select(stored => ChunkKey.Of(stored.Report)).Distinct().ToList();
        return look.Rows(
            $"SELECT {DeviceChunk.Columns} FROM report_chunk JOIN unnest($1::text[], $2::int[], $3::bigint[]) AS wanted(device, epoch, number) USING (device, epoch, number)", DeviceChunk.Read,
            keys.Select(key => key.Device).ToArray(), keys.Select(key => key.Epoch).ToArray(), keys.Select(key => key.Number).ToArray()).ToDictionary(chunk => chunk.Key, chunk => chunk.Chunk);
    }

    private void Check(StoredReport stored, Dictionary<ChunkKey, Chunk> chunks)
    {
        var report = stored.Report;
        string Name() => $"report {stored.Position} (device {report.DeviceId}, epoch {report.Epoch}, sequence {report.Sequence})";
        if (!chunks.TryGetValue(ChunkKey.Of(report), out var chunk) || !chunk.TryFind(report.Sequence, out var found) || found != stored.Position) Say($"{Name()} is not in the index");
        else if (report.FirstFixTimeS < chunk.FirstFixTimeS || report.LastFixTimeS > chunk.LastFixTimeS || stored.Position > chunk.Newest) Say($"{Name()} lies outside of what the index says of its chunk");
        if (inspect?.Invoke(report) is { } fault) Say($"{Name()}: {fault}");
    }

    private void CheckIndex()
    {
        const string Wrong = "settled AND (found_newest IS DISTINCT FROM nullif(newest, 0) OR found_first_s IS DISTINCT FROM first_fix_s OR found_last_s IS DISTINCT FROM last_fix_s)";
        for (var (device, epoch, number) = ("", 0, -1L); !IsFull;)
        {
            var page = look.Rows(
                $"""
                SELECT {DeviceChunk.Columns}, {Wrong} OR (NOT settled AND coalesce(found_newest, found_first_s, found_last_s) IS NOT NULL)
                FROM report_chunk WHERE (device, epoch, number) > ($1, $2, $3) ORDER BY device, epoch, number LIMIT {PageMax}
                """, row => (Chunk: DeviceChunk.Read(row), IsWrong: row.GetBoolean(8)), device, epoch, number);
            if (page.Count == 0) break;
            foreach (var (chunk, isWrong) in page)
            {
                _numbers += chunk.Chunk.Count;
                if (isWrong) Say($"chunk {chunk.Chunk.Number} of device {chunk.Device}, epoch {chunk.Chunk.Numbering}, is not found by what stands in it");
            }

            (device, epoch, number) = (page[^1].Chunk.Device, page[^1].Chunk.Chunk.Numbering, page[^1].Chunk.Chunk.Number);
        }

        foreach (var (device, epoch) in look.Rows(
            "SELECT DISTINCT device, epoch FROM report_chunk c WHERE NOT EXISTS (SELECT 1 FROM report_numbering n WHERE n.device = c.device AND n.epoch = c.epoch) LIMIT 100",
            row => (row.GetString(0), row.GetInt32(1)))) Say($"epoch {epoch} of device {device} is not in the list of numberings");
    }
}
