using System.Data.Common;

namespace Traxxs.Store.Service;

/// <summary>Erasures of one person's data, asked for and done in the background.</summary>
public sealed class ErasureTable
{
    private const string All = "number, wearer, asked_ms, asked_by, progress, done_ms";
    private readonly ServiceSession _session;

    internal ErasureTable(ServiceSession session) => _session = session;

    /// <summary>Asks for one.</summary>
    public void Add(string wearerId, DateTimeOffset askedAt, string askedBy) => _session.Execute(
        "INSERT INTO erasures (wearer, asked_ms, asked_by) VALUES ($wearer, $asked, $by)",
        ("$wearer", wearerId), ("$asked", Columns.Ms(askedAt)), ("$by", askedBy));

    /// <summary>The oldest that is not done; null where none is.</summary>
    public Erasure? NextWaiting() =>
        _session.Query($"SELECT {All} FROM erasures WHERE done_ms IS NULL ORDER BY number LIMIT 1", Map).FirstOrDefault();

    /// <summary>The last one of a wearer; null where none was asked for.</summary>
    public Erasure? Last(string wearerId) =>
        _session.Query($"SELECT {All} FROM erasures WHERE wearer = $wearer ORDER BY number DESC LIMIT 1", Map, ("$wearer", wearerId)).FirstOrDefault();

    /// <summary>Wearers whose last erasure was asked for after a time.</summary>
    public IReadOnlyList<string> WearersSince(DateTimeOffset time) => _session.Query(
        "SELECT DISTINCT wearer FROM erasures WHERE asked_ms >= $time AND done_ms IS NOT NULL", row => row.GetString(0), ("$time", Columns.Ms(time)));

    /// <summary>Notes how far it has come.</summary>
    public void Update(Erasure erasure) => _session.Execute(
        "UPDATE erasures SET progress = $progress, done_ms = $done WHERE number = $number",
        ("$number", erasure.Number), ("$progress", erasure.Progress), ("$done", Columns.Ms(erasure.DoneAt)));

    /// <summary>
    /// Takes the place, the words and the notifications' text out of a wearer's alerts; gives how many there are. Rule,
    /// times, and who did what stay: they are the proof that somebody was helped.
    /// </summary>
    public int EraseAlertsOf(string wearerId)
    {
        const string Theirs = "(SELECT id FROM alerts WHERE wearer = $wearer)";
        _session.Execute($"UPDATE alert_comments SET text = '(erased)' WHERE alert IN {Theirs}", ("$wearer", wearerId));
        _session.Execute($"UPDATE outbox SET payload = NULL, last_error = NULL WHERE alert IN {Theirs} AND kind <> 'command' AND state <> 0", ("$wearer", wearerId));
        return _session.Execute(
            """
            UPDATE alerts SET fix_ms = NULL, latitude_e5 = NULL, longitude_e5 = NULL, accuracy_m = NULL,
              resolution = CASE WHEN resolved_by LIKE 'rule:%' THEN resolution END, summary = rule || ' (erased)'
            WHERE wearer = $wearer
            """, ("$wearer", wearerId));
    }

    /// <summary>Deletes alerts of an organisation that were resolved before a time, with their comments and deliveries; gives how many. Their audit entries stay.</summary>
    public int DeleteResolvedAlerts(string org, DateTimeOffset before, int limit)
    {
        var ids = _session.Query(
            "SELECT id FROM alerts WHERE org = $org AND state = 3 AND resolved_ms < $before ORDER BY number LIMIT $limit",
            row => row.GetString(0), ("$org", org), ("$before", Columns.Ms(before)), ("$limit", limit));
        foreach (var id in ids)
        {
            _session.Execute("DELETE FROM alert_comments WHERE alert = $id", ("$id", id));
            _session.Execute("DELETE FROM outbox WHERE alert = $id", ("$id", id));
            _session.Execute("DELETE FROM alerts WHERE id = $id", ("$id", id));
        }

        return ids.Count;
    }

    private static Erasure Map(DbDataReader row) =>
        new(row.GetInt64(0), row.GetString(1), row.Time(2), row.GetString(3), row.TextOrNull(4), row.TimeOrNull(5));
}

/// <summary>An erasure of one person's data.</summary>
/// <param name="Number">Grows by one each.</param>
/// <param name="WearerId">Whose data.</param>
/// <param name="AskedAt">When it was asked for.</param>
/// <param name="AskedBy">By whom.</param>
/// <param name="Progress">How far it has come, and in the end what was done, as JSON.</param>
/// <param name="DoneAt">When it was done; null while it is not.</param>
public sealed record Erasure(long Number, string WearerId, DateTimeOffset AskedAt, string AskedBy, string? Progress, DateTimeOffset? DoneAt);
