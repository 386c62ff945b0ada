using System.Text;
using Traxxs.Store.Service;

namespace Traxxs.Server.Identity;

/// <summary>
/// Bearer tokens of the API: <c>txs.ID.SECRET</c>. The id finds the row, the secret is compared with its hash. A token is a
/// service key with a role of its own, or a user's, whose role then bounds it. On the first start the operator's token is
/// made and written to a file only its owner can read: there is no default password, and the token stands in no log.
/// </summary>
public sealed class AccessTokens(ServiceDatabase database, TimeProvider clock)
{
    /// <summary>Name of the file the operator's token is written to, in the data folder.</summary>
    public const string AdminFile = "admin.token";

    /// <summary>Most characters of a token's name.</summary>
    public const int NameMax = 64;

    private const string Prefix = "txs";
    private const string OperatorName = "operator";

    /// <summary>Makes a token and gives its text, this once.</summary>
    public (string Text, AccessToken Token) Create(string org, string name, Role role, DateTimeOffset? expiresAt, string who, string? userId = null)
    {
        var (id, secret, salt) = (Secret.NewId(), Secret.New(), Secret.NewSalt());
        var token = new AccessToken(id, org, userId, name, Roles.WordOf(role), salt, Secret.Hash(salt, secret), clock.GetUtcNow(), expiresAt, null);
        database.Write(session =>
        {
            session.Tokens.Put(token);
            session.Audit.Add(role == Role.Operator ? null : org, token.CreatedAt, who, "token.created", $"token:{id}", $"{name}, {token.Role}");
        });
        return ($"{Prefix}.{id}.{secret}", token);
    }

    /// <summary>
    /// Who a token stands for; null where it is none, has expired or was revoked, its user was shut out or its organisation
    /// closed. The operator's acts in the organisation asked for; the others act in their own, whatever is asked.
    /// </summary>
    public Actor? Authenticate(string? text, string? askedOrg = null)
    {
        var parts = text?.Split('.');
        if (parts is not [Prefix, { Length: > 0 and <= 32 } id, { Length: > 0 and <= 128 } secret]) return null;
        var (token, user, organisation) = database.Read(session =>
        {
            var found = session.Tokens.Find(null, id);
            return (found, found?.UserId is { } userId ? session.Users.Find(found.Org, userId) : null, found is null ? null : session.Organisations.Find(found.Org));
        });
        if (token is not { RevokedAt: null }) return null;
        if (token.ExpiresAt is { } end && clock.GetUtcNow() >= end) return null;
        if (!Secret.Matches(token.Salt, token.SecretHash, Encoding.UTF8.GetBytes(secret))) return null;
        if (!Roles.TryParse(token.Role, out var role)) return null;
        if (role == Role.Operator) return new Actor(ActorKind.Operator, token.Id, token.Name, role, askedOrg ?? OrganisationId.First);
        if (organisation is not { ClosedAt: null }) return null;
        if (token.UserId is null) return new Actor(ActorKind.Key, token.Id, token.Name, role, token.Org);
        if (user is not { DisabledAt: null } || !Roles.TryParse(user.Role, out var most)) return null;
        return new Actor(ActorKind.User, user.Id, user.Name, role < most ? role : most, token.Org, user.WearerId);
    }

    /// <summary>
    /// A program that may hear its organisation's alerts with this key; null where it may hear none. Not the operator: that
    /// names no organisation.
    /// </summary>
    public (string KeyId, string Org)? ListenerOf(string text) =>
        Authenticate(text) is { Kind: not ActorKind.Operator } actor && actor.Has(Role.Viewer) ? (text.Split('.')[1], actor.Org) : null;

    /// <summary>Whether a key that was good once still is: not revoked, not expired, its user and organisation not shut out.</summary>
    public bool Stands(string keyId) => database.Read(session =>
        session.Tokens.Find(null, keyId) is { RevokedAt: null } token
        && (token.ExpiresAt is not { } end || clock.GetUtcNow() < end)
        && session.Organisations.Find(token.Org) is { ClosedAt: null }
        && (token.UserId is not { } user || session.Users.Find(token.Org, user) is { DisabledAt: null }));

    /// <summary>A token was made void: whoever listens with it is to be cut off.</summary>
    public event Action<string>? Revoked;

    /// <summary>What a token is called where its secret must not stand.</summary>
    public static string CredentialOf(string text) => $"token:{text.Split('.').ElementAtOrDefault(1)}";

    /// <summary>Makes a token of an organisation void; false where there is none.</summary>
    public bool Revoke(string org, string id, string who)
    {
        var revoked = database.Write(session =>
        {
            if (session.Tokens.Find(org, id) is not { } token) return false;
            var now = clock.GetUtcNow();
            session.Tokens.Put(token with { RevokedAt = token.RevokedAt ?? now });
            session.Audit.Add(org, now, who, "token.revoked", $"token:{id}");
            return true;
        });
        if (revoked) Revoked?.Invoke($"token:{id}");
        return revoked;
    }

    /// <summary>
    /// Sees to it that whoever holds the data folder can act: where no operator's token is valid, makes one and writes it to
    /// <see cref="AdminFile"/>. Gives the text where the file holds a valid one.
    /// </summary>
    public string? EnsureAdmin(string dataFolder)
    {
        var path = Path.Combine(dataFolder, AdminFile);
        if (File.Exists(path) && File.ReadAllText(path).Trim() is var kept && Authenticate(kept) is { Role: Role.Operator }) return kept;
        var now = clock.GetUtcNow();
        var exists = database.Read(session => session.Tokens.List(null))
            .Any(token => token is { RevokedAt: null } && token.Role == Roles.WordOf(Role.Operator) && (token.ExpiresAt is not { } end || end > now));
        return exists ? null : WriteAdmin(dataFolder);
    }

    /// <summary>Makes a new operator's token and gives its text, this once; earlier ones stand until they are revoked.</summary>
    public string CreateOperator(string who) => Create(OrganisationId.First, OperatorName, Role.Operator, null, who).Text;

    /// <summary>Makes a new operator's token and writes it to <see cref="AdminFile"/>: the way back in for whoever owns the folder.</summary>
    public string WriteAdmin(string dataFolder)
    {
        var text = CreateOperator("system");
        SecretFile.Write(Path.Combine(dataFolder, AdminFile), text);
        return text;
    }
}
