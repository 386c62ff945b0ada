namespace Traxxs.Store.Postgres;

/// <summary>Step 6 of the service database, as <see cref="Service.AccessStep"/>.</summary>
internal static class AccessTablesStep
{
    public const string Sql =
        """
        CREATE TABLE setup_code (
          one bigint PRIMARY KEY CHECK (one = 1),
          salt bytea NOT NULL,
          code_hash bytea NOT NULL,
          made_ms bigint NOT NULL
        );

        CREATE TABLE withdrawal_cursor (one bigint PRIMARY KEY CHECK (one = 1), entry bigint NOT NULL);
        INSERT INTO withdrawal_cursor SELECT 1, coalesce(max(id), 0) FROM audit;
        """;
}
