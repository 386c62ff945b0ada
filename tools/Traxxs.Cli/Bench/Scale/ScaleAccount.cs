using Npgsql;

namespace Traxxs.Cli.Bench.Scale;

/// <summary>What every process, disk and connection of a shape stands at, at one moment; two of them are a bill.</summary>
internal sealed class ScaleAccount
{
    // The tables of reports with their indexes; the reports themselves lie in the partitions.
    private const string StoreSize = """
        SELECT (SELECT coalesce(sum(pg_total_relation_size(relid)), 0) FROM pg_partition_tree('report'))::bigint
             + pg_total_relation_size('report_chunk') + pg_total_relation_size('report_numbering')
        """;

    /// <summary>By engine or role; the load program is <c>load</c>.</summary>
    public required IReadOnlyDictionary<string, Usage> Processes { get; init; }

    /// <summary>Bytes on disk of the store: of PostgreSQL's tables of reports with their indexes, or of the one process's folder.</summary>
    public required long StoreBytes { get; init; }

    /// <summary>Bytes PostgreSQL has written to its log so far; 0 without it.</summary>
    public required long LogBytes { get; init; }

    /// <summary>Bytes over the connections to each engine.</summary>
    public required IReadOnlyDictionary<string, long> NetworkBytes { get; init; }

    /// <summary>Of all cores since the machine started: seconds of work, seconds in all. Whoever works there.</summary>
    public required (double Busy, double All) Machine { get; init; }

    /// <summary>Takes one.</summary>
    public static ScaleAccount Take(ScaleServers servers, ScaleEngines? engines, NpgsqlConnection? database, int load)
    {
        var roots = servers.Processes.Append(("load", load)).ToList();
        if (engines is not null) roots.AddRange([("rabbitmq", engines.Rabbit.ProcessId), ("postgres", engines.Postgres.ProcessId)]);
        if (engines?.Redis is { } redis) roots.Add(("redis", redis.ProcessId));
        return new ScaleAccount
        {
            Processes = roots.GroupBy(one => one.Item1).ToDictionary(group => group.Key, group => group.Select(one => ProcessTree.Of(one.Item2)).Aggregate((a, b) => a + b)),
            StoreBytes = database is not null ? Number(database, StoreSize) : Directory.EnumerateFiles(servers.Data).Sum(file => new FileInfo(file).Length),
            LogBytes = database is not null ? Number(database, "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint") : 0,
            NetworkBytes = Network(servers, engines),
            Machine = MachineTime(),
        };
    }

    /// <summary>One number of a query.</summary>
    public static long Number(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        return (long)command.ExecuteScalar()!;
    }

    private static Dictionary<string, long> Network(ScaleServers servers, ScaleEngines? engines)
    {
        var bytes = SocketBytes.ByPort();
        var ports = new List<(string, int)> { (engines is null ? "devices" : "devices to rabbitmq", servers.MqttPort) };
        if (engines is not null) ports.AddRange([("rabbitmq to roles", engines.Rabbit.AmqpPort), ("postgres to roles", engines.Postgres.Port)]);
        if (engines?.Redis is { } redis) ports.Add(("redis to roles", redis.Port));
        return ports.ToDictionary(one => one.Item1, one => bytes.GetValueOrDefault(one.Item2));
    }

    // proc(5), stat: user nice system idle iowait irq softirq steal, in hundredths of a second.
    private static (double Busy, double All) MachineTime()
    {
        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(double.Parse).ToArray();
        return ((ticks.Sum() - ticks[3] - ticks[4]) / 100, ticks.Sum() / 100);
    }
}
