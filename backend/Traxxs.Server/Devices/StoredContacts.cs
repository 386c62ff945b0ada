using Traxxs.Store.Service;

namespace Traxxs.Server.Devices;

/// <summary>A device's connection came or went.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Connected">Whether it came.</param>
/// <param name="Time">When that was heard.</param>
internal readonly record struct ContactChange(string DeviceId, bool Connected, DateTimeOffset Time);

/// <summary>Who is connected, written down for processes that start later and for those that missed it.</summary>
internal sealed class StoredContacts(ServiceDatabase database)
{
    /// <summary>Writes changes down, in order, in one commit; of a device the last one counts.</summary>
    /// <exception cref="Traxxs.Store.StoreUnavailableException">Nothing was written.</exception>
    public void Put(IEnumerable<ContactChange> changes)
    {
        var newest = new Dictionary<string, ContactChange>(StringComparer.Ordinal);
        foreach (var change in changes) newest[change.DeviceId] = change;
        if (newest.Count == 0) return;
        database.Write(session =>
        {
            foreach (var change in newest.Values)
            {
                var state = DeviceState.Stored(session.DeviceStates.Find(change.DeviceId));
                session.DeviceStates.Put(change.DeviceId, (state with { Connection = new Told<bool>(change.Connected, change.Time.ToUnixTimeMilliseconds() / 1000.0) }).ToJson());
            }
        });
    }
}
