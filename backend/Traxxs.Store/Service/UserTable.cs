using System.Data.Common;

namespace Traxxs.Store.Service;

/// <summary>People who sign in.</summary>
public sealed class UserTable
{
    private const string All = "id, org, email, name, role, password, phone, created_ms, disabled_ms, failed, locked_until_ms, wearer";
    private readonly ServiceSession _session;

    internal UserTable(ServiceSession session) => _session = session;

    /// <summary>One user, or null.</summary>
    public User? Find(string? org, string id) => _session.Query(
        $"SELECT {All} FROM users WHERE id = $id AND ($org IS NULL OR org = $org)", Map, ("$id", id), ("$org", org)).FirstOrDefault();

    /// <summary>The user with an e-mail address, whatever the case of its letters; or null. Addresses are unique across organisations.</summary>
    public User? FindByEmail(string email) => _session.Query($"SELECT {All} FROM users WHERE {_session.IgnoringCase("email")} = {_session.IgnoringCase("$email")}", Map, ("$email", email)).FirstOrDefault();

    /// <summary>Users by id behind a cursor, at most <paramref name="limit"/>.</summary>
    public IReadOnlyList<User> List(string? org, string after = "", int limit = int.MaxValue) => _session.Query(
        $"SELECT {All} FROM users WHERE ($org IS NULL OR org = $org) AND id > $after ORDER BY id LIMIT $limit",
        Map, ("$org", org), ("$after", after), ("$limit", limit));

    /// <summary>Users there are.</summary>
    public long Count(string? org) => (long)_session.Scalar("SELECT count(*) FROM users WHERE ($org IS NULL OR org = $org)", ("$org", org))!;

    /// <summary>Users that are a wearer.</summary>
    public IReadOnlyList<User> OfWearer(string wearerId) => _session.Query($"SELECT {All} FROM users WHERE wearer = $wearer", Map, ("$wearer", wearerId));

    /// <summary>Adds or replaces a user; the organisation stays what it was.</summary>
    public void Put(User user) => _session.Execute(
        """
        INSERT INTO users (id, org, email, name, role, password, phone, created_ms, disabled_ms, failed, locked_until_ms, wearer)
        VALUES ($id, $org, $email, $name, $role, $password, $phone, $created, $disabled, $failed, $locked, $wearer)
        ON CONFLICT (id) DO UPDATE SET email = $email, name = $name, role = $role, password = $password, phone = $phone,
          disabled_ms = $disabled, failed = $failed, locked_until_ms = $locked, wearer = $wearer
        """,
        ("$id", user.Id), ("$org", user.Org), ("$email", user.Email), ("$name", user.Name), ("$role", user.Role), ("$password", user.Password),
        ("$phone", user.Phone), ("$created", Columns.Ms(user.CreatedAt)), ("$disabled", Columns.Ms(user.DisabledAt)), ("$failed", user.Failed),
        ("$locked", Columns.Ms(user.LockedUntil)), ("$wearer", user.WearerId));

    private static User Map(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Org = row.GetString(1),
        Email = row.GetString(2),
        Name = row.GetString(3),
        Role = row.GetString(4),
        Password = row.TextOrNull(5),
        Phone = row.TextOrNull(6),
        CreatedAt = row.Time(7),
        DisabledAt = row.TimeOrNull(8),
        Failed = row.GetInt32(9),
        LockedUntil = row.TimeOrNull(10),
        WearerId = row.TextOrNull(11),
    };
}
