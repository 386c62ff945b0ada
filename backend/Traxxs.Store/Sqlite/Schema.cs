namespace Traxxs.Store.Sqlite;

/// <summary>The tables of <c>reports.db</c> and their version.</summary>
internal static class Schema
{
    /// <summary>Kept in <c>user_version</c>; raised with a migration below whenever a table changes its meaning.</summary>
    public const int Version = 2;

    // "TrXs": tells a report store from any other SQLite file.
    private const int ApplicationId = 0x54725873;

    private const string Tables =
        """
        CREATE TABLE numbering (id INTEGER PRIMARY KEY, device TEXT NOT NULL, epoch INTEGER NOT NULL, UNIQUE (device, epoch)) STRICT;
        CREATE TABLE segment (id INTEGER PRIMARY KEY, reports BLOB NOT NULL) STRICT;
        CREATE TABLE chunk (numbering INTEGER NOT NULL, number INTEGER NOT NULL, first_fix_s INTEGER, last_fix_s INTEGER,
            newest INTEGER NOT NULL, positions BLOB NOT NULL, PRIMARY KEY (numbering, number)) STRICT, WITHOUT ROWID;
        CREATE INDEX chunk_by_fix_time ON chunk (numbering, last_fix_s, first_fix_s);
        CREATE INDEX chunk_by_arrival ON chunk (numbering, newest);
        CREATE TABLE progress (id INTEGER PRIMARY KEY CHECK (id = 1), indexed_through INTEGER NOT NULL) STRICT;
        INSERT INTO progress VALUES (1, 0);
        CREATE TABLE rejected (id INTEGER PRIMARY KEY, device TEXT NOT NULL, server_time_ms INTEGER NOT NULL,
            reason TEXT NOT NULL, payload BLOB NOT NULL) STRICT;
        """;

    /// <summary>Settings of the writing connection, then the tables where the file is new.</summary>
    /// <exception cref="StoreSchemaException">The file is newer than this program, or no report store.</exception>
    public static void Prepare(Database database)
    {
        // A commit returns when the write-ahead log is on disk (FULL); only then may anybody be acknowledged.
        database.Execute("PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
        // The log is copied by the checkpointer; 64 MB of it and the writer does so itself. 32 MB of pages in memory; sorting never touches the disk.
        database.Execute("PRAGMA wal_autocheckpoint = 16000; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;");
        // What is erased is overwritten, not only let go.
        database.Execute("PRAGMA secure_delete = ON;");
        if (!IsEmpty(database))
        {
            Require(database);
            // From 2 on a segment may hold erased entries, which an older program would take for broken ones.
            database.Execute($"PRAGMA user_version = {Version};");
            return;
        }

        database.Execute($"BEGIN IMMEDIATE; {Tables} PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version}; COMMIT;");
    }

    /// <summary>Refuses what this program cannot read.</summary>
    public static void Require(Database database)
    {
        if (database.Scalar("PRAGMA application_id") != ApplicationId)
            throw new StoreSchemaException("this SQLite file is no report store; name another data folder");
        var version = database.Scalar("PRAGMA user_version");
        if (version > Version)
            throw new StoreSchemaException($"the report store has schema {version}, this program knows up to {Version}: run the newer program, or restore a backup made with this one");
    }

    private static bool IsEmpty(Database database) => database.Scalar("SELECT count(*) FROM sqlite_schema") == 0;
}
