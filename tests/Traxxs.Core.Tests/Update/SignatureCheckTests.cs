using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Traxxs.Core.Update;
using Traxxs.Protocol;

namespace Traxxs.Core.Tests.Update;

[TestClass]
public class SignatureCheckTests
{
    // Made with OpenSSL 3.0: openssl genrsa 2048, openssl dgst -sha256 -sign, over the line "an insole's image".
    private const string Modulus =
        "b3a72727be327d9c147854eae37d2cfed7747af9998caa11d25ecd81efa9b543dded22c7a22f7026f3516ec65cade2db7c44d2d291f5111ffa23dcea3a25ff33"
        + "b58a8a0c005ee3691d05d15d080bb03b9db3b838a7ebfa45a2ea15071467fa9e1050fcce873189f81f386623d45e9951db5fc4766d6abc3f28617febdd69165e"
        + "a290f13577c87f25e9738fbe1e2680019ec4e35b2b639aba84d33052040776b4a5786b93c916347c653fdcaed7668245084200b93e88cbeee1f7c1591dba6da0"
        + "be1cc535652647d2a1350e39ca5f4c4889eafeac18c924639256ce4e3215a3ac13c933309f4ced2dd4b43f4dd007a21d8123ac050268b2baa27226849d3b6363";
    private const string Signature =
        "7c66443b25fc5d52b52b7ec8e3b31260d113dcefaa06fe6347054aa128678395a10108c08261392711e11c9d7e75b9e2076b1c8b6d12e6cc614af872276b707d"
        + "22c96ebc7a6b3d42f65d9632804deae3d84c1378ae1a2cf77ef1390f3e551e0b319c6ba4c13a71c16c1ef9cd8e585f14ee3c28a14cdd0709c6448471743d6142"
        + "af8e31a2876a11bedf04160c029a5060daa41f02de20624e7962ecc2b6170b6360a7132f6e3b59afd81a89c48655df444b89024b454563555c92c41d90025e04"
        + "3bde617d197eb1411e6b831732e92e7bb32c3147b6030436ef339f23d0bd259713b4467911c2f747016750f7cd21cae1637a3f25110ec1c051ab11250d806444";

    [TestMethod]
    public void A_signature_that_another_program_made_is_good_and_of_no_other_message()
    {
        Assert.IsTrue(IsGood(Convert.FromHexString(Modulus), Convert.FromHexString(Signature), "an insole's image\n"));
        Assert.IsFalse(IsGood(Convert.FromHexString(Modulus), Convert.FromHexString(Signature), "an insole's image"));
    }

