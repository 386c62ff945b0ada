using Microsoft.Data.Sqlite;

namespace Traxxs.Store.Service;

/// <summary>
/// What the service must not forget besides reports: alerts, audit log, outbox, rule state, identities, geofences. One
/// SQLite file (WAL, FULL sync); one writer at a time; a piece of work is one transaction, all of it or nothing. Several
/// processes may open it: the server, and <c>traxxs provision</c> beside it.
/// </summary>
public sealed class ServiceDatabase : IDisposable
{
    /// <summary>Its file in a data folder.</summary>
    public const string FileName = "service.db";

    private readonly Lock _writing = new();
    private readonly SqliteConnection _writer;
    private readonly string _readString;
    private volatile string? _lastError;

    private ServiceDatabase(SqliteConnection writer, string readString)
    {
        _writer = writer;
        _readString = readString;
    }

    /// <summary>Why a write failed, for a person, until a <see cref="Probe"/> went through; null where none failed.</summary>
    public string? LastError => _lastError;

    /// <summary>Opens the file, creating or upgrading it. A file of a newer version is refused with a sentence.</summary>
    public static ServiceDatabase Open(string path)
    {
        CreatePrivate(path);
        var writer = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 10 }.ToString());
        try
        {
            writer.Open();
            var session = new ServiceSession(writer, null);
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
        return new ServiceDatabase(writer, read.ToString());
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

    /// <summary>From now on the file takes nothing that would make it larger than this; null leaves it to the disk.</summary>
    public void LimitSize(long? bytes)
    {
        const long PagesMax = 4294967294; // SQLite's own
        lock (_writing)
        {
            var session = new ServiceSession(_writer, null);
            var page = Convert.ToInt64(session.Scalar("PRAGMA page_size"), null);
            session.Scalar($"PRAGMA max_page_count={(bytes is { } most ? Math.Max(1, most / page) : PagesMax)}");
        }
    }

    /// <summary>
    /// Writes some pages and takes them back in one transaction, so that a disk that has room again is noticed though nobody
    /// has anything to write. Some, since a full one may still take a change in place.
    /// </summary>
    /// <exception cref="StoreUnavailableException">It has none yet.</exception>
    public void Probe()
    {
        lock (_writing)
        {
            Write(session =>
            {
                session.Execute("INSERT INTO rule_states VALUES ('', hex(zeroblob(8192)))");
                session.Execute("DELETE FROM rule_states WHERE device = ''");
            });
            _lastError = null;
        }
    }

    /// <summary>Does the work in one transaction, committed when it returns and rolled back when it throws.</summary>
    /// <exception cref="StoreUnavailableException">The database could not commit; nothing of the work happened.</exception>
    public T Write<T>(Func<ServiceSession, T> work)
    {
        lock (_writing)
        {
            try
            {
                using var transaction = _writer.BeginTransaction(deferred: false);
                var session = new ServiceSession(_writer, transaction);
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

    /// <summary>As <see cref="Write{T}"/>, without a result.</summary>
    public void Write(Action<ServiceSession> work) => Write<object?>(session =>
    {
        work(session);
        return null;
    });

    /// <summary>Reads a consistent state, beside the writer and without holding it up.</summary>
    public T Read<T>(Func<ServiceSession, T> work)
    {
        try
        {
            using var connection = new SqliteConnection(_readString);
            connection.Open();
            using var transaction = connection.BeginTransaction(deferred: true);
            var session = new ServiceSession(connection, transaction);
            return work(session);
        }
        catch (SqliteException e)
        {
            throw new StoreUnavailableException($"the service database could not be read: {e.Message}", e);
        }
    }

    /// <summary>A number that changes when another process has written; what this one writes does not change it.</summary>
    public long ForeignVersion()
    {
        lock (_writing)
        {
            try
            {
                return (long)new ServiceSession(_writer, null).Scalar("PRAGMA data_version")!;
            }
            catch (SqliteException e)
            {
                throw new StoreUnavailableException($"the service database could not be read: {e.Message}", e);
            }
        }
    }

    /// <summary>Empties the write-ahead log into the file, as far as no reader holds it: what was erased is then in neither.</summary>
    public void Checkpoint()
    {
        lock (_writing)
        {
            try
            {
                new ServiceSession(_writer, null).Scalar("PRAGMA wal_checkpoint(TRUNCATE)");
            }
            catch (SqliteException e)
            {
                throw new StoreUnavailableException($"the service database could not be checkpointed: {e.Message}", e);
            }
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        lock (_writing) _writer.Dispose();
        using var connection = new SqliteConnection(_readString);
        SqliteConnection.ClearPool(connection);
    }
}
