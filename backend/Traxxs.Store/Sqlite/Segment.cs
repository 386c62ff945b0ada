namespace Traxxs.Store.Sqlite;

/// <summary>
/// Reports that were committed together, in order of arrival, in one row of the log. A row a report would cost more than
/// the report itself; about a thousand bytes of reports share one instead, so that four rows fill a page.
/// </summary>
/// <remarks>
/// Segment: varint reports stored before it, signed server time of its first report in ms, entries.
/// Entry: varint numbering, varint sequence, signed server time behind the first (ms), varint fixes × 4 + has fix times × 2
/// + has device time; then, where present, signed device time behind server time (s), signed first fix time behind device
/// time or else server time (s), signed last behind first fix time (s); then varint length and the payload as it came.
/// An erased entry keeps its numbering and sequence; it has the impossible <see cref="ErasedMark"/> for its number of fixes
/// and no payload.
/// </remarks>
internal sealed class SegmentBuilder
{
    /// <summary>A segment takes no more entries beyond this many bytes: four of them and their row headers fit a 4096-byte page.</summary>
    public const int SizeMax = 1000;

    /// <summary>Most entries: the index of an entry is the low byte of its position.</summary>
    public const int EntriesMax = 256;

    /// <summary>Number of fixes that says: this report was erased.</summary>
    public const int ErasedMark = int.MaxValue;

    private const int HeadSizeMax = 9 * Varint.SizeMax;

    private byte[] _buffer = new byte[SizeMax + HeadSizeMax];
    private long _firstServerTimeMs;
    private int _used;

    /// <summary>Entries so far.</summary>
    public int Count { get; private set; }

    /// <summary>What the row will hold.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _used);

    /// <summary>Empties the segment.</summary>
    public void Clear() => (_used, Count) = (0, 0);

    /// <summary>Whether a report with this payload still belongs into this segment. An empty one takes any.</summary>
    public bool Fits(int payloadSize) => Count == 0 || (Count < EntriesMax && _used + HeadSizeMax / 4 + payloadSize <= SizeMax);

    /// <summary>Adds a report; <paramref name="reportsBefore"/> counts those stored before it, kept with the first.</summary>
    public void Add(int numbering, ReportRecord report, long reportsBefore)
    {
        if (Count == 0) Begin(reportsBefore, report.ServerTimeMs);
        Add(new SegmentEntry
        {
            Numbering = numbering,
            Sequence = report.Sequence,
            ServerTimeMs = report.ServerTimeMs,
            DeviceTimeS = report.DeviceTimeS,
            FirstFixTimeS = report.FirstFixTimeS,
            LastFixTimeS = report.LastFixTimeS,
            FixCount = report.FixCount,
            Payload = report.Payload.Span,
        });
    }

    /// <summary>Writes what stands before the first entry.</summary>
    public void Begin(long reportsBefore, long firstServerTimeMs)
    {
        EnsureSpace(HeadSizeMax);
        _firstServerTimeMs = firstServerTimeMs;
        Write((ulong)reportsBefore);
        WriteSigned(firstServerTimeMs);
    }

    /// <summary>Adds an entry as another segment had it.</summary>
    public void Add(in SegmentEntry report)
    {
        EnsureSpace(HeadSizeMax + report.Payload.Length);
        Write((ulong)report.Numbering);
        Write((ulong)report.Sequence);
        WriteSigned(report.ServerTimeMs - _firstServerTimeMs);
        Write((ulong)report.FixCount << 2 | (report.FirstFixTimeS is null ? 0u : 2u) | (report.DeviceTimeS is null ? 0u : 1u));
        var knownTimeS = report.ServerTimeMs / 1000;
        if (report.DeviceTimeS is { } deviceTimeS)
        {
            WriteSigned(deviceTimeS - knownTimeS);
            knownTimeS = deviceTimeS;
        }

        if (report.FirstFixTimeS is { } firstS)
        {
            WriteSigned(firstS - knownTimeS);
            WriteSigned(report.LastFixTimeS!.Value - firstS);
        }

        Write((ulong)report.Payload.Length);
        report.Payload.CopyTo(_buffer.AsSpan(_used));
        _used += report.Payload.Length;
        Count++;
    }

