using Npgsql;

namespace Traxxs.Store.Postgres;

/// <summary>The tables of reports, as the list of steps that led to them: a step once released is never edited, only followed.</summary>
internal static class PostgresSchema
{
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE report_head (
          one integer PRIMARY KEY CHECK (one = 1),
          last_position bigint NOT NULL,
          reports bigint NOT NULL,
          last_rejected bigint NOT NULL
        ) WITH (fillfactor = 10);
        INSERT INTO report_head VALUES (1, 0, 0, 0);

        CREATE TABLE report (
          position bigint NOT NULL,
          sequence bigint NOT NULL,
          server_time_ms bigint NOT NULL,
          device_time_s bigint,
          first_fix_s bigint,
          last_fix_s bigint,
          epoch integer NOT NULL,
          fix_count integer NOT NULL,
          device text COLLATE "C" NOT NULL,
          payload bytea NOT NULL
        ) PARTITION BY RANGE (position);
        CREATE INDEX report_by_position ON report (position);

        CREATE TABLE report_partition (
          name text PRIMARY KEY,
          from_position bigint NOT NULL,
          to_position bigint NOT NULL
        );

        CREATE TABLE report_numbering (
          device text COLLATE "C" NOT NULL,
          epoch integer NOT NULL,
          since bigint NOT NULL,
          PRIMARY KEY (device, epoch)
        );

        -- found_* repeat newest and the span of fix times once a chunk is settled, and only they are in indexes: while a chunk
        -- fills, writing it touches no index.
        CREATE TABLE report_chunk (
          number bigint NOT NULL,
          oldest bigint,
          newest bigint NOT NULL,
          first_fix_s bigint,
          last_fix_s bigint,
          found_newest bigint,
          found_first_s bigint,
          found_last_s bigint,
          epoch integer NOT NULL,
          settled boolean NOT NULL,
          device text COLLATE "C" NOT NULL,
          positions bytea NOT NULL,
          PRIMARY KEY (device, epoch, number)
        ) WITH (fillfactor = 75);
        CREATE INDEX report_chunk_unsettled ON report_chunk (device) WHERE NOT settled;
        CREATE INDEX report_chunk_by_fix_time ON report_chunk (device, found_last_s, found_first_s) INCLUDE (epoch, number) WHERE found_last_s IS NOT NULL;
        CREATE INDEX report_chunk_by_arrival ON report_chunk (device, found_newest) WHERE found_newest IS NOT NULL;
        CREATE INDEX report_chunk_by_age ON report_chunk (device, oldest) WHERE oldest IS NOT NULL;

        CREATE TABLE report_rejected (
          id bigint NOT NULL,
          server_time_ms bigint NOT NULL,
          device text COLLATE "C" NOT NULL,
          reason text NOT NULL,
          payload bytea NOT NULL,
          PRIMARY KEY (device, id)
        );
        CREATE INDEX report_rejected_by_id ON report_rejected (id);
        """,
    ];

    /// <summary>The version this program writes.</summary>
    public static int Version => Steps.Length;

    /// <summary>Takes the steps the database has not taken yet, all or none.</summary>
    /// <exception cref="StoreSchemaException">A newer program was here.</exception>
    public static void Upgrade(NpgsqlConnection connection) => PostgresSteps.Take(connection, "reports", Steps);
}
