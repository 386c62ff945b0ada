using Traxxs.Store.Postgres;

namespace Traxxs.Server.Cluster;

/// <summary>Leases that stand and fall with a session of PostgreSQL: who dies or is cut off loses them within seconds.</summary>
internal sealed class DatabaseLeases(PostgresOptions options, TimeProvider time) : IRoleLeases, IAsyncDisposable
{
    private readonly PostgresLeases _leases = PostgresLeases.Open(options, time);

    /// <inheritdoc/>
    public async ValueTask<IRoleLease?> TryAcquireAsync(string name, CancellationToken cancellationToken) =>
        await _leases.TryAcquireAsync(name, cancellationToken) is { } held ? new Held(held) : null;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _leases.DisposeAsync();

    private sealed class Held(PostgresLease lease) : IRoleLease
    {
        public CancellationToken Lost => lease.Lost;

        public ValueTask DisposeAsync() => lease.DisposeAsync();
    }
}
