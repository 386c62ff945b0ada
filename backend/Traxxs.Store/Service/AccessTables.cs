using System.Data.Common;

namespace Traxxs.Store.Service;

/// <summary>What is kept of the code for the first account: a database has one at most.</summary>
/// <param name="Salt">Salt of the hash.</param>
/// <param name="CodeHash">Hash of the code.</param>
/// <param name="MadeAt">When it was made.</param>
public sealed record SetupCode(byte[] Salt, byte[] CodeHash, DateTimeOffset MadeAt);

/// <summary>The code for the first account.</summary>
public sealed class SetupCodeTable
{
    private readonly ServiceSession _session;

    internal SetupCodeTable(ServiceSession session) => _session = session;

    /// <summary>The code that stands, or null.</summary>
    public SetupCode? Find() => _session.Query("SELECT salt, code_hash, made_ms FROM setup_code", Map).FirstOrDefault();

    /// <summary>Takes the place of any code that stood.</summary>
    public void Put(SetupCode code) => _session.Execute(
        "INSERT INTO setup_code (one, salt, code_hash, made_ms) VALUES (1, $salt, $hash, $made) ON CONFLICT (one) DO UPDATE SET salt = $salt, code_hash = $hash, made_ms = $made",
        ("$salt", code.Salt), ("$hash", code.CodeHash), ("$made", Columns.Ms(code.MadeAt)));

    /// <summary>No code stands any more.</summary>
    public void Remove() => _session.Execute("DELETE FROM setup_code");

    private static SetupCode Map(DbDataReader row) => new(row.GetFieldValue<byte[]>(0), row.GetFieldValue<byte[]>(1), row.Time(2));
}

/// <summary>Whose connections an entry of the audit log ends: one device's, or those of all devices of an organisation.</summary>
/// <param name="Entry">Id of the entry.</param>
/// <param name="DeviceId">The device; null where it is an organisation.</param>
/// <param name="Org">The organisation that was closed; null where it is a device.</param>
public sealed record Withdrawal(long Entry, string? DeviceId, string? Org);

/// <summary>Which devices were shut out, alone or with their organisation, or have another secret, according to the audit log, and up to where that was carried out.</summary>
public sealed class WithdrawalTable
{
    /// <summary>Action in the audit log: a device has another secret.</summary>
    public const string SecretReplaced = "device.secret-replaced";

    /// <summary>Action in the audit log: a device was shut out.</summary>
    public const string Revoked = "device.revoked";

    /// <summary>What stands before a device's id as the subject of an entry.</summary>
    public const string Subject = "device:";

    /// <summary>Action in the audit log: an organisation was closed.</summary>
    public const string OrganisationClosed = "organisation.closed";

    /// <summary>What stands before an organisation's id as the subject of an entry.</summary>
    public const string OrganisationSubject = "organisation:";

    private readonly ServiceSession _session;

    internal WithdrawalTable(ServiceSession session) => _session = session;

    /// <summary>The audit entry up to which the connections were closed. It never goes back.</summary>
    public long Cursor
    {
        get => (long)_session.Scalar("SELECT entry FROM withdrawal_cursor")!;
        set => _session.Execute("UPDATE withdrawal_cursor SET entry = $entry WHERE entry < $entry", ("$entry", value));
    }

    /// <summary>The last entry of the audit log; 0 where there is none.</summary>
    public long LastEntry => (long)_session.Scalar("SELECT coalesce(max(id), 0) FROM audit")!;

    /// <summary>Whom entries behind one shut out or gave another secret, in order, at most <paramref name="limit"/>.</summary>
    public IReadOnlyList<Withdrawal> After(long entry, int limit) => _session.Query(
        $"SELECT id, subject FROM audit WHERE id > $entry AND action IN ('{SecretReplaced}', '{Revoked}', '{OrganisationClosed}') ORDER BY id LIMIT $limit",
        row => Of(row.GetInt64(0), row.GetString(1)), ("$entry", entry), ("$limit", limit));

    private static Withdrawal Of(long entry, string subject) => subject.StartsWith(OrganisationSubject, StringComparison.Ordinal)
        ? new(entry, null, subject[OrganisationSubject.Length..])
        : new(entry, subject[Subject.Length..], null);
}
