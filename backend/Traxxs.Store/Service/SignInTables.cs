using System.Data.Common;

namespace Traxxs.Store.Service;

/// <summary>Where users are signed in.</summary>
public sealed class SignInTable
{
    private const string All = "id, \"user\", salt, secret_hash, created_ms, seen_ms, expires_ms, revoked_ms, client";
    private readonly ServiceSession _session;

    internal SignInTable(ServiceSession session) => _session = session;

    /// <summary>One sign-in, or null.</summary>
    public SignIn? Find(string id) => _session.Query($"SELECT {All} FROM sign_ins WHERE id = $id", Map, ("$id", id)).FirstOrDefault();

    /// <summary>A user's sign-ins, oldest first.</summary>
    public IReadOnlyList<SignIn> OfUser(string userId) =>
        _session.Query($"SELECT {All} FROM sign_ins WHERE \"user\" = $user ORDER BY created_ms, id", Map, ("$user", userId));

    /// <summary>Adds a sign-in.</summary>
    public void Add(SignIn signIn) => _session.Execute(
        """
        INSERT INTO sign_ins (id, "user", salt, secret_hash, created_ms, seen_ms, expires_ms, revoked_ms, client)
        VALUES ($id, $user, $salt, $hash, $created, $seen, $expires, $revoked, $client)
        """,
        ("$id", signIn.Id), ("$user", signIn.UserId), ("$salt", signIn.Salt), ("$hash", signIn.SecretHash), ("$created", Columns.Ms(signIn.CreatedAt)),
        ("$seen", Columns.Ms(signIn.SeenAt)), ("$expires", Columns.Ms(signIn.ExpiresAt)), ("$revoked", Columns.Ms(signIn.RevokedAt)),
        ("$client", signIn.Client));

    /// <summary>It was used.</summary>
    public void Seen(string id, DateTimeOffset now) =>
        _session.Execute("UPDATE sign_ins SET seen_ms = $now WHERE id = $id", ("$id", id), ("$now", Columns.Ms(now)));

    /// <summary>Ends one sign-in of a user; false where there is none that stands.</summary>
    public bool Revoke(string userId, string id, DateTimeOffset now) => _session.Execute(
        "UPDATE sign_ins SET revoked_ms = $now WHERE id = $id AND \"user\" = $user AND revoked_ms IS NULL",
        ("$id", id), ("$user", userId), ("$now", Columns.Ms(now))) == 1;

    /// <summary>Ends a user's sign-ins, but one where it is named; gives how many.</summary>
    public int RevokeAll(string userId, DateTimeOffset now, string? but = null) => _session.Execute(
        "UPDATE sign_ins SET revoked_ms = $now WHERE \"user\" = $user AND revoked_ms IS NULL AND ($but IS NULL OR id <> $but)",
        ("$user", userId), ("$now", Columns.Ms(now)), ("$but", but));

    /// <summary>Forgets those that ended before a time, at most <paramref name="limit"/>; gives how many.</summary>
    public int Forget(DateTimeOffset endedBefore, int limit) => _session.Execute(
        """
        DELETE FROM sign_ins WHERE id IN
          (SELECT id FROM sign_ins WHERE expires_ms < $before OR revoked_ms < $before LIMIT $limit)
        """, ("$before", Columns.Ms(endedBefore)), ("$limit", limit));

    private static SignIn Map(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetFieldValue<byte[]>(2), row.GetFieldValue<byte[]>(3), row.Time(4), row.Time(5), row.Time(6),
        row.TimeOrNull(7), row.TextOrNull(8));
}

/// <summary>One-time links to choose a password.</summary>
public sealed class PasswordLinkTable
{
    private const string All = "id, \"user\", salt, secret_hash, created_ms, expires_ms, used_ms";
    private readonly ServiceSession _session;

    internal PasswordLinkTable(ServiceSession session) => _session = session;

    /// <summary>One link, or null.</summary>
    public PasswordLink? Find(string id) => _session.Query($"SELECT {All} FROM password_links WHERE id = $id", Map, ("$id", id)).FirstOrDefault();

    /// <summary>Adds a link; the user's earlier ones are forgotten, so that one works at a time.</summary>
    public void Add(PasswordLink link)
    {
        _session.Execute("DELETE FROM password_links WHERE \"user\" = $user", ("$user", link.UserId));
        _session.Execute(
            "INSERT INTO password_links (id, \"user\", salt, secret_hash, created_ms, expires_ms) VALUES ($id, $user, $salt, $hash, $created, $expires)",
            ("$id", link.Id), ("$user", link.UserId), ("$salt", link.Salt), ("$hash", link.SecretHash), ("$created", Columns.Ms(link.CreatedAt)),
            ("$expires", Columns.Ms(link.ExpiresAt)));
    }

    /// <summary>Uses a link up; false where it was used before.</summary>
    public bool Use(string id, DateTimeOffset now) => _session.Execute(
        "UPDATE password_links SET used_ms = $now WHERE id = $id AND used_ms IS NULL", ("$id", id), ("$now", Columns.Ms(now))) == 1;

    private static PasswordLink Map(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetFieldValue<byte[]>(2), row.GetFieldValue<byte[]>(3), row.Time(4), row.Time(5), row.TimeOrNull(6));
}
