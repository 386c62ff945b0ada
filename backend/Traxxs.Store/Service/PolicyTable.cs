using System.Data.Common;

namespace Traxxs.Store.Service;

/// <summary>Escalation policies.</summary>
public sealed class PolicyTable
{
    private const string All = "id, org, version, name, definition, is_default, changed_ms";
    private readonly ServiceSession _session;

    internal PolicyTable(ServiceSession session) => _session = session;

    /// <summary>One policy, or null.</summary>
    public PolicyRecord? Find(string? org, string id) => _session.Query(
        $"SELECT {All} FROM policies WHERE id = $id AND ($org IS NULL OR org = $org)", Map, ("$id", id), ("$org", org)).FirstOrDefault();

    /// <summary>The policy that holds where a wearer has none of their own; null where the organisation chose none.</summary>
    public PolicyRecord? Default(string org) =>
        _session.Query($"SELECT {All} FROM policies WHERE org = $org AND is_default = 1", Map, ("$org", org)).FirstOrDefault();

    /// <summary>An organisation's policies by id.</summary>
    public IReadOnlyList<PolicyRecord> List(string? org) =>
        _session.Query($"SELECT {All} FROM policies WHERE ($org IS NULL OR org = $org) ORDER BY id", Map, ("$org", org));

    /// <summary>Adds or replaces a policy. Where it is the default, another is it no more.</summary>
    public void Put(PolicyRecord policy)
    {
        if (policy.IsDefault) _session.Execute("UPDATE policies SET is_default = 0 WHERE org = $org AND id <> $id", ("$org", policy.Org), ("$id", policy.Id));
        _session.Execute(
            """
            INSERT INTO policies (id, org, version, name, definition, is_default, changed_ms)
            VALUES ($id, $org, $version, $name, $definition, $default, $changed)
            ON CONFLICT (id) DO UPDATE SET version = $version, name = $name, definition = $definition, is_default = $default, changed_ms = $changed
            """,
            ("$id", policy.Id), ("$org", policy.Org), ("$version", policy.Version), ("$name", policy.Name), ("$definition", policy.Definition),
            ("$default", policy.IsDefault ? 1 : 0), ("$changed", Columns.Ms(policy.ChangedAt)));
    }

    /// <summary>Removes a policy; false where there was none.</summary>
    public bool Remove(string org, string id) =>
        _session.Execute("DELETE FROM policies WHERE org = $org AND id = $id", ("$org", org), ("$id", id)) == 1;

    private static PolicyRecord Map(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetString(3), row.GetString(4), row.GetInt32(5) == 1, row.Time(6));
}
