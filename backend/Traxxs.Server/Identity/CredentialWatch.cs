using Traxxs.Store.Service;

namespace Traxxs.Server.Identity;

/// <summary>
/// Notices that another process changed the database, such as <c>traxxs provision</c> beside the server: who was shut out there is
/// looked for (<see cref="Withdrawals"/>), and what is remembered of the database is read anew. The database says cheaply whether
/// anybody else wrote at all, so that nothing is looked through in vain.
/// </summary>
public sealed class CredentialWatch(ServiceDatabase database, TimeProvider clock)
{
    /// <summary>How often it is asked whether somebody else wrote.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private DateTimeOffset _nextLook;
    private long _version;

    /// <summary>Another process wrote: what is remembered of the database is to be read anew.</summary>
    public event Action? Changed;

    /// <summary>Time has passed. Called by one thread.</summary>
    public void Tick()
    {
        var now = clock.GetUtcNow();
        if (now < _nextLook) return;
        _nextLook = now + Interval;
        var version = database.ForeignVersion();
        if (version == _version) return;
        Changed?.Invoke();
        _version = version; // last: what failed on the way is done again
    }
}
