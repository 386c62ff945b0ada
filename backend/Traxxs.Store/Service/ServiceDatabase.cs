using Traxxs.Store.Postgres;

namespace Traxxs.Store.Service;

/// <summary>
/// What the service must not forget besides reports: alerts, audit log, outbox, rule state, identities, geofences. One SQLite file or
/// a PostgreSQL database; one writer at a time; a piece of work is one transaction, all of it or nothing. Several processes may open
/// it: the server, and <c>traxxs provision</c> beside it.
/// </summary>
public sealed class ServiceDatabase : IDisposable
{
    /// <summary>Its file in a data folder.</summary>
    public const string FileName = "service.db";

    private readonly ServiceEngine _engine;

    private ServiceDatabase(ServiceEngine engine) => _engine = engine;

    /// <summary>Why a write failed, for a person, until a <see cref="Probe"/> went through; null where none failed.</summary>
    public string? LastError => _engine.LastError;

    /// <summary>Opens the file, creating or upgrading it. A file of a newer version is refused with a sentence.</summary>
    /// <exception cref="StoreUnavailableException">It does not open.</exception>
    public static ServiceDatabase Open(string path) => new(SqliteServiceEngine.Open(path));

    /// <summary>Opens the database on a PostgreSQL server, making or upgrading its tables. One of a newer version is refused with a sentence.</summary>
    /// <exception cref="StoreConfigurationException">The options are wrong.</exception>
    /// <exception cref="StoreUnavailableException">The server is not there, or refuses.</exception>
    public static ServiceDatabase OpenPostgres(PostgresOptions options) => new(PostgresServiceEngine.Open(options));

    /// <summary>
    /// From now on the file takes nothing that would make it larger than this; null leaves it to the disk. On PostgreSQL that is the
    /// server's to say, and only null is taken.
    /// </summary>
    /// <exception cref="NotSupportedException">It is on PostgreSQL.</exception>
    public void LimitSize(long? bytes) => _engine.LimitSize(bytes);

    /// <summary>
    /// Writes some pages and takes them back in one transaction, so that a disk that has room again is noticed though nobody
    /// has anything to write. Some, since a full one may still take a change in place.
    /// </summary>
    /// <exception cref="StoreUnavailableException">It has none yet.</exception>
    public void Probe()
    {
        Write(session =>
        {
            session.Execute($"INSERT INTO rule_states VALUES ('', {session.LongText})");
            session.Execute("DELETE FROM rule_states WHERE device = ''");
        });
        _engine.Healed();
    }

    /// <summary>Does the work in one transaction, committed when it returns and rolled back when it throws.</summary>
    /// <exception cref="StoreUnavailableException">The database could not commit; nothing of the work happened.</exception>
    public T Write<T>(Func<ServiceSession, T> work) => _engine.Write(work);

    /// <summary>As <see cref="Write{T}"/>, without a result.</summary>
    public void Write(Action<ServiceSession> work) => Write<object?>(session =>
    {
        work(session);
        return null;
    });

    /// <summary>Reads a consistent state, beside the writer and without holding it up.</summary>
    /// <exception cref="StoreUnavailableException">It could not be read.</exception>
    public T Read<T>(Func<ServiceSession, T> work) => _engine.Read(work);

    /// <summary>A number that changes when another process has written; what this one writes does not change it.</summary>
    /// <exception cref="StoreUnavailableException">It could not be read.</exception>
    public long ForeignVersion() => _engine.ForeignVersion();

    /// <summary>
    /// Empties the write-ahead log into the file, as far as no reader holds it: what was erased is then in neither. On PostgreSQL a
    /// vacuum of the tables people can be erased from, after which the server may use their room again.
    /// </summary>
    /// <exception cref="StoreUnavailableException">It did not work.</exception>
    public void Checkpoint() => _engine.Checkpoint();

    /// <summary>Closes it.</summary>
    public void Dispose() => _engine.Dispose();
}
