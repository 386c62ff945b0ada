using nanoFramework.TestFramework;
using Traxxs.Protocol;

namespace Traxxs.Nano.Tests
{
    /// <summary>What the codec and the detectors take for granted of the machine they run on.</summary>
    [TestClass]
    public class ArithmeticTests
    {
        [TestMethod]
        public void Integers_wrap_shift_and_divide_as_on_a_PC()
        {
            int minusSeven = Given(-7);
            Assert.AreEqual(-3, minusSeven / 2, "division towards zero");
            Assert.AreEqual(-1, minusSeven % 2, "the remainder has the sign of the dividend");
            Assert.AreEqual(-4, minusSeven >> 1, "a signed shift keeps the sign");
            Assert.AreEqual(2147483644u, (uint)minusSeven >> 1, "an unsigned shift does not");
            Assert.AreEqual(int.MinValue, Given(int.MaxValue) + 1, "addition wraps");
            Assert.AreEqual(4294967295u, (uint)Given(0) - 1u, "subtraction below 0 wraps");
            Assert.AreEqual(-1L, (long)Given(-1), "widening keeps the sign");
            Assert.AreEqual(4294967295L, (long)(uint)Given(-1), "widening an unsigned number does not");
            Assert.AreEqual(-128, (int)(sbyte)(byte)Given(128), "bytes turn over");
            Assert.AreEqual(-32768, (int)(short)Given(32768), "shorts turn over");
            Assert.AreEqual(0x40000000u, (uint)(0x1_4000_0000L | (long)Given(0)), "the low half of a long");
            Assert.AreEqual(1, Given(1) << (Given(32) & 31), "a shift by the width is no shift");
        }

        [TestMethod]
        public void Longs_multiply_shift_and_divide_as_on_a_PC()
        {
            long wide = 123456789012345L + Given(0);
            Assert.AreEqual(-6172839450617L, -wide / 20, "quotient");
            Assert.AreEqual(-5L, -wide % 20, "remainder");
            Assert.AreEqual(-1883801102L, -wide >> 16, "shift");
            Assert.AreEqual(281474976710655L, (1L << Given(48)) - 1, "the registers of the range coder");
            Assert.AreEqual(-8589934592L, (long)Given(int.MinValue) * 4, "product of a widened factor");
            Assert.AreEqual(0x7FFFFFFFFFFFFFFFL, ~(1L << Given(63)), "the highest bit");
        }

        [TestMethod]
        public void Unsigned_differences_become_signed_by_way_of_long()
        {
            uint five = (uint)Given(5);
            Assert.AreEqual(-4, (int)(long)(five - 12) >> 1, "shift");
            Assert.AreEqual(-3, (int)(long)(five - 12) % 4, "remainder");
            Assert.AreEqual(-7L, (long)(int)(long)(five - 12), "widening");
        }

        [TestMethod]
        public void Tables_stand_before_the_first_call()
        {
            Assert.AreEqual(292, AccuracyClass.ToMetres(14), "a table of unsigned shorts");
            Assert.AreEqual(5, (int)AccuracyClass.FromMillimetres(8000), "its search");
            byte[] check = { 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39 };
            Assert.AreEqual(0x29B1, (int)Crc16.Compute(check, 0, check.Length), "CRC-16 of 123456789");
        }

        // Keeps the compiler from doing the sum.
        private static int Given(int value)
        {
            return value;
        }
    }
}
