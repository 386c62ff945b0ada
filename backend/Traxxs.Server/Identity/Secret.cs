using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Traxxs.Server.Identity;

/// <summary>
/// Secrets this server makes: 256 random bits, shown once, kept as salted SHA-256. A slow hash guards passwords people
/// choose; nobody can try 2^256 secrets, and a device that reconnects in a storm must not cost a second of processor.
/// </summary>
internal static class Secret
{
    private const int SaltBytes = 16;

    /// <summary>A new secret as 43 characters of base64url.</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>A new public part: 12 characters of base64url, which find the row the secret is compared with.</summary>
    public static string NewId() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(9));

    /// <summary>A new salt.</summary>
    public static byte[] NewSalt() => RandomNumberGenerator.GetBytes(SaltBytes);

    /// <summary>What is kept of a secret's text.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> salt, string secret) => Hash(salt, Encoding.UTF8.GetBytes(secret));

    /// <summary>Whether the secret is the one the hash was made of. Takes the same time for any secret of a length.</summary>
    public static bool Matches(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> secret) =>
        CryptographicOperations.FixedTimeEquals(Hash(salt, secret), hash);

    private static byte[] Hash(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> secret)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(salt);
        hash.AppendData(secret);
        return hash.GetHashAndReset();
    }
}
