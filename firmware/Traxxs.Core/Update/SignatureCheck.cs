using System;
using Traxxs.Protocol;

namespace Traxxs.Core.Update
{
    /// <summary>
    /// RSASSA-PKCS1-v1_5 with SHA-256, 2048 bits and exponent 65537 (RFC 8017, 8.2.2), a multiplication at a time: some 160,000
    /// instructions of the interpreter each. Numbers are words of 32 bits, the lowest first, below 2^2048 but not always below the
    /// modulus (Montgomery multiplication, reduced only where a carry is left); the last multiplication brings the result below it.
    /// Nothing here is secret, so nothing is done in constant time.
    /// </summary>
    public sealed class SignatureCheck
    {
        private const int Words = 64;

        // 2 is multiplied by itself 11 times to be 2^2048, which brings the signature into Montgomery's form; then 16 squarings, one
        // multiplication with the signature, and one with 1.
        private const int LiftEnd = 11;
        private const int SignatureIn = 12;
        private const int SquareEnd = 28;
        private const int End = 30;

        // What stands before the hash, from behind the padding's end: RFC 8017, 9.2, note 1.
        private static readonly byte[] HashName = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 };
        private const int HashFrom = SignedImage.SignatureSize - 32;

        private readonly uint[] _modulus = new uint[Words];
        private readonly uint[] _signature = new uint[Words];
        private readonly uint[] _value = new uint[Words];
        private readonly uint[] _product = new uint[Words + 1];
        private uint _inverse;
        private int _done;

        /// <summary>Begins with a modulus and a signature of 256 bytes each, the highest first. The modulus is odd and has all 2048 bits, or no signature is good.</summary>
        public void Begin(byte[] modulus, byte[] signature)
        {
            ulong carry = 2;
            for (int i = 0; i < Words; i++)
            {
                int at = SignedImage.SignatureSize - 4 - 4 * i;
                uint word = SignedImage.GetUInt32(modulus, at);
                _modulus[i] = word;
                _signature[i] = SignedImage.GetUInt32(signature, at);
                // 2 in Montgomery's form: 2 (2^2048 - modulus), which is below 2^2048.
                uint other = ~word;
                carry += (ulong)other << 1;
                _value[i] = (uint)carry;
                carry >>= 32;
            }

            // Each round doubles the bits that are right (Newton); an odd number is its own inverse to three.
            uint lowest = _modulus[0];
            uint inverse = lowest;
            for (int i = 0; i < 4; i++) inverse *= 2 - lowest * inverse;
            _inverse = 0 - inverse;
            _done = 0;
        }

        /// <summary>Carries out one multiplication. True: it was the last.</summary>
        public bool Advance()
        {
            if (_done < LiftEnd || (_done >= SignatureIn && _done < SquareEnd)) Multiply(_value);
            else
            {
                Multiply(_signature);
                if (_done == LiftEnd) Array.Copy(_value, 0, _signature, 0, Words);
                else
                {
                    Array.Clear(_signature, 0, Words);
                    _signature[0] = 1;
                }
            }

            _done++;
            return _done == End;
        }

        /// <summary>After the last multiplication: whether the signature is that of a hash of eight words.</summary>
        public bool IsOf(uint[] hash)
        {
            for (int i = 0; i < SignedImage.SignatureSize; i++)
            {
                int shift = 24 - 8 * (i & 3);
                int named = i - HashFrom + HashName.Length;
                byte expected = (byte)(i == 0 || named == -1 ? 0 : i == 1 ? 1 : 0xFF);
                if (i >= HashFrom) expected = (byte)(hash[(i - HashFrom) >> 2] >> shift);
                else if (named >= 0) expected = HashName[named];
                if ((byte)(_value[Words - 1 - (i >> 2)] >> shift) != expected) return false;
            }

            return true;
        }

        // value = value * factor / 2^2048 mod modulus
        private void Multiply(uint[] factor)
        {
            uint[] product = _product;
            Array.Clear(product, 0, Words + 1);
            for (int i = 0; i < Words; i++)
            {
                ulong word = _value[i];
                ulong multiple = (uint)(((uint)word * factor[0] + product[0]) * _inverse);
                ulong high = 0;
                ulong reduced = 0;
                for (int j = 0; j < Words; j++)
                {
                    high += word * factor[j] + product[j];
                    reduced += multiple * _modulus[j] + (uint)high;
                    high >>= 32;
                    if (j > 0) product[j - 1] = (uint)reduced;
                    reduced >>= 32;
                }

                high += reduced + product[Words];
                product[Words - 1] = (uint)high;
                product[Words] = (uint)(high >> 32);
            }

            // The highest word is 1 where the modulus has to come off, 0 where not.
            ulong sum = product[Words];
            uint mask = 0 - product[Words];
            for (int i = 0; i < Words; i++)
            {
                sum += (ulong)product[i] + (~_modulus[i] & mask);
                _value[i] = (uint)sum;
                sum >>= 32;
            }
        }
    }
}
