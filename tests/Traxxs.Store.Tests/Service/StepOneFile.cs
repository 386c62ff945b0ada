using Microsoft.Data.Sqlite;

namespace Traxxs.Store.Tests.Service;

/// <summary>A service database as the first program wrote it, its tables word for word, with a row in each.</summary>
internal static class StepOneFile
{
    private const string Tables =
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

    private const string Rows =
        """
        INSERT INTO alerts (id, key, device, rule, severity, state, raised_ms, event_ms, fix_ms, latitude_e5, longitude_e5, accuracy_m, summary)
          VALUES ('a1', 'sos|insole-1|1', 'insole-1', 'sos', 3, 1, 1000, 900, 800, 5200000, 1300000, 5, 'insole-1: SOS');
        INSERT INTO alert_comments (alert, time_ms, who, text) VALUES ('a1', 1100, 'ada', 'on my way');
        INSERT INTO audit (time_ms, who, action, subject) VALUES (1000, 'rule:sos', 'alert.raised', 'alert:a1');
        INSERT INTO outbox (key, channel, kind, alert, due_ms, created_ms) VALUES ('a1/raised/0/log', 'log', 'raised', 'a1', 1000, 1000);
        INSERT INTO outbox (key, channel, kind, device, payload, due_ms, created_ms) VALUES ('command/1', 'device', 'command', 'insole-1', '3 0 0', 1000, 1000);
        INSERT INTO rule_states VALUES ('insole-1', '{}');
        UPDATE rule_cursor SET position = 256;
        INSERT INTO devices VALUES ('insole-1', 'Ada, left', x'01', x'02', 500, NULL);
        INSERT INTO tokens VALUES ('t1', 'admin', 'admin', x'01', x'02', 500, NULL, NULL);
        INSERT INTO geofences VALUES ('f1', 1, 'Yard', '{}');
        PRAGMA user_version = 1;
        """;

    public static void Write(string path)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL;" + Tables + Rows;
        command.ExecuteNonQuery();
    }
}
