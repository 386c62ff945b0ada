namespace Traxxs.Protocol
{
    /// <summary>
    /// The file that carries a firmware image: FORMAT.md, "A signed image". A header, the image, a signature over both.
    /// </summary>
    public static class SignedImage
    {
        /// <summary>Bytes before the image.</summary>
        public const int HeaderSize = 16;

        /// <summary>Bytes behind it: RSASSA-PKCS1-v1_5 with SHA-256 and 2048 bits (RFC 8017, 8.2).</summary>
        public const int SignatureSize = 256;

        /// <summary>Most bytes of the whole.</summary>
        public const int FileSizeMax = 131072;

        /// <summary>The first four bytes, "XSFW", as a number.</summary>
        public const uint Magic = 0x58534657;

        /// <summary>The format these sources know.</summary>
        public const byte Format = 1;

        /// <summary>The reference board (firmware/BOARD.md).</summary>
        public const byte Board = 1;

        /// <summary>
        /// Reads the first <see cref="HeaderSize"/> bytes of a file. <paramref name="fileSize"/>: bytes of the whole.
        /// <see cref="UpdateRefusal.WrongBoard"/> where magic, format or board are others, <see cref="UpdateRefusal.Malformed"/>
        /// where the sizes do not agree or the version is 0; then version and size mean nothing.
        /// </summary>
        public static UpdateRefusal ReadHeader(byte[] header, int fileSize, out uint version, out int imageSize)
        {
            version = GetUInt32(header, 8);
            imageSize = fileSize - HeaderSize - SignatureSize;
            if (GetUInt32(header, 0) != Magic || GetUInt32(header, 4) != (uint)(Format << 24 | Board << 16)) return UpdateRefusal.WrongBoard;
            return version != 0 && imageSize > 0 && fileSize <= FileSizeMax && GetUInt32(header, 12) == (uint)imageSize ? UpdateRefusal.None : UpdateRefusal.Malformed;
        }

        /// <summary>Writes a header into the first <see cref="HeaderSize"/> bytes of a buffer.</summary>
        public static void WriteHeader(byte[] header, uint version, int imageSize)
        {
            PutUInt32(header, 0, Magic);
            PutUInt32(header, 4, (uint)(Format << 24 | Board << 16));
            PutUInt32(header, 8, version);
            PutUInt32(header, 12, (uint)imageSize);
        }

        /// <summary>Reads a number of four bytes, the highest first.</summary>
        public static uint GetUInt32(byte[] bytes, int offset)
        {
            return (uint)(bytes[offset] << 24 | bytes[offset + 1] << 16 | bytes[offset + 2] << 8 | bytes[offset + 3]);
        }

        /// <summary>Writes a number in four bytes, the highest first.</summary>
        public static void PutUInt32(byte[] bytes, int offset, uint value)
        {
            for (int i = 0; i < 4; i++) bytes[offset + i] = (byte)(value >> (24 - 8 * i));
        }
    }
}
