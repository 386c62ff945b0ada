using System.Diagnostics.CodeAnalysis;
using System.Text;
using Traxxs.Server.Notifications.Mail;
using Traxxs.Server.Notifications.Sms;
using Traxxs.Store.Service;

namespace Traxxs.Server.Identity;

/// <summary>
/// Accounts of people: made without a password, which their owner chooses by a link that works once. Names are one
/// person's within an organisation, so that the audit log's words say who it was.
/// </summary>
public sealed class UserAccounts(ServiceDatabase database, Passwords passwords, SignIns signIns, TimeProvider clock)
{
    /// <summary>Most users of an organisation.</summary>
    public const int UsersMax = 10_000;

    /// <summary>How long a link to choose a password works.</summary>
    public static readonly TimeSpan LinkLife = TimeSpan.FromHours(24);

    private const int NameMax = 64;

    // Those who act without an account: nobody may be taken for them.
    private static readonly string[] Reserved = ["system", "admin", "operator", "command line", "configuration"];

    /// <summary>An account was shut, or its role or wearer changed: what it is allowed by now is to be looked at anew.</summary>
    public event Action<string>? Changed;

    /// <summary>Makes an account. <see cref="FormatException"/> names what is wrong, field first.</summary>
    public User Add(string org, UserChange wanted, string who) => database.Write(session => Make(session, org, wanted, who));

    /// <summary>As above, within a transaction.</summary>
    public User Make(ServiceSession session, string org, UserChange wanted, string who)
    {
        if (session.Users.Count(org) >= UsersMax) throw new FormatException($"email: an organisation has at most {UsersMax} users");
        var empty = new User
        {
            Id = Guid.CreateVersion7(wanted.Now).ToString("N"), Org = org, Email = "", Name = "", Role = Roles.WordOf(Role.Viewer), CreatedAt = wanted.Now,
        };
        var user = Apply(session, empty, wanted with { Email = wanted.Email ?? "", Name = wanted.Name ?? "", Role = wanted.Role ?? "" });
        session.Users.Put(user);
        session.Audit.Add(org, wanted.Now, who, "user.created", $"user:{user.Id}", $"{user.Name}, {user.Role}");
        return user;
    }

    /// <summary>Changes an account; null where the organisation has none such. <see cref="FormatException"/> names what is wrong.</summary>
    public User? Change(string org, string id, UserChange wanted, Actor actor)
    {
        var (before, after) = database.Write<(User?, User?)>(session =>
        {
            if (session.Users.Find(org, id) is not { } user || IsDeleted(user)) return (null, null);
            var next = Apply(session, user, wanted);
            if (next == user) return (user, user);
            if (actor.Id == id && (next.Role != user.Role || next.DisabledAt is not null)) throw new FormatException("role: nobody changes their own role or shuts their own account");
            RequireAnAdmin(session, user, next);
            session.Users.Put(next);
            session.Audit.Add(org, clock.GetUtcNow(), actor.Name, "user.changed", $"user:{id}", WordsOf(user, next));
            return (user, next);
        });
        if (after is null) return null;
        if (after.DisabledAt is not null && before!.DisabledAt is null) signIns.RevokeAll(after, actor.Name);
        if (after.Role != before!.Role || after.WearerId != before.WearerId || after.DisabledAt != before.DisabledAt) Changed?.Invoke(id);
        return after;
    }

    /// <summary>
    /// Takes an account away: nobody signs in by it, e-mail address and number are forgotten. Its name stays taken, since
    /// the audit log goes on naming it. False where the organisation has none such.
    /// </summary>
    public bool Delete(string org, string id, Actor actor)
    {
        if (actor.Id == id) throw new FormatException("id: nobody deletes their own account");
        var user = database.Write(session =>
        {
            if (session.Users.Find(org, id) is not { } found || IsDeleted(found)) return null;
            var now = clock.GetUtcNow();
            var gone = found with
            {
                Email = $"{id}{DeletedMark}", Password = null, Phone = null, WearerId = null, DisabledAt = found.DisabledAt ?? now, Failed = 0, LockedUntil = null,
            };
            RequireAnAdmin(session, found, gone);
            session.Users.Put(gone);
            foreach (var token in session.Tokens.List(org).Where(token => token.UserId == id && token.RevokedAt is null)) session.Tokens.Put(token with { RevokedAt = now });
            session.Audit.Add(org, now, actor.Name, "user.deleted", $"user:{id}");
            return gone;
        });
        if (user is null) return false;
        signIns.RevokeAll(user, actor.Name);
        Changed?.Invoke(id);
        return true;
    }

