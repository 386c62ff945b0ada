using System.Data.Common;

namespace Traxxs.Store.Service;

/// <summary>Geofences by id.</summary>
public sealed class GeofenceTable
{
    private const string All = "id, org, version, name, definition";
    private readonly ServiceSession _session;

    internal GeofenceTable(ServiceSession session) => _session = session;

    /// <summary>All geofences by name.</summary>
    public IReadOnlyList<GeofenceRecord> List(string? org) => _session.Query(
        $"SELECT {All} FROM geofences WHERE ($org IS NULL OR org = $org) ORDER BY name, id", Map, ("$org", org));

    /// <summary>One geofence, or null.</summary>
    public GeofenceRecord? Find(string? org, string id) => _session.Query(
        $"SELECT {All} FROM geofences WHERE id = $id AND ($org IS NULL OR org = $org)", Map, ("$id", id), ("$org", org)).FirstOrDefault();

    /// <summary>Adds or replaces a geofence.</summary>
    public void Put(GeofenceRecord fence) => _session.Execute(
        """
        INSERT INTO geofences (id, org, version, name, definition) VALUES ($id, $org, $version, $name, $definition)
        ON CONFLICT (id) DO UPDATE SET version = $version, name = $name, definition = $definition
        """,
        ("$id", fence.Id), ("$org", fence.Org), ("$version", fence.Version), ("$name", fence.Name), ("$definition", fence.Definition));

    /// <summary>Removes a geofence; false where there was none.</summary>
    public bool Remove(string org, string id) =>
        _session.Execute("DELETE FROM geofences WHERE id = $id AND org = $org", ("$id", id), ("$org", org)) == 1;

    private static GeofenceRecord Map(DbDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetString(3), row.GetString(4));
}
