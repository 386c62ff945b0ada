using System.Globalization;
using System.Numerics;
using System.Text;
using Traxxs.Cli.Tracks;

namespace Traxxs.Cli.Codec;

/// <summary>
/// What a block of fixes takes in formats in use elsewhere: position at 1e-5 degrees and time at 1 s, each block able to be
/// read alone. Encoders of their own, by the formats' public descriptions.
/// </summary>
internal static class KnownFormats
{
    /// <summary>Each format's key in the JSON output, what it is, and its encoder.</summary>
    public static readonly IReadOnlyList<KnownFormat> All =
    [
        new("rice", "Rice code, one parameter a column and block, time as delta of deltas", Rice),
        new("varint", "zig-zag varint deltas", Varint),
        new("twkb", "TWKB LineString, precision 5, time as M", Twkb),
        new("fixed12", "4 + 4 + 4 bytes", Fixed12),
        new("owntracksJson", "OwnTracks JSON, one message a fix: _type, lat, lon, tst", OwnTracksJson),
    ];

    /// <summary>
    /// TWKB (github.com/TWKB/Specification, twkb.md): type 2 with precision 5, extended dimensions with M of precision 0,
    /// the number of points, then x, y, m as zig-zag varints, each the difference to the point before.
    /// </summary>
    public static byte[] Twkb(TrackPoint[] block)
    {
        const byte LineString = 2;
        const byte ExtendedDimensions = 8;
        const byte HasM = 2;
        var bytes = new List<byte> { (byte)(LineString | (byte)ZigZag(5) << 4), ExtendedDimensions, HasM };
        PutVarint(bytes, (ulong)block.Length);
        var last = default(TrackPoint);
        foreach (var point in block)
        {
            PutVarint(bytes, ZigZag(point.LongitudeE5 - last.LongitudeE5));
            PutVarint(bytes, ZigZag(point.LatitudeE5 - last.LatitudeE5));
            PutVarint(bytes, ZigZag((long)point.TimeS - last.TimeS));
            last = point;
        }

        return [.. bytes];
    }

    /// <summary>The number of fixes, then latitude, longitude and time as zig-zag varint differences.</summary>
    public static byte[] Varint(TrackPoint[] block)
    {
        var bytes = new List<byte>();
        PutVarint(bytes, (ulong)block.Length);
        var last = default(TrackPoint);
        foreach (var point in block)
        {
            PutVarint(bytes, ZigZag(point.LatitudeE5 - last.LatitudeE5));
            PutVarint(bytes, ZigZag(point.LongitudeE5 - last.LongitudeE5));
            PutVarint(bytes, ZigZag((long)point.TimeS - last.TimeS));
            last = point;
        }

        return [.. bytes];
    }

    /// <summary>No header at all: three numbers of 32 bits a fix.</summary>
    public static byte[] Fixed12(TrackPoint[] block) =>
        [.. block.SelectMany(p => new[] { p.LatitudeE5, p.LongitudeE5, unchecked((int)p.TimeS) }).SelectMany(BitConverter.GetBytes)];

    /// <summary>The fewest fields of an OwnTracks location (owntracks.org/booklet/tech/json), one message a fix.</summary>
    public static byte[] OwnTracksJson(TrackPoint[] block) =>
        [.. block.SelectMany(p => Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"_type":"location","lat":{{p.LatitudeE5 / 1e5:0.#####}},"lon":{{p.LongitudeE5 / 1e5:0.#####}},"tst":{{p.TimeS}}}""")))];

    /// <summary>
    /// Count (8 bits), the first fix (32 + 25 + 26 bits), then each column with its best parameter k (4 bits): folded
    /// differences of place, differences of differences of time; the quotient unary, k bits of remainder.
    /// </summary>
    public static byte[] Rice(TrackPoint[] block)
    {
        var bits = new BitList();
        bits.Put((ulong)block.Length, 8);
        bits.Put(block[0].TimeS, 32);
        bits.Put((ulong)(block[0].LatitudeE5 + 9_000_000), 25);
        bits.Put((ulong)(block[0].LongitudeE5 + 18_000_000), 26);
        var steps = Enumerable.Range(1, block.Length - 1).ToArray();
        bits.PutRice([.. steps.Select(i => ZigZag(block[i].LatitudeE5 - block[i - 1].LatitudeE5))]);
        bits.PutRice([.. steps.Select(i => ZigZag(block[i].LongitudeE5 - block[i - 1].LongitudeE5))]);
        bits.PutRice([.. steps.Select(i => ZigZag(Interval(i) - (i == 1 ? 0 : Interval(i - 1))))]);
        return bits.ToBytes();

        long Interval(int i) => (long)block[i].TimeS - block[i - 1].TimeS;
    }

    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static void PutVarint(List<byte> bytes, ulong value)
    {
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
    }

    private sealed class BitList
    {
        private readonly List<byte> _bytes = [];
        private int _count;

        public void Put(ulong value, int bits)
        {
            for (var i = bits - 1; i >= 0; i--)
            {
                if (_count++ % 8 == 0) _bytes.Add(0);
                if ((value >> i & 1) != 0) _bytes[^1] |= (byte)(0x80 >> ((_count - 1) % 8));
            }
        }

        public void PutRice(ulong[] values)
        {
            const int ParameterBits = 4;
            var k = Enumerable.Range(0, 1 << ParameterBits).MinBy(k => values.Aggregate(BigInteger.Zero, (sum, v) => sum + (v >> k) + (ulong)k));
            Put((ulong)k, ParameterBits);
            foreach (var value in values)
            {
                for (var quotient = value >> k; quotient > 0; quotient--) Put(1, 1);
                Put(0, 1);
                Put(value & ((1UL << k) - 1), k);
            }
        }

        public byte[] ToBytes() => [.. _bytes];
    }
}

/// <summary>A format of others: its key in JSON, a line about it, and how it writes a block.</summary>
internal sealed record KnownFormat(string Key, string About, Func<TrackPoint[], byte[]> Encode);
