using Npgsql;
using Traxxs.Store.Sqlite;

namespace Traxxs.Store.Postgres;

internal sealed partial class PostgresReader
{
    /// <summary>What one query looks at: a connection inside a snapshot.</summary>
    internal sealed class Look(NpgsqlConnection connection)
    {
        public List<T> Rows<T>(string sql, Func<NpgsqlDataReader, T> map, params ReadOnlySpan<object> parameters)
        {
            using var command = new NpgsqlCommand(sql, connection);
            foreach (var value in parameters) command.Parameters.Add(new NpgsqlParameter { Value = value });
            using var rows = command.ExecuteReader();
            var found = new List<T>();
            while (rows.Read()) found.Add(map(rows));
            return found;
        }

        public List<StoredReport> Reports(string sql, params ReadOnlySpan<object> parameters) => Rows(sql, Report, parameters);

        public List<(long SortKey, int Epoch, long Number)> Chunks(string sql, params ReadOnlySpan<object> parameters) =>
            Rows(sql, row => (row.GetInt64(0), row.GetInt32(1), row.GetInt64(2)), parameters);

        public List<int> Epochs(string deviceId) => Rows("SELECT epoch FROM report_numbering WHERE device = $1 ORDER BY since", row => row.GetInt32(0), deviceId);

        public string[] Devices(string after, int limit) =>
            [.. Rows("SELECT DISTINCT device FROM report_numbering WHERE device > $1 ORDER BY device LIMIT $2", row => row.GetString(0), after, limit)];

        /// <summary>The reports of some chunks of a device.</summary>
        public List<StoredReport> ReportsOf(string deviceId, IReadOnlyCollection<(long SortKey, int Epoch, long Number)> chunks) => chunks.Count == 0 ? [] : At(Rows(
            $"""
            SELECT {DeviceChunk.Columns} FROM report_chunk JOIN unnest($2::int[], $3::bigint[]) AS wanted(epoch, number) USING (epoch, number) WHERE device = $1
            """, DeviceChunk.Read, deviceId, chunks.Select(chunk => chunk.Epoch).ToArray(), chunks.Select(chunk => chunk.Number).ToArray()).SelectMany(chunk => chunk.Positions()));

        /// <summary>The reports at some positions, by position; those that were erased or went with their partition are not there.</summary>
        public List<StoredReport> At(IEnumerable<long> positions)
        {
            var all = positions.ToArray();
            if (all.Length == 0) return [];
            // The span lets the server pass over every partition but theirs.
            return Reports($"SELECT {Columns} FROM report WHERE position = ANY($1) AND position BETWEEN $2 AND $3 ORDER BY position", all, all.Min(), all.Max());
        }

        /// <summary>Of some positions those that have a report.</summary>
        public HashSet<long> Existing(IEnumerable<long> positions)
        {
            var all = positions.ToArray();
            return all.Length == 0 ? [] : [.. Rows("SELECT position FROM report WHERE position = ANY($1) AND position BETWEEN $2 AND $3", row => row.GetInt64(0), all, all.Min(), all.Max())];
        }

        /// <summary>A device's reports that arrived last, newest first.</summary>
        public List<StoredReport> Newest(string deviceId, int limit)
        {
            // Each chunk has at least one report that belongs to the newest if the chunk does, so `limit` chunks are enough.
            var chunks = Rows(
                $"""
                (SELECT {DeviceChunk.Columns} FROM report_chunk WHERE device = $1 AND found_newest IS NOT NULL ORDER BY found_newest DESC LIMIT $2)
                UNION ALL SELECT {DeviceChunk.Columns} FROM report_chunk WHERE device = $1 AND NOT settled
                """, DeviceChunk.Read, deviceId, limit);
            var newest = chunks.OrderByDescending(chunk => chunk.Chunk.Newest).Take(limit).SelectMany(chunk => chunk.Positions()).OrderDescending().ToList();
            var found = new List<StoredReport>();
            // What was erased leaves gaps: read on until enough.
            for (var from = 0; from < newest.Count && found.Count < limit; from += Math.Max(limit, Chunk.Span))
                found.AddRange(Enumerable.Reverse(At(newest.Skip(from).Take(Math.Max(limit, Chunk.Span)))));
            return found.Take(limit).ToList();
        }

        /// <summary>Of each device the report with the latest fix, or the last to arrive where none has a fix.</summary>
        public List<StoredReport> LatestOf(string[] devices)
        {
            var chunks = Rows(
                $"""
                SELECT c.* FROM unnest($1::text[]) AS wanted(name) CROSS JOIN LATERAL (
                  (SELECT {DeviceChunk.Columns} FROM report_chunk WHERE device = wanted.name AND found_last_s IS NOT NULL ORDER BY found_last_s DESC FETCH FIRST 1 ROW WITH TIES)
                  UNION ALL (SELECT {DeviceChunk.Columns} FROM report_chunk WHERE device = wanted.name AND NOT settled)) c
                """, DeviceChunk.Read, (object)devices);
            var latest = new List<DeviceChunk>();
            foreach (var device in chunks.GroupBy(chunk => chunk.Device))
            {
                var lastS = device.Max(chunk => chunk.Chunk.LastFixTimeS);
                if (lastS is not null) latest.AddRange(device.Where(chunk => chunk.Chunk.LastFixTimeS == lastS));
            }

            var found = latest.Chunk(ChunksAtOnce).SelectMany(some => At(some.SelectMany(chunk => chunk.Positions())))
                .Where(stored => stored.Report.LastFixTimeS is not null).GroupBy(stored => stored.Report.DeviceId)
                .Select(group => group.MaxBy(stored => (stored.Report.LastFixTimeS, stored.Position))!).ToList();
            foreach (var device in devices.Except(found.Select(stored => stored.Report.DeviceId))) found.AddRange(Newest(device, 1));
            return found;
        }

        private static StoredReport Report(NpgsqlDataReader row) => new(row.GetInt64(0), new ReportRecord(
            row.GetString(1), row.GetInt32(2), row.GetInt64(3), row.GetInt64(4), Long(row, 5), Long(row, 6), Long(row, 7), row.GetInt32(8), row.GetFieldValue<byte[]>(9)));

        private static long? Long(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
    }
}
