using Traxxs.Core.Ports;

namespace Traxxs.Simulation.Chips;

/// <summary>
/// Flash segments in memory, with the faults of real ones: an append torn at any byte, a refused erase, flipped bits, an
/// unreadable segment, a power cut. Counts what wears it.
/// </summary>
public sealed class SegmentFlash : ISegmentStorage
{
    // A segment gets its memory as it is written: a fleet has hundreds of thousands, most of them never touched.
    private readonly byte[][] _data;
    private readonly int[] _length;
    private readonly int[] _erases;
    private readonly bool[] _unreadable;

    /// <summary>Erased flash.</summary>
    public SegmentFlash(int segmentCount, int segmentSizeMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(segmentCount, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(segmentSizeMax);
        SegmentSizeMax = segmentSizeMax;
        _data = new byte[segmentCount][];
        Array.Fill(_data, []);
        _length = new int[segmentCount];
        _erases = new int[segmentCount];
        _unreadable = new bool[segmentCount];
    }

    /// <inheritdoc/>
    public int SegmentCount => _data.Length;

    /// <inheritdoc/>
    public int SegmentSizeMax { get; }

    /// <summary>Bytes that still reach the flash; then the power is gone and every call is refused. Null: no cut.</summary>
    public long? CutAfterBytes { get; set; }

    /// <summary>The append with this number (from 0) writes <see cref="TornBytes"/> bytes and is refused. Null: none.</summary>
    public int? TearAppendAt { get; set; }

    /// <summary>How many bytes a torn append still writes.</summary>
    public int TornBytes { get; set; }

    /// <summary>Every append is refused and writes nothing, as on a full or read-only file system.</summary>
    public bool RefuseAppends { get; set; }

    /// <summary>The erase with this number (from 0) is refused. Null: none.</summary>
    public int? RefuseEraseAt { get; set; }

    /// <summary>A refused erase has emptied the segment all the same.</summary>
    public bool RefusedEraseEmpties { get; set; }

    /// <summary>Whether the power is gone.</summary>
    public bool Dead { get; private set; }

    /// <summary>Appends begun.</summary>
    public int Appends { get; private set; }

    /// <summary>Erases begun.</summary>
    public int Erases { get; private set; }

    /// <summary>Reads begun.</summary>
    public int Reads { get; private set; }

    /// <summary>Bytes that reached the flash.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>How often a segment was erased: its wear.</summary>
    public int ErasesOf(int segment) => _erases[segment];

    /// <inheritdoc/>
    public int LengthOf(int segment) => Dead || _unreadable[segment] ? -1 : _length[segment];

    /// <inheritdoc/>
    public bool TryRead(int segment, int position, byte[] buffer, int offset, int count)
    {
        Reads++;
        if (LengthOf(segment) < 0 || position < 0 || count < 0 || position + count > _length[segment]) return false;
        Array.Copy(_data[segment], position, buffer, offset, count);
        return true;
    }

    /// <inheritdoc/>
    public bool TryAppend(int segment, byte[] buffer, int offset, int count)
    {
        var append = Appends++;
        if (Dead || RefuseAppends || _unreadable[segment] || _length[segment] + count > SegmentSizeMax) return false;
        var written = append == TearAppendAt ? Math.Min(TornBytes, count) : count;
        if (CutAfterBytes is { } left && left < written)
        {
            written = (int)left;
            Dead = true;
        }

        Reserve(segment, _length[segment] + written);
        Array.Copy(buffer, offset, _data[segment], _length[segment], written);
        _length[segment] += written;
        BytesWritten += written;
        if (CutAfterBytes is not null) CutAfterBytes -= written;
        return written == count && append != TearAppendAt;
    }

    /// <inheritdoc/>
    public bool TryErase(int segment)
    {
        var erase = Erases++;
        if (Dead) return false;
        var refused = erase == RefuseEraseAt;
        if (refused && !RefusedEraseEmpties) return false;
        _length[segment] = 0;
        _erases[segment]++;
        return !refused;
    }

    /// <summary>Flips bits of one stored byte.</summary>
    public void Flip(int segment, int position, byte mask) => _data[segment][position] ^= mask;

    /// <summary>Makes a segment unreadable, or readable again.</summary>
    public void SetUnreadable(int segment, bool unreadable) => _unreadable[segment] = unreadable;

    /// <summary>Cuts the power now: every later call is refused.</summary>
    public void CutPower() => Dead = true;

    /// <summary>The flash as a restart finds it: same bytes and wear, no faults, counters from 0.</summary>
    public SegmentFlash AfterRestart()
    {
        var copy = new SegmentFlash(SegmentCount, SegmentSizeMax);
        for (var i = 0; i < SegmentCount; i++)
        {
            copy._data[i] = [.. _data[i]];
            copy._length[i] = _length[i];
            copy._erases[i] = _erases[i];
        }

        return copy;
    }

    private void Reserve(int segment, int size)
    {
        const int least = 128;
        if (size > _data[segment].Length) Array.Resize(ref _data[segment], Math.Min(SegmentSizeMax, Math.Max(least, 2 * size)));
    }
}
