using System.Data;
using Npgsql;

namespace Traxxs.Store.Postgres;

/// <summary>Brings a set of tables from the step it stands at to the last one this program knows; several processes may ask at once.</summary>
internal static class PostgresSteps
{
    // Any number that no other program locks: "TrXs" and what for.
    private const long LockKey = 0x54725873_00000001;

    /// <param name="connection">An open connection.</param>
    /// <param name="part">Name of the set of tables.</param>
    /// <param name="steps">All steps; the first of them makes the tables.</param>
    /// <param name="version">Number of the version each step leads to; null counts from 1.</param>
    /// <exception cref="StoreSchemaException">A newer program was here.</exception>
    public static void Take(NpgsqlConnection connection, string part, IReadOnlyList<string> steps, IReadOnlyList<int>? version = null)
    {
        using var transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
        Run(connection, $"SELECT pg_advisory_xact_lock({LockKey})");
        // Asked first: IF NOT EXISTS would want the right to create even where there is nothing to create.
        if (Scalar(connection, "SELECT to_regclass('traxxs_schema')::text") is DBNull)
            Run(connection, "CREATE TABLE traxxs_schema (part text PRIMARY KEY, version integer NOT NULL)");
        var stands = Scalar(connection, "SELECT version FROM traxxs_schema WHERE part = @part", part) as int? ?? 0;
        var last = version is null ? steps.Count : version[^1];
        if (stands > last)
            throw new StoreSchemaException($"the {part} tables have schema {stands}, this program knows up to {last}: run the newer program, or restore a backup made with this one");
        for (var i = 0; i < steps.Count; i++)
        {
            if ((version is null ? i + 1 : version[i]) > stands) Run(connection, steps[i]);
        }

        if (stands < last)
            Run(connection, $"INSERT INTO traxxs_schema VALUES (@part, {last}) ON CONFLICT (part) DO UPDATE SET version = {last}", part);
        transaction.Commit();
    }

    private static void Run(NpgsqlConnection connection, string sql, string? part = null)
    {
        using var command = Command(connection, sql, part);
        command.ExecuteNonQuery();
    }

    private static object? Scalar(NpgsqlConnection connection, string sql, string? part = null)
    {
        using var command = Command(connection, sql, part);
        return command.ExecuteScalar();
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, string? part)
    {
        var command = new NpgsqlCommand(sql, connection);
        if (part is not null) command.Parameters.AddWithValue("part", part);
        return command;
    }
}
