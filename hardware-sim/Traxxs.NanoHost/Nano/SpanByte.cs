namespace System;

/// <summary>nanoFramework's view of part of a byte array.</summary>
public struct SpanByte
{
    private readonly byte[] _array;
    private readonly int _start;

    /// <summary>A view of a whole array.</summary>
    public SpanByte(byte[] array)
        : this(array, 0, array.Length)
    {
    }

    /// <summary>A view of part of an array.</summary>
    public SpanByte(byte[] array, int start, int length)
    {
        if (start < 0 || length < 0 || start > array.Length - length) throw new ArgumentOutOfRangeException(nameof(start));
        _array = array;
        _start = start;
        Length = length;
    }

    /// <summary>Number of bytes.</summary>
    public int Length { get; }

    /// <summary>A view of a whole array.</summary>
    public static implicit operator SpanByte(byte[] array) => new(array);

    internal readonly Span<byte> AsSpan() => _array is null ? default : _array.AsSpan(_start, Length);
}
