using System.Data;
using Npgsql;

namespace Traxxs.Store.Postgres;

/// <summary>Drops old partitions and forgets where their reports were.</summary>
internal static class Retention
{
    private const int DevicesAtOnce = 200;

    // Who drops holds up writers, and whoever begins to read, for as long as it waits for those who read already: enough for a query,
    // and nobody notices. A backup reads for hours.
    private const string Patience = "500ms";

    public static DropProgress DropBefore(NpgsqlDataSource pool, PostgresPartitions known, long position)
    {
        try
        {
            using var connection = pool.OpenConnection();
            var old = known.Before(connection, position);
            // In their order: what is forgotten below must be gone.
            var gone = old.TakeWhile(part => TryDrop(connection, part.Name)).ToList();
            // Up to where the last one ended and no further: what lies between there and the position still stands.
            if (gone.Count > 0) Sweep(connection, gone[^1].End);
            return new DropProgress(gone.Select(part => part.Name).ToList(), gone.Count < old.Count ? old[gone.Count].Name : null);
        }
        catch (NpgsqlException error)
        {
            throw new StoreUnavailableException($"the report store cannot drop partitions: {error.Message}", error);
        }
    }

    // A writer has the head when it comes to the table: locked the other way round each would wait for the other.
    private static bool TryDrop(NpgsqlConnection connection, string name)
    {
        using var transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
        PostgresEraser.Lock(connection);
        try
        {
            using var patience = new NpgsqlCommand($"SET LOCAL lock_timeout = '{Patience}'", connection);
            patience.ExecuteNonQuery();
            PostgresPartitions.Drop(connection, name);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return false;
        }

        transaction.Commit();
        return true;
    }

    private static void Sweep(NpgsqlConnection connection, long position)
    {
        for (var after = ""; ;)
        {
            var devices = new PostgresReader.Look(connection).Devices(after, DevicesAtOnce);
            if (devices.Length == 0) return;
            while (new PostgresEraser(connection).Sweep(devices, position))
            {
            }

            after = devices[^1];
        }
    }
}
