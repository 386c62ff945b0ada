using System.Data.Common;

namespace Traxxs.Store.Service;

/// <summary>Alerts and their comments.</summary>
public sealed class AlertTable
{
    private const string All =
        "id, key, device, rule, severity, state, raised_ms, event_ms, fix_ms, latitude_e5, longitude_e5, accuracy_m, epoch, sequence, "
        + "subject, summary, notified_ms, acknowledged_ms, acknowledged_by, resolved_ms, resolved_by, resolution, assignee, tier, escalate_ms, number, org, wearer, "
        + "policy, step, told, told_ms";

    private readonly ServiceSession _session;

    internal AlertTable(ServiceSession session) => _session = session;

    /// <summary>Adds an alert; false where one with this key stands already, and nothing was changed.</summary>
    public bool TryAdd(Alert alert) => _session.Execute(
        """
        INSERT INTO alerts (id, key, device, rule, severity, state, raised_ms, event_ms, fix_ms, latitude_e5, longitude_e5, accuracy_m,
          epoch, sequence, subject, summary, notified_ms, acknowledged_ms, acknowledged_by, resolved_ms, resolved_by, resolution,
          assignee, tier, escalate_ms, org, wearer, policy, step, told, told_ms)
        VALUES ($id, $key, $device, $rule, $severity, $state, $raised, $event, $fix, $latitude, $longitude, $accuracy,
          $epoch, $sequence, $subject, $summary, $notified, $acknowledged, $acknowledgedBy, $resolved, $resolvedBy, $resolution,
          $assignee, $tier, $escalate, $org, $wearer, $policy, $step, $told, $toldAt)
        ON CONFLICT (key) DO NOTHING
        """, Parameters(alert)) == 1;

    /// <summary>Writes what may change of an alert: everything but its cause.</summary>
    public void Update(Alert alert) => _session.Execute(
        """
        UPDATE alerts SET state = $state, event_ms = $event, fix_ms = $fix, latitude_e5 = $latitude, longitude_e5 = $longitude,
          accuracy_m = $accuracy, summary = $summary, notified_ms = $notified, acknowledged_ms = $acknowledged,
          acknowledged_by = $acknowledgedBy, resolved_ms = $resolved, resolved_by = $resolvedBy, resolution = $resolution,
          assignee = $assignee, tier = $tier, escalate_ms = $escalate, policy = $policy, step = $step, told = $told, told_ms = $toldAt
        WHERE id = $id
        """, Parameters(alert));

    /// <summary>One alert, or null.</summary>
    public Alert? Find(string? org, string id) => _session
        .Query($"SELECT {All} FROM alerts WHERE id = $id AND ($org IS NULL OR org = $org)", Map, ("$id", id), ("$org", org))
        .Select(row => row.Alert).FirstOrDefault();

    /// <summary>Alerts, newest first, behind a number of an earlier page, at most <paramref name="limit"/>.</summary>
    public IReadOnlyList<(long Number, Alert Alert)> List(string? org, AlertFilter filter, long? before, int limit) => _session.Query(
        $"""
        SELECT {All} FROM alerts
        WHERE ($org IS NULL OR org = $org)
          AND ($before IS NULL OR number < $before)
          AND ($open IS NULL OR ($open = 1 AND state < 3) OR ($open = 0 AND state = 3))
          AND ($state IS NULL OR state = $state)
          AND ($device IS NULL OR device = $device)
          AND ($wearer IS NULL OR wearer = $wearer)
          AND ($rule IS NULL OR rule = $rule)
          AND ($severity IS NULL OR severity >= $severity)
          AND ($from IS NULL OR raised_ms >= $from)
          AND ($to IS NULL OR raised_ms < $to)
        ORDER BY number DESC LIMIT $limit
        """,
        Map,
        ("$org", org),
        ("$before", before),
        ("$open", filter.Open is { } open ? (open ? 1 : 0) : null),
        ("$state", (int?)filter.State),
        ("$device", filter.DeviceId),
        ("$wearer", filter.WearerId),
        ("$rule", filter.Rule),
        ("$severity", (int?)filter.AtLeast),
        ("$from", Columns.Ms(filter.From)),
        ("$to", Columns.Ms(filter.To)),
        ("$limit", limit));

