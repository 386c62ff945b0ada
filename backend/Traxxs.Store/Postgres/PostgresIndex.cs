using Npgsql;

namespace Traxxs.Store.Postgres;

/// <summary>Writes the rows that say where reports lie.</summary>
internal static class PostgresIndex
{
    // A chunk settles when it is full, or when the one after the next begins: what then still comes for it is late.
    private const int UnsettledChunks = 2;

    /// <summary>Adds to a batch what writes chunks and new numberings.</summary>
    public static void AddWrites(NpgsqlBatch batch, List<DeviceChunk> chunks, Dictionary<(string Device, int Epoch), long> numberings)
    {
        if (chunks.Count == 0) return;
        foreach (var chunk in chunks)
        {
            chunk.IsSettled |= chunk.Chunk.IsFull;
            chunk.Oldest = chunk.Positions().Select(position => (long?)position).Min();
        }

        batch.BatchCommands.Add(Upsert(chunks));
        if (Settle(chunks.Where(chunk => chunk.IsNew).ToList()) is { } settle) batch.BatchCommands.Add(settle);
        if (numberings.Count == 0) return;
        batch.BatchCommands.Add(new NpgsqlBatchCommand("INSERT INTO report_numbering SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[]) ON CONFLICT DO NOTHING")
        {
            Parameters =
            {
                Value(numberings.Keys.Select(key => key.Device).ToArray()), Value(numberings.Keys.Select(key => key.Epoch).ToArray()), Value(numberings.Values.ToArray()),
            },
        });
    }

    /// <summary>Writes chunk rows whose reports were erased in part or whole.</summary>
    public static NpgsqlBatchCommand Upsert(List<DeviceChunk> chunks) =>
        new("""
            INSERT INTO report_chunk AS c (device, epoch, number, first_fix_s, last_fix_s, newest, oldest, positions, settled, found_newest, found_first_s, found_last_s)
            SELECT device, epoch, number, first_s, last_s, newest, oldest, positions, settled,
              CASE WHEN settled AND newest > 0 THEN newest END, CASE WHEN settled THEN first_s END, CASE WHEN settled THEN last_s END
            FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bytea[], $9::bool[])
              AS new(device, epoch, number, first_s, last_s, newest, oldest, positions, settled)
            ON CONFLICT (device, epoch, number) DO UPDATE SET first_fix_s = EXCLUDED.first_fix_s, last_fix_s = EXCLUDED.last_fix_s,
              newest = EXCLUDED.newest, oldest = EXCLUDED.oldest, positions = EXCLUDED.positions, settled = EXCLUDED.settled,
              found_newest = EXCLUDED.found_newest, found_first_s = EXCLUDED.found_first_s, found_last_s = EXCLUDED.found_last_s
            """)
        {
            Parameters =
            {
                Value(chunks.Select(chunk => chunk.Device).ToArray()), Value(chunks.Select(chunk => chunk.Chunk.Numbering).ToArray()),
                Value(chunks.Select(chunk => chunk.Chunk.Number).ToArray()), Value(chunks.Select(chunk => chunk.Chunk.FirstFixTimeS).ToArray()),
                Value(chunks.Select(chunk => chunk.Chunk.LastFixTimeS).ToArray()), Value(chunks.Select(chunk => chunk.Chunk.Newest).ToArray()),
                Value(chunks.Select(chunk => chunk.Oldest).ToArray()), Value(chunks.Select(chunk => chunk.Bytes()).ToArray()),
                Value(chunks.Select(chunk => chunk.IsSettled).ToArray()),
            },
        };

    private static NpgsqlBatchCommand? Settle(List<DeviceChunk> begun)
    {
        if (begun.Count == 0) return null;
        var last = begun.GroupBy(chunk => (chunk.Device, Epoch: chunk.Chunk.Numbering)).Select(group => (group.Key.Device, group.Key.Epoch, Number: group.Max(chunk => chunk.Chunk.Number))).ToList();
        return new NpgsqlBatchCommand(
            """
            UPDATE report_chunk c SET settled = true, found_newest = nullif(c.newest, 0), found_first_s = c.first_fix_s, found_last_s = c.last_fix_s
            FROM unnest($1::text[], $2::int[], $3::bigint[]) AS begun(device, epoch, number)
            WHERE c.device = begun.device AND c.epoch = begun.epoch AND c.number <= begun.number - $4 AND NOT c.settled
            """)
        {
            Parameters =
            {
                Value(last.Select(entry => entry.Device).ToArray()), Value(last.Select(entry => entry.Epoch).ToArray()),
                Value(last.Select(entry => entry.Number).ToArray()), Value((long)UnsettledChunks),
            },
        };
    }

    private static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };
}