    private void EnsureSpace(int size)
    {
        if (_buffer.Length - _used < size) Array.Resize(ref _buffer, _used + size);
    }

    private void Write(ulong value) => _used += Varint.Write(_buffer.AsSpan(_used), value);

    private void WriteSigned(long value) => _used += Varint.WriteSigned(_buffer.AsSpan(_used), value);
}

/// <summary>One entry of a segment; the payload still lies in the row.</summary>
internal readonly ref struct SegmentEntry
{
    public required int Numbering { get; init; }

    public required long Sequence { get; init; }

    public required long ServerTimeMs { get; init; }

    public required long? DeviceTimeS { get; init; }

    public required long? FirstFixTimeS { get; init; }

    public required long? LastFixTimeS { get; init; }

    public required int FixCount { get; init; }

    public required ReadOnlySpan<byte> Payload { get; init; }

    public bool IsErased => FixCount == SegmentBuilder.ErasedMark;
}

/// <summary>Reads a segment entry by entry; what no builder writes is <see cref="StoreCorruptException"/>.</summary>
internal ref struct SegmentReader
{
    private ReadOnlySpan<byte> _rest;

    public SegmentReader(ReadOnlySpan<byte> segment)
    {
        _rest = segment;
        ReportsBefore = (long)Varint.Read(ref _rest);
        FirstServerTimeMs = Varint.ReadSigned(ref _rest);
    }

    /// <summary>Reports stored before this segment.</summary>
    public long ReportsBefore { get; }

    /// <summary>Server time of its first report.</summary>
    public long FirstServerTimeMs { get; }

    public bool TryRead(out SegmentEntry entry)
    {
        if (_rest.IsEmpty)
        {
            entry = default;
            return false;
        }

        var numbering = (int)Varint.Read(ref _rest);
        var sequence = (long)Varint.Read(ref _rest);
        var serverTimeMs = FirstServerTimeMs + Varint.ReadSigned(ref _rest);
        var fixesAndFlags = Varint.Read(ref _rest);
        long? deviceTimeS = (fixesAndFlags & 1) == 0 ? null : serverTimeMs / 1000 + Varint.ReadSigned(ref _rest);
        long? firstS = (fixesAndFlags & 2) == 0 ? null : (deviceTimeS ?? serverTimeMs / 1000) + Varint.ReadSigned(ref _rest);
        var lastS = firstS is null ? null : firstS + Varint.ReadSigned(ref _rest);
        var length = Varint.Read(ref _rest);
        if (length > (ulong)_rest.Length) throw new StoreCorruptException("a stored report is longer than its segment");
        entry = new SegmentEntry
        {
            Numbering = numbering,
            Sequence = sequence,
            ServerTimeMs = serverTimeMs,
            DeviceTimeS = deviceTimeS,
            FirstFixTimeS = firstS,
            LastFixTimeS = lastS,
            FixCount = (int)(fixesAndFlags >> 2),
            Payload = _rest[..(int)length],
        };
        _rest = _rest[(int)length..];
        return true;
    }

    /// <summary>Goes to the entry with this index; false where the segment has fewer.</summary>
    public bool TryReadAt(int index, out SegmentEntry entry)
    {
        while (TryRead(out entry))
        {
            if (index-- == 0) return true;
        }

        return false;
    }
}

/// <summary>A position is the number of the segment and the index of the entry in it.</summary>
internal static class Position
{
    private const int IndexBits = 8;

    public static long Of(long segment, int index) => segment << IndexBits | (uint)index;

    public static long Segment(long position) => position >> IndexBits;

    public static int Index(long position) => (int)(position & ((1 << IndexBits) - 1));
}
