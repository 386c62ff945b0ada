namespace Traxxs.Store.Postgres;

/// <summary>Step 5 on PostgreSQL: firmware images, and how far each device's update is.</summary>
internal static class FirmwareTablesStep
{
    public const string Sql =
        """
        CREATE TABLE firmware_images (
          org text COLLATE "C" NOT NULL REFERENCES organisations(id),
          version bigint NOT NULL,
          size bigint NOT NULL,
          sha256 text COLLATE "C" NOT NULL,
          uploaded_ms bigint NOT NULL,
          uploaded_by text COLLATE "C" NOT NULL,
          file bytea NOT NULL,
          PRIMARY KEY (org, version)
        );

        CREATE TABLE firmware_updates (
          device text COLLATE "C" PRIMARY KEY REFERENCES devices(id),
          version bigint NOT NULL,
          size bigint NOT NULL,
          state bigint NOT NULL,
          progress bigint NOT NULL,
          reason bigint,
          offer bigint NOT NULL REFERENCES outbox(id),
          asked_ms bigint NOT NULL,
          asked_by text COLLATE "C" NOT NULL,
          expires_ms bigint NOT NULL,
          told_ms bigint,
          ended_ms bigint
        );
        CREATE INDEX firmware_updates_expiring ON firmware_updates(expires_ms) WHERE state < 3;
        """;
}
