using System.Data.Common;

namespace Traxxs.Store.Service;

/// <summary>The last update each device was offered, and how far it came.</summary>
public sealed class UpdateTable
{
    private const string All = "device, version, size, state, progress, reason, offer, asked_ms, asked_by, expires_ms, told_ms, ended_ms";
    private readonly ServiceSession _session;

    internal UpdateTable(ServiceSession session) => _session = session;

    /// <summary>A device's update; null where it was never offered one.</summary>
    public DeviceUpdate? Find(string deviceId) =>
        _session.Query($"SELECT {All} FROM firmware_updates WHERE device = $device", Map, ("$device", deviceId)).FirstOrDefault();

    /// <summary>Adds or replaces a device's update.</summary>
    public void Put(DeviceUpdate update) => _session.Execute(
        """
        INSERT INTO firmware_updates VALUES ($device, $version, $size, $state, $progress, $reason, $offer, $asked, $by, $expires, $told, $ended)
        ON CONFLICT (device) DO UPDATE SET version = $version, size = $size, state = $state, progress = $progress, reason = $reason, offer = $offer,
          asked_ms = $asked, asked_by = $by, expires_ms = $expires, told_ms = $told, ended_ms = $ended
        """,
        ("$device", update.DeviceId), ("$version", update.Version), ("$size", update.Size), ("$state", (int)update.State), ("$progress", update.Progress),
        ("$reason", update.Reason), ("$offer", update.Offer), ("$asked", Columns.Ms(update.AskedAt)), ("$by", update.AskedBy),
        ("$expires", Columns.Ms(update.ExpiresAt)), ("$told", Columns.Ms(update.ToldAt)), ("$ended", Columns.Ms(update.EndedAt)));

    /// <summary>Updates whose time is over and whose end was not seen.</summary>
    public IReadOnlyList<DeviceUpdate> Expired(DateTimeOffset now) =>
        _session.Query($"SELECT {All} FROM firmware_updates WHERE state < 3 AND expires_ms <= $now", Map, ("$now", Columns.Ms(now)));

    /// <summary>By version: how many devices of an organisation may still ask for parts of its image.</summary>
    public IReadOnlyDictionary<long, int> TakingByVersion(string org) => _session
        .Query("SELECT u.version, count(*) FROM firmware_updates u JOIN devices d ON d.id = u.device WHERE d.org = $org AND u.state < 2 GROUP BY u.version",
            row => (row.GetInt64(0), row.GetInt32(1)), ("$org", org))
        .ToDictionary(pair => pair.Item1, pair => pair.Item2);

    /// <summary>How many devices' updates stand in each state.</summary>
    public IReadOnlyDictionary<UpdateState, long> CountByState() => _session
        .Query("SELECT state, count(*) FROM firmware_updates GROUP BY state", row => ((UpdateState)row.GetInt32(0), row.GetInt64(1)))
        .ToDictionary(pair => pair.Item1, pair => pair.Item2);

    private static DeviceUpdate Map(DbDataReader row) => new()
    {
        DeviceId = row.GetString(0),
        Version = row.GetInt64(1),
        Size = row.GetInt32(2),
        State = (UpdateState)row.GetInt32(3),
        Progress = row.GetInt32(4),
        Reason = row.IntOrNull(5),
        Offer = row.GetInt64(6),
        AskedAt = row.Time(7),
        AskedBy = row.GetString(8),
        ExpiresAt = row.Time(9),
        ToldAt = row.TimeOrNull(10),
        EndedAt = row.TimeOrNull(11),
    };
}
