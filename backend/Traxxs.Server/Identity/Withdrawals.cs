using Traxxs.Store.Service;

namespace Traxxs.Server.Identity;

/// <summary>
/// Closes connections of devices that were shut out, alone or with their organisation, or have another secret, whoever did it and whoever let them in: it reads the audit
/// log behind a mark all processes share, so that neither a word that was lost nor a process that is gone leaves a connection open.
/// One for each process that has devices' connections. Two that look at once close a connection twice, which costs a device that may
/// come back one more sign-in.
/// </summary>
public sealed class Withdrawals(ServiceDatabase database, DeviceRegistry devices)
{
    // What one look takes; what is left has its turn at the next beat.
    private const int PageMax = 1000;

    // At the start too: something may have been changed while no process was there to see it.
    private volatile bool _wanted = true;
    private long _readTo;

    /// <summary>Something may have changed: look at the next beat.</summary>
    public void Want() => _wanted = true;

    /// <summary>Time has passed. Called by one thread.</summary>
    /// <exception cref="Store.StoreUnavailableException">The database is away; the next beat looks again.</exception>
    public void Tick()
    {
        if (!_wanted) return;
        _wanted = false;
        try
        {
            if (Look() == PageMax) _wanted = true;
        }
        catch
        {
            _wanted = true;
            throw;
        }
    }

    private int Look()
    {
        var (found, last) = database.Read(session =>
        {
            var page = session.Withdrawals.After(Math.Max(_readTo, session.Withdrawals.Cursor), PageMax);
            return (page, page.Count == PageMax ? page[^1].Entry : session.Withdrawals.LastEntry);
        });
        if (found.Count > 0)
        {
            // Closed first and marked then: who ends between the two leaves the work to the next, and not undone.
            foreach (var device in found.Select(one => one.DeviceId).OfType<string>().Distinct()) devices.WithdrawOutdated(device);
            foreach (var org in found.Select(one => one.Org).OfType<string>().Distinct()) devices.WithdrawAllOf(org);
            database.Write(session => session.Withdrawals.Cursor = found[^1].Entry);
        }

        _readTo = last;
        return found.Count;
    }
}
