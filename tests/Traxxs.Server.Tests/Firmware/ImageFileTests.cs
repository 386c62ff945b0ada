using System.Security.Cryptography;
using Traxxs.Protocol;
using Traxxs.Server.Firmware;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Firmware;

[TestClass]
public sealed class ImageFileTests
{
    private static readonly UpdateKey Key = UpdateKey.Read(Images.PublicPem);

    [TestMethod]
    public void A_signed_image_is_laid_out_as_the_format_says_and_read_back()
    {
        var file = ImageFile.Sign([1, 2, 3], 0x01020304, Images.Key);
        Assert.AreEqual("58534657" + "01" + "01" + "0000" + "01020304" + "00000003" + "010203", Convert.ToHexStringLower(file.Bytes.AsSpan(0, 19)));
        Assert.HasCount(19 + 256, file.Bytes);
        Assert.IsTrue(Images.Key.VerifyData(file.Bytes.AsSpan(0, 19), file.Bytes.AsSpan(19), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        var read = ImageFile.Read(file.Bytes, Key);
        Assert.AreEqual((0x01020304u, 3), (read.Version, read.ImageSize));
        Assert.AreEqual(Convert.ToHexStringLower(SHA256.HashData(file.Bytes)), read.Sha256);
    }

    [TestMethod]
    public void Any_bit_that_turned_is_noticed()
    {
        var bytes = ImageFile.Sign([1, 2, 3], 7, Images.Key).Bytes;
        for (var bit = 0; bit < bytes.Length * 8; bit += 7)
        {
            var turned = (byte[])bytes.Clone();
            turned[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.ThrowsExactly<FirmwareException>(() => ImageFile.Read(turned, Key), $"bit {bit}");
        }
    }

    [TestMethod]
    public void What_is_no_image_is_refused_by_name()
    {
        var bytes = ImageFile.Sign([1, 2, 3], 7, Images.Key).Bytes;
        foreach (var (wrong, says) in new (byte[], string)[]
        {
            ([], "fewer than"), (bytes[..100], "fewer than"), (bytes[..^1], "cut"), ([.. bytes, 0], "added"), (new byte[SignedImage.FileSizeMax + 1], "more than"),
            (Changed(0, 0), "no .xsfw"), (Changed(4, 2), "newer format"), (Changed(5, 9), "another board"), (Changed(11, 0), "version is 0"),
        })
        {
            var error = Assert.ThrowsExactly<FirmwareException>(() => ImageFile.Read(wrong, null));
            Assert.AreEqual(FirmwareException.Malformed, error.Code);
            StringAssert.Contains(error.Message, says);
        }

        byte[] Changed(int at, byte value)
        {
            var changed = (byte[])bytes.Clone();
            changed[at] = value;
            return changed;
        }
    }

    [TestMethod]
    public void Another_key_s_signature_is_none_and_is_taken_only_where_no_key_is_known()
    {
        using var other = RSA.Create(UpdateKey.Bits);
        var bytes = ImageFile.Sign([1], 7, other).Bytes;
        Assert.AreEqual(FirmwareException.Signature, Assert.ThrowsExactly<FirmwareException>(() => ImageFile.Read(bytes, Key)).Code);
        Assert.AreEqual(7u, ImageFile.Read(bytes, null).Version);
    }

    [TestMethod]
    public void An_image_that_does_not_fit_is_not_signed()
    {
        const int Most = SignedImage.FileSizeMax - SignedImage.HeaderSize - SignedImage.SignatureSize;
        Assert.HasCount(SignedImage.FileSizeMax, ImageFile.Sign(new byte[Most], 1, Images.Key).Bytes);
        Assert.ThrowsExactly<FirmwareException>(() => ImageFile.Sign(new byte[Most + 1], 1, Images.Key));
        Assert.ThrowsExactly<FirmwareException>(() => ImageFile.Sign([], 1, Images.Key));
        Assert.ThrowsExactly<FirmwareException>(() => ImageFile.Sign([1], 0, Images.Key));
    }

    [TestMethod]
    public void Only_a_public_key_of_the_boards_kind_is_one()
    {
        Assert.HasCount(256, Key.Modulus);
        Assert.AreEqual(Convert.ToHexString(Images.Key.ExportParameters(false).Modulus!), Convert.ToHexString(Key.Modulus));
        using var small = RSA.Create(1024);
        using var curve = ECDsa.Create();
        foreach (var (pem, says) in new[]
        {
            (Images.Key.ExportPkcs8PrivateKeyPem(), "private key"), (small.ExportSubjectPublicKeyInfoPem(), "1024 bits"), (curve.ExportSubjectPublicKeyInfoPem(), "no PEM public key"), ("hello", "no PEM public key"), ("", "no PEM public key"),
        })
            StringAssert.Contains(Assert.ThrowsExactly<FormatException>(() => UpdateKey.Read(pem)).Message, says);
    }

    [TestMethod]
    [DataRow("1.2.3", 66051u)]
    [DataRow("0.0.1", 1u)]
    [DataRow("65535.255.255", uint.MaxValue)]
    public void A_version_is_three_numbers_and_one(string text, uint number)
    {
        Assert.IsTrue(ImageVersion.TryRead(text, out var read));
        Assert.AreEqual(number, read);
        Assert.AreEqual(text, ImageVersion.Of(number));
        foreach (var wrong in new[] { null, "", "1", "1.2", "1.2.3.4", "1.256.0", "65536.0.0", "1.-2.3", " 1.2.3", "0.0.0", "1.2.x" }) Assert.IsFalse(ImageVersion.TryRead(wrong, out _), wrong);
    }
}
