namespace Traxxs.Store.Sqlite;

/// <summary>Looks a store over, also while a server has it open: for <c>traxxs server check</c>.</summary>
public static class StoreCheck
{
    private const int ProblemsMax = 100;

    /// <summary>
    /// Sentences on what is wrong, at most a hundred; none where all is well. Asks SQLite for the soundness of its pages,
    /// reads every report, and looks for each where the index says.
    /// </summary>
    /// <param name="folder">A data folder, or a backup.</param>
    /// <param name="inspect">Says what is wrong with a report's content; null for nothing.</param>
    public static IReadOnlyList<string> Run(string folder, Func<ReportRecord, string?>? inspect = null)
    {
        var path = new SqliteReportStoreOptions { Folder = folder }.DatabasePath;
        if (!File.Exists(path)) return [$"{path} does not exist"];
        var problems = new List<string>();
        try
        {
            using var database = Database.Open(path, readOnly: true);
            database.Execute("BEGIN");
            Schema.Require(database);
            CheckPages(database, problems);
            if (problems.Count == 0) CheckReports(database, problems, inspect);
        }
        catch (Exception error) when (error is DatabaseException or StoreUnavailableException)
        {
            problems.Add(error.Message);
        }

        return problems;
    }

    /// <summary>Position of the last report, 0 where there is none.</summary>
    /// <exception cref="StoreUnavailableException">The file cannot be read.</exception>
    public static long LastPosition(string folder) => Last(folder).Position;

    /// <summary>Reports in all.</summary>
    /// <exception cref="StoreUnavailableException">The file cannot be read.</exception>
    public static long Count(string folder) => Last(folder).Count;

    private static (long Position, long Count) Last(string folder)
    {
        try
        {
            using var database = Database.Open(new SqliteReportStoreOptions { Folder = folder }.DatabasePath, readOnly: true);
            using var segment = database.Prepare("SELECT id, reports FROM segment ORDER BY id DESC LIMIT 1");
            if (!segment.Step()) return (0, 0);
            var reader = new SegmentReader(segment.Blob(1));
            var inIt = 0;
            while (reader.TryRead(out _)) inIt++;
            return (Position.Of(segment.Int64(0), inIt - 1), reader.ReportsBefore + inIt);
        }
        catch (DatabaseException error)
        {
            throw new StoreUnavailableException($"the report store cannot be read: {error.Message}", error);
        }
    }

    private static void CheckPages(Database database, List<string> problems)
    {
        using var rows = database.Prepare($"PRAGMA quick_check({ProblemsMax})");
        while (rows.Step())
        {
            if (rows.Text(0) != "ok") problems.Add(rows.Text(0));
        }
    }

    private static void CheckReports(Database database, List<string> problems, Func<ReportRecord, string?>? inspect)
    {
        var numberings = new NumberingTable();
        numberings.Load(database);
        var indexedThrough = database.Scalar("SELECT indexed_through FROM progress");
        using var segments = database.Prepare("SELECT id, reports FROM segment ORDER BY id");
        using var chunks = database.Prepare("SELECT first_fix_s, last_fix_s, newest, positions FROM chunk WHERE numbering = ?1 AND number = ?2");
        long reports = 0;
        while (segments.Step() && problems.Count < ProblemsMax)
        {
            var id = segments.Int64(0);
            var reader = new SegmentReader(segments.Blob(1));
            if (reader.ReportsBefore != reports) problems.Add($"segment {id} counts {reader.ReportsBefore} reports before it, there are {reports}");
            for (var index = 0; reader.TryRead(out var entry); index++, reports++)
            {
                var (device, epoch) = numberings.NameOf(entry.Numbering);
                var position = Position.Of(id, index);
                if (position <= indexedThrough && !IsIndexed(chunks, entry, position))
                    problems.Add($"report {position} (numbering {entry.Numbering}, sequence {entry.Sequence}) is not in the index");
                if (!entry.IsErased && inspect?.Invoke(RecordOf(device, epoch, entry)) is { } fault)
                    problems.Add($"report {position} (device {device}, epoch {epoch}, sequence {entry.Sequence}): {fault}");
            }
        }
    }

    private static ReportRecord RecordOf(string device, int epoch, in SegmentEntry entry) =>
        new(device, epoch, entry.Sequence, entry.ServerTimeMs, entry.DeviceTimeS, entry.FirstFixTimeS, entry.LastFixTimeS, entry.FixCount, entry.Payload.ToArray());

    private static bool IsIndexed(Statement chunks, in SegmentEntry entry, long position)
    {
        var number = Chunk.NumberOf(entry.Sequence);
        if (!chunks.Bind(1, entry.Numbering).Bind(2, number).Step()) return false;
        var chunk = Chunk.Read(entry.Numbering, number, chunks.NullableInt64(0), chunks.NullableInt64(1), chunks.Int64(2), chunks.Blob(3));
        chunks.Reset();
        return chunk.TryFind(entry.Sequence, out var found) && found == position;
    }
}
