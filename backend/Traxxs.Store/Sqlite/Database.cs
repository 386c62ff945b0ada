using SQLitePCL;
using static SQLitePCL.raw;

namespace Traxxs.Store.Sqlite;

/// <summary>One SQLite connection, used by one thread at a time. Errors are <see cref="DatabaseException"/>.</summary>
internal sealed class Database : IDisposable
{
    /// <summary>Long enough for a checkpoint or a backup on a slow card to let go of the file.</summary>
    public static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(5);

    private readonly sqlite3 _handle;

    static Database() => Batteries_V2.Init();

    private Database(sqlite3 handle) => _handle = handle;

    public static Database Open(string path, bool readOnly, TimeSpan? busyTimeout = null)
    {
        var flags = readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
        var code = sqlite3_open_v2(path, out var handle, flags | SQLITE_OPEN_NOMUTEX, null);
        if (code != SQLITE_OK)
        {
            handle?.Dispose();
            throw new DatabaseException(code, $"cannot open {path}: {sqlite3_errstr(code).utf8_to_string()}");
        }

        var database = new Database(handle);
        database.Check(sqlite3_busy_timeout(handle, (int)(busyTimeout ?? BusyTimeout).TotalMilliseconds));
        return database;
    }

    /// <summary>Runs statements that return nothing that matters.</summary>
    public void Execute(string sql) => Check(sqlite3_exec(_handle, sql));

    /// <summary>Compiles a statement that is used again and again.</summary>
    public Statement Prepare(string sql)
    {
        Check(sqlite3_prepare_v3(_handle, sql, SQLITE_PREPARE_PERSISTENT, out var statement));
        return new Statement(this, statement);
    }

    /// <summary>First column of the first row, 0 where there is none.</summary>
    public long Scalar(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    /// <summary>Copies what it can of the write-ahead log without waiting for anybody; answers how many pages are left in it.</summary>
    public int Checkpoint()
    {
        using var row = Prepare("PRAGMA wal_checkpoint(PASSIVE)");
        return row.Step() ? (int)(row.Int64(1) - row.Int64(2)) : 0;
    }

    /// <summary>Pages this connection has written into the log since it was last asked.</summary>
    public int TakePagesWritten()
    {
        Check(sqlite3_db_status(_handle, SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1));
        return pages;
    }

    /// <summary>Whether no transaction is open.</summary>
    public bool AutoCommit => sqlite3_get_autocommit(_handle) != 0;

    public void Check(int code)
    {
        if (code is not (SQLITE_OK or SQLITE_ROW or SQLITE_DONE))
            throw new DatabaseException(code, sqlite3_errmsg(_handle).utf8_to_string());
    }

    public void Dispose() => _handle.Dispose();
}

/// <summary>A compiled statement of one <see cref="Database"/>.</summary>
internal sealed class Statement(Database database, sqlite3_stmt handle) : IDisposable
{
    public Statement Bind(int parameter, long value)
    {
        database.Check(sqlite3_bind_int64(handle, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, long? value)
    {
        if (value is { } known) return Bind(parameter, known);
        database.Check(sqlite3_bind_null(handle, parameter));
        return this;
    }

    public Statement Bind(int parameter, string value)
    {
        database.Check(sqlite3_bind_text(handle, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        database.Check(sqlite3_bind_blob(handle, parameter, value));
        return this;
    }

    /// <summary>Goes to the next row; false at the end. A statement that failed is ready for its next use.</summary>
    public bool Step()
    {
        var code = sqlite3_step(handle);
        if (code == SQLITE_ROW) return true;
        try
        {
            database.Check(code);
        }
        finally
        {
            sqlite3_reset(handle);
        }

        return false;
    }

    /// <summary>Runs a statement that returns no rows.</summary>
    public void Run()
    {
        while (Step())
        {
        }
    }

    public void Reset() => sqlite3_reset(handle);

    public bool IsNull(int column) => sqlite3_column_type(handle, column) == SQLITE_NULL;

    public long Int64(int column) => sqlite3_column_int64(handle, column);

    public long? NullableInt64(int column) => IsNull(column) ? null : Int64(column);

    public string Text(int column) => sqlite3_column_text(handle, column).utf8_to_string();

    /// <summary>The bytes of a column; valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Blob(int column) => sqlite3_column_blob(handle, column);

    public void Dispose() => handle.Dispose();
}

/// <summary>SQLite refused: its result code and its own words.</summary>
internal sealed class DatabaseException(int code, string message) : Exception($"{message} (SQLite {code})")
{
    public int Code { get; } = code;
}
