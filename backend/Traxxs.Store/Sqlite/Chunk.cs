using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Traxxs.Store.Sqlite;

/// <summary>
/// Where the reports of 64 consecutive sequence numbers of one numbering lie, and the span of their fix times. One small
/// row answers "is it stored already", "where", and "could it hold fixes of that hour" for all 64: a twentieth of what
/// two ordinary indexes over single reports cost.
/// </summary>
internal sealed class Chunk(int numbering, long number)
{
    /// <summary>Sequence numbers a chunk spans.</summary>
    public const int Span = 64;

    /// <summary>Longest stored form in bytes.</summary>
    public const int DataSizeMax = sizeof(ulong) + Span * Varint.SizeMax;

    private ulong _present;
    private long[] _positions = new long[4];

    /// <summary>Which numbering (device and epoch).</summary>
    public int Numbering { get; } = numbering;

    /// <summary>Sequence number divided by <see cref="Span"/>.</summary>
    public long Number { get; } = number;

    /// <summary>Earliest fix time; null where no report in it has a fix.</summary>
    public long? FirstFixTimeS { get; private set; }

    /// <summary>Latest fix time; null where no report in it has a fix.</summary>
    public long? LastFixTimeS { get; private set; }

    /// <summary>Position of the report that arrived last.</summary>
    public long Newest { get; private set; }

    /// <summary>Position of the earliest report the stored row does not know yet; 0 where the row is up to date.</summary>
    public long FirstUnwritten { get; set; }

    /// <summary>Whether every sequence number of the chunk is there.</summary>
    public bool IsFull => _present == ulong.MaxValue;

    /// <summary>Reports in it.</summary>
    public int Count => BitOperations.PopCount(_present);

    /// <summary>Positions in the order of their sequence numbers.</summary>
    public ReadOnlySpan<long> Positions => _positions.AsSpan(0, Count);

    /// <summary>Its place in a walk through the chunks of a device by numbering and number, as a text for those who go on there.</summary>
    public string Cursor => string.Create(CultureInfo.InvariantCulture, $"{Numbering}.{Number}");

    /// <summary>The place a walk goes on behind; null is before the first.</summary>
    public static (int Numbering, long Number) ReadCursor(string? cursor)
    {
        if (cursor is null) return (0, -1);
        var parts = cursor.Split('.');
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    public static long NumberOf(long sequence) => sequence / Span;

    public bool TryFind(long sequence, out long position)
    {
        var bit = BitOf(sequence);
        var found = (_present & bit) != 0;
        position = found ? _positions[RankOf(bit)] : 0;
        return found;
    }

    /// <summary>Adds a report that is not in it yet.</summary>
    public void Add(long sequence, long position, long? firstFixTimeS, long? lastFixTimeS)
    {
        var bit = BitOf(sequence);
        int rank = RankOf(bit), count = Count;
        if (count == _positions.Length) Array.Resize(ref _positions, Math.Min(Span, count * 2));
        _positions.AsSpan(rank, count - rank).CopyTo(_positions.AsSpan(rank + 1));
        _positions[rank] = position;
        _present |= bit;
        if (FirstFixTimeS is null || firstFixTimeS < FirstFixTimeS) FirstFixTimeS = firstFixTimeS ?? FirstFixTimeS;
        if (LastFixTimeS is null || lastFixTimeS > LastFixTimeS) LastFixTimeS = lastFixTimeS ?? LastFixTimeS;
        Newest = Math.Max(Newest, position);
    }

    /// <summary>Some of its reports were erased: what the others leave of fix times and arrival. No report left is position 0.</summary>
    public void Recount(long? firstFixTimeS, long? lastFixTimeS, long newest) =>
        (FirstFixTimeS, LastFixTimeS, Newest) = (firstFixTimeS, lastFixTimeS, newest);

    /// <summary>A copy that later additions do not change.</summary>
    public Chunk Copy() => new(Numbering, Number)
    {
        _present = _present,
        _positions = Positions.ToArray(),
        FirstFixTimeS = FirstFixTimeS,
        LastFixTimeS = LastFixTimeS,
        Newest = Newest,
    };

    /// <summary>Stored form: bits of the sequence numbers present, then each position as a step from the one before.</summary>
    public int Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, _present);
        var used = sizeof(ulong);
        long before = 0;
        foreach (var position in Positions)
        {
            used += Varint.WriteSigned(destination[used..], position - before);
            before = position;
        }

        return used;
    }

    public static Chunk Read(int numbering, long number, long? firstS, long? lastS, long newest, ReadOnlySpan<byte> data)
    {
        if (data.Length < sizeof(ulong)) throw new StoreCorruptException($"index row {numbering}/{number} is too short");
        var present = BinaryPrimitives.ReadUInt64LittleEndian(data);
        data = data[sizeof(ulong)..];
        var positions = new long[Math.Max(4, BitOperations.PopCount(present))];
        long before = 0;
        for (var i = 0; i < BitOperations.PopCount(present); i++) positions[i] = before += Varint.ReadSigned(ref data);
        return new Chunk(numbering, number)
        {
            _present = present,
            _positions = positions,
            FirstFixTimeS = firstS,
            LastFixTimeS = lastS,
            Newest = newest,
        };
    }

    private static ulong BitOf(long sequence) => 1ul << (int)(sequence % Span);

    private int RankOf(ulong bit) => BitOperations.PopCount(_present & (bit - 1));
}
