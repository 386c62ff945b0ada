using Npgsql;
using Traxxs.Store.Sqlite;

namespace Traxxs.Store.Postgres;

/// <summary>Where the reports of 64 consecutive sequence numbers of a device's numbering lie: one row, as in the SQLite store.</summary>
internal sealed class DeviceChunk(string device, Chunk chunk)
{
    /// <summary>Columns <see cref="Read"/> wants, in its order.</summary>
    public const string Columns = "device, epoch, number, first_fix_s, last_fix_s, newest, positions, settled";

    public string Device { get; } = device;

    public Chunk Chunk { get; } = chunk;

    /// <summary>Device, epoch and number.</summary>
    public ChunkKey Key => new(Device, Chunk.Numbering, Chunk.Number);

    /// <summary>Whether it stands in the indexes by fix time and arrival; until then a device's few unsettled ones are all looked at.</summary>
    public bool IsSettled { get; set; }

    /// <summary>Whether the row is behind.</summary>
    public bool IsChanged { get; set; }

    /// <summary>Whether there is no row yet.</summary>
    public bool IsNew { get; init; }

    /// <summary>Earliest position of a report that is there; null where none is.</summary>
    public long? Oldest { get; set; }

    public static DeviceChunk Begin(ChunkKey key) => new(key.Device, new Chunk(key.Epoch, key.Number)) { IsNew = true };

    public static DeviceChunk Read(NpgsqlDataReader row)
    {
        var (first, last) = (row.IsDBNull(3) ? (long?)null : row.GetInt64(3), row.IsDBNull(4) ? (long?)null : row.GetInt64(4));
        var chunk = Chunk.Read(row.GetInt32(1), row.GetInt64(2), first, last, row.GetInt64(5), row.GetFieldValue<byte[]>(6));
        return new DeviceChunk(row.GetString(0), chunk) { IsSettled = row.GetBoolean(7) };
    }

    /// <summary>Positions of reports that may be there: those that went with their partition are 0.</summary>
    public IEnumerable<long> Positions() => Chunk.Positions.ToArray().Where(position => position > 0);

    /// <summary>The stored form of its positions.</summary>
    public byte[] Bytes()
    {
        Span<byte> buffer = stackalloc byte[Chunk.DataSizeMax];
        return buffer[..Chunk.Write(buffer)].ToArray();
    }
}

/// <summary>A chunk's place.</summary>
internal readonly record struct ChunkKey(string Device, int Epoch, long Number)
{
    public static ChunkKey Of(ReportRecord report) => new(report.DeviceId, report.Epoch, Chunk.NumberOf(report.Sequence));
}
