namespace Traxxs.Store.Service;

/// <summary>
/// Step 3: who is told of an alert, how, and in whose words. An alert keeps where it stands in its policy; a delivery its
/// recipient; rules, policies, channels and templates are an organisation's own.
/// </summary>
internal static class AlertingStep
{
    public const string Sql =
        """
        ALTER TABLE alerts ADD COLUMN policy TEXT;
        ALTER TABLE alerts ADD COLUMN step INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE alerts ADD COLUMN told INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE alerts ADD COLUMN told_ms INTEGER;
        UPDATE alerts SET step = tier, told_ms = raised_ms;

        ALTER TABLE outbox ADD COLUMN recipient TEXT;
        CREATE INDEX outbox_sent ON outbox(channel, recipient, finished_ms) WHERE state = 1;
        CREATE INDEX outbox_held ON outbox(due_ms) WHERE state = 4;

        CREATE TABLE rule_settings (
          org TEXT PRIMARY KEY REFERENCES organisations(id),
          version INTEGER NOT NULL,
          definition TEXT NOT NULL,
          changed_ms INTEGER NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE policies (
          id TEXT PRIMARY KEY,
          org TEXT NOT NULL REFERENCES organisations(id),
          version INTEGER NOT NULL,
          name TEXT NOT NULL,
          definition TEXT NOT NULL,
          is_default INTEGER NOT NULL DEFAULT 0,
          changed_ms INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX policies_by_org ON policies(org, id);
        CREATE UNIQUE INDEX policies_default ON policies(org) WHERE is_default = 1;

        CREATE TABLE channels (
          id TEXT PRIMARY KEY,
          org TEXT NOT NULL REFERENCES organisations(id),
          version INTEGER NOT NULL,
          kind TEXT NOT NULL,
          name TEXT NOT NULL,
          settings TEXT NOT NULL,
          secret TEXT,
          limit_count INTEGER,
          limit_s INTEGER,
          disabled INTEGER NOT NULL DEFAULT 0,
          changed_ms INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX channels_by_org ON channels(org, id);

        CREATE TABLE templates (
          org TEXT PRIMARY KEY REFERENCES organisations(id),
          definition TEXT NOT NULL,
          changed_ms INTEGER NOT NULL
        ) WITHOUT ROWID;
        """;
}
