namespace Traxxs.Store.Service;

/// <summary>Step 5: firmware images an organisation keeps for its devices, and how far each device's update is.</summary>
internal static class FirmwareStep
{
    public const string Sql =
        """
        CREATE TABLE firmware_images (
          org TEXT NOT NULL REFERENCES organisations(id),
          version INTEGER NOT NULL,
          size INTEGER NOT NULL,
          sha256 TEXT NOT NULL,
          uploaded_ms INTEGER NOT NULL,
          uploaded_by TEXT NOT NULL,
          file BLOB NOT NULL, -- last: what stands before it is read without it
          PRIMARY KEY (org, version)
        );

        CREATE TABLE firmware_updates (
          device TEXT PRIMARY KEY REFERENCES devices(id),
          version INTEGER NOT NULL,
          size INTEGER NOT NULL,
          state INTEGER NOT NULL,
          progress INTEGER NOT NULL,
          reason INTEGER,
          offer INTEGER NOT NULL REFERENCES outbox(id),
          asked_ms INTEGER NOT NULL,
          asked_by TEXT NOT NULL,
          expires_ms INTEGER NOT NULL,
          told_ms INTEGER,
          ended_ms INTEGER
        ) WITHOUT ROWID;
        CREATE INDEX firmware_updates_expiring ON firmware_updates(expires_ms) WHERE state < 3;
        """;
}
