using System.Data.Common;

namespace Traxxs.Store.Service;

/// <summary>What is to be delivered, and what became of it.</summary>
public sealed class OutboxTable
{
    private const string All = "id, key, channel, kind, alert, device, payload, state, attempts, due_ms, created_ms, finished_ms, last_error, org, recipient";
    private readonly ServiceSession _session;

    internal OutboxTable(ServiceSession session) => _session = session;

    /// <summary>Adds an entry; false where one with this key stands already.</summary>
    public bool TryAdd(OutboxEntry entry) => _session.Execute(
        """
        INSERT INTO outbox (org, key, channel, recipient, kind, alert, device, payload, due_ms, created_ms)
        VALUES (coalesce((SELECT org FROM alerts WHERE id = $alert), (SELECT org FROM devices WHERE id = $device), $org, 'main'),
          $key, $channel, $recipient, $kind, $alert, $device, $payload, $due, $created)
        ON CONFLICT (key) DO NOTHING
        """,
        ("$org", entry.Org), ("$key", entry.Key), ("$channel", entry.Channel), ("$recipient", entry.Recipient),
        ("$kind", entry.Kind), ("$alert", entry.AlertId), ("$device", entry.DeviceId),
        ("$payload", entry.Payload), ("$due", Columns.Ms(entry.DueAt)), ("$created", Columns.Ms(entry.CreatedAt))) == 1;

    /// <summary>Adds an entry, or finds the one with this key; gives its number.</summary>
    public long Put(OutboxEntry entry)
    {
        TryAdd(entry);
        return (long)_session.Scalar("SELECT id FROM outbox WHERE key = $key", ("$key", entry.Key))!;
    }

    /// <summary>
    /// Writes what came of an attempt; false where the entry does not wait any more, and stays as it is: another process that delivers,
    /// or whatever overtook it, was first.
    /// </summary>
    public bool Update(OutboxEntry entry) => _session.Execute(
        """
        UPDATE outbox SET state = $state, attempts = $attempts, due_ms = $due, finished_ms = $finished, last_error = $error
        WHERE id = $id AND state IN (0, 4)
        """,
        ("$id", entry.Id), ("$state", (int)entry.State), ("$attempts", entry.Attempts), ("$due", Columns.Ms(entry.DueAt)),
        ("$finished", Columns.Ms(entry.FinishedAt)), ("$error", entry.LastError)) == 1;

    /// <summary>An entry is to be delivered from the beginning, whatever came of it before.</summary>
    public void Reopen(long id, DateTimeOffset now) => _session.Execute(
        "UPDATE outbox SET state = 0, attempts = 0, due_ms = $now, finished_ms = NULL WHERE id = $id", ("$id", id), ("$now", Columns.Ms(now)));

    /// <summary>Entries of a channel whose time has come, the most urgent alert first, then the oldest.</summary>
    public IReadOnlyList<OutboxEntry> Due(string channel, DateTimeOffset now, int limit) => _session.Query(
        $"""
        SELECT {Qualified} FROM outbox o LEFT JOIN alerts a ON a.id = o.alert
        WHERE o.channel = $channel AND o.state = 0 AND o.due_ms <= $now
        ORDER BY coalesce(a.severity, -1) DESC, o.id LIMIT $limit
        """,
        Map, ("$channel", channel), ("$now", Columns.Ms(now)), ("$limit", limit));

    /// <summary>When the next entry of a channel falls due; null where none is waiting.</summary>
    public DateTimeOffset? NextDue(string channel) =>
        _session.Scalar("SELECT min(due_ms) FROM outbox WHERE channel = $channel AND state = 0", ("$channel", channel)) is long ms
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
            : null;

    /// <summary>
    /// When the channel took what a recipient was told of at least a severity since a time, oldest first: what counts against
    /// a rate limit.
    /// </summary>
    public IReadOnlyList<DateTimeOffset> TakenSince(string channel, string? recipient, AlertSeverity atLeast, DateTimeOffset since) => _session.Query(
        """
        SELECT o.finished_ms FROM outbox o JOIN alerts a ON a.id = o.alert
        WHERE o.channel = $channel AND o.recipient IS NOT DISTINCT FROM $recipient AND o.state = 1 AND o.finished_ms > $since AND a.severity >= $severity
        ORDER BY o.finished_ms
        """,
        row => row.Time(0), ("$channel", channel), ("$recipient", recipient), ("$severity", (int)atLeast), ("$since", Columns.Ms(since)));

    /// <summary>The channels and recipients whose limit has lifted with something held back.</summary>
    public IReadOnlyList<(string Channel, string? Recipient)> HeldUntil(DateTimeOffset now) => _session.Query(
        "SELECT channel, recipient FROM outbox WHERE state = 4 GROUP BY channel, recipient HAVING min(due_ms) <= $now",
        row => (row.GetString(0), row.TextOrNull(1)), ("$now", Columns.Ms(now)));

