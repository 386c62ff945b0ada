using System;
using nanoFramework.TestFramework;
using Traxxs.Core.Update;
using Traxxs.Protocol;

namespace Traxxs.Nano.Tests
{
    /// <summary>The arithmetic that decides whether an image is ours, on the machine that will reckon it.</summary>
    [TestClass]
    public class SignatureTests
    {
        private const int Rounds = 10;

        [TestMethod]
        public void The_examples_of_FIPS_180_come_out()
        {
            Check("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "");
            Check("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "abc");
            Check("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq");
        }

        [TestMethod]
        public void A_signature_that_another_program_made_is_good_and_of_no_other_hash()
        {
            byte[] file = SignedSample.File();
            byte[] signature = new byte[SignedImage.SignatureSize];
            Array.Copy(file, SignedSample.SignedSize, signature, 0, SignedImage.SignatureSize);
            uint[] hash = SignedSample.Hash(file, SignedSample.SignedSize).Hash;
            SignatureCheck check = new SignatureCheck();
            check.Begin(SignedSample.Key(), signature);
            int multiplications = 1;
            while (!check.Advance()) multiplications++;
            Assert.AreEqual(30, multiplications, "multiplications");
            Assert.IsTrue(check.IsOf(hash), "its own");
            for (int i = 0; i < hash.Length; i++)
            {
                hash[i] ^= 1u << 4 * i;
                Assert.IsFalse(check.IsOf(hash), "another");
                hash[i] ^= 1u << 4 * i;
            }

            Assert.IsTrue(check.IsOf(hash), "its own again");
        }

        [TestMethod]
        public void The_time_of_a_block_and_of_a_multiplication_is_printed()
        {
            byte[] file = SignedSample.File();
            Sha256 hash = new Sha256();
            hash.Begin();
            long startTicks = DateTime.UtcNow.Ticks;
            for (int i = 0; i < Rounds; i++) hash.Take(file, i * Sha256.BlockSize);
            Print("hashing 64 bytes", startTicks);

            SignatureCheck check = new SignatureCheck();
            check.Begin(SignedSample.Key(), SignedSample.Key());
            startTicks = DateTime.UtcNow.Ticks;
            for (int i = 0; i < Rounds; i++) Assert.IsFalse(check.Advance(), "not the last");
            Print("one of the 30 multiplications of a signature", startTicks);
        }

        private static void Check(string expected, string message)
        {
            byte[] bytes = new byte[message.Length];
            for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)message[i];
            Sha256 hash = SignedSample.Hash(bytes, bytes.Length);
            byte[] found = new byte[32];
            for (int i = 0; i < 8; i++) SignedImage.PutUInt32(found, 4 * i, hash.Hash[i]);
            Assert.AreEqual(expected, Hex.Format(found, found.Length), message);
        }

        private static void Print(string what, long startTicks)
        {
            OutputHelper.WriteLine(what + ": " + ((DateTime.UtcNow.Ticks - startTicks) / 10 / Rounds).ToString() + " us");
        }
    }
}
