using Microsoft.Data.Sqlite;

namespace Traxxs.Store.Service;

/// <summary>
/// The tables, as the list of steps that led to them, a file each: a step once released is never edited, only followed. From the fifth
/// on PostgreSQL takes each under the same number (<see cref="Postgres.PostgresServiceSchema"/>).
/// </summary>
internal static class ServiceSchema
{
    private static readonly string[] Steps =
    [
        BeginningsStep.Sql,
        OrganisationsStep.Sql,
        AlertingStep.Sql,
        DevicesStep.Sql,
        FirmwareStep.Sql,
        AccessStep.Sql,
    ];

    /// <summary>The version this program writes: the number of its steps.</summary>
    public static int Version => Steps.Length;

    /// <summary>Takes the steps the file has not taken yet, all or none.</summary>
    public static void Upgrade(SqliteConnection connection, string path)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        var session = new ServiceSession(SqliteDialect.Instance, connection, transaction);
        var version = Convert.ToInt32(session.Scalar("PRAGMA user_version"), null);
        if (version > Steps.Length)
        {
            throw new StoreUnavailableException(
                $"{path} was written by a newer version (schema {version}, this program knows {Steps.Length}). Run that version, or restore an older copy.");
        }

        for (; version < Steps.Length; version++) session.Execute(Steps[version]);
        session.Execute($"PRAGMA user_version={version}");
        transaction.Commit();
    }
}
