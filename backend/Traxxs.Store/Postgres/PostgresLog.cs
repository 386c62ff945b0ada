using System.Data;
using Npgsql;
using NpgsqlTypes;
using Traxxs.Store.Sqlite;

namespace Traxxs.Store.Postgres;

/// <summary>
/// One transaction of the writer. It begins by locking the head row, which every writing process does: so positions are given and
/// committed one transaction after the other, and a reader never sees a position before a smaller one that comes later.
/// </summary>
internal sealed class PostgresLog(NpgsqlConnection connection, PostgresPartitions partitions, int rejectedMax)
{
    private readonly Dictionary<ChunkKey, DeviceChunk> _chunks = [];
    private readonly List<StoredReport> _stored = [];
    private readonly Dictionary<(string, int), long> _numberings = [];
    private readonly List<RejectedFrame> _rejected = [];
    private readonly Dictionary<long, ReadOnlyMemory<byte>> _payloads = [];
    private NpgsqlTransaction _transaction = null!;
    private long _reports, _lastRejected;

    /// <summary>Position of the last report, of all processes.</summary>
    public long LastPosition { get; private set; }

    /// <summary>Position of the last report as the transaction found it.</summary>
    public long FoundPosition { get; private set; }

    /// <summary>Begins and waits for the other writers; then reads what the index knows of a group.</summary>
    public void Begin(IReadOnlyCollection<ReportRecord> group)
    {
        var keys = group.Select(ChunkKey.Of).ToHashSet();
        // Said, whatever the server's default: what is read under the lock must be what the others have committed.
        _transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
        using var batch = new NpgsqlBatch(connection, _transaction);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT last_position, reports, last_rejected FROM report_head FOR UPDATE"));
        if (keys.Count > 0) batch.BatchCommands.Add(ChunksCommand(keys));
        using var rows = batch.ExecuteReader();
        rows.Read();
        (LastPosition, _reports, _lastRejected) = (rows.GetInt64(0), rows.GetInt64(1), rows.GetInt64(2));
        FoundPosition = LastPosition;
        if (keys.Count == 0) return;
        rows.NextResult();
        while (rows.Read())
        {
            var chunk = DeviceChunk.Read(rows);
            _chunks.Add(chunk.Key, chunk);
        }
    }

    /// <summary>Reads the payloads of reports that stand under numbers of the group, to tell duplicates from conflicts.</summary>
    public void ReadEarlier(IReadOnlyCollection<ReportRecord> group)
    {
        var taken = new List<long>();
        foreach (var report in group)
        {
            if (_chunks.TryGetValue(ChunkKey.Of(report), out var chunk) && chunk.Chunk.TryFind(report.Sequence, out var position) && position > 0) taken.Add(position);
        }

        if (taken.Count == 0) return;
        using var command = new NpgsqlCommand("SELECT position, payload FROM report WHERE position = ANY(@positions)", connection, _transaction);
        command.Parameters.AddWithValue("positions", taken.Distinct().ToArray());
        using var rows = command.ExecuteReader();
        while (rows.Read()) _payloads[rows.GetInt64(0)] = rows.GetFieldValue<byte[]>(1);
    }

    /// <summary>Gives a report its place, or finds the one it has.</summary>
    public AppendResult Append(ReportRecord report)
    {
        var key = ChunkKey.Of(report);
        if (!_chunks.TryGetValue(key, out var chunk)) _chunks.Add(key, chunk = DeviceChunk.Begin(key));
        if (chunk.Chunk.TryFind(report.Sequence, out var earlier))
        {
            // What was erased, or went with its partition, has no payload any more: its number is known, and that is a duplicate.
            if (!_payloads.TryGetValue(earlier, out var payload) || payload.Span.SequenceEqual(report.Payload.Span)) return new AppendResult(AppendOutcome.Duplicate, earlier);
            AppendRejected(report.DeviceId, report.ServerTimeMs, nameof(AppendOutcome.Conflict), report.Payload);
            return new AppendResult(AppendOutcome.Conflict, earlier);
        }

        LastPosition = Positions.Next(LastPosition, report.ServerTimeMs);
        chunk.Chunk.Add(report.Sequence, LastPosition, report.FirstFixTimeS, report.LastFixTimeS);
        chunk.IsChanged = true;
        if (chunk.IsNew) _numberings.TryAdd((report.DeviceId, report.Epoch), LastPosition);
        _payloads[LastPosition] = report.Payload;
        _stored.Add(new StoredReport(LastPosition, report));
        return new AppendResult(AppendOutcome.Stored, LastPosition);
    }

