using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts.Geofences;

/// <summary>The geofences in force. Replaced whole, so that an evaluation sees one state of it.</summary>
/// <param name="orgOf">Organisation of a device; null puts every device into the first.</param>
public sealed class GeofenceCatalog(Func<string, string>? orgOf = null)
{
    private volatile Fences _current = new([]);

    /// <summary>All geofences.</summary>
    public IReadOnlyList<Geofence> Current
    {
        get => _current.All;
        set => _current = new Fences(value);
    }

    /// <summary>One geofence, or null.</summary>
    public Geofence? Find(string id) => _current.ById.GetValueOrDefault(id);

    /// <summary>Those of a device's organisation that concern it.</summary>
    public IEnumerable<Geofence> Of(string deviceId) =>
        _current.ByOrg[orgOf?.Invoke(deviceId) ?? OrganisationId.First].Where(fence => fence.Concerns(deviceId));

    private sealed class Fences(IReadOnlyList<Geofence> all)
    {
        public IReadOnlyList<Geofence> All => all;

        public Dictionary<string, Geofence> ById { get; } = all.ToDictionary(fence => fence.Id, StringComparer.Ordinal);

        public ILookup<string, Geofence> ByOrg { get; } = all.ToLookup(fence => fence.Org, StringComparer.Ordinal);
    }
}
