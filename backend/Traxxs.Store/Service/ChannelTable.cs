using System.Data.Common;

namespace Traxxs.Store.Service;

/// <summary>Ways to reach people.</summary>
public sealed class ChannelTable
{
    private const string All = "id, org, version, kind, name, settings, secret, limit_count, limit_s, disabled, changed_ms";
    private readonly ServiceSession _session;

    internal ChannelTable(ServiceSession session) => _session = session;

    /// <summary>One channel, or null.</summary>
    public ChannelRecord? Find(string? org, string id) => _session.Query(
        $"SELECT {All} FROM channels WHERE id = $id AND ($org IS NULL OR org = $org)", Map, ("$id", id), ("$org", org)).FirstOrDefault();

    /// <summary>An organisation's channels by id.</summary>
    public IReadOnlyList<ChannelRecord> List(string? org) =>
        _session.Query($"SELECT {All} FROM channels WHERE ($org IS NULL OR org = $org) ORDER BY id", Map, ("$org", org));

    /// <summary>Adds or replaces a channel; kind and organisation stay what they were.</summary>
    public void Put(ChannelRecord channel) => _session.Execute(
        """
        INSERT INTO channels (id, org, version, kind, name, settings, secret, limit_count, limit_s, disabled, changed_ms)
        VALUES ($id, $org, $version, $kind, $name, $settings, $secret, $count, $span, $disabled, $changed)
        ON CONFLICT (id) DO UPDATE SET version = $version, name = $name, settings = $settings, secret = $secret, limit_count = $count,
          limit_s = $span, disabled = $disabled, changed_ms = $changed
        """,
        ("$id", channel.Id), ("$org", channel.Org), ("$version", channel.Version), ("$kind", channel.Kind), ("$name", channel.Name),
        ("$settings", channel.Settings), ("$secret", channel.Secret), ("$count", channel.LimitCount), ("$span", (int)channel.LimitSpan.TotalSeconds),
        ("$disabled", channel.Disabled ? 1 : 0), ("$changed", Columns.Ms(channel.ChangedAt)));

    /// <summary>Removes a channel; false where there was none.</summary>
    public bool Remove(string org, string id) =>
        _session.Execute("DELETE FROM channels WHERE org = $org AND id = $id", ("$org", org), ("$id", id)) == 1;

    private static ChannelRecord Map(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Org = row.GetString(1),
        Version = row.GetInt32(2),
        Kind = row.GetString(3),
        Name = row.GetString(4),
        Settings = row.GetString(5),
        Secret = row.TextOrNull(6),
        LimitCount = row.IntOrNull(7),
        LimitSpan = TimeSpan.FromSeconds(row.IntOrNull(8) ?? 0),
        Disabled = row.GetInt32(9) == 1,
        ChangedAt = row.Time(10),
    };
}
