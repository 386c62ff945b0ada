using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Traxxs.Core.Update;

namespace Traxxs.Core.Tests.Update;

[TestClass]
public class Sha256Tests
{
    [TestMethod]
    [DataRow("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [DataRow("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [DataRow("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void The_examples_of_FIPS_180_come_out(string message, string expected) =>
        Assert.AreEqual(expected, Hash(Encoding.ASCII.GetBytes(message)));

    [TestMethod]
    public void A_million_letters_come_out_as_in_FIPS_180() =>
        Assert.AreEqual("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", Hash([.. Enumerable.Repeat((byte)'a', 1_000_000)]));

    [TestMethod]
    public void Every_length_around_a_block_hashes_as_another_implementation_has_it()
    {
        var random = new Random(3);
        for (var length = 0; length < 300; length++)
        {
            var message = new byte[length];
            random.NextBytes(message);
            Assert.AreEqual(Convert.ToHexStringLower(SHA256.HashData(message)), Hash(message), $"{length} bytes");
        }
    }

    internal static string Hash(byte[] message)
    {
        var padded = new byte[(message.Length + 8) / 64 * 64 + 64];
        message.CopyTo(padded, 0);
        padded[message.Length] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(padded.AsSpan(padded.Length - 8), (ulong)message.Length * 8);
        var hash = new Sha256();
        hash.Begin();
        for (var i = 0; i < padded.Length; i += 64) hash.Take(padded, i);
        return string.Concat(hash.Hash.Select(word => word.ToString("x8")));
    }
}
