using Npgsql;
using Traxxs.Store.Service;

namespace Traxxs.Store.Postgres;

/// <summary>The service database's tables on PostgreSQL, by the numbers of <see cref="ServiceSchema"/>: its first step is the fourth there.</summary>
internal static class PostgresServiceSchema
{
    private static readonly string[] Steps = [ServiceTablesStep.Sql + OrganisationTablesStep.Sql, FirmwareTablesStep.Sql, AccessTablesStep.Sql];

    private static readonly int[] Versions = [4, 5, 6];

    /// <summary>The version this program writes.</summary>
    public static int Version => Versions[^1];

    /// <summary>Takes the steps the database has not taken yet, all or none.</summary>
    /// <exception cref="StoreSchemaException">A newer program was here.</exception>
    public static void Upgrade(NpgsqlConnection connection) => PostgresSteps.Take(connection, "service", Steps, Versions);
}
