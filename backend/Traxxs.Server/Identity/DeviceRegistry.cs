using System.Collections.Concurrent;
using Traxxs.Store.Service;

namespace Traxxs.Server.Identity;

/// <summary>
/// Which devices may connect, and by which secret. Read from the database at each connect (some ten microseconds), so
/// that provisioning and revoking by another process, or another server, hold from the next connect on.
/// </summary>
public sealed class DeviceRegistry(ServiceDatabase database, TimeProvider clock) : IDeviceCredentials
{
    // Salt of the secret each device was let in by, an entry a device: a new secret has a new one.
    private readonly ConcurrentDictionary<string, byte[]> _letIn = new(StringComparer.Ordinal);

    private static readonly byte[] NobodySalt = Secret.NewSalt();
    private static readonly byte[] NobodyHash = new byte[32];

    /// <summary>A device's secret changed or it was revoked: its live connection is to be dropped.</summary>
    public event Action<string>? Withdrawn;

    /// <inheritdoc/>
    public bool Verify(string deviceId, ReadOnlySpan<byte> secret)
    {
        var device = DeviceId.IsValid(deviceId) ? database.Read(session => session.Devices.FindOpen(deviceId)) : null;
        // An unknown device costs the same as a wrong secret: the answer's time tells nobody which ids exist.
        if (device is not { RevokedAt: null })
        {
            Secret.Matches(NobodySalt, NobodyHash, secret);
            return false;
        }

        var isDevice = Secret.Matches(device.Salt, device.SecretHash, secret);
        if (isDevice) _letIn[deviceId] = device.Salt;
        return isDevice;
    }

    /// <summary>A device's connection was closed, by whichever process: it is let in anew or not at all.</summary>
    public void Forget(string deviceId) => _letIn.TryRemove(deviceId, out _);

    /// <summary>
    /// Makes a device known to an organisation and gives its secret, this once. Of a device known already the secret is
    /// replaced and the old one is void.
    /// </summary>
    /// <exception cref="ArgumentException">The id is not one, or the device is another organisation's.</exception>
    public string Provision(string org, string deviceId, string who, string? name = null)
    {
        var (secret, known) = database.Write(session => Provision(session, org, deviceId, who, name));
        if (known) Withdrawn?.Invoke(deviceId);
        return secret;
    }

    /// <summary>The same for many devices in one commit. Secrets in the order of the ids.</summary>
    /// <exception cref="ArgumentException">As of one; then none of them is made known.</exception>
    public IReadOnlyList<string> ProvisionAll(string org, IReadOnlyList<string> deviceIds, string who)
    {
        var made = database.Write(session => deviceIds.Select(id => Provision(session, org, id, who, null)).ToList());
        for (var i = 0; i < made.Count; i++)
        {
            if (made[i].Known) Withdrawn?.Invoke(deviceIds[i]);
        }

        return [.. made.Select(one => one.Secret)];
    }

    /// <summary>Drops a device's live connection; whether it may come back is found out then.</summary>
    public void Withdraw(string deviceId) => Withdrawn?.Invoke(deviceId);

    /// <summary>Drops a device's live connection unless it was let in here by the secret it has now: taking its place ended any before it.</summary>
    public void WithdrawOutdated(string deviceId)
    {
        if (_letIn.TryGetValue(deviceId, out var salt) && IsOf(deviceId, salt)) return;
        Withdraw(deviceId);
    }

    /// <summary>Drops the live connections of an organisation's devices, if it is closed; where it was opened again, they may stay.</summary>
    public void WithdrawAllOf(string org)
    {
        var devices = database.Read(session => session.Organisations.Find(org) is { ClosedAt: not null } ? session.Devices.List(org) : []);
        foreach (var device in devices.Where(one => one.RevokedAt is null)) Withdraw(device.Id);
    }

    /// <summary>Shuts a device out; false where it is not known. Its reports and alerts stay.</summary>
    public bool Revoke(string org, string deviceId, string who)
    {
        var revoked = database.Write(session =>
        {
            if (session.Devices.Find(org, deviceId) is not { } device) return false;
            var now = clock.GetUtcNow();
            session.Devices.Put(device with { RevokedAt = device.RevokedAt ?? now });
            session.Audit.Add(org, now, who, WithdrawalTable.Revoked, WithdrawalTable.Subject + deviceId);
            return true;
        });
        if (revoked) Withdrawn?.Invoke(deviceId);
        return revoked;
    }

    private bool IsOf(string deviceId, byte[] salt) =>
        database.Read(session => session.Devices.FindOpen(deviceId)) is { RevokedAt: null } device && device.Salt.AsSpan().SequenceEqual(salt);

    private (string Secret, bool Known) Provision(ServiceSession session, string org, string deviceId, string who, string? name)
    {
        if (!DeviceId.IsValid(deviceId)) throw new ArgumentException($"a device id has {DeviceId.Rule}", nameof(deviceId));
        var (secret, salt, now) = (Secret.New(), Secret.NewSalt(), clock.GetUtcNow());
        var before = session.Devices.Find(null, deviceId);
        // Its stored reports would change hands with it.
        if (before is not null && before.Org != org) throw new ArgumentException($"the id {deviceId} is taken", nameof(deviceId));
        session.Devices.Put(new DeviceIdentity(deviceId, org, name ?? before?.Name, salt, Secret.Hash(salt, secret), before?.CreatedAt ?? now, null));
        session.Audit.Add(org, now, who, before is null ? "device.provisioned" : WithdrawalTable.SecretReplaced, WithdrawalTable.Subject + deviceId);
        return (secret, before is not null);
    }
}
