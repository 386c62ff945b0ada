using System.Data;
using Npgsql;
using Traxxs.Store.Sqlite;

namespace Traxxs.Store.Postgres;

/// <summary>Queries over committed reports, each in a snapshot of its own.</summary>
internal sealed partial class PostgresReader(NpgsqlDataSource pool)
{
    internal const string Columns = "position, device, epoch, sequence, server_time_ms, device_time_s, first_fix_s, last_fix_s, fix_count, payload";

    // Chunks whose reports are read at once: a thousand reports or so.
    private const int ChunksAtOnce = 16;

    public List<StoredReport> ReadAfter(long position, int limit) => Read(look => look.Reports(
        $"SELECT {Columns} FROM report WHERE position > $1 ORDER BY position LIMIT $2", position, limit));

    public List<StoredReport> ReadByFixTime(string deviceId, long fromS, long toS, (long FirstFixTimeS, long Position)? after, int limit) => Read(look =>
    {
        // A report behind the cursor begins no earlier than it, so it ends no earlier either.
        var earliestEndS = Math.Max(fromS, after?.FirstFixTimeS ?? long.MinValue);
        var candidates = look.Chunks(
            """
            SELECT found_first_s, epoch, number FROM report_chunk WHERE device = $1 AND found_last_s >= $2 AND found_first_s <= $3
            UNION ALL SELECT first_fix_s, epoch, number FROM report_chunk WHERE device = $1 AND NOT settled AND last_fix_s >= $2 AND first_fix_s <= $3
            ORDER BY 1
            """, deviceId, earliestEndS, toS);
        var found = new List<StoredReport>();
        foreach (var some in candidates.Chunk(ChunksAtOnce))
        {
            if (found.Count >= limit)
            {
                SortByFixTime(found);
                if (found[limit - 1].Report.FirstFixTimeS < some[0].SortKey) break;
            }

            found.AddRange(look.ReportsOf(deviceId, some).Where(report => Overlaps(report, fromS, toS) && IsBehind(report, after)));
        }

        SortByFixTime(found);
        return found.Take(limit).ToList();
    });

    public List<StoredReport> ReadNewest(string deviceId, int limit) => Read(look => look.Newest(deviceId, limit));

    public List<StoredReport> ReadBySequence(string deviceId, int epoch, long fromSequence, int limit) => Read(look =>
    {
        var found = new List<StoredReport>();
        // A chunk has a report at least, but those before the first one asked for do not count: look on until enough.
        for (var number = Chunk.NumberOf(fromSequence); found.Count < limit;)
        {
            var chunks = look.Chunks(
                "SELECT number, epoch, number FROM report_chunk WHERE device = $1 AND epoch = $2 AND number >= $3 AND newest > 0 ORDER BY number LIMIT $4",
                deviceId, epoch, number, ChunksAtOnce);
            if (chunks.Count == 0) break;
            found.AddRange(look.ReportsOf(deviceId, chunks).Where(stored => stored.Report.Sequence >= fromSequence).OrderBy(stored => stored.Report.Sequence));
            number = chunks[^1].Number + 1;
        }

        return found.Take(limit).ToList();
    });

    public List<Numbering> ReadNumberings(string deviceId) => Read(look =>
    {
        var found = new List<Numbering>();
        foreach (var epoch in look.Epochs(deviceId))
        {
            const string Ends = "SELECT number, epoch, number FROM report_chunk WHERE device = $1 AND epoch = $2 AND newest > 0 ORDER BY number";
            var first = look.ReportsOf(deviceId, look.Chunks($"{Ends} LIMIT 1", deviceId, epoch));
            var last = look.ReportsOf(deviceId, look.Chunks($"{Ends} DESC LIMIT 1", deviceId, epoch));
            if (first.Count == 0 || last.Count == 0) continue;
            found.Add(new Numbering(epoch, first.Min(stored => stored.Report.Sequence), last.Max(stored => stored.Report.Sequence)));
        }

        return found;
    });

    public List<StoredReport> ReadNewestOfEachDevice() => Read(look =>
    {
        const int DevicesAtOnce = 500;
        var found = new List<StoredReport>();
        for (var after = ""; ;)
        {
            var devices = look.Devices(after, DevicesAtOnce);
            if (devices.Length == 0) return found;
            found.AddRange(look.LatestOf(devices));
            after = devices[^1];
        }
    });

    public List<RejectedFrame> ReadRejected(int limit) => Read(look => look.Rows(
        "SELECT id, device, server_time_ms, reason, payload FROM report_rejected ORDER BY id DESC LIMIT $1",
        row => new RejectedFrame(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetString(3), row.GetFieldValue<byte[]>(4)), limit));

    /// <summary>Position of the last report of all processes, and how many there are in all.</summary>
    public (long LastPosition, long Reports) Head() => Read(look => look.Rows(
        "SELECT last_position, reports FROM report_head", row => (row.GetInt64(0), row.GetInt64(1))).Single());

    private T Read<T>(Func<Look, T> query)
    {
        try
        {
            return Read(query, canBeginAgain: true);
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or IOException)
        {
            throw new StoreUnavailableException($"the report store cannot be read: {error.Message}", error);
        }
    }

    private T Read<T>(Func<Look, T> query, bool canBeginAgain)
    {
        using var connection = pool.OpenConnection();
        try
        {
            using var transaction = connection.BeginTransaction(IsolationLevel.RepeatableRead);
            var result = query(new Look(connection));
            transaction.Commit();
            return result;
        }
        catch (Exception error) when (canBeginAgain && error is NpgsqlException or IOException && connection.FullState != ConnectionState.Open)
        {
            // The server was restarted while the connection lay in the pool, as all that lie there.
            pool.Clear();
        }

        return Read(query, canBeginAgain: false);
    }

    private static bool Overlaps(StoredReport stored, long fromS, long toS) =>
        stored.Report.FirstFixTimeS <= toS && stored.Report.LastFixTimeS >= fromS;

    private static bool IsBehind(StoredReport stored, (long FirstFixTimeS, long Position)? after) =>
        after is not { } cursor || (stored.Report.FirstFixTimeS!.Value, stored.Position).CompareTo(cursor) > 0;

    private static void SortByFixTime(List<StoredReport> reports) =>
        reports.Sort((a, b) => (a.Report.FirstFixTimeS!.Value, a.Position).CompareTo((b.Report.FirstFixTimeS!.Value, b.Position)));
}
