using System.Data.Common;

namespace Traxxs.Store.Service;

/// <summary>What devices are to be configured with: what was chosen, and what comes of it for each device.</summary>
public sealed class ConfigurationTable
{
    private const string Desired = "device, version, settings, changed_ms, published_ms";
    private readonly ServiceSession _session;

    internal ConfigurationTable(ServiceSession session) => _session = session;

    /// <summary>What was chosen for a device, or (null) for all of an organisation; null where nothing was.</summary>
    public ChosenSettings? Chosen(string org, string? deviceId) => _session.Query(
        "SELECT org, device, settings, changed_ms, changed_by FROM configurations WHERE org = $org AND device = $device",
        row => new ChosenSettings(row.GetString(0), row.GetString(1) is { Length: > 0 } device ? device : null, row.GetString(2), row.Time(3), row.GetString(4)),
        ("$org", org), ("$device", deviceId ?? "")).FirstOrDefault();

    /// <summary>Chooses settings.</summary>
    public void Choose(ChosenSettings chosen) => _session.Execute(
        """
        INSERT INTO configurations VALUES ($org, $device, $settings, $changed, $by)
        ON CONFLICT (org, device) DO UPDATE SET settings = $settings, changed_ms = $changed, changed_by = $by
        """,
        ("$org", chosen.Org), ("$device", chosen.DeviceId ?? ""), ("$settings", chosen.Settings), ("$changed", Columns.Ms(chosen.ChangedAt)), ("$by", chosen.ChangedBy));

    /// <summary>What a device is to be configured with; null where it never was to be with anything.</summary>
    public DesiredConfiguration? Find(string deviceId) =>
        _session.Query($"SELECT {Desired} FROM desired_configurations WHERE device = $device", Map, ("$device", deviceId)).FirstOrDefault();

    /// <summary>Adds or replaces what a device is to be configured with.</summary>
    public void Put(DesiredConfiguration desired) => _session.Execute(
        """
        INSERT INTO desired_configurations VALUES ($device, $version, $settings, $changed, $published)
        ON CONFLICT (device) DO UPDATE SET version = $version, settings = $settings, changed_ms = $changed, published_ms = $published
        """,
        ("$device", desired.DeviceId), ("$version", desired.Version), ("$settings", desired.Settings),
        ("$changed", Columns.Ms(desired.ChangedAt)), ("$published", Columns.Ms(desired.PublishedAt)));

    // published_ms: null while nobody has begun, 0 from when it is handed over, then the time.
    /// <summary>Configurations the broker has not taken yet, at most some.</summary>
    public IReadOnlyList<DesiredConfiguration> Unpublished(int limit) =>
        _session.Query($"SELECT {Desired} FROM desired_configurations WHERE published_ms IS NULL ORDER BY device LIMIT $limit", Map, ("$limit", limit));

    /// <summary>What was being handed over when that was cut off is to be handed over again.</summary>
    public void HandOverAgain() => _session.Execute("UPDATE desired_configurations SET published_ms = NULL WHERE published_ms = 0");

    /// <summary>A version is handed to the broker from now on.</summary>
    public void Publishing(string deviceId, long version) => _session.Execute(
        "UPDATE desired_configurations SET published_ms = 0 WHERE device = $device AND version = $version", ("$device", deviceId), ("$version", version));

    /// <summary>The broker took a version; a newer one meanwhile, or the same one wanted once more, stays to be taken.</summary>
    public void Published(string deviceId, long version, DateTimeOffset now) => _session.Execute(
        "UPDATE desired_configurations SET published_ms = $now WHERE device = $device AND version = $version AND published_ms = 0",
        ("$device", deviceId), ("$version", version), ("$now", Columns.Ms(now)));

    private static DesiredConfiguration Map(DbDataReader row) =>
        new(row.GetString(0), row.GetInt64(1), row.GetString(2), row.Time(3), row.IsDBNull(4) || row.GetInt64(4) == 0 ? null : row.Time(4));
}
