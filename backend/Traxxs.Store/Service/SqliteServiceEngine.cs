using Microsoft.Data.Sqlite;

namespace Traxxs.Store.Service;

/// <summary>The service database in one SQLite file: WAL, FULL sync, one writer at a time.</summary>
internal sealed class SqliteServiceEngine : ServiceEngine
{
    private readonly Lock _writing = new();
    private readonly SqliteConnection _writer;
    private readonly string _readString;
    private volatile string? _lastError;

    private SqliteServiceEngine(SqliteConnection writer, string readString)
    {
        _writer = writer;
        _readString = readString;
    }

    public override string? LastError => _lastError;

    /// <summary>Opens the file, creating or upgrading it. A file of a newer version is refused with a sentence.</summary>
    public static SqliteServiceEngine Open(string path)
    {
        CreatePrivate(path);
        var writer = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 10 }.ToString());
        try
        {
            writer.Open();
            var session = new ServiceSession(SqliteDialect.Instance, writer, null);
            session.Execute("PRAGMA journal_mode=WAL");
            session.Execute("PRAGMA synchronous=FULL"); // a commit is on disk when it returns: alerts and acknowledgements hang on it
            session.Execute("PRAGMA foreign_keys=ON");
            session.Execute("PRAGMA secure_delete=ON"); // what is erased is overwritten, not only let go

            ServiceSchema.Upgrade(writer, path);
        }
        catch (SqliteException e)
        {
            writer.Dispose();
            throw new StoreUnavailableException($"cannot open {path}: {e.Message}. Is the folder writable and the disk not full?", e);
        }
        catch
        {
            writer.Dispose();
            throw;
        }

        var read = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, DefaultTimeout = 10 };
        return new SqliteServiceEngine(writer, read.ToString());
    }

    // Where people are and who looked: for the owner's eyes. SQLite gives its side files the mode of the main one.
    private static void CreatePrivate(string path)
    {
        if (File.Exists(path) || OperatingSystem.IsWindows()) return;
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
            File.Open(path, options).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!File.Exists(path)) throw new StoreUnavailableException($"cannot create {path}: {e.Message}", e);
        }
    }

    public override void LimitSize(long? bytes)
    {
        const long PagesMax = 4294967294; // SQLite's own
        lock (_writing)
        {
            var session = new ServiceSession(SqliteDialect.Instance, _writer, null);
            var page = Convert.ToInt64(session.Scalar("PRAGMA page_size"), null);
            session.Scalar($"PRAGMA max_page_count={(bytes is { } most ? Math.Max(1, most / page) : PagesMax)}");
        }
    }

    public override void Healed() => _lastError = null;

    public override T Write<T>(Func<ServiceSession, T> work)
    {
        lock (_writing)
        {
            try
            {
                using var transaction = _writer.BeginTransaction(deferred: false);
                var session = new ServiceSession(SqliteDialect.Instance, _writer, transaction);
                var result = work(session);
                transaction.Commit();
                return result; // not yet well again: a full disk takes a commit that needs no page
            }
            catch (SqliteException e)
            {
                _lastError = e.Message;
                throw new StoreUnavailableException($"the service database could not commit: {e.Message}", e);
            }
        }
    }

    public override T Read<T>(Func<ServiceSession, T> work)
    {
        try
        {
            using var connection = new SqliteConnection(_readString);
            connection.Open();
            using var transaction = connection.BeginTransaction(deferred: true);
            var session = new ServiceSession(SqliteDialect.Instance, connection, transaction);
            return work(session);
        }
        catch (SqliteException e)
        {
            throw new StoreUnavailableException($"the service database could not be read: {e.Message}", e);
        }
    }

    public override long ForeignVersion()
    {
        lock (_writing)
        {
            try
            {
                return (long)new ServiceSession(SqliteDialect.Instance, _writer, null).Scalar("PRAGMA data_version")!;
            }
            catch (SqliteException e)
            {
                throw new StoreUnavailableException($"the service database could not be read: {e.Message}", e);
            }
        }
    }

    public override void Checkpoint()
    {
        lock (_writing)
        {
            try
            {
                new ServiceSession(SqliteDialect.Instance, _writer, null).Scalar("PRAGMA wal_checkpoint(TRUNCATE)");
            }
            catch (SqliteException e)
            {
                throw new StoreUnavailableException($"the service database could not be checkpointed: {e.Message}", e);
            }
        }
    }

    public override void Dispose()
    {
        lock (_writing) _writer.Dispose();
        using var connection = new SqliteConnection(_readString);
        SqliteConnection.ClearPool(connection);
    }
}
