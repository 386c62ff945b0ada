using System.Data.Common;

namespace Traxxs.Store.Service;

/// <summary>Which device was whose, and when. A device is at most one wearer's at a time.</summary>
public sealed class AssignmentTable
{
    private const string All = "number, device, wearer, from_ms, to_ms";
    private readonly ServiceSession _session;

    internal AssignmentTable(ServiceSession session) => _session = session;

    /// <summary>Whose a device was at a time; null for nobody's.</summary>
    public Assignment? At(string deviceId, DateTimeOffset time) => _session.Query(
        $"SELECT {All} FROM assignments WHERE device = $device AND from_ms <= $time AND (to_ms IS NULL OR to_ms > $time) ORDER BY number DESC LIMIT 1",
        Map, ("$device", deviceId), ("$time", Columns.Ms(time))).FirstOrDefault();

    /// <summary>Whose a device is; null for nobody's.</summary>
    public Assignment? Open(string deviceId) =>
        _session.Query($"SELECT {All} FROM assignments WHERE device = $device AND to_ms IS NULL", Map, ("$device", deviceId)).FirstOrDefault();

    /// <summary>Every assignment that holds, of an organisation's wearers.</summary>
    public IReadOnlyList<Assignment> ListOpen(string? org) => _session.Query(
        """
        SELECT a.number, a.device, a.wearer, a.from_ms, a.to_ms FROM assignments a JOIN wearers w ON w.id = a.wearer
        WHERE a.to_ms IS NULL AND ($org IS NULL OR w.org = $org) ORDER BY a.number
        """, Map, ("$org", org));

    /// <summary>Who wears each device of an organisation now, by device.</summary>
    public IReadOnlyDictionary<string, string> Names(string org) => _session.Query(
        "SELECT a.device, w.name FROM assignments a JOIN wearers w ON w.id = a.wearer WHERE a.to_ms IS NULL AND w.org = $org",
        row => (row.GetString(0), row.GetString(1)), ("$org", org)).ToDictionary(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal);

    /// <summary>A device's assignments, oldest first.</summary>
    public IReadOnlyList<Assignment> OfDevice(string deviceId) =>
        _session.Query($"SELECT {All} FROM assignments WHERE device = $device ORDER BY number", Map, ("$device", deviceId));

    /// <summary>A wearer's assignments, oldest first.</summary>
    public IReadOnlyList<Assignment> OfWearer(string wearerId) =>
        _session.Query($"SELECT {All} FROM assignments WHERE wearer = $wearer ORDER BY number", Map, ("$wearer", wearerId));

    /// <summary>Gives a device to a wearer from a time on. Whoever had it has it no more.</summary>
    public void Assign(string deviceId, string wearerId, DateTimeOffset from)
    {
        _session.Execute("UPDATE assignments SET to_ms = $from WHERE device = $device AND to_ms IS NULL",
            ("$device", deviceId), ("$from", Columns.Ms(from)));
        _session.Execute("INSERT INTO assignments (device, wearer, from_ms) VALUES ($device, $wearer, $from)",
            ("$device", deviceId), ("$wearer", wearerId), ("$from", Columns.Ms(from)));
    }

    /// <summary>Takes a wearer's devices back; gives how many there were.</summary>
    public int End(string wearerId, DateTimeOffset to) => _session.Execute(
        "UPDATE assignments SET to_ms = $to WHERE wearer = $wearer AND to_ms IS NULL", ("$wearer", wearerId), ("$to", Columns.Ms(to)));

    private static Assignment Map(DbDataReader row) =>
        new(row.GetInt64(0), row.GetString(1), row.GetString(2), row.Time(3), row.TimeOrNull(4));
}
