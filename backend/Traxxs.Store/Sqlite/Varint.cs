namespace Traxxs.Store.Sqlite;

/// <summary>Whole numbers in seven bits a byte, least significant first; signed ones folded so that small stays short.</summary>
internal static class Varint
{
    /// <summary>Longest encoding of a 64-bit number in bytes.</summary>
    public const int SizeMax = 10;

    public static int Write(Span<byte> destination, ulong value)
    {
        var used = 0;
        while (value >= 0x80)
        {
            destination[used++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[used++] = (byte)value;
        return used;
    }

    public static int WriteSigned(Span<byte> destination, long value) => Write(destination, (ulong)(value << 1 ^ value >> 63));

    /// <summary>Reads one number and moves behind it; a number that does not end is <see cref="StoreCorruptException"/>.</summary>
    public static ulong Read(ref ReadOnlySpan<byte> source)
    {
        ulong value = 0;
        for (int i = 0, shift = 0; i < source.Length && i < SizeMax; i++, shift += 7)
        {
            value |= (ulong)(source[i] & 0x7F) << shift;
            if (source[i] >= 0x80) continue;
            source = source[(i + 1)..];
            return value;
        }

        throw new StoreCorruptException("a stored number does not end");
    }

    public static long ReadSigned(ref ReadOnlySpan<byte> source)
    {
        var folded = Read(ref source);
        return (long)(folded >> 1) ^ -(long)(folded & 1);
    }
}
