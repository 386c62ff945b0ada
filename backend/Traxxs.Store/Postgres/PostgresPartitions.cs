using System.Globalization;
using Npgsql;

namespace Traxxs.Store.Postgres;

/// <summary>
/// The partitions of the report table: made where a report needs one and a span ahead, dropped as a whole. A new one is attached,
/// which holds up neither readers nor writers.
/// </summary>
internal sealed class PostgresPartitions(PartitionSpan span)
{
    private List<(string Name, long From, long To)> _known = [];

    /// <summary>Reads which there are: at the start, and after a failed transaction, whose partitions are not there.</summary>
    public void Load(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand("SELECT name, from_position, to_position FROM report_partition ORDER BY from_position", connection);
        using var rows = command.ExecuteReader();
        var known = new List<(string, long, long)>();
        while (rows.Read()) known.Add((rows.GetString(0), rows.GetInt64(1), rows.GetInt64(2)));
        _known = known;
    }

    /// <summary>Sees to it, in the writer's transaction, that a position has its partition, and what comes after it too.</summary>
    public void Ensure(NpgsqlConnection connection, long position)
    {
        if (Covers(position) && Covers(Ahead(position))) return;
        Load(connection); // another process may have made it meanwhile
        if (!Covers(position)) Make(connection, position);
        if (!Covers(Ahead(position))) Make(connection, Ahead(position));
    }

    /// <summary>What holds only positions before one, the oldest first: its name and where it ends.</summary>
    public IReadOnlyList<(string Name, long End)> Before(NpgsqlConnection connection, long position)
    {
        Load(connection);
        return _known.Where(part => part.To <= position).Select(part => (part.Name, part.To)).ToList();
    }

    /// <summary>Drops one, in the caller's transaction, where no other process has.</summary>
    public static void Drop(NpgsqlConnection connection, string name)
    {
        if (Run(connection, $"DELETE FROM report_partition WHERE name = '{name}'") > 0) Run(connection, $"DROP TABLE {name}");
    }

    private bool Covers(long position)
    {
        // From the newest back: there nearly every report belongs.
        for (var i = _known.Count - 1; i >= 0; i--)
        {
            if (position >= _known[i].From) return position < _known[i].To;
        }

        return false;
    }

    // The time the next partition is for. At the very end of what a position can say there is none.
    private long Ahead(long position) => Positions.Of((span == PartitionSpan.Month ? Positions.TimeOf(position).AddMonths(1) : Positions.TimeOf(position).AddDays(1)).ToUnixTimeMilliseconds());

    private void Make(NpgsqlConnection connection, long position)
    {
        var (name, from, to) = RangeOf(position);
        // Spans may have been of another length before: what is there stays, and the new one takes the room between.
        from = _known.Where(part => part.To <= position).Select(part => part.To).Append(from).Max();
        to = _known.Where(part => part.From > position).Select(part => part.From).Append(to).Min();
        name = string.Create(CultureInfo.InvariantCulture, $"{name}_{from}");
        Run(connection, $"CREATE TABLE {name} (LIKE report INCLUDING DEFAULTS INCLUDING STORAGE)");
        Run(connection, string.Create(CultureInfo.InvariantCulture, $"ALTER TABLE report ATTACH PARTITION {name} FOR VALUES FROM ({from}) TO ({to})"));
        Run(connection, string.Create(CultureInfo.InvariantCulture, $"INSERT INTO report_partition VALUES ('{name}', {from}, {to})"));
        _known = _known.Append((name, from, to)).OrderBy(part => part.Item2).ToList();
    }

    private (string Name, long From, long To) RangeOf(long position)
    {
        var time = Positions.TimeOf(position).UtcDateTime;
        var begin = span == PartitionSpan.Month ? new DateTime(time.Year, time.Month, 1, 0, 0, 0, DateTimeKind.Utc) : time.Date;
        var end = span == PartitionSpan.Month ? begin.AddMonths(1) : begin.AddDays(1);
        var name = "report_" + begin.ToString(span == PartitionSpan.Month ? "yyyyMM" : "yyyyMMdd", CultureInfo.InvariantCulture);
        // The last one takes whatever follows: a clock gone mad must not cost a report.
        var last = Positions.Of(long.MaxValue);
        var to = Positions.Of(new DateTimeOffset(end).ToUnixTimeMilliseconds());
        return (name, Positions.Of(new DateTimeOffset(begin).ToUnixTimeMilliseconds()), to >= last ? long.MaxValue : to);
    }

    private static int Run(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteNonQuery();
    }
}
