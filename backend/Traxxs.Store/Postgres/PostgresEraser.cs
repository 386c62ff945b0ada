using System.Data;
using Npgsql;
using Traxxs.Store.Sqlite;

namespace Traxxs.Store.Postgres;

/// <summary>
/// Erases reports, a slice at a time, in a transaction between two of the writer's. An erased report's row is gone; its number
/// stays in its chunk, so that the same report is known when it comes again.
/// </summary>
internal sealed class PostgresEraser(NpgsqlConnection connection)
{
    // A report is received after what it speaks of; as much as a clock may be wrong.
    private const long ClockErrorMs = 24 * 3600 * 1000;

    // Other writers wait for so many rows, some tens of milliseconds.
    private const int SweepMax = 2000;

    /// <summary>One slice; other writers wait for it as for a group.</summary>
    public EraseProgress Erase(ReportErasure what, string? after, int limit)
    {
        using var transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
        Lock(connection);
        if (after is null) EraseRejected(what);
        var chunksMax = (limit / Chunk.Span) + 1;
        var slice = Candidates(what, Chunk.ReadCursor(after), chunksMax);
        var erased = Erase(what, slice);
        transaction.Commit();
        return new EraseProgress(erased, slice.Count == chunksMax ? slice[^1].Chunk.Cursor : null);
    }

    /// <summary>
    /// Forgets where the reports of dropped partitions were, of some devices; which numbers were there stays known. Whether there may be
    /// more: what is done is not found again.
    /// </summary>
    public bool Sweep(string[] devices, long before)
    {
        using var transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
        Lock(connection);
        var chunks = new List<DeviceChunk>();
        using (var command = new NpgsqlCommand($"SELECT {DeviceChunk.Columns} FROM report_chunk WHERE device = ANY($1) AND oldest < $2 AND newest < $2 LIMIT {SweepMax}", connection))
        {
            command.Parameters.AddWithValue(devices);
            command.Parameters.AddWithValue(before);
            using var rows = command.ExecuteReader();
            while (rows.Read()) chunks.Add(DeviceChunk.Read(rows));
        }

        if (chunks.Count > 0) Write(chunks.Select(Emptied).ToList());
        transaction.Commit();
        return chunks.Count == SweepMax;
    }

    /// <summary>Waits for the other writers, until the end of the transaction.</summary>
    public static void Lock(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand("SELECT 1 FROM report_head FOR UPDATE", connection);
        command.ExecuteNonQuery();
    }

    /// <summary>Chunks behind a place that may hold what is meant, by numbering and number.</summary>
    private List<DeviceChunk> Candidates(ReportErasure what, (int Epoch, long Number) after, int chunksMax)
    {
        using var command = new NpgsqlCommand(
            $"""
            SELECT {DeviceChunk.Columns} FROM report_chunk
            WHERE device = $1 AND oldest < $2 AND newest >= $3 AND (epoch, number) > ($4, $5) ORDER BY epoch, number LIMIT $6
            """, connection);
        command.Parameters.AddWithValue(what.DeviceId);
        // A position's time is no earlier than the server time of its report, and later only where a clock was set back.
        command.Parameters.AddWithValue(what.ReceivedBeforeMs is { } before && Positions.Of(before) > 0 ? Positions.Of(before + ClockErrorMs) + 1 : long.MaxValue);
        command.Parameters.AddWithValue(what.FromS is { } fromS ? Positions.Of((fromS * 1000) - ClockErrorMs) : 0L);
        command.Parameters.AddWithValue(after.Epoch);
        command.Parameters.AddWithValue(after.Number);
        command.Parameters.AddWithValue(chunksMax);
        using var rows = command.ExecuteReader();
        var chunks = new List<DeviceChunk>();
        while (rows.Read()) chunks.Add(DeviceChunk.Read(rows));
        return chunks;
    }

    private int Erase(ReportErasure what, List<DeviceChunk> chunks)
    {
        var reports = new PostgresReader.Look(connection).At(chunks.SelectMany(chunk => chunk.Positions())).ToDictionary(stored => stored.Position, stored => stored.Report);
        var erased = reports.Where(entry => what.Means(entry.Value.ServerTimeMs, entry.Value.DeviceTimeS, entry.Value.FirstFixTimeS, entry.Value.LastFixTimeS)).Select(entry => entry.Key).ToHashSet();
        if (erased.Count == 0) return 0;
        using (var delete = new NpgsqlCommand("DELETE FROM report WHERE position = ANY($1) AND position BETWEEN $2 AND $3", connection))
        {
            delete.Parameters.AddWithValue(erased.ToArray());
            delete.Parameters.AddWithValue(erased.Min());
            delete.Parameters.AddWithValue(erased.Max());
            delete.ExecuteNonQuery();
        }

        var touched = chunks.Where(chunk => chunk.Positions().Any(erased.Contains)).ToList();
        foreach (var chunk in touched)
        {
            var left = chunk.Positions().Where(position => !erased.Contains(position) && reports.ContainsKey(position)).ToList();
            chunk.Chunk.Recount(left.Min(position => reports[position].FirstFixTimeS), left.Max(position => reports[position].LastFixTimeS), left.Count == 0 ? 0 : left.Max());
            chunk.Oldest = left.Count == 0 ? null : left.Min();
        }

        Write(touched);
        return erased.Count;
    }

    private static DeviceChunk Emptied(DeviceChunk full)
    {
        var known = new Chunk(full.Chunk.Numbering, full.Chunk.Number);
        for (long sequence = full.Chunk.Number * Chunk.Span, i = 0; i < Chunk.Span; i++)
        {
            if (full.Chunk.TryFind(sequence + i, out _)) known.Add(sequence + i, 0, null, null);
        }

        return new DeviceChunk(full.Device, known) { IsSettled = true };
    }

    private void Write(List<DeviceChunk> chunks)
    {
        using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(PostgresIndex.Upsert(chunks));
        batch.ExecuteNonQuery();
    }

    private void EraseRejected(ReportErasure what)
    {
        var ids = new List<long>();
        using (var select = new NpgsqlCommand("SELECT id, server_time_ms FROM report_rejected WHERE device = $1", connection))
        {
            select.Parameters.AddWithValue(what.DeviceId);
            using var rows = select.ExecuteReader();
            while (rows.Read())
            {
                if (what.MeansRejected(rows.GetInt64(1))) ids.Add(rows.GetInt64(0));
            }
        }

        if (ids.Count == 0) return;
        using var delete = new NpgsqlCommand("DELETE FROM report_rejected WHERE device = $1 AND id = ANY($2)", connection);
        delete.Parameters.AddWithValue(what.DeviceId);
        delete.Parameters.AddWithValue(ids.ToArray());
        delete.ExecuteNonQuery();
    }
}
