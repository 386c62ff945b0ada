using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Traxxs.Store.Copy;

/// <summary>
/// SHA-256 over rows in a form of their own, whatever engine they stand in: each value with a letter for its kind, numbers as eight bytes
/// big-endian, texts (UTF-8) and bytes behind their length.
/// </summary>
internal sealed class CanonicalHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _head = new byte[9];

    public void Add(object? value)
    {
        switch (value)
        {
            case null or DBNull: AddHead('0', 0); break;
            case long or int or short or byte: AddHead('i', Convert.ToInt64(value, null)); break;
            case string text: AddBytes('t', Encoding.UTF8.GetBytes(text)); break;
            case byte[] bytes: AddBytes('b', bytes); break;
            default: throw new DataCopyException($"a value of the kind {value.GetType().Name} has no canonical form");
        }
    }

    public void Add(ReportRecord report)
    {
        Add(report.DeviceId);
        Add(report.Epoch);
        Add(report.Sequence);
        Add(report.ServerTimeMs);
        Add(report.DeviceTimeS);
        Add(report.FirstFixTimeS);
        Add(report.LastFixTimeS);
        Add(report.FixCount);
        AddBytes('b', report.Payload.Span);
    }

    public void Add(RejectedFrame frame)
    {
        Add(frame.DeviceId);
        Add(frame.ServerTimeMs);
        Add(frame.Reason);
        Add(frame.Payload);
    }

    /// <summary>The hash of all that was added, in hexadecimal; it begins anew.</summary>
    public string Take() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();

    private void AddBytes(char kind, ReadOnlySpan<byte> bytes)
    {
        AddHead(kind, bytes.Length);
        _hash.AppendData(bytes);
    }

    private void AddHead(char kind, long number)
    {
        _head[0] = (byte)kind;
        BinaryPrimitives.WriteInt64BigEndian(_head.AsSpan(1), number);
        _hash.AppendData(_head);
    }
}
