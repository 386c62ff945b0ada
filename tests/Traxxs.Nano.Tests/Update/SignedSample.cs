using System;
using Traxxs.Core.Update;
using Traxxs.Protocol;

namespace Traxxs.Nano.Tests
{
    /// <summary>
    /// An image with its signature and the key it was made with, whose other half is not kept: OpenSSL 3.0, genrsa 2048 and
    /// dgst -sha256 -sign over header and image.
    /// </summary>
    internal static class SignedSample
    {
        public const uint Version = 0x00010001;
        public const int ImageSize = 700;
        public const int SignedSize = SignedImage.HeaderSize + ImageSize;
        public const int FileSize = SignedSize + SignedImage.SignatureSize;

        private const string ModulusDigits =
            "c333d5b6c4503ccadc4b1486155685bedd5392ddd2dd3f9acf9ed9be88b2c7cc7a1d9560fe481e629f4b9bc1f66fb20c69987da9387193ea7b67a16e27713e31"
            + "9f14c1ee79945c268d4b622d36f9f33ac593e95038e4a4c06c073291b5489cce17ca7c02f5ace01749f90f8e939dca11cbcac5a8abbd06468a9ae533d046776e"
            + "e4b636ab527595cddbab79f96cd0097bfcd1179968472e0c18ff57f9cf8cdf862080ed8bd70b1f6fa677ff7e93b74bfaf31c88744465fa32699711f1d4ac7203"
            + "f91cf0a5066bb12e8f919cdf53b90a533b810ecdaa81087dcf11b5bf42d7bbcdd98660856f40546f4d56eb422902ee1d0c081b508352ebc36ecb055dd7f21675";

        private const string SignatureDigits =
            "54a646584f4d8ad463c02832a28e91324088ee74c690bbd8f19db9e9f9285f55981f679c44b1587df2a581544f8fdbceaaa76647aa80b924aab51c967d533dfb"
            + "d0adf0678555b2e2b5fcc2ee92cb65a9cbdf0b3ec85770ab89b1560e92d7d3dea228a4c39a97c60a1649f645fb0972a5c4fd25a45b1a03e6e991ed5d9398d8ff"
            + "5588f8457fb057235853b871c72b8c026c2a3e82123667c65a313d399252d991b63b9e88be0e44faabf5c0876dbe3e417b3f35851d731eb1ebaa82b94d685f47"
            + "f096e54efe0fd51fe85cb8c33f2ec93071c799d28e2ed890ae6b1f6fee717fe7f86bb62b05a796c13b1e73cb6697314915bdba91f8879d84068766e978bc1452";

        /// <summary>The bytes of the key.</summary>
        public static byte[] Key()
        {
            return Hex.Parse(ModulusDigits);
        }

        /// <summary>The bytes of the whole file.</summary>
        public static byte[] File()
        {
            byte[] file = new byte[FileSize];
            SignedImage.WriteHeader(file, Version, ImageSize);
            for (int i = 0; i < ImageSize; i++) file[SignedImage.HeaderSize + i] = (byte)(i * 37 + 11);
            Array.Copy(Hex.Parse(SignatureDigits), 0, file, SignedSize, SignedImage.SignatureSize);
            return file;
        }

        /// <summary>The hash of the first bytes of a buffer, padded as FIPS 180-4, 5.1.1 has it.</summary>
        public static Sha256 Hash(byte[] bytes, int count)
        {
            byte[] padded = new byte[(count + 8) / Sha256.BlockSize * Sha256.BlockSize + Sha256.BlockSize];
            Array.Copy(bytes, 0, padded, 0, count);
            padded[count] = 0x80;
            SignedImage.PutUInt32(padded, padded.Length - 4, (uint)count * 8);
            Sha256 hash = new Sha256();
            hash.Begin();
            for (int i = 0; i < padded.Length; i += Sha256.BlockSize) hash.Take(padded, i);
            return hash;
        }
    }
}