    /// <summary>Makes a link by which a user chooses a password, once; earlier ones are void. Gives its secret part, this once.</summary>
    public (string Text, DateTimeOffset ExpiresAt)? NewLink(string? org, string id, string who) => database.Write<(string, DateTimeOffset)?>(session =>
    {
        if (session.Users.Find(org, id) is not { DisabledAt: null } user) return null;
        var (linkId, secret, salt, now) = (Secret.NewId(), Secret.New(), Secret.NewSalt(), clock.GetUtcNow());
        session.PasswordLinks.Add(new PasswordLink(linkId, id, salt, Secret.Hash(salt, secret), now, now + LinkLife, null));
        session.Audit.Add(user.Org, now, who, "user.password-link-made", $"user:{id}");
        return ($"{linkId}.{secret}", now + LinkLife);
    });

    /// <summary>What stands before the secret part of a link's address.</summary>
    public const string LinkMark = "password=";

    /// <summary>The secret part of a link, given whole or alone.</summary>
    public static string? SecretOfLink(string? link) => link?.Split(LinkMark)[^1].Trim();

    /// <summary>The user a link is for; null where it is none, was used or is too old.</summary>
    public User? FindByLink(string? text)
    {
        var parts = text?.Split('.');
        if (parts is not [{ Length: > 0 and <= 32 } id, { Length: > 0 and <= 128 } secret]) return null;
        var (link, user) = database.Read(session =>
        {
            var found = session.PasswordLinks.Find(id);
            return (found, found is null ? null : session.Users.Find(null, found.UserId));
        });
        if (link is not { UsedAt: null } || clock.GetUtcNow() >= link.ExpiresAt || user is not { DisabledAt: null }) return null;
        return Secret.Matches(link.Salt, link.SecretHash, Encoding.UTF8.GetBytes(secret)) ? user : null;
    }

    /// <summary>Uses a link up and sets the password; false where somebody was quicker. All earlier sign-ins end.</summary>
    public bool UseLink(string text, User user, string password)
    {
        var hash = passwords.Hash(password);
        var used = database.Write(session =>
        {
            var now = clock.GetUtcNow();
            if (!session.PasswordLinks.Use(text.Split('.')[0], now) || session.Users.Find(null, user.Id) is not { } current) return false;
            session.Users.Put(current with { Password = hash, Failed = 0, LockedUntil = null });
            session.Audit.Add(user.Org, now, user.Name, "user.password-chosen", $"user:{user.Id}");
            return true;
        });
        if (used) signIns.RevokeAll(user, user.Name);
        return used;
    }

    /// <summary>Sets a new password; the user's other sign-ins end. False where the account is gone meanwhile.</summary>
    public bool SetPassword(User user, string password, string? keepSignIn)
    {
        var hash = passwords.Hash(password);
        var set = database.Write(session =>
        {
            if (session.Users.Find(null, user.Id) is not { DisabledAt: null } current) return false;
            session.Users.Put(current with { Password = hash });
            session.Audit.Add(user.Org, clock.GetUtcNow(), user.Name, "user.password-changed", $"user:{user.Id}");
            return true;
        });
        if (set) signIns.RevokeAll(user, user.Name, keepSignIn);
        return set;
    }

    /// <summary>Whether an account was deleted: it stands for the audit log's sake.</summary>
    public static bool IsDeleted(User user) => user.Email.EndsWith(DeletedMark, StringComparison.Ordinal);

    /// <summary>Whether a name may stand in the audit log for a user or key; otherwise what is wrong.</summary>
    public static bool IsName([NotNullWhen(true)] string? name, out string fault)
    {
        fault = $"must have 1 to {NameMax} characters, none a colon, and not be {string.Join(", ", Reserved)}";
        return name is { Length: >= 1 and <= NameMax } && !name.Contains(':') && !name.Any(char.IsControl)
            && !Reserved.Contains(name, StringComparer.OrdinalIgnoreCase);
    }