    /// <summary>Alerts nobody has taken whose time has come, oldest first.</summary>
    public IReadOnlyList<Alert> DueToEscalate(DateTimeOffset now, int limit) => _session.Query(
        $"SELECT {All} FROM alerts WHERE escalate_ms <= $now AND state < 2 ORDER BY escalate_ms LIMIT $limit",
        row => Map(row).Alert, ("$now", Columns.Ms(now)), ("$limit", limit));

    /// <summary>An organisation's alerts nobody has taken yet.</summary>
    public IReadOnlyList<Alert> Unacknowledged(string org) =>
        _session.Query($"SELECT {All} FROM alerts WHERE org = $org AND state < 2 ORDER BY number", row => Map(row).Alert, ("$org", org));

    /// <summary>A wearer's open alerts of a rule.</summary>
    public IReadOnlyList<Alert> OpenOfWearer(string org, string wearerId, string rule) => _session.Query(
        $"SELECT {All} FROM alerts WHERE org = $org AND wearer = $wearer AND rule = $rule AND state < 3 ORDER BY number",
        row => Map(row).Alert, ("$org", org), ("$wearer", wearerId), ("$rule", rule));

    /// <summary>What belongs to an alert beside itself. The keys are those of the commands that tell the device of it.</summary>
    public AlertDetails DetailsOf(Alert alert, string? receivedKey, string? acknowledgedKey)
    {
        var deliveries = _session
            .Query("SELECT state, count(*) FROM outbox WHERE alert = $alert AND kind <> 'command' GROUP BY state",
                row => ((OutboxState)row.GetInt32(0), row.GetInt32(1)), ("$alert", alert.Id))
            .ToDictionary(pair => pair.Item1, pair => pair.Item2);
        return new AlertDetails(
            alert.WearerId is null ? null : _session.Scalar("SELECT name FROM wearers WHERE id = $id", ("$id", alert.WearerId)) as string,
            alert.Assignee is null ? null : _session.Scalar("SELECT name FROM users WHERE id = $id AND org = $org", ("$id", alert.Assignee), ("$org", alert.Org)) as string,
            Convert.ToInt32(_session.Scalar("SELECT count(*) FROM alert_comments WHERE alert = $alert", ("$alert", alert.Id)), null),
            deliveries, IsSent(receivedKey), IsSent(acknowledgedKey));
    }

    private bool IsSent(string? key) =>
        key is not null && _session.Scalar("SELECT 1 FROM outbox WHERE key = $key AND state = 1", ("$key", key)) is not null;

    /// <summary>Open alerts of each device that has any.</summary>
    public IReadOnlyDictionary<string, int> OpenByDevice(string? org) => _session
        .Query("SELECT device, count(*) FROM alerts WHERE state < 3 AND ($org IS NULL OR org = $org) GROUP BY device",
            row => (row.GetString(0), row.GetInt32(1)), ("$org", org))
        .ToDictionary(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal);

    /// <summary>How many alerts stand in each state.</summary>
    public IReadOnlyDictionary<AlertState, long> CountByState(string? org) => _session
        .Query("SELECT state, count(*) FROM alerts WHERE ($org IS NULL OR org = $org) GROUP BY state",
            row => ((AlertState)row.GetInt32(0), row.GetInt64(1)), ("$org", org))
        .ToDictionary(pair => pair.Item1, pair => pair.Item2);

    /// <summary>Since when an alert of a wearer stands open: the earliest event among those of a severity and above; null where none does.</summary>
    public DateTimeOffset? OpenSince(string wearerId, AlertSeverity atLeast) =>
        _session.Scalar(
            "SELECT min(coalesce(event_ms, raised_ms)) FROM alerts WHERE wearer = $wearer AND state < 3 AND severity >= $severity",
            ("$wearer", wearerId), ("$severity", (int)atLeast)) is long ms
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
            : null;

