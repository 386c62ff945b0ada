using System.Data.Common;

namespace Traxxs.Store.Service;

/// <summary>The audit log: entries are added and read; the database itself refuses to change or delete one.</summary>
public sealed class AuditTable
{
    private readonly ServiceSession _session;

    internal AuditTable(ServiceSession session) => _session = session;

    /// <summary>Adds an entry.</summary>
    public void Add(string? org, DateTimeOffset time, string who, string action, string subject, string? details = null) => _session.Execute(
        "INSERT INTO audit (org, time_ms, who, action, subject, details) VALUES ($org, $time, $who, $action, $subject, $details)",
        ("$org", org), ("$time", Columns.Ms(time)), ("$who", who), ("$action", action), ("$subject", subject), ("$details", details));

    /// <summary>Entries that concern the system and no organisation, behind an id in order, at most <paramref name="limit"/>.</summary>
    public IReadOnlyList<AuditEntry> ReadSystem(long after, int limit) => _session.Query(
        "SELECT id, org, time_ms, who, action, subject, details FROM audit WHERE id > $after AND org IS NULL ORDER BY id LIMIT $limit",
        Map, ("$after", after), ("$limit", limit));

    /// <summary>Entries behind an id in order, of one subject or of all, at most <paramref name="limit"/>.</summary>
    public IReadOnlyList<AuditEntry> Read(string? org, long after, int limit, string? subject = null) => _session.Query(
        """
        SELECT id, org, time_ms, who, action, subject, details FROM audit
        WHERE id > $after AND ($org IS NULL OR org = $org) AND ($subject IS NULL OR subject = $subject) ORDER BY id LIMIT $limit
        """,
        Map,
        ("$after", after), ("$org", org), ("$subject", subject), ("$limit", limit));

    private static AuditEntry Map(DbDataReader row) =>
        new(row.GetInt64(0), row.TextOrNull(1), row.Time(2), row.GetString(3), row.GetString(4), row.GetString(5), row.TextOrNull(6));
}
