using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts.Geofences;

/// <summary>The geofences in force. Replaced whole, so that an evaluation sees one state of it.</summary>
/// <param name="orgOf">Organisation of a device; null puts every device into the first.</param>
public sealed class GeofenceCatalog(Func<string, string>? orgOf = null)
{
    private volatile IReadOnlyList<Geofence> _current = [];
    private volatile ILookup<string, Geofence> _byOrg = Enumerable.Empty<Geofence>().ToLookup(fence => fence.Org);

    /// <summary>All geofences.</summary>
    public IReadOnlyList<Geofence> Current
    {
        get => _current;
        set
        {
            _byOrg = value.ToLookup(fence => fence.Org, StringComparer.Ordinal);
            _current = value;
        }
    }

    /// <summary>Those of a device's organisation that concern it.</summary>
    public IEnumerable<Geofence> Of(string deviceId) =>
        _byOrg[orgOf?.Invoke(deviceId) ?? OrganisationId.First].Where(fence => fence.Concerns(deviceId));
}
