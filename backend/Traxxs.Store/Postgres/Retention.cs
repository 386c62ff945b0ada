using System.Data;
using Npgsql;

namespace Traxxs.Store.Postgres;

/// <summary>Drops old partitions and forgets where their reports were.</summary>
internal static class Retention
{
    private const int DevicesAtOnce = 200;

    public static IReadOnlyList<string> DropBefore(NpgsqlDataSource pool, PostgresPartitions known, long position)
    {
        try
        {
            using var connection = pool.OpenConnection();
            IReadOnlyList<(string Name, long End)> gone;
            using (var transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted))
            {
                PostgresEraser.Lock(connection);
                gone = known.DropBefore(connection, position);
                transaction.Commit();
            }

            // Up to where the last one ended and no further: what lies between there and the position still stands.
            if (gone.Count > 0) Sweep(connection, gone.Max(part => part.End));
            return gone.Select(part => part.Name).ToList();
        }
        catch (NpgsqlException error)
        {
            throw new StoreUnavailableException($"the report store cannot drop partitions: {error.Message}", error);
        }
    }

    private static void Sweep(NpgsqlConnection connection, long position)
    {
        for (var after = ""; ;)
        {
            var devices = new PostgresReader.Look(connection).Devices(after, DevicesAtOnce);
            if (devices.Length == 0) return;
            new PostgresEraser(connection).Sweep(devices, position);
            after = devices[^1];
        }
    }
}
