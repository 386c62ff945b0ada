namespace Traxxs.Store.Service;

/// <summary>
/// Devices and operations: what a device is to be configured with and what it says it is, the commands people gave it, and
/// how far reports were read for that.
/// </summary>
internal static class DevicesStep
{
    public const string Sql =
        """
        CREATE TABLE configurations (
          org TEXT NOT NULL REFERENCES organisations(id),
          device TEXT NOT NULL, -- empty for the organisation's default
          settings TEXT NOT NULL,
          changed_ms INTEGER NOT NULL,
          changed_by TEXT NOT NULL,
          PRIMARY KEY (org, device)
        ) WITHOUT ROWID;

        CREATE TABLE desired_configurations (
          device TEXT PRIMARY KEY REFERENCES devices(id),
          version INTEGER NOT NULL,
          settings TEXT NOT NULL,
          changed_ms INTEGER NOT NULL,
          published_ms INTEGER
        ) WITHOUT ROWID;
        CREATE INDEX desired_configurations_unpublished ON desired_configurations(device) WHERE published_ms IS NULL;

        CREATE TABLE commands (
          number INTEGER PRIMARY KEY REFERENCES outbox(id),
          device TEXT NOT NULL REFERENCES devices(id),
          code INTEGER NOT NULL,
          asked_ms INTEGER NOT NULL,
          asked_by TEXT NOT NULL,
          expires_ms INTEGER NOT NULL,
          ended_ms INTEGER,
          outcome TEXT
        );
        CREATE INDEX commands_by_device ON commands(device, number);
        CREATE INDEX commands_open ON commands(device) WHERE ended_ms IS NULL;
        CREATE INDEX commands_expiring ON commands(expires_ms) WHERE ended_ms IS NULL;

        CREATE TABLE device_states (device TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE device_cursor (one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL);
        INSERT INTO device_cursor VALUES (1, 0);
        """;
}