    /// <summary>Adds a comment.</summary>
    public void AddComment(string alertId, AlertComment comment) => _session.Execute(
        "INSERT INTO alert_comments (alert, time_ms, who, text) VALUES ($alert, $time, $who, $text)",
        ("$alert", alertId), ("$time", Columns.Ms(comment.Time)), ("$who", comment.Who), ("$text", comment.Text));

    /// <summary>Comments of an alert, oldest first.</summary>
    public IReadOnlyList<AlertComment> Comments(string alertId) => _session.Query(
        "SELECT time_ms, who, text FROM alert_comments WHERE alert = $alert ORDER BY number",
        row => new AlertComment(row.Time(0), row.GetString(1), row.GetString(2)), ("$alert", alertId));

    private static (string, object?)[] Parameters(Alert alert) =>
    [
        ("$id", alert.Id), ("$key", alert.Key), ("$device", alert.DeviceId), ("$rule", alert.Rule),
        ("$severity", (int)alert.Severity), ("$state", (int)alert.State),
        ("$raised", Columns.Ms(alert.RaisedAt)), ("$event", Columns.Ms(alert.EventTime)),
        ("$fix", Columns.Ms(alert.Position?.FixTime)), ("$latitude", alert.Position?.LatitudeE5),
        ("$longitude", alert.Position?.LongitudeE5), ("$accuracy", alert.Position?.AccuracyM),
        ("$epoch", alert.Epoch), ("$sequence", alert.Sequence), ("$subject", alert.Subject), ("$summary", alert.Summary),
        ("$notified", Columns.Ms(alert.NotifiedAt)),
        ("$acknowledged", Columns.Ms(alert.AcknowledgedAt)), ("$acknowledgedBy", alert.AcknowledgedBy),
        ("$resolved", Columns.Ms(alert.ResolvedAt)), ("$resolvedBy", alert.ResolvedBy), ("$resolution", alert.Resolution),
        ("$assignee", alert.Assignee), ("$tier", alert.Tier), ("$escalate", Columns.Ms(alert.EscalateAt)),
        ("$org", alert.Org), ("$wearer", alert.WearerId), ("$policy", alert.PolicyId), ("$step", alert.Step), ("$told", alert.Told),
        ("$toldAt", Columns.Ms(alert.ToldAt)),
    ];

    private static (long Number, Alert Alert) Map(DbDataReader row) => (row.GetInt64(25), new Alert
    {
        Id = row.GetString(0),
        Key = row.GetString(1),
        DeviceId = row.GetString(2),
        Rule = row.GetString(3),
        Severity = (AlertSeverity)row.GetInt32(4),
        State = (AlertState)row.GetInt32(5),
        RaisedAt = row.Time(6),
        EventTime = row.TimeOrNull(7),
        Position = row.IsDBNull(8) ? null : new AlertPosition(row.Time(8), row.GetInt32(9), row.GetInt32(10), row.IntOrNull(11)),
        Epoch = row.IntOrNull(12),
        Sequence = row.LongOrNull(13),
        Subject = row.TextOrNull(14),
        Summary = row.GetString(15),
        NotifiedAt = row.TimeOrNull(16),
        AcknowledgedAt = row.TimeOrNull(17),
        AcknowledgedBy = row.TextOrNull(18),
        ResolvedAt = row.TimeOrNull(19),
        ResolvedBy = row.TextOrNull(20),
        Resolution = row.TextOrNull(21),
        Assignee = row.TextOrNull(22),
        Tier = row.GetInt32(23),
        EscalateAt = row.TimeOrNull(24),
        Org = row.GetString(26),
        WearerId = row.TextOrNull(27),
        PolicyId = row.TextOrNull(28),
        Step = row.GetInt32(29),
        Told = row.GetInt32(30),
        ToldAt = row.TimeOrNull(31),
    });
}
