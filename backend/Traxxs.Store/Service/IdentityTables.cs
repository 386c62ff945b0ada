using System.Data.Common;

namespace Traxxs.Store.Service;

/// <summary>Devices that may connect.</summary>
public sealed class DeviceTable
{
    private const string All = "id, org, name, salt, secret_hash, created_ms, revoked_ms";
    private readonly ServiceSession _session;

    internal DeviceTable(ServiceSession session) => _session = session;

    /// <summary>One device, or null.</summary>
    public DeviceIdentity? Find(string? org, string id) => _session.Query(
        $"SELECT {All} FROM devices WHERE id = $id AND ($org IS NULL OR org = $org)", Map, ("$id", id), ("$org", org)).FirstOrDefault();

    /// <summary>One device, or null; null too where its organisation is closed.</summary>
    public DeviceIdentity? FindOpen(string id) => _session.Query(
        $"SELECT {All} FROM devices d WHERE id = $id AND NOT EXISTS (SELECT 1 FROM organisations o WHERE o.id = d.org AND o.closed_ms IS NOT NULL)",
        Map, ("$id", id)).FirstOrDefault();

    /// <summary>The organisation of a device; null where it is not known.</summary>
    public string? OrgOf(string id) => _session.Scalar("SELECT org FROM devices WHERE id = $id", ("$id", id)) as string;

    /// <summary>Devices of an organisation by id behind a cursor, at most <paramref name="limit"/>.</summary>
    public IReadOnlyList<DeviceIdentity> Page(string org, string after, int limit) => _session.Query(
        $"SELECT {All} FROM devices WHERE org = $org AND id > $after ORDER BY id LIMIT $limit", Map, ("$org", org), ("$after", after), ("$limit", limit));

    /// <summary>Ids of an organisation's devices, in order.</summary>
    public IReadOnlyList<string> Ids(string org) => _session.Query("SELECT id FROM devices WHERE org = $org ORDER BY id", row => row.GetString(0), ("$org", org));

    /// <summary>All devices by id.</summary>
    public IReadOnlyList<DeviceIdentity> List(string? org) =>
        _session.Query($"SELECT {All} FROM devices WHERE ($org IS NULL OR org = $org) ORDER BY id", Map, ("$org", org));

    /// <summary>Adds or replaces a device; its organisation stays what it was.</summary>
    public void Put(DeviceIdentity device) => _session.Execute(
        """
        INSERT INTO devices (id, org, name, salt, secret_hash, created_ms, revoked_ms) VALUES ($id, $org, $name, $salt, $hash, $created, $revoked)
        ON CONFLICT (id) DO UPDATE SET name = $name, salt = $salt, secret_hash = $hash, revoked_ms = $revoked
        """,
        ("$id", device.Id), ("$org", device.Org), ("$name", device.Name), ("$salt", device.Salt), ("$hash", device.SecretHash),
        ("$created", Columns.Ms(device.CreatedAt)), ("$revoked", Columns.Ms(device.RevokedAt)));

    private static DeviceIdentity Map(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.TextOrNull(2), row.GetFieldValue<byte[]>(3), row.GetFieldValue<byte[]>(4), row.Time(5), row.TimeOrNull(6));
}

/// <summary>API tokens.</summary>
public sealed class TokenTable
{
    private const string All = "id, org, \"user\", name, role, salt, secret_hash, created_ms, expires_ms, revoked_ms";
    private readonly ServiceSession _session;

    internal TokenTable(ServiceSession session) => _session = session;

    /// <summary>One token, or null.</summary>
    public AccessToken? Find(string? org, string id) => _session.Query(
        $"SELECT {All} FROM tokens WHERE id = $id AND ($org IS NULL OR org = $org)", Map, ("$id", id), ("$org", org)).FirstOrDefault();

    /// <summary>All tokens, oldest first.</summary>
    public IReadOnlyList<AccessToken> List(string? org) => _session.Query(
        $"SELECT {All} FROM tokens WHERE ($org IS NULL OR org = $org) ORDER BY created_ms, id", Map, ("$org", org));

    /// <summary>Adds or replaces a token.</summary>
    public void Put(AccessToken token) => _session.Execute(
        """
        INSERT INTO tokens (id, org, "user", name, role, salt, secret_hash, created_ms, expires_ms, revoked_ms)
        VALUES ($id, $org, $user, $name, $role, $salt, $hash, $created, $expires, $revoked)
        ON CONFLICT (id) DO UPDATE SET expires_ms = $expires, revoked_ms = $revoked
        """,
        ("$id", token.Id), ("$org", token.Org), ("$user", token.UserId), ("$name", token.Name), ("$role", token.Role), ("$salt", token.Salt), ("$hash", token.SecretHash),
        ("$created", Columns.Ms(token.CreatedAt)), ("$expires", Columns.Ms(token.ExpiresAt)), ("$revoked", Columns.Ms(token.RevokedAt)));

    private static AccessToken Map(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.TextOrNull(2), row.GetString(3), row.GetString(4),
        row.GetFieldValue<byte[]>(5), row.GetFieldValue<byte[]>(6), row.Time(7), row.TimeOrNull(8), row.TimeOrNull(9));
}
