using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Traxxs.Store.Service;

namespace Traxxs.Server.Identity;

/// <summary>
/// Passwords people choose: which are good enough, and how they are kept (PBKDF2 with SHA-512 by the framework's hasher,
/// some hundred milliseconds each, so that a stolen file is slow to guess from).
/// </summary>
public sealed class Passwords
{
    /// <summary>Fewest characters. NIST SP 800-63B asks for eight at least; two more cost a person nothing.</summary>
    public const int LengthMin = 10;

    /// <summary>Most characters: a sentence fits, a megabyte to be hashed does not.</summary>
    public const int LengthMax = 128;

    // OWASP Password Storage Cheat Sheet: 210,000 rounds for PBKDF2-HMAC-SHA512.
    private const int Rounds = 210_000;

    private static readonly User Nobody = new() { Id = "", Org = "", Email = "", Name = "", Role = "", CreatedAt = DateTimeOffset.UnixEpoch };

    private readonly PasswordHasher<User> _hasher;
    private readonly string _nobodysHash;

    /// <summary>A hasher; tests take fewer rounds.</summary>
    public Passwords(int rounds = Rounds)
    {
        _hasher = new PasswordHasher<User>(Options.Create(new PasswordHasherOptions { IterationCount = rounds }));
        _nobodysHash = _hasher.HashPassword(Nobody, Secret.New());
    }

    /// <summary>What is wrong with a password, as a rule it must keep; null where nothing is.</summary>
    public static string? Fault(string? password, params ReadOnlySpan<string> personal)
    {
        if (password is not { Length: >= LengthMin and <= LengthMax } || !IsText(password))
        {
            return $"must have {LengthMin} to {LengthMax} characters";
        }

        if (CommonPasswords.Contains(password)) return "is one of those tried first by whoever guesses: take another, such as four words that do not belong together";
        foreach (var own in personal)
        {
            if (own.Length >= 4 && password.Contains(own, StringComparison.OrdinalIgnoreCase)) return "must not contain your name or e-mail address";
        }

        return null;
    }

    /// <summary>What is kept of a password that has no fault.</summary>
    public string Hash(string password) => _hasher.HashPassword(Nobody, password);

    /// <summary>
    /// Whether it is the password a hash was made of. Without a hash (no such user, none chosen yet) it is not, and finding
    /// out takes as long.
    /// </summary>
    public bool Matches(string? hash, string? password)
    {
        var given = password is { Length: <= LengthMax } ? password : "";
        return _hasher.VerifyHashedPassword(Nobody, hash ?? _nobodysHash, given) != PasswordVerificationResult.Failed && hash is not null;
    }

    // Half a surrogate pair becomes another character on its way to the hash: two passwords would be one.
    private static bool IsText(string password)
    {
        for (var i = 0; i < password.Length; i++)
        {
            if (!char.IsSurrogate(password[i])) continue;
            if (!char.IsSurrogatePair(password, i)) return false;
            i++;
        }

        return true;
    }
}
