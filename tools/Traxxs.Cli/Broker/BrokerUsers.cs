using System.Security.Cryptography;

namespace Traxxs.Cli.Broker;

/// <summary>Users with salted, slow hashes of their passwords: PBKDF2-HMAC-SHA256, <c>pbkdf2$iterations$salt$hash</c> in base64.</summary>
internal sealed class BrokerUsers
{
    private const int Iterations = 210_000; // about 0.1 s of a core: a broker checks one per connection
    private const int SaltBytes = 16, HashBytes = 32;
    private readonly Dictionary<string, (int Iterations, byte[] Salt, byte[] Hash)> _users = new(StringComparer.Ordinal);

    public BrokerUsers(IReadOnlyDictionary<string, string> users)
    {
        foreach (var (name, hash) in users) _users.Add(name, Parse(name, hash));
    }

    public int Count => _users.Count;

    public static string Hash(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var hash = Rfc2898DeriveBytes.Pbkdf2(password, salt, Iterations, HashAlgorithmName.SHA256, HashBytes);
        return $"pbkdf2${Iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}";
    }

    private static (int, byte[], byte[]) Parse(string name, string text)
    {
        try
        {
            if (text.Split('$') is ["pbkdf2", var iterations, var salt, var hash]) return (int.Parse(iterations), Convert.FromBase64String(salt), Convert.FromBase64String(hash));
        }
        catch (FormatException)
        {
            // Said below.
        }

        throw new UsageException($"the password of user '{name}' is not a hash: make one with 'traxxs broker hash'");
    }

    /// <summary>True if the password is the user's. An unknown user costs the same time as a wrong password.</summary>
    public bool Check(string? name, ReadOnlySpan<byte> password)
    {
        var known = _users.TryGetValue(name ?? "", out var user);
        if (!known) user = (Iterations, new byte[SaltBytes], new byte[HashBytes]);
        var hash = Rfc2898DeriveBytes.Pbkdf2(password, user.Salt, user.Iterations, HashAlgorithmName.SHA256, user.Hash.Length);
        return CryptographicOperations.FixedTimeEquals(hash, user.Hash) && known;
    }
}
