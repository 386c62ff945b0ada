using Npgsql;

namespace Traxxs.Store.Postgres;

/// <summary>
/// The right to be the only one who does something, over all processes on one database: an advisory lock of a connection of its own.
/// It ends when the process or its connection does, and another may have it from then on; who holds it asks the server again and again
/// and hears of a loss within <see cref="PostgresLeases.Heartbeat"/> and a reply's wait.
/// </summary>
/// <remarks>
/// A process that was frozen does not know yet that it lost it. What it commits must stand against that, as the rules' cursor does.
/// </remarks>
public sealed class PostgresLease : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _released = new();
    private readonly Task _watching;

    internal PostgresLease(string name, NpgsqlConnection connection, PostgresLeases leases)
    {
        Name = name;
        _connection = connection;
        _watching = Task.Run(() => WatchAsync(leases));
    }

    /// <summary>What it is the right to.</summary>
    public string Name { get; }

    /// <summary>Whether it is still held, as far as is known.</summary>
    public bool IsHeld => !_lost.IsCancellationRequested;

    /// <summary>Cancelled when it was lost or released: stop at once.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Gives it back, so that another has it at once.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_released.IsCancellationRequested) return;
        await _released.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        await _lost.CancelAsync().ConfigureAwait(false);
        // Closed for good and not into the pool: the lock goes with the session.
        await _connection.DisposeAsync().ConfigureAwait(false);
        _released.Dispose();
    }

    private async Task WatchAsync(PostgresLeases leases)
    {
        try
        {
            while (true)
            {
                await Task.Delay(PostgresLeases.Heartbeat, leases.Clock, _released.Token).ConfigureAwait(false);
                using var reply = CancellationTokenSource.CreateLinkedTokenSource(_released.Token);
                reply.CancelAfter(PostgresLeases.ReplyLimit);
                await using var command = new NpgsqlCommand("SELECT 1", _connection);
                await command.ExecuteScalarAsync(reply.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_released.IsCancellationRequested)
        {
        }
        catch (Exception e) when (e is NpgsqlException or IOException or OperationCanceledException or InvalidOperationException or TimeoutException)
        {
            // Before anybody acts on it the session is closed here too, so that the server can give the lock to another.
            await _connection.DisposeAsync().ConfigureAwait(false);
            await _lost.CancelAsync().ConfigureAwait(false);
        }
    }
}
