using System.Data.Common;

namespace Traxxs.Store.Service;

/// <summary>People who wear a device.</summary>
public sealed class WearerTable
{
    private const string All =
        "id, org, name, phone, created_ms, consent_ms, consent_withdrawn_ms, working_hours, time_zone, policy, erased_ms";

    private readonly ServiceSession _session;

    internal WearerTable(ServiceSession session) => _session = session;

    /// <summary>One wearer, or null.</summary>
    public Wearer? Find(string? org, string id) => _session.Query(
        $"SELECT {All} FROM wearers WHERE id = $id AND ($org IS NULL OR org = $org)", Map, ("$id", id), ("$org", org)).FirstOrDefault();

    /// <summary>Wearers by id behind a cursor, at most <paramref name="limit"/>.</summary>
    public IReadOnlyList<Wearer> List(string? org, string after = "", int limit = int.MaxValue) => _session.Query(
        $"SELECT {All} FROM wearers WHERE ($org IS NULL OR org = $org) AND id > $after ORDER BY id LIMIT $limit",
        Map, ("$org", org), ("$after", after), ("$limit", limit));

    /// <summary>Wearers there are, erased ones aside.</summary>
    public long Count(string? org) =>
        (long)_session.Scalar("SELECT count(*) FROM wearers WHERE ($org IS NULL OR org = $org) AND erased_ms IS NULL", ("$org", org))!;

    /// <summary>Removes a record nothing refers to.</summary>
    public void Remove(string org, string id) => _session.Execute("DELETE FROM wearers WHERE id = $id AND org = $org", ("$id", id), ("$org", org));

    /// <summary>Adds or replaces a wearer; the organisation stays what it was.</summary>
    public void Put(Wearer wearer) => _session.Execute(
        """
        INSERT INTO wearers (id, org, name, phone, created_ms, consent_ms, consent_withdrawn_ms, working_hours, time_zone, policy, erased_ms)
        VALUES ($id, $org, $name, $phone, $created, $consent, $withdrawn, $hours, $zone, $policy, $erased)
        ON CONFLICT (id) DO UPDATE SET name = $name, phone = $phone, consent_ms = $consent, consent_withdrawn_ms = $withdrawn,
          working_hours = $hours, time_zone = $zone, policy = $policy, erased_ms = $erased
        """,
        ("$id", wearer.Id), ("$org", wearer.Org), ("$name", wearer.Name), ("$phone", wearer.Phone), ("$created", Columns.Ms(wearer.CreatedAt)),
        ("$consent", Columns.Ms(wearer.ConsentAt)), ("$withdrawn", Columns.Ms(wearer.ConsentWithdrawnAt)), ("$hours", wearer.WorkingHours),
        ("$zone", wearer.TimeZone), ("$policy", wearer.Policy), ("$erased", Columns.Ms(wearer.ErasedAt)));

    private static Wearer Map(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Org = row.GetString(1),
        Name = row.GetString(2),
        Phone = row.TextOrNull(3),
        CreatedAt = row.Time(4),
        ConsentAt = row.TimeOrNull(5),
        ConsentWithdrawnAt = row.TimeOrNull(6),
        WorkingHours = row.TextOrNull(7),
        TimeZone = row.TextOrNull(8),
        Policy = row.TextOrNull(9),
        ErasedAt = row.TimeOrNull(10),
    };
}
