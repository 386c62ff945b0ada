using System.Text.Json;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts.Geofences;

/// <summary>Keeps geofences: in the database for good, in the catalogue for the rules.</summary>
public sealed class GeofenceBook
{
    /// <summary>Most geofences: each is looked at for each fix.</summary>
    public const int FencesMax = 1000;

    private readonly ServiceDatabase _database;
    private readonly GeofenceCatalog _catalog;
    private readonly TimeProvider _clock;

    /// <summary>A book that puts what is stored into the catalogue.</summary>
    public GeofenceBook(ServiceDatabase database, GeofenceCatalog catalog, TimeProvider clock)
    {
        (_database, _catalog, _clock) = (database, catalog, clock);
        Refresh();
    }

    /// <summary>A geofence was added, changed or removed.</summary>
    public event Action? Changed;

    /// <summary>All geofences by name.</summary>
    public IReadOnlyList<GeofenceRecord> List() => _database.Read(session => session.Geofences.List());

    /// <summary>One geofence, or null.</summary>
    public GeofenceRecord? Find(string id) => _database.Read(session => session.Geofences.Find(id));

    /// <summary>Adds a geofence; <see cref="FormatException"/> names what is wrong with it.</summary>
    public GeofenceRecord Add(JsonElement feature, string who) =>
        Put(Guid.CreateVersion7(_clock.GetUtcNow()).ToString("N"), 1, feature, who, "geofence.created");

    /// <summary>Replaces a geofence; null where there is none. Where the device stands to it is found out afresh.</summary>
    public GeofenceRecord? Replace(string id, JsonElement feature, string who) =>
        Find(id) is { } known ? Put(id, known.Version + 1, feature, who, "geofence.changed") : null;

    /// <summary>Removes a geofence; false where there was none. Its alerts stay.</summary>
    public bool Remove(string id, string who)
    {
        var removed = _database.Write(session =>
        {
            if (!session.Geofences.Remove(id)) return false;
            session.Audit.Add(_clock.GetUtcNow(), who, "geofence.removed", $"geofence:{id}");
            return true;
        });
        Refresh();
        return removed;
    }

    /// <summary>Adds a geofence of the configuration unless one with its id stands already.</summary>
    public void Seed(string id, JsonElement feature)
    {
        if (Find(id) is null) Put(id, 1, feature, "configuration", "geofence.created");
    }

    private GeofenceRecord Put(string id, int version, JsonElement feature, string who, string action)
    {
        var fence = GeofenceJson.Read(id, version, feature);
        var record = new GeofenceRecord(id, version, fence.Name, feature.GetRawText());
        _database.Write(session =>
        {
            if (version == 1 && session.Geofences.List().Count >= FencesMax) throw new FormatException($"at most {FencesMax} geofences");
            session.Geofences.Put(record);
            session.Audit.Add(_clock.GetUtcNow(), who, action, $"geofence:{id}", fence.Name);
        });
        Refresh();
        return record;
    }

    private void Refresh()
    {
        _catalog.Current = [.. List().Select(GeofenceJson.FromRecord)];
        Changed?.Invoke();
    }
}
