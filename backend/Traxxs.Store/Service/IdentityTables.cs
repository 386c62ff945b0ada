using Microsoft.Data.Sqlite;

namespace Traxxs.Store.Service;

/// <summary>Devices that may connect.</summary>
public sealed class DeviceTable
{
    private const string All = "id, name, salt, secret_hash, created_ms, revoked_ms";
    private readonly ServiceSession _session;

    internal DeviceTable(ServiceSession session) => _session = session;

    /// <summary>One device, or null.</summary>
    public DeviceIdentity? Find(string id) => _session.Query($"SELECT {All} FROM devices WHERE id = $id", Map, ("$id", id)).FirstOrDefault();

    /// <summary>All devices by id.</summary>
    public IReadOnlyList<DeviceIdentity> List() => _session.Query($"SELECT {All} FROM devices ORDER BY id", Map);

    /// <summary>Adds or replaces a device.</summary>
    public void Put(DeviceIdentity device) => _session.Execute(
        """
        INSERT INTO devices (id, name, salt, secret_hash, created_ms, revoked_ms) VALUES ($id, $name, $salt, $hash, $created, $revoked)
        ON CONFLICT (id) DO UPDATE SET name = $name, salt = $salt, secret_hash = $hash, revoked_ms = $revoked
        """,
        ("$id", device.Id), ("$name", device.Name), ("$salt", device.Salt), ("$hash", device.SecretHash),
        ("$created", Columns.Ms(device.CreatedAt)), ("$revoked", Columns.Ms(device.RevokedAt)));

    private static DeviceIdentity Map(SqliteDataReader row) => new(
        row.GetString(0), row.TextOrNull(1), row.GetFieldValue<byte[]>(2), row.GetFieldValue<byte[]>(3), row.Time(4), row.TimeOrNull(5));
}

/// <summary>API tokens.</summary>
public sealed class TokenTable
{
    private const string All = "id, name, role, salt, secret_hash, created_ms, expires_ms, revoked_ms";
    private readonly ServiceSession _session;

    internal TokenTable(ServiceSession session) => _session = session;

    /// <summary>One token, or null.</summary>
    public AccessToken? Find(string id) => _session.Query($"SELECT {All} FROM tokens WHERE id = $id", Map, ("$id", id)).FirstOrDefault();

    /// <summary>All tokens, oldest first.</summary>
    public IReadOnlyList<AccessToken> List() => _session.Query($"SELECT {All} FROM tokens ORDER BY created_ms, id", Map);

    /// <summary>Adds or replaces a token.</summary>
    public void Put(AccessToken token) => _session.Execute(
        """
        INSERT INTO tokens (id, name, role, salt, secret_hash, created_ms, expires_ms, revoked_ms)
        VALUES ($id, $name, $role, $salt, $hash, $created, $expires, $revoked)
        ON CONFLICT (id) DO UPDATE SET expires_ms = $expires, revoked_ms = $revoked
        """,
        ("$id", token.Id), ("$name", token.Name), ("$role", token.Role), ("$salt", token.Salt), ("$hash", token.SecretHash),
        ("$created", Columns.Ms(token.CreatedAt)), ("$expires", Columns.Ms(token.ExpiresAt)), ("$revoked", Columns.Ms(token.RevokedAt)));

    private static AccessToken Map(SqliteDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.GetFieldValue<byte[]>(3), row.GetFieldValue<byte[]>(4),
        row.Time(5), row.TimeOrNull(6), row.TimeOrNull(7));
}
