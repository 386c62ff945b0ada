using System.Text.Json;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts.Geofences;

/// <summary>Keeps geofences: in the database for good, in the catalogue for the rules.</summary>
public sealed class GeofenceBook
{
    /// <summary>Most geofences of an organisation: each is looked at for each fix.</summary>
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

    /// <summary>A geofence of an organisation was added, changed or removed.</summary>
    public event Action<string>? Changed;

    /// <summary>An organisation's geofences by name.</summary>
    public IReadOnlyList<GeofenceRecord> List(string org) => _database.Read(session => session.Geofences.List(org));

    /// <summary>One geofence, or null.</summary>
    public GeofenceRecord? Find(string org, string id) => _database.Read(session => session.Geofences.Find(org, id));

    /// <summary>Adds a geofence; <see cref="FormatException"/> names what is wrong with it.</summary>
    public GeofenceRecord Add(string org, JsonElement feature, string who) =>
        Put(org, Guid.CreateVersion7(_clock.GetUtcNow()).ToString("N"), 1, feature, who, "geofence.created");

    /// <summary>Adds the geofences of a FeatureCollection, all or none; <see cref="FormatException"/> names what is wrong with which.</summary>
    public IReadOnlyList<GeofenceRecord> AddAll(string org, JsonElement collection, string who)
    {
        if (!collection.TryGetProperty("features", out var features) || features.ValueKind != JsonValueKind.Array) throw new FormatException("features: must be a list");
        var now = _clock.GetUtcNow();
        var records = features.EnumerateArray().Select((feature, i) =>
        {
            var id = Guid.CreateVersion7(now).ToString("N");
            try
            {
                return new GeofenceRecord(id, org, 1, GeofenceJson.Read(id, 1, feature).Name, feature.GetRawText());
            }
            catch (FormatException e)
            {
                throw new FormatException($"features[{i}].{e.Message}");
            }
        }).ToList();
        _database.Write(session =>
        {
            if (session.Geofences.List(org).Count + records.Count > FencesMax) throw new FormatException($"features: an organisation has at most {FencesMax} geofences");
            foreach (var record in records)
            {
                session.Geofences.Put(record);
                session.Audit.Add(org, now, who, "geofence.created", $"geofence:{record.Id}", record.Name);
            }
        });
        Refresh(org);
        return records;
    }

    /// <summary>Replaces a geofence; null where there is none. What stands of a shape that stays is kept; an edge that moved is no crossing.</summary>
    public GeofenceRecord? Replace(string org, string id, JsonElement feature, string who) =>
        Find(org, id) is { } known ? Put(org, id, known.Version + 1, feature, who, "geofence.changed") : null;

    /// <summary>Removes a geofence; false where there was none. Its alerts stay.</summary>
    public bool Remove(string org, string id, string who)
    {
        var removed = _database.Write(session =>
        {
            if (!session.Geofences.Remove(org, id)) return false;
            session.Audit.Add(org, _clock.GetUtcNow(), who, "geofence.removed", $"geofence:{id}");
            return true;
        });
        Refresh(org);
        return removed;
    }

    /// <summary>Adds a geofence of the configuration to the first organisation, unless one with its id stands already.</summary>
    public void Seed(string id, JsonElement feature)
    {
        if (_database.Read(session => session.Geofences.Find(null, id)) is null) Put(OrganisationId.First, id, 1, feature, "configuration", "geofence.created");
    }

    private GeofenceRecord Put(string org, string id, int version, JsonElement feature, string who, string action)
    {
        var fence = GeofenceJson.Read(id, version, feature);
        var record = new GeofenceRecord(id, org, version, fence.Name, feature.GetRawText());
        _database.Write(session =>
        {
            if (version == 1 && session.Geofences.List(org).Count >= FencesMax) throw new FormatException($"at most {FencesMax} geofences");
            session.Geofences.Put(record);
            session.Audit.Add(org, _clock.GetUtcNow(), who, action, $"geofence:{id}", fence.Name);
        });
        Refresh(org);
        return record;
    }

    /// <summary>Reads anew what is stored, where another process changed it.</summary>
    public void RefreshIfChanged()
    {
        var stored = _database.Read(session => session.Geofences.List(null));
        if (!stored.Select(record => (record.Id, record.Version)).SequenceEqual(_catalog.Current.Select(fence => (fence.Id, fence.Version))))
            _catalog.Current = [.. stored.Select(GeofenceJson.FromRecord)];
    }

    private void Refresh()
    {
        _catalog.Current = [.. _database.Read(session => session.Geofences.List(null)).Select(GeofenceJson.FromRecord)];
    }

    private void Refresh(string org)
    {
        Refresh();
        Changed?.Invoke(org);
    }
}
