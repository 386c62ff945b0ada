using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Traxxs.Mqtt.Packets;

/// <summary>
/// A growing run of encoded packets in one pooled array: the outgoing queue of a connection, and where tests encode to.
/// Not for use by two threads at once.
/// </summary>
public sealed class PacketBuffer : IDisposable
{
    private const int SmallestArray = 512;
    private byte[] _array = [];

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>What has been written.</summary>
    public ReadOnlyMemory<byte> Written => _array.AsMemory(0, Length);

    /// <summary>Forgets the content and gives the array back to the pool: an idle connection keeps none.</summary>
    public void Dispose()
    {
        Length = 0;
        if (_array.Length == 0) return;
        ArrayPool<byte>.Shared.Return(_array);
        _array = [];
    }

    /// <summary>Cuts the content back to an earlier <see cref="Length"/>.</summary>
    public void TruncateTo(int length) => Length = Math.Min(length, Length);

    /// <summary>Room for <paramref name="count"/> bytes, which count as written.</summary>
    public Span<byte> Append(int count)
    {
        var needed = Length + count;
        if (needed > _array.Length) Grow(needed);
        var span = _array.AsSpan(Length, count);
        Length = needed;
        return span;
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(SmallestArray, Math.Max(needed, _array.Length * 2)));
        _array.AsSpan(0, Length).CopyTo(larger);
        if (_array.Length > 0) ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
    }

    /// <summary>One byte.</summary>
    public void WriteByte(byte value) => Append(1)[0] = value;

    /// <summary>Two byte integer.</summary>
    public void WriteUInt16(int value) => BinaryPrimitives.WriteUInt16BigEndian(Append(2), (ushort)value);

    /// <summary>Four byte integer.</summary>
    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Append(4), value);

    /// <summary>Bytes as they are.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Append(bytes.Length));

    /// <summary>Binary data with its two byte length.</summary>
    public void WriteBinary(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > ushort.MaxValue) throw new ArgumentException("longer than 65,535 bytes", nameof(bytes));
        WriteUInt16(bytes.Length);
        WriteBytes(bytes);
    }

    /// <summary>UTF-8 encoded string with its two byte length.</summary>
    public void WriteString(string text)
    {
        var count = Encoding.UTF8.GetByteCount(text);
        if (count > ushort.MaxValue) throw new ArgumentException("longer than 65,535 bytes of UTF-8", nameof(text));
        WriteUInt16(count);
        Encoding.UTF8.GetBytes(text, Append(count));
    }

    /// <summary>Variable byte integer, 0 to 268,435,455.</summary>
    public void WriteVariableByteInteger(int value)
    {
        var span = Append(VariableByteIntegerSize(value));
        WriteVariableByteInteger(span, value);
    }

    /// <summary>Writes a variable byte integer and answers how many bytes it took.</summary>
    public static int WriteVariableByteInteger(Span<byte> span, int value)
    {
        var rest = (uint)value;
        var i = 0;
        while (rest >= 0x80)
        {
            span[i++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        span[i++] = (byte)rest;
        return i;
    }

    /// <summary>How many bytes a variable byte integer takes, 1 to 4.</summary>
    public static int VariableByteIntegerSize(int value) => value switch
    {
        < 0 or > 268_435_455 => throw new ArgumentOutOfRangeException(nameof(value), value, "outside 0 to 268,435,455"),
        < 128 => 1,
        < 16_384 => 2,
        < 2_097_152 => 3,
        _ => 4,
    };

    /// <summary>Starts a packet whose length is not known yet; answers the mark that <see cref="EndPacket"/> takes.</summary>
    public int BeginPacket(MqttPacketType type, int flags = 0)
    {
        WriteByte((byte)((int)type << 4 | flags));
        return BeginLength();
    }

    /// <summary>Fills in the remaining length of the packet begun at <paramref name="mark"/>.</summary>
    public void EndPacket(int mark) => EndLength(mark);

    /// <summary>Leaves room for a length; answers the mark that <see cref="EndLength"/> takes.</summary>
    public int BeginLength()
    {
        Append(1);
        return Length;
    }

    /// <summary>Writes what was appended since the mark as a variable byte integer before it, moving it if that takes more than one byte.</summary>
    public void EndLength(int mark)
    {
        var count = Length - mark;
        var extra = VariableByteIntegerSize(count) - 1;
        if (extra > 0)
        {
            Append(extra);
            _array.AsSpan(mark, count).CopyTo(_array.AsSpan(mark + extra));
        }

        WriteVariableByteInteger(_array.AsSpan(mark - 1), count);
    }
}
