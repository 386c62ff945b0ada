using System.Text.Json;
using System.Data.Common;

namespace Traxxs.Store.Service;

/// <summary>Organisations by id.</summary>
public sealed class OrganisationTable
{
    private const string All = "id, name, created_ms, closed_ms, settings";
    private readonly ServiceSession _session;

    internal OrganisationTable(ServiceSession session) => _session = session;

    /// <summary>One organisation, or null.</summary>
    public Organisation? Find(string id) => _session.Query($"SELECT {All} FROM organisations WHERE id = $id", Map, ("$id", id)).FirstOrDefault();

    /// <summary>All organisations by id.</summary>
    public IReadOnlyList<Organisation> List() => _session.Query($"SELECT {All} FROM organisations ORDER BY id", Map);

    /// <summary>Adds or replaces an organisation.</summary>
    public void Put(Organisation organisation) => _session.Execute(
        """
        INSERT INTO organisations (id, name, created_ms, closed_ms, settings) VALUES ($id, $name, $created, $closed, $settings)
        ON CONFLICT (id) DO UPDATE SET name = $name, closed_ms = $closed, settings = $settings
        """,
        ("$id", organisation.Id), ("$name", organisation.Name), ("$created", Columns.Ms(organisation.CreatedAt)),
        ("$closed", Columns.Ms(organisation.ClosedAt)), ("$settings", JsonSerializer.Serialize(organisation.Settings, JsonSerializerOptions.Web)));

    private static Organisation Map(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.Time(2), row.TimeOrNull(3),
        JsonSerializer.Deserialize<OrganisationSettings>(row.GetString(4), JsonSerializerOptions.Web) ?? new OrganisationSettings());
}
