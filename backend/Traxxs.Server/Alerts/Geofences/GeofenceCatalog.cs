namespace Traxxs.Server.Alerts.Geofences;

/// <summary>The geofences in force. Replaced whole, so that an evaluation sees one state of it.</summary>
public sealed class GeofenceCatalog
{
    private volatile IReadOnlyList<Geofence> _current = [];

    /// <summary>All geofences.</summary>
    public IReadOnlyList<Geofence> Current
    {
        get => _current;
        set => _current = value;
    }
}
