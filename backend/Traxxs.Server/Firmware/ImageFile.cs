using System.Security.Cryptography;
using Traxxs.Protocol;

namespace Traxxs.Server.Firmware;

/// <summary>A signed firmware image as a file (FORMAT.md, "A signed image").</summary>
/// <param name="Version">Its version, 1..2^32-1.</param>
/// <param name="ImageSize">Bytes of the image in it.</param>
/// <param name="Bytes">The whole file.</param>
public sealed record ImageFile(uint Version, int ImageSize, byte[] Bytes)
{
    /// <summary>SHA-256 of the whole file, in hexadecimal.</summary>
    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Bytes));

    /// <summary>Reads a file and looks at its header; <paramref name="key"/>: whose signature it must have, null for anybody's.</summary>
    /// <exception cref="FirmwareException">It is no image, or not signed by that key.</exception>
    public static ImageFile Read(byte[] bytes, UpdateKey? key)
    {
        if (bytes.Length > SignedImage.FileSizeMax) throw Malformed($"it has more than {SignedImage.FileSizeMax} bytes");
        if (bytes.Length <= SignedImage.HeaderSize + SignedImage.SignatureSize) throw Malformed($"it has {bytes.Length} bytes, fewer than header and signature");
        var problem = SignedImage.ReadHeader(bytes, bytes.Length, out var version, out var size);
        if (problem == UpdateRefusal.WrongBoard) throw Malformed("it does not begin as an image for this board: it is no .xsfw file, of a newer format, or for another board");
        if (problem != UpdateRefusal.None) throw Malformed("its header does not agree with its size, or its version is 0: it was cut, or something was added");
        var file = new ImageFile(version, size, bytes);
        if (key is not null && !file.IsSignedBy(key))
            throw new FirmwareException(FirmwareException.Signature, "The image is not signed with this server's update key, or was changed since. Sign it with the private key that belongs to it.");
        return file;
    }

    /// <summary>Makes a signed file of an image.</summary>
    /// <exception cref="FirmwareException">The image is empty or too large, or the version is 0.</exception>
    public static ImageFile Sign(byte[] image, uint version, RSA key)
    {
        if (image.Length == 0) throw Malformed("the image is empty");
        var size = SignedImage.HeaderSize + image.Length + SignedImage.SignatureSize;
        if (size > SignedImage.FileSizeMax) throw Malformed($"the image has {image.Length} bytes, and at most {SignedImage.FileSizeMax - SignedImage.HeaderSize - SignedImage.SignatureSize} fit");
        if (version == 0) throw Malformed("its version is 0");
        var bytes = new byte[size];
        SignedImage.WriteHeader(bytes, version, image.Length);
        image.CopyTo(bytes, SignedImage.HeaderSize);
        var signed = bytes.AsSpan(0, size - SignedImage.SignatureSize);
        key.SignData(signed, bytes.AsSpan(signed.Length), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return new ImageFile(version, image.Length, bytes);
    }

    /// <summary>Whether the signature is of a key.</summary>
    public bool IsSignedBy(UpdateKey key)
    {
        var signed = Bytes.Length - SignedImage.SignatureSize;
        return key.Verifies(Bytes.AsSpan(0, signed), Bytes.AsSpan(signed));
    }

    private static FirmwareException Malformed(string why) => new(FirmwareException.Malformed, $"This is no firmware image: {why}.");
}