    /// <summary>Keeps a refused frame.</summary>
    public void AppendRejected(string deviceId, long serverTimeMs, string reason, ReadOnlyMemory<byte> payload) =>
        _rejected.Add(new RejectedFrame(++_lastRejected, deviceId, serverTimeMs, reason, RejectedFrames.Cut(payload.Span).ToArray()));

    /// <summary>Writes everything and commits. Only when it returns is anything of it stored.</summary>
    public void Commit()
    {
        foreach (var stored in _stored) partitions.Ensure(connection, stored.Position);
        if (_stored.Count > 0) Copy();
        using (var batch = new NpgsqlBatch(connection, _transaction))
        {
            PostgresIndex.AddWrites(batch, _chunks.Values.Where(chunk => chunk.IsChanged).ToList(), _numberings);
            AddRejected(batch);
            batch.BatchCommands.Add(new NpgsqlBatchCommand("UPDATE report_head SET last_position = $1, reports = $2, last_rejected = $3")
            {
                Parameters = { Value(LastPosition), Value(_reports + _stored.Count), Value(_lastRejected) },
            });
            batch.ExecuteNonQuery();
        }

        _transaction.Commit();
    }

    private void Copy()
    {
        using var copy = connection.BeginBinaryImport("COPY report (position, sequence, server_time_ms, device_time_s, first_fix_s, last_fix_s, epoch, fix_count, device, payload) FROM STDIN (FORMAT binary)");
        foreach (var (position, report) in _stored)
        {
            copy.StartRow();
            copy.Write(position, NpgsqlDbType.Bigint);
            copy.Write(report.Sequence, NpgsqlDbType.Bigint);
            copy.Write(report.ServerTimeMs, NpgsqlDbType.Bigint);
            Write(copy, report.DeviceTimeS);
            Write(copy, report.FirstFixTimeS);
            Write(copy, report.LastFixTimeS);
            copy.Write(report.Epoch, NpgsqlDbType.Integer);
            copy.Write(report.FixCount, NpgsqlDbType.Integer);
            copy.Write(report.DeviceId, NpgsqlDbType.Text);
            copy.Write(report.Payload, NpgsqlDbType.Bytea);
        }

        copy.Complete();
    }

    private void AddRejected(NpgsqlBatch batch)
    {
        if (_rejected.Count == 0) return;
        batch.BatchCommands.Add(new NpgsqlBatchCommand("INSERT INTO report_rejected (id, device, server_time_ms, reason, payload) SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::bytea[])")
        {
            Parameters =
            {
                Value(_rejected.Select(frame => frame.Id).ToArray()), Value(_rejected.Select(frame => frame.DeviceId).ToArray()),
                Value(_rejected.Select(frame => frame.ServerTimeMs).ToArray()), Value(_rejected.Select(frame => frame.Reason).ToArray()),
                Value(_rejected.Select(frame => frame.Payload).ToArray()),
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("DELETE FROM report_rejected WHERE id <= $1") { Parameters = { Value(_lastRejected - rejectedMax) } });
    }

    private static NpgsqlBatchCommand ChunksCommand(HashSet<ChunkKey> keys) =>
        new($"SELECT {DeviceChunk.Columns} FROM report_chunk JOIN unnest($1::text[], $2::int[], $3::bigint[]) AS wanted(device, epoch, number) USING (device, epoch, number)")
        {
            Parameters = { Value(keys.Select(key => key.Device).ToArray()), Value(keys.Select(key => key.Epoch).ToArray()), Value(keys.Select(key => key.Number).ToArray()) },
        };

    private static void Write(NpgsqlBinaryImporter copy, long? value)
    {
        if (value is { } there) copy.Write(there, NpgsqlDbType.Bigint);
        else copy.WriteNull();
    }

    private static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };
}
