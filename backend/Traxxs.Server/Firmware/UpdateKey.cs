using System.Security.Cryptography;

namespace Traxxs.Server.Firmware;

/// <summary>The public half of the key that signs firmware: 2048 bits, e = 65537, as boards have it.</summary>
public sealed class UpdateKey
{
    /// <summary>Bits of the key.</summary>
    public const int Bits = 2048;

    private static readonly byte[] Exponent = [1, 0, 1];

    private readonly RSAParameters _parameters;

    private UpdateKey(RSAParameters parameters) => _parameters = parameters;

    /// <summary>The modulus, 256 bytes big-endian: what a board keeps as <c>update.key</c>.</summary>
    public byte[] Modulus => [.. _parameters.Modulus!];

    /// <summary>Reads a PEM file's text.</summary>
    /// <exception cref="FormatException">It is no public key of this kind; the sentence says what it is.</exception>
    public static UpdateKey Read(string pem)
    {
        if (pem.Contains("PRIVATE KEY", StringComparison.Ordinal)) throw new FormatException("this is a private key: it stays with who signs. Give the public one");
        using var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw new FormatException($"no PEM public key of RSA: {e.Message}", e);
        }

        var parameters = rsa.ExportParameters(includePrivateParameters: false);
        if (rsa.KeySize != Bits || !parameters.Exponent.AsSpan().SequenceEqual(Exponent))
            throw new FormatException($"the key has {rsa.KeySize} bits and the exponent {Convert.ToHexStringLower(parameters.Exponent!)}: boards take {Bits} bits and 010001. 'traxxs firmware key' makes one");
        return new UpdateKey(parameters);
    }

    /// <summary>Whether a signature over some bytes is of this key.</summary>
    public bool Verifies(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature)
    {
        using var rsa = RSA.Create(_parameters);
        return rsa.VerifyData(bytes, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }
}