    [TestMethod]
    public void Signatures_of_many_keys_are_good_with_their_own_and_bad_with_every_flipped_bit_tried()
    {
        var random = new Random(5);
        for (var round = 0; round < 8; round++)
        {
            using var rsa = RSA.Create(2048);
            var modulus = rsa.ExportParameters(false).Modulus!;
            for (var i = 0; i < 8; i++)
            {
                var message = $"message {round} {i}";
                var signature = rsa.SignData(Encoding.UTF8.GetBytes(message), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
                Assert.IsTrue(IsGood(modulus, signature, message));
                signature[random.Next(256)] ^= (byte)(1 << random.Next(8));
                Assert.IsFalse(IsGood(modulus, signature, message));
            }
        }
    }

    [TestMethod]
    public void Numbers_at_the_edges_and_other_keys_are_never_good()
    {
        using var rsa = RSA.Create(2048);
        var modulus = rsa.ExportParameters(false).Modulus!;
        var one = new byte[256];
        one[255] = 1;
        var less = Bytes(new BigInteger(modulus, true, true) - 1);
        foreach (var signature in new[] { new byte[256], one, less, modulus, [.. Enumerable.Repeat((byte)0xFF, 256)] }) Assert.IsFalse(IsGood(modulus, signature, "m"));

        var good = rsa.SignData("m"u8, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var other = RSA.Create(2048);
        Assert.IsFalse(IsGood(other.ExportParameters(false).Modulus!, good, "m"));
        Assert.IsFalse(IsGood(new byte[256], good, "m"));
        Assert.IsFalse(IsGood([.. Enumerable.Repeat((byte)0xFF, 256)], good, "m"));
        var even = (byte[])modulus.Clone();
        even[255] ^= 1;
        Assert.IsFalse(IsGood(even, good, "m"));
    }

    [TestMethod]
    public void Another_padding_another_hash_and_a_short_padding_are_refused()
    {
        using var rsa = RSA.Create(2048);
        var modulus = rsa.ExportParameters(false).Modulus!;
        Assert.IsFalse(IsGood(modulus, rsa.SignData("m"u8, HashAlgorithmName.SHA256, RSASignaturePadding.Pss), "m"));
        Assert.IsFalse(IsGood(modulus, rsa.SignData("m"u8, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1), "m"));
        // Bleichenbacher's forgery of 2006 needs a check that does not look at what stands behind the hash; here each byte is looked at.
        var whole = Encoded("m");
        Assert.IsTrue(IsGood(modulus, Raised(rsa, whole), "m"));
        foreach (var at in Enumerable.Range(0, 256).Where(at => at < 4 || at > 200 || at % 32 == 0))
        {
            var broken = (byte[])whole.Clone();
            broken[at] ^= 1;
            if (new BigInteger(broken, true, true) >= new BigInteger(modulus, true, true)) continue;
            Assert.IsFalse(IsGood(modulus, Raised(rsa, broken), "m"), $"byte {at}");
        }
    }

    [TestMethod]
    public void It_takes_thirty_multiplications_and_can_begin_anew_at_any_of_them()
    {
        using var rsa = RSA.Create(2048);
        var modulus = rsa.ExportParameters(false).Modulus!;
        var signature = rsa.SignData("m"u8, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var check = new SignatureCheck();
        for (var cut = 0; cut < 30; cut++)
        {
            check.Begin(modulus, signature);
            for (var i = 0; i < cut; i++) Assert.IsFalse(check.Advance());
        }

        check.Begin(modulus, signature);
        for (var i = 0; i < 29; i++) Assert.IsFalse(check.Advance());
        Assert.IsTrue(check.Advance());
        Assert.IsTrue(check.IsOf(Words("m")));
    }

    private static bool IsGood(byte[] modulus, byte[] signature, string message)
    {
        var check = new SignatureCheck();
        check.Begin(modulus, signature);
        while (!check.Advance()) { }
        return check.IsOf(Words(message));
    }

    private static uint[] Words(string message)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(message));
        return [.. Enumerable.Range(0, 8).Select(i => BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(4 * i)))];
    }

    // EMSA-PKCS1-v1_5, RFC 8017, 9.2.
    private static byte[] Encoded(string message)
    {
        var encoded = Enumerable.Repeat((byte)0xFF, 256).ToArray();
        (encoded[0], encoded[1], encoded[204]) = (0, 1, 0);
        Convert.FromHexString("3031300d060960864801650304020105000420").CopyTo(encoded, 205);
        SHA256.HashData(Encoding.UTF8.GetBytes(message)).CopyTo(encoded, 224);
        return encoded;
    }

    private static byte[] Raised(RSA rsa, byte[] encoded)
    {
        var key = rsa.ExportParameters(true);
        return Bytes(BigInteger.ModPow(new BigInteger(encoded, true, true), new BigInteger(key.D!, true, true), new BigInteger(key.Modulus!, true, true)));
    }

    private static byte[] Bytes(BigInteger number)
    {
        var bytes = new byte[SignedImage.SignatureSize];
        var shorter = number.ToByteArray(true, true);
        shorter.CopyTo(bytes, bytes.Length - shorter.Length);
        return bytes;
    }
}
