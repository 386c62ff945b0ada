namespace Traxxs.Store.Service;

/// <summary>
/// Step 2: who things belong to. What stood before belongs to the first organisation, <c>main</c>; users who sign in,
/// wearers, and which device was whose and when.
/// </summary>
internal static class OrganisationsStep
{
    public const string Sql =
        """
        CREATE TABLE organisations (
          id TEXT PRIMARY KEY,
          name TEXT NOT NULL,
          created_ms INTEGER NOT NULL,
          closed_ms INTEGER,
          settings TEXT NOT NULL DEFAULT '{}'
        ) WITHOUT ROWID;
        INSERT INTO organisations (id, name, created_ms) VALUES ('main', 'Main', CAST(strftime('%s', 'now') AS INTEGER) * 1000);

        ALTER TABLE devices ADD COLUMN org TEXT NOT NULL DEFAULT 'main';
        ALTER TABLE tokens ADD COLUMN org TEXT NOT NULL DEFAULT 'main';
        ALTER TABLE tokens ADD COLUMN user TEXT;
        ALTER TABLE geofences ADD COLUMN org TEXT NOT NULL DEFAULT 'main';
        ALTER TABLE alerts ADD COLUMN org TEXT NOT NULL DEFAULT 'main';
        ALTER TABLE alerts ADD COLUMN wearer TEXT;
        ALTER TABLE outbox ADD COLUMN org TEXT NOT NULL DEFAULT 'main';
        ALTER TABLE audit ADD COLUMN org TEXT DEFAULT 'main'; -- entries cannot be changed; those that stand read as the first organisation's
        CREATE INDEX devices_by_org ON devices(org, id);
        CREATE INDEX tokens_by_org ON tokens(org, created_ms);
        CREATE INDEX geofences_by_org ON geofences(org);
        CREATE INDEX alerts_by_org ON alerts(org, number);
        CREATE INDEX alerts_open_of_wearer ON alerts(wearer) WHERE state < 3 AND wearer IS NOT NULL;
        CREATE INDEX alerts_by_wearer ON alerts(wearer, number) WHERE wearer IS NOT NULL;
        CREATE INDEX outbox_by_org ON outbox(org, id);
        CREATE INDEX audit_by_org ON audit(org, id);

        CREATE TABLE wearers (
          id TEXT PRIMARY KEY,
          org TEXT NOT NULL REFERENCES organisations(id),
          name TEXT NOT NULL,
          phone TEXT,
          created_ms INTEGER NOT NULL,
          consent_ms INTEGER,
          consent_withdrawn_ms INTEGER,
          working_hours TEXT,
          time_zone TEXT,
          policy TEXT,
          erased_ms INTEGER
        ) WITHOUT ROWID;
        CREATE INDEX wearers_by_org ON wearers(org, id);

        CREATE TABLE assignments (
          number INTEGER PRIMARY KEY AUTOINCREMENT,
          device TEXT NOT NULL REFERENCES devices(id),
          wearer TEXT NOT NULL REFERENCES wearers(id),
          from_ms INTEGER NOT NULL,
          to_ms INTEGER
        );
        CREATE UNIQUE INDEX assignments_open ON assignments(device) WHERE to_ms IS NULL;
        CREATE INDEX assignments_by_device ON assignments(device, from_ms);
        CREATE INDEX assignments_by_wearer ON assignments(wearer, from_ms);

        CREATE TABLE users (
          id TEXT PRIMARY KEY,
          org TEXT NOT NULL REFERENCES organisations(id),
          email TEXT NOT NULL UNIQUE COLLATE NOCASE,
          name TEXT NOT NULL,
          role TEXT NOT NULL,
          password TEXT,
          phone TEXT,
          created_ms INTEGER NOT NULL,
          disabled_ms INTEGER,
          failed INTEGER NOT NULL DEFAULT 0,
          locked_until_ms INTEGER,
          wearer TEXT REFERENCES wearers(id)
        ) WITHOUT ROWID;
        CREATE INDEX users_by_org ON users(org, id);

        CREATE TABLE sign_ins (
          id TEXT PRIMARY KEY,
          user TEXT NOT NULL REFERENCES users(id),
          salt BLOB NOT NULL,
          secret_hash BLOB NOT NULL,
          created_ms INTEGER NOT NULL,
          seen_ms INTEGER NOT NULL,
          expires_ms INTEGER NOT NULL,
          revoked_ms INTEGER,
          client TEXT
        ) WITHOUT ROWID;
        CREATE INDEX sign_ins_by_user ON sign_ins(user, created_ms);

        CREATE TABLE password_links (
          id TEXT PRIMARY KEY,
          user TEXT NOT NULL REFERENCES users(id),
          salt BLOB NOT NULL,
          secret_hash BLOB NOT NULL,
          created_ms INTEGER NOT NULL,
          expires_ms INTEGER NOT NULL,
          used_ms INTEGER
        ) WITHOUT ROWID;
        CREATE INDEX password_links_by_user ON password_links(user);

        CREATE TABLE erasures (
          number INTEGER PRIMARY KEY AUTOINCREMENT,
          wearer TEXT NOT NULL REFERENCES wearers(id),
          asked_ms INTEGER NOT NULL,
          asked_by TEXT NOT NULL,
          progress TEXT,
          done_ms INTEGER
        );
        CREATE INDEX erasures_waiting ON erasures(number) WHERE done_ms IS NULL;
        """;
}
