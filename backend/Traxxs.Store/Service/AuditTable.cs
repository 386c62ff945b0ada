namespace Traxxs.Store.Service;

/// <summary>The audit log: entries are added and read; the database itself refuses to change or delete one.</summary>
public sealed class AuditTable
{
    private readonly ServiceSession _session;

    internal AuditTable(ServiceSession session) => _session = session;

    /// <summary>Adds an entry.</summary>
    public void Add(DateTimeOffset time, string who, string action, string subject, string? details = null) => _session.Execute(
        "INSERT INTO audit (time_ms, who, action, subject, details) VALUES ($time, $who, $action, $subject, $details)",
        ("$time", Columns.Ms(time)), ("$who", who), ("$action", action), ("$subject", subject), ("$details", details));

    /// <summary>Entries behind an id in order, of one subject or of all, at most <paramref name="limit"/>.</summary>
    public IReadOnlyList<AuditEntry> Read(long after, int limit, string? subject = null) => _session.Query(
        """
        SELECT id, time_ms, who, action, subject, details FROM audit
        WHERE id > $after AND ($subject IS NULL OR subject = $subject) ORDER BY id LIMIT $limit
        """,
        row => new AuditEntry(row.GetInt64(0), row.Time(1), row.GetString(2), row.GetString(3), row.GetString(4), row.TextOrNull(5)),
        ("$after", after), ("$subject", subject), ("$limit", limit));
}
