namespace Traxxs.Store.Service;

/// <summary>Step 1: alerts, audit log, outbox, rule state, devices, tokens, geofences.</summary>
internal static class BeginningsStep
{
    public const string Sql =
        """
        CREATE TABLE alerts (
          number INTEGER PRIMARY KEY AUTOINCREMENT,
          id TEXT NOT NULL UNIQUE,
          key TEXT NOT NULL UNIQUE,
          device TEXT NOT NULL,
          rule TEXT NOT NULL,
          severity INTEGER NOT NULL,
          state INTEGER NOT NULL,
          raised_ms INTEGER NOT NULL,
          event_ms INTEGER,
          fix_ms INTEGER, latitude_e5 INTEGER, longitude_e5 INTEGER, accuracy_m INTEGER,
          epoch INTEGER, sequence INTEGER,
          subject TEXT,
          summary TEXT NOT NULL,
          notified_ms INTEGER,
          acknowledged_ms INTEGER, acknowledged_by TEXT,
          resolved_ms INTEGER, resolved_by TEXT, resolution TEXT,
          assignee TEXT,
          tier INTEGER NOT NULL DEFAULT 0,
          escalate_ms INTEGER
        );
        CREATE INDEX alerts_by_device ON alerts(device, number);
        CREATE INDEX alerts_open ON alerts(number) WHERE state < 3;
        CREATE INDEX alerts_to_escalate ON alerts(escalate_ms) WHERE escalate_ms IS NOT NULL;

        CREATE TABLE alert_comments (
          number INTEGER PRIMARY KEY AUTOINCREMENT,
          alert TEXT NOT NULL REFERENCES alerts(id),
          time_ms INTEGER NOT NULL,
          who TEXT NOT NULL,
          text TEXT NOT NULL
        );
        CREATE INDEX alert_comments_by_alert ON alert_comments(alert, number);

        CREATE TABLE audit (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          time_ms INTEGER NOT NULL,
          who TEXT NOT NULL,
          action TEXT NOT NULL,
          subject TEXT NOT NULL,
          details TEXT
        );
        CREATE INDEX audit_by_subject ON audit(subject, id);
        CREATE TRIGGER audit_keeps_entries BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        CREATE TRIGGER audit_keeps_words BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

        CREATE TABLE outbox (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          key TEXT NOT NULL UNIQUE,
          channel TEXT NOT NULL,
          kind TEXT NOT NULL,
          alert TEXT REFERENCES alerts(id),
          device TEXT,
          payload TEXT,
          state INTEGER NOT NULL DEFAULT 0,
          attempts INTEGER NOT NULL DEFAULT 0,
          due_ms INTEGER NOT NULL,
          created_ms INTEGER NOT NULL,
          finished_ms INTEGER,
          last_error TEXT
        );
        CREATE INDEX outbox_due ON outbox(channel, due_ms) WHERE state = 0;
        CREATE INDEX outbox_waiting ON outbox(device) WHERE state = 0;
        CREATE INDEX outbox_by_alert ON outbox(alert, id);

        CREATE TABLE rule_states (device TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE rule_cursor (one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL);
        INSERT INTO rule_cursor VALUES (1, 0);

        CREATE TABLE devices (
          id TEXT PRIMARY KEY,
          name TEXT,
          salt BLOB NOT NULL,
          secret_hash BLOB NOT NULL,
          created_ms INTEGER NOT NULL,
          revoked_ms INTEGER
        ) WITHOUT ROWID;

        CREATE TABLE tokens (
          id TEXT PRIMARY KEY,
          name TEXT NOT NULL,
          role TEXT NOT NULL,
          salt BLOB NOT NULL,
          secret_hash BLOB NOT NULL,
          created_ms INTEGER NOT NULL,
          expires_ms INTEGER,
          revoked_ms INTEGER
        ) WITHOUT ROWID;

        CREATE TABLE geofences (
          id TEXT PRIMARY KEY,
          version INTEGER NOT NULL,
          name TEXT NOT NULL,
          definition TEXT NOT NULL
        ) WITHOUT ROWID;
        """;
}
