using System.Security.Cryptography;
using Traxxs.Protocol;

namespace Traxxs.Simulation.Updates;

/// <summary>Signed images for simulated boards and tests: FORMAT.md, "A signed image".</summary>
public static class SignedFile
{
    /// <summary>The file of an image under a version.</summary>
    public static byte[] Make(uint version, ReadOnlySpan<byte> image, RSA key)
    {
        var file = new byte[SignedImage.HeaderSize + image.Length + SignedImage.SignatureSize];
        SignedImage.WriteHeader(file, version, image.Length);
        image.CopyTo(file.AsSpan(SignedImage.HeaderSize));
        key.SignData(file.AsSpan(0, file.Length - SignedImage.SignatureSize), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CopyTo(file, file.Length - SignedImage.SignatureSize);
        return file;
    }

    /// <summary>The bytes of <c>update.key</c>: the modulus, the highest byte first.</summary>
    public static byte[] PublicKey(RSA key) => key.ExportParameters(false).Modulus!;
}