    /// <summary>What is held back from a recipient, the most urgent alert first, then the oldest.</summary>
    public IReadOnlyList<OutboxEntry> HeldFor(string channel, string? recipient, int limit) => _session.Query(
        $"""
        SELECT {Qualified} FROM outbox o LEFT JOIN alerts a ON a.id = o.alert
        WHERE o.state = 4 AND o.channel = $channel AND o.recipient IS NOT DISTINCT FROM $recipient ORDER BY coalesce(a.severity, -1) DESC, o.id LIMIT $limit
        """,
        Map, ("$channel", channel), ("$recipient", recipient), ("$limit", limit));

    /// <summary>The channels something waits for.</summary>
    public IReadOnlyList<string> WaitingChannels() => _session.Query("SELECT DISTINCT channel FROM outbox WHERE state IN (0, 4)", row => row.GetString(0));

    /// <summary>What waits or is held back on a channel that is no more is given up; gives how many.</summary>
    public int GiveUp(string channel, string reason, DateTimeOffset now) => _session.Execute(
        "UPDATE outbox SET state = 2, finished_ms = $now, last_error = $reason WHERE channel = $channel AND state IN (0, 4)",
        ("$channel", channel), ("$reason", reason), ("$now", Columns.Ms(now)));

    /// <summary>What waits on a channel for a device is not delivered any more: something newer says it all.</summary>
    public void Overtake(string channel, string deviceId, string reason, DateTimeOffset now) => _session.Execute(
        "UPDATE outbox SET state = 3, finished_ms = $now, last_error = $reason WHERE channel = $channel AND device = $device AND state = 0",
        ("$channel", channel), ("$device", deviceId), ("$reason", reason), ("$now", Columns.Ms(now)));

    /// <summary>Entries that are done and whose keys begin so are no more; for what is told elsewhere and would pile up. The words end with a slash.</summary>
    public void Forget(string keysBegin) => _session.Execute(
        "DELETE FROM outbox WHERE key >= $from AND key < $to AND state <> 0", ("$from", keysBegin), ("$to", keysBegin[..^1] + (char)('/' + 1)));

    /// <summary>Whether something waits on a channel for a device.</summary>
    public bool IsPending(string channel, string deviceId) => _session.Scalar(
        "SELECT 1 FROM outbox WHERE channel = $channel AND device = $device AND state = 0 LIMIT 1",
        ("$channel", channel), ("$device", deviceId)) is not null;

    /// <summary>What waits on a channel for a device is due at once: the device is back.</summary>
    public void Hasten(string channel, string deviceId, DateTimeOffset now) => _session.Execute(
        "UPDATE outbox SET due_ms = $now WHERE channel = $channel AND device = $device AND state = 0",
        ("$channel", channel), ("$device", deviceId), ("$now", Columns.Ms(now)));

    /// <summary>One entry, or null.</summary>
    public OutboxEntry? Find(string? org, long id) => _session.Query(
        $"SELECT {All} FROM outbox WHERE id = $id AND ($org IS NULL OR org = $org)", Map, ("$id", id), ("$org", org)).FirstOrDefault();

    /// <summary>Deliveries of one alert, oldest first.</summary>
    public IReadOnlyList<OutboxEntry> OfAlert(string alertId) =>
        _session.Query($"SELECT {All} FROM outbox WHERE alert = $alert ORDER BY id", Map, ("$alert", alertId));

    /// <summary>Entries in a state (or any), newest first, behind an id of an earlier page.</summary>
    public IReadOnlyList<OutboxEntry> List(string? org, OutboxState? state, long? before, int limit) => _session.Query(
        $"""
        SELECT {All} FROM outbox
        WHERE ($org IS NULL OR org = $org) AND ($state IS NULL OR state = $state) AND ($before IS NULL OR id < $before)
        ORDER BY id DESC LIMIT $limit
        """,
        Map, ("$org", org), ("$state", (int?)state), ("$before", before), ("$limit", limit));

    /// <summary>How many entries stand in each state.</summary>
    public IReadOnlyDictionary<OutboxState, long> CountByState(string? org) => _session
        .Query("SELECT state, count(*) FROM outbox WHERE ($org IS NULL OR org = $org) GROUP BY state",
            row => ((OutboxState)row.GetInt32(0), row.GetInt64(1)), ("$org", org))
        .ToDictionary(pair => pair.Item1, pair => pair.Item2);

    private static string Qualified { get; } = "o." + All.Replace(", ", ", o.", StringComparison.Ordinal);

    private static OutboxEntry Map(DbDataReader row) => new()
    {
        Id = row.GetInt64(0),
        Key = row.GetString(1),
        Channel = row.GetString(2),
        Kind = row.GetString(3),
        AlertId = row.TextOrNull(4),
        DeviceId = row.TextOrNull(5),
        Payload = row.TextOrNull(6),
        State = (OutboxState)row.GetInt32(7),
        Attempts = row.GetInt32(8),
        DueAt = row.Time(9),
        CreatedAt = row.Time(10),
        FinishedAt = row.TimeOrNull(11),
        LastError = row.TextOrNull(12),
        Org = row.GetString(13),
        Recipient = row.TextOrNull(14),
    };
}
