using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Traxxs.Store.Postgres;

/// <summary>Gives out the rights to be the only one who does something, by name.</summary>
public sealed class PostgresLeases : IAsyncDisposable
{
    /// <summary>How often the holder asks whether the connection still stands.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);

    /// <summary>How long it waits for the answer before it counts as lost.</summary>
    public static readonly TimeSpan ReplyLimit = TimeSpan.FromSeconds(3);

    /// <summary>A holder that asks nothing for so long is frozen or cut off: the server ends its session, and another may have the right.</summary>
    private const string SilenceLimit = " -c idle_session_timeout=10s";

    private readonly NpgsqlDataSource _connections;

    private PostgresLeases(NpgsqlDataSource connections, TimeProvider clock) => (_connections, Clock) = (connections, clock);

    internal TimeProvider Clock { get; }

    /// <summary>Prepares; nothing is connected yet.</summary>
    /// <exception cref="StoreConfigurationException">The options are wrong.</exception>
    public static PostgresLeases Open(PostgresOptions options, TimeProvider clock) =>
        new(PostgresConnection.Open(options, "lease", PostgresOptions.LeasesMax, settings =>
        {
            settings.Pooling = false;
            settings.Options += SilenceLimit;
        }), clock);

    /// <summary>Tries once for a right; null where another holds it.</summary>
    /// <param name="name">What it is the right to, such as <c>rules</c>: the same in all processes.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="StoreUnavailableException">The server is not there.</exception>
    public async Task<PostgresLease?> TryAcquireAsync(string name, CancellationToken cancellationToken = default)
    {
        NpgsqlConnection? connection = null;
        try
        {
            connection = await _connections.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = KeyOf(name) });
            if (await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not true) return null;
            var lease = new PostgresLease(name, connection, this);
            connection = null;
            return lease;
        }
        catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
        {
            throw new StoreUnavailableException($"the lease \"{name}\" cannot be asked for: {e.Message}", e);
        }
        finally
        {
            if (connection is not null) await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits for a right, asking every <see cref="Heartbeat"/>, also while the server is away.</summary>
    /// <param name="name">As at <see cref="TryAcquireAsync"/>.</param>
    /// <param name="waiting">Told why it waits, at each attempt: for health; null where nobody asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<PostgresLease> AcquireAsync(string name, Action<string>? waiting, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (await TryAcquireAsync(name, cancellationToken).ConfigureAwait(false) is { } lease) return lease;
                waiting?.Invoke($"another process does what \"{name}\" is for");
            }
            catch (StoreUnavailableException e)
            {
                waiting?.Invoke(e.Message);
            }

            await Task.Delay(Heartbeat, Clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Lets go; leases that are held stay held until they are disposed.</summary>
    public ValueTask DisposeAsync() => _connections.DisposeAsync();

    // Advisory locks are numbers; half a hash is enough not to meet somebody else's.
    private static long KeyOf(string name) => BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes($"traxxs lease {name}")));
}
