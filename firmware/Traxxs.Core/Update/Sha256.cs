using System;
using Traxxs.Protocol;

namespace Traxxs.Core.Update
{
    /// <summary>SHA-256 (FIPS 180-4, 6.2), a block of 64 bytes at a time. The caller pads the last (5.1.1).</summary>
    public sealed class Sha256
    {
        /// <summary>Bytes of a block.</summary>
        public const int BlockSize = 64;

        // FIPS 180-4, 4.2.2
        private static readonly uint[] Constants =
        {
            0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
            0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
            0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
            0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
            0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
            0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
            0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
            0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
        };

        // 5.3.3
        private static readonly uint[] Start =
        {
            0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
        };

        private readonly uint[] _schedule = new uint[64];
        private readonly uint[] _work = new uint[8];

        /// <summary>The hash so far, eight words, the first the highest.</summary>
        public readonly uint[] Hash = new uint[8];

        /// <summary>Begins anew.</summary>
        public void Begin()
        {
            Array.Copy(Start, 0, Hash, 0, 8);
        }

        /// <summary>Takes in one block.</summary>
        public void Take(byte[] bytes, int offset)
        {
            uint[] w = _schedule;
            uint[] h = _work;
            Array.Copy(Hash, 0, h, 0, 8);
            for (int t = 0; t < 64; t++)
            {
                if (t < 16) w[t] = SignedImage.GetUInt32(bytes, offset + 4 * t);
                else
                {
                    uint late = w[t - 2];
                    uint early = w[t - 15];
                    w[t] = (Turn(late, 17) ^ Turn(late, 19) ^ (late >> 10)) + w[t - 7] + (Turn(early, 7) ^ Turn(early, 18) ^ (early >> 3)) + w[t - 16];
                }

                uint a = h[0];
                uint e = h[4];
                uint first = h[7] + (Turn(e, 6) ^ Turn(e, 11) ^ Turn(e, 25)) + ((e & h[5]) ^ (~e & h[6])) + Constants[t] + w[t];
                uint second = (Turn(a, 2) ^ Turn(a, 13) ^ Turn(a, 22)) + ((a & h[1]) ^ (a & h[2]) ^ (h[1] & h[2]));
                Array.Copy(h, 0, h, 1, 7);
                h[4] += first;
                h[0] = first + second;
            }

            for (int i = 0; i < 8; i++) Hash[i] += h[i];
        }

        private static uint Turn(uint value, int bits)
        {
            return value >> bits | value << (32 - bits);
        }
    }
}
