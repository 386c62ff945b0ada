using System.Data;
using Npgsql;
using Traxxs.Store.Service;

namespace Traxxs.Store.Postgres;

/// <summary>
/// The service database on PostgreSQL. A write begins by counting up <c>service_head</c>, which locks that row: so one writes at a time,
/// of all processes, and what was written against SQLite holds here without a thought for what others do meanwhile.
/// </summary>
internal sealed class PostgresServiceEngine : ServiceEngine
{
    private static readonly TimeSpan OutcomePause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _writing = new();
    private readonly PostgresOptions _options;
    private readonly NpgsqlDataSource _writers, _readers;
    private NpgsqlConnection? _writer;
    private long _written;
    private volatile string? _lastError;

    private PostgresServiceEngine(PostgresOptions options)
    {
        _options = options;
        _writers = PostgresConnection.Open(options, "service", PostgresOptions.WritersMax);
        _readers = PostgresConnection.Open(options, "service", options.ReadersMax);
    }

    public override string? LastError => _lastError;

    public static PostgresServiceEngine Open(PostgresOptions options)
    {
        var engine = new PostgresServiceEngine(options);
        try
        {
            engine._writer = engine._writers.OpenConnection();
            PostgresServiceSchema.Upgrade(engine._writer);
            return engine;
        }
        catch (Exception e)
        {
            engine.Dispose();
            if (e is NpgsqlException) throw new StoreUnavailableException($"the service database at {PostgresConnection.NameOf(options)} does not open: {e.Message}", e);
            throw;
        }
    }

    public override T Write<T>(Func<ServiceSession, T> work)
    {
        lock (_writing)
        {
            try
            {
                return Try(work);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
            {
                if (IsLoss(e)) Forget();
                _lastError = PostgresConnection.WordsOf(e);
                throw new StoreUnavailableException($"the service database could not commit: {_lastError}", e);
            }
        }
    }

    public override T Read<T>(Func<ServiceSession, T> work)
    {
        try
        {
            return Read(work, canBeginAgain: true);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
        {
            throw new StoreUnavailableException($"the service database could not be read: {e.Message}", e);
        }
    }

    public override void Healed() => _lastError = null;

    public override long ForeignVersion()
    {
        // Under the lock: none of our own is committed and not counted yet.
        lock (_writing) return Read(session => (long)session.Scalar("SELECT writes FROM service_head")!) - _written;
    }

    public override void LimitSize(long? bytes)
    {
        if (bytes is not null) throw new NotSupportedException("how large a PostgreSQL database may grow is its server's to say");
    }

    public override void Checkpoint()
    {
        lock (_writing)
        {
            try
            {
                if (_writer is { FullState: not ConnectionState.Open }) Forget();
                _writer ??= _writers.OpenConnection();
                using var vacuum = new NpgsqlCommand("VACUUM alerts, alert_comments, outbox, wearers, users, rule_states, device_states", _writer);
                vacuum.ExecuteNonQuery();
            }
            catch (NpgsqlException e)
            {
                if (IsLoss(e)) Forget();
                throw new StoreUnavailableException($"the service database could not be vacuumed: {e.Message}", e);
            }
        }
    }

    public override void Dispose()
    {
        lock (_writing) Forget();
        _writers.Dispose();
        _readers.Dispose();
    }

    private T Read<T>(Func<ServiceSession, T> work, bool canBeginAgain)
    {
        using var connection = _readers.OpenConnection();
        ServiceSession? session = null;
        try
        {
            using var transaction = connection.BeginTransaction(IsolationLevel.RepeatableRead);
            session = new ServiceSession(PostgresDialect.Instance, connection, transaction);
            var result = work(session);
            transaction.Commit();
            return result;
        }
        catch (Exception e) when (canBeginAgain && session is not { IsAnswered: true } && e is NpgsqlException or IOException && connection.FullState != ConnectionState.Open)
        {
            // The server was restarted while the connection lay in the pool, as all that lie there.
            _readers.Clear();
        }

        return Read(work, canBeginAgain: false);
    }

    private T Try<T>(Func<ServiceSession, T> work)
    {
        var (transaction, session, number) = Begin();
        using (transaction)
        {
            var result = work(session);
            try
            {
                transaction.Commit();
            }
            catch (Exception e) when (IsLoss(e))
            {
                // The connection went while the server committed: it may have, and who asked must hear what is true.
                Forget();
                if (!WasCommitted(number)) throw;
            }

            _written++;
            return result;
        }
    }

    /// <summary>Begins a transaction and waits for its turn; its number tells later what became of it.</summary>
    private (NpgsqlTransaction Transaction, ServiceSession Session, string Number) Begin()
    {
        for (var isUsed = _writer is not null; ; isUsed = false)
        {
            try
            {
                // The driver's keep-alive may have found it dead since the last write.
                if (_writer is { FullState: not ConnectionState.Open }) Forget();
                _writer ??= _writers.OpenConnection();
                var transaction = _writer.BeginTransaction(IsolationLevel.ReadCommitted);
                var session = new ServiceSession(PostgresDialect.Instance, _writer, transaction);
                return (transaction, session, (string)session.Scalar("UPDATE service_head SET writes = writes + 1 RETURNING pg_current_xact_id()::text")!);
            }
            catch (Exception e) when (isUsed && IsLoss(e))
            {
                // The server was restarted since the last write, and nothing was done yet: a new connection, once.
                Forget();
            }
        }
    }

    private bool IsLoss(Exception e) => e is NpgsqlException or TimeoutException or IOException && _writer is not { FullState: ConnectionState.Open };

    /// <summary>What became of a transaction whose connection was lost inside COMMIT; asks for as long as a statement may take.</summary>
    private bool WasCommitted(string number)
    {
        for (var tries = _options.Patience / OutcomePause; ; tries--)
        {
            try
            {
                _writer ??= _writers.OpenConnection();
                using var command = new NpgsqlCommand($"SELECT pg_xact_status('{number}'::xid8)", _writer);
                // It may still be at it; a number it no longer knows is long gone.
                if (command.ExecuteScalar() is string status && status != "in progress") return status == "committed";
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
            {
                Forget();
                if (tries <= 0) throw;
            }

            if (tries <= 0) return false;
            Thread.Sleep(OutcomePause);
        }
    }

    private void Forget()
    {
        _writer?.Dispose();
        _writer = null;
    }
}
