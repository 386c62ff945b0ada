namespace Traxxs.Server.Cluster;

/// <summary>Lets one process at a time do what must be done once. Who dies loses it, and another takes over.</summary>
public interface IRoleLeases
{
    /// <summary>Takes a lease; null where another process has it.</summary>
    /// <exception cref="Traxxs.Store.StoreUnavailableException">Nobody can say now who has it.</exception>
    ValueTask<IRoleLease?> TryAcquireAsync(string name, CancellationToken cancellationToken);
}

/// <summary>A lease that is held; disposing it gives it back.</summary>
public interface IRoleLease : IAsyncDisposable
{
    /// <summary>Cancelled when it may not be held any more: stop at once.</summary>
    CancellationToken Lost { get; }
}

/// <summary>Leases of a server that is one process: nobody else wants them.</summary>
public sealed class LocalLeases : IRoleLeases
{
    /// <inheritdoc/>
    public ValueTask<IRoleLease?> TryAcquireAsync(string name, CancellationToken cancellationToken) => ValueTask.FromResult<IRoleLease?>(new Held());

    private sealed class Held : IRoleLease
    {
        public CancellationToken Lost => CancellationToken.None;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
