using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Traxxs.Store.Service;

namespace Traxxs.Server.Identity;

/// <summary>
/// Bearer tokens of the API: <c>txs.ID.SECRET</c>. The id finds the row, the secret is compared with its hash. On the
/// first start an administrator's token is made and written to a file only its owner can read: there is no default
/// password, and the token stands in no log.
/// </summary>
public sealed class AccessTokens(ServiceDatabase database, TimeProvider clock)
{
    /// <summary>Name of the file the first administrator's token is written to, in the data folder.</summary>
    public const string AdminFile = "admin.token";

    /// <summary>Most characters of a token's name.</summary>
    public const int NameMax = 64;

    private const string Prefix = "txs";

    /// <summary>Makes a token and gives its text, this once.</summary>
    public (string Text, AccessToken Token) Create(string name, Role role, DateTimeOffset? expiresAt, string who)
    {
        var id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(9));
        var secret = Secret.New();
        var salt = Secret.NewSalt();
        var token = new AccessToken(id, name, WordOf(role), salt, Secret.Hash(salt, secret), clock.GetUtcNow(), expiresAt, null);
        database.Write(session =>
        {
            session.Tokens.Put(token);
            session.Audit.Add(token.CreatedAt, who, "token.created", $"token:{id}", $"{name}, {token.Role}");
        });
        return ($"{Prefix}.{id}.{secret}", token);
    }

    /// <summary>Who a token stands for; null where it is none, has expired or was revoked.</summary>
    public Actor? Authenticate(string? text)
    {
        var parts = text?.Split('.');
        if (parts is not [Prefix, { Length: > 0 and <= 32 } id, { Length: > 0 and <= 128 } secret]) return null;
        if (database.Read(session => session.Tokens.Find(id)) is not { RevokedAt: null } token) return null;
        if (token.ExpiresAt is { } end && clock.GetUtcNow() >= end) return null;
        if (!Secret.Matches(token.Salt, token.SecretHash, Encoding.UTF8.GetBytes(secret))) return null;
        return TryParseRole(token.Role, out var role) ? new Actor(token.Id, token.Name, role) : null;
    }

    /// <summary>Makes a token void; false where there is none.</summary>
    public bool Revoke(string id, string who) => database.Write(session =>
    {
        if (session.Tokens.Find(id) is not { } token) return false;
        var now = clock.GetUtcNow();
        session.Tokens.Put(token with { RevokedAt = token.RevokedAt ?? now });
        session.Audit.Add(now, who, "token.revoked", $"token:{id}");
        return true;
    });

    /// <summary>
    /// Sees to it that somebody can sign in: where no administrator's token is valid, makes one and writes it to
    /// <see cref="AdminFile"/>. Gives the text where the file holds a valid one.
    /// </summary>
    public string? EnsureAdmin(string dataFolder)
    {
        var path = Path.Combine(dataFolder, AdminFile);
        if (File.Exists(path) && File.ReadAllText(path).Trim() is var kept && Authenticate(kept) is { Role: Role.Admin }) return kept;
        var now = clock.GetUtcNow();
        var exists = database.Read(session => session.Tokens.List())
            .Any(token => token is { RevokedAt: null, Role: "admin" } && (token.ExpiresAt is not { } end || end > now));
        return exists ? null : WriteAdmin(dataFolder);
    }

    /// <summary>Makes a new administrator's token and writes it to <see cref="AdminFile"/>: the way back in for whoever owns the folder.</summary>
    public string WriteAdmin(string dataFolder)
    {
        var (text, _) = Create("admin", Role.Admin, null, "system");
        var path = Path.Combine(dataFolder, AdminFile);
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, options);
        writer.WriteLine(text);
        return text;
    }

    /// <summary>A role as the API writes it.</summary>
    public static string WordOf(Role role) => role switch { Role.Admin => "admin", Role.Supervisor => "supervisor", _ => "viewer" };

    /// <summary>A role from its word.</summary>
    public static bool TryParseRole(string? word, out Role role)
    {
        (var known, role) = word switch
        {
            "admin" => (true, Role.Admin),
            "supervisor" => (true, Role.Supervisor),
            "viewer" => (true, Role.Viewer),
            _ => (false, Role.Viewer),
        };
        return known;
    }
}
