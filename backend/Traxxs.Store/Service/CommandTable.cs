using System.Data.Common;

namespace Traxxs.Store.Service;

/// <summary>Commands people gave devices. How each is delivered stands in the outbox, under the same number.</summary>
public sealed class CommandTable
{
    private const string All =
        """
        c.number, c.device, c.code, c.asked_ms, c.asked_by, c.expires_ms, CASE WHEN o.state = 1 THEN o.finished_ms END, c.ended_ms, c.outcome
        FROM commands c JOIN outbox o ON o.id = c.number
        """;

    private readonly ServiceSession _session;

    internal CommandTable(ServiceSession session) => _session = session;

    /// <summary>Puts a command into the outbox and remembers it; gives its number.</summary>
    public long Add(OutboxEntry entry, DeviceCommand command)
    {
        var number = _session.Outbox.Put(entry);
        _session.Execute(
            "INSERT INTO commands (number, device, code, asked_ms, asked_by, expires_ms) VALUES ($number, $device, $code, $asked, $by, $expires)",
            ("$number", number), ("$device", command.DeviceId), ("$code", command.Code), ("$asked", Columns.Ms(command.AskedAt)),
            ("$by", command.AskedBy), ("$expires", Columns.Ms(command.ExpiresAt)));
        return number;
    }

    /// <summary>One command, or null.</summary>
    public DeviceCommand? Find(long number) => _session.Query($"SELECT {All} WHERE c.number = $number", Map, ("$number", number)).FirstOrDefault();

    /// <summary>A device's commands, newest first, behind a number of an earlier page.</summary>
    public IReadOnlyList<DeviceCommand> List(string deviceId, long? before, int limit) => _session.Query(
        $"SELECT {All} WHERE c.device = $device AND ($before IS NULL OR c.number < $before) ORDER BY c.number DESC LIMIT $limit",
        Map, ("$device", deviceId), ("$before", before), ("$limit", limit));

    /// <summary>A device's commands whose end was not seen yet, oldest first.</summary>
    public IReadOnlyList<DeviceCommand> Open(string deviceId) =>
        _session.Query($"SELECT {All} WHERE c.device = $device AND c.ended_ms IS NULL ORDER BY c.number", Map, ("$device", deviceId));

    /// <summary>Devices that have one.</summary>
    public IReadOnlyList<string> DevicesWithOpen() => _session.Query("SELECT DISTINCT device FROM commands WHERE ended_ms IS NULL", row => row.GetString(0));

    /// <summary>Commands that are void by now and whose end was not seen.</summary>
    public IReadOnlyList<DeviceCommand> Expired(DateTimeOffset now) =>
        _session.Query($"SELECT {All} WHERE c.ended_ms IS NULL AND c.expires_ms <= $now", Map, ("$now", Columns.Ms(now)));

    /// <summary>Ends a command; what was not delivered yet never is: it is void, or its effect was there without it.</summary>
    public void End(long number, string outcome, DateTimeOffset now)
    {
        _session.Execute("UPDATE commands SET ended_ms = $now, outcome = $outcome WHERE number = $number AND ended_ms IS NULL",
            ("$number", number), ("$outcome", outcome), ("$now", Columns.Ms(now)));
        _session.Execute("UPDATE outbox SET state = 3, finished_ms = $now, last_error = $outcome WHERE id = $number AND state = 0",
            ("$number", number), ("$outcome", outcome), ("$now", Columns.Ms(now)));
    }

    private static DeviceCommand Map(DbDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetInt32(2), row.Time(3), row.GetString(4), row.Time(5), row.TimeOrNull(6), row.TimeOrNull(7), row.TextOrNull(8));
}