    // RFC 2606: no address ends so.
    private const string DeletedMark = "@deleted.invalid";

    private static User Apply(ServiceSession session, User user, UserChange wanted)
    {
        if (wanted.Name is { } nameText)
        {
            var name = nameText.Trim();
            if (!IsName(name, out var fault)) throw new FormatException($"name: {fault}");
            if (name != user.Name && IsTaken(session, user.Org, name, user.Id)) throw new FormatException("name: somebody of the organisation has it");
            user = user with { Name = name };
        }

        if (wanted.Email is { } emailText)
        {
            // As the mail channel wants it: an account is an address alerts can reach.
            if (MailAddress.Normalise(emailText.Trim()) is not { } email || email.EndsWith(DeletedMark, StringComparison.OrdinalIgnoreCase)) throw new FormatException($"email: {MailAddress.Rule}");
            // Said of any organisation: an address is one account. Only an admin can ask, and each try is in the audit log.
            if (session.Users.FindByEmail(email) is { } other && other.Id != user.Id) throw new FormatException("email: the address has an account");
            user = user with { Email = email };
        }

        if (wanted.Role is { } roleText)
        {
            if (!Roles.TryParseGiven(roleText, out var role)) throw new FormatException("role: must be admin, supervisor, responder or viewer");
            user = user with { Role = Roles.WordOf(role) };
        }

        if (wanted.Phone is { } phone)
        {
            user = user with { Phone = ReadPhone(phone) };
        }

        if (wanted.WearerId is { } wearerId)
        {
            if (wearerId.Length > 0 && session.Wearers.Find(user.Org, wearerId) is not { ErasedAt: null }) throw new FormatException("wearerId: there is no such wearer");
            user = user with { WearerId = wearerId.Length == 0 ? null : wearerId };
        }

        return wanted.Disabled is { } disabled ? user with { DisabledAt = disabled ? user.DisabledAt ?? wanted.Now : null } : user;
    }

    /// <summary>Whether a user or a key of the organisation has a name already.</summary>
    public static bool IsTaken(ServiceSession session, string org, string name, string? but = null) =>
        session.Users.List(org).Any(user => user.Id != but && user.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        || session.Tokens.List(org).Any(token => token.UserId is null && token.RevokedAt is null && token.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    // An organisation nobody can run any more would have to ask whoever owns the server.
    private static void RequireAnAdmin(ServiceSession session, User before, User after)
    {
        var admin = Roles.WordOf(Role.Admin);
        if (before.Role != admin || before.DisabledAt is not null || (after.Role == admin && after.DisabledAt is null)) return;
        if (!session.Users.List(before.Org).Any(user => user.Id != before.Id && user.Role == admin && user.DisabledAt is null))
            throw new FormatException("role: this is the organisation's last admin");
    }

    /// <summary>A number as gateways want it; null for an empty text. <see cref="FormatException"/> where it is none.</summary>
    internal static string? ReadPhone(string text) =>
        text.Length == 0 ? null : PhoneNumber.Normalise(text) ?? throw new FormatException($"phone: {PhoneNumber.Rule}");

    private static string WordsOf(User before, User after)
    {
        var words = new List<string>();
        if (before.Name != after.Name) words.Add($"name {before.Name} to {after.Name}");
        if (before.Role != after.Role) words.Add($"role {before.Role} to {after.Role}");
        if (before.Email != after.Email) words.Add("e-mail address");
        if (before.Phone != after.Phone) words.Add("phone");
        if (before.WearerId != after.WearerId) words.Add("wearer");
        if (before.DisabledAt is null != after.DisabledAt is null) words.Add(after.DisabledAt is null ? "opened" : "shut");
        return string.Join(", ", words);
    }
}

/// <summary>What to set on an account; null leaves as is, an empty text takes away.</summary>
public sealed record UserChange
{
    /// <summary>E-mail address.</summary>
    public string? Email { get; init; }

    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Word of the role.</summary>
    public string? Role { get; init; }

    /// <summary>Number for text messages.</summary>
    public string? Phone { get; init; }

    /// <summary>The wearer the user is.</summary>
    public string? WearerId { get; init; }

    /// <summary>Whether the account is shut.</summary>
    public bool? Disabled { get; init; }

    /// <summary>When this is asked.</summary>
    public required DateTimeOffset Now { get; init; }
}
