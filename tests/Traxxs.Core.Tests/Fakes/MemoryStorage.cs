using Traxxs.Core.Ports;
using Traxxs.Core.Uplink;

namespace Traxxs.Core.Tests.Fakes;

/// <summary>Flash in memory, with the faults flash has: a refused or torn append, a flipped bit, a power cut.</summary>
internal sealed class MemoryStorage(int segments = 4, int segmentSize = 2048) : ISegmentStorage
{
    private readonly byte[][] _segments = [.. Enumerable.Range(0, segments).Select(_ => new byte[segmentSize])];
    private readonly int[] _lengths = new int[segments];

    public int SegmentCount => segments;

    public int SegmentSizeMax => segmentSize;

    public int Appends { get; private set; }

    public int Reads { get; private set; }

    public int Erases { get; private set; }

    /// <summary>The append with this number (from 1) writes only <see cref="TornBytes"/> of its bytes and fails.</summary>
    public int FailAppendNumber { get; set; }

    public int TornBytes { get; set; }

    /// <summary>From that append on nothing more is written, as after a power cut; until the next boot.</summary>
    public bool DeadAfterFailure { get; set; }

    public bool IsDead { get; set; }

    public bool RefuseAppends { get; set; }

    public bool RefuseReads { get; set; }

    /// <summary>Whether a read, by its number (from 1) and its segment, is refused.</summary>
    public Func<int, int, bool>? RefusesRead { get; set; }

    /// <summary>Sequences of the reports that came to flash whole. Room for a day, so that a step that allocates is the tracker's doing.</summary>
    public HashSet<uint> Accepted { get; } = new(1024);

    public byte[] Segment(int segment) => _segments[segment];

    public int LengthOf(int segment) => _lengths[segment];

    public bool TryRead(int segment, int position, byte[] buffer, int offset, int count)
    {
        Reads++;
        if (RefuseReads || RefusesRead?.Invoke(Reads, segment) == true || position + count > _lengths[segment]) return false;
        Array.Copy(_segments[segment], position, buffer, offset, count);
        return true;
    }

    public bool TryAppend(int segment, byte[] buffer, int offset, int count)
    {
        if (IsDead || RefuseAppends) return false;
        Appends++;
        if (_lengths[segment] + count > segmentSize) return false;
        var torn = Appends == FailAppendNumber;
        var written = torn ? Math.Min(TornBytes, count) : count;
        Array.Copy(buffer, offset, _segments[segment], _lengths[segment], written);
        if (!torn && buffer[offset + 3] == (byte)RecordKind.Report) Accepted.Add(JournalRecord.GetUInt32(buffer, offset + 10));
        _lengths[segment] += written;
        if (torn && DeadAfterFailure) IsDead = true;
        return !torn;
    }

    public bool TryErase(int segment)
    {
        if (IsDead) return false;
        Erases++;
        _lengths[segment] = 0;
        return true;
    }

    public MemoryStorage Copy()
    {
        var copy = new MemoryStorage(segments, segmentSize);
        for (var i = 0; i < segments; i++)
        {
            _segments[i].CopyTo(copy._segments[i], 0);
            copy._lengths[i] = _lengths[i];
        }

        return copy;
    }
}
