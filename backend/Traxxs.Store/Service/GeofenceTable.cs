namespace Traxxs.Store.Service;

/// <summary>Geofences by id.</summary>
public sealed class GeofenceTable
{
    private readonly ServiceSession _session;

    internal GeofenceTable(ServiceSession session) => _session = session;

    /// <summary>All geofences by name.</summary>
    public IReadOnlyList<GeofenceRecord> List() => _session.Query(
        "SELECT id, version, name, definition FROM geofences ORDER BY name, id",
        row => new GeofenceRecord(row.GetString(0), row.GetInt32(1), row.GetString(2), row.GetString(3)));

    /// <summary>One geofence, or null.</summary>
    public GeofenceRecord? Find(string id) => _session.Query(
        "SELECT id, version, name, definition FROM geofences WHERE id = $id",
        row => new GeofenceRecord(row.GetString(0), row.GetInt32(1), row.GetString(2), row.GetString(3)), ("$id", id)).FirstOrDefault();

    /// <summary>Adds or replaces a geofence.</summary>
    public void Put(GeofenceRecord fence) => _session.Execute(
        """
        INSERT INTO geofences VALUES ($id, $version, $name, $definition)
        ON CONFLICT (id) DO UPDATE SET version = $version, name = $name, definition = $definition
        """,
        ("$id", fence.Id), ("$version", fence.Version), ("$name", fence.Name), ("$definition", fence.Definition));

    /// <summary>Removes a geofence; false where there was none.</summary>
    public bool Remove(string id) => _session.Execute("DELETE FROM geofences WHERE id = $id", ("$id", id)) == 1;
}
