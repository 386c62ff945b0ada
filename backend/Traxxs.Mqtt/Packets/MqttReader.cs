using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Traxxs.Mqtt.Packets;

/// <summary>
/// Reads the data representations of MQTT 5.0 section 1.5 from a packet body. The first failure sticks: later reads answer
/// empty values, so that a decoder checks <see cref="Error"/> once, at its end.
/// </summary>
public ref struct MqttReader(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _rest = body;

    /// <summary><see cref="MqttReasonCode.Success"/> until something failed.</summary>
    public MqttReasonCode Error { get; private set; }

    /// <summary>One sentence about the failure.</summary>
    public string? ErrorText { get; private set; }

    /// <summary>What has not been read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>True once a read failed or a decoder called <see cref="Fail"/>.</summary>
    public readonly bool Failed => Error != MqttReasonCode.Success;

    /// <summary>Notes a failure unless one is noted already.</summary>
    public void Fail(MqttReasonCode error, string text)
    {
        if (Failed) return;
        Error = error;
        ErrorText = text;
        _rest = default;
    }

    /// <summary>Fails unless everything has been read.</summary>
    public void ExpectEnd()
    {
        if (!_rest.IsEmpty) Fail(MqttReasonCode.MalformedPacket, "bytes after the end of the packet");
    }

    /// <summary>The next <paramref name="count"/> bytes.</summary>
    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (count > _rest.Length)
        {
            Fail(MqttReasonCode.MalformedPacket, "the packet ends inside a field");
            return default;
        }

        var bytes = _rest[..count];
        _rest = _rest[count..];
        return bytes;
    }

    /// <summary>One byte.</summary>
    public byte ReadByte()
    {
        var bytes = ReadBytes(1);
        return bytes.IsEmpty ? (byte)0 : bytes[0];
    }

    /// <summary>Two byte integer, big-endian (1.5.2).</summary>
    public ushort ReadUInt16()
    {
        var bytes = ReadBytes(2);
        return bytes.IsEmpty ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }

    /// <summary>Four byte integer, big-endian (1.5.3).</summary>
    public uint ReadUInt32()
    {
        var bytes = ReadBytes(4);
        return bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    /// <summary>Variable byte integer, at most four bytes (1.5.5).</summary>
    public int ReadVariableByteInteger()
    {
        var value = 0;
        for (var i = 0; i < 4; i++)
        {
            var b = ReadByte();
            value |= (b & 0x7F) << (7 * i);
            if ((b & 0x80) != 0) continue;
            // [MQTT-1.5.5-1] the encoded value must use the fewest bytes
            if (i > 0 && b == 0) Fail(MqttReasonCode.MalformedPacket, "variable byte integer longer than needed");
            return value;
        }

        Fail(MqttReasonCode.MalformedPacket, "variable byte integer of more than four bytes");
        return 0;
    }

    /// <summary>Binary data with its two byte length (1.5.6).</summary>
    public ReadOnlySpan<byte> ReadBinary() => ReadBytes(ReadUInt16());

    /// <summary>The bytes of a UTF-8 encoded string, checked (1.5.4).</summary>
    public ReadOnlySpan<byte> ReadUtf8()
    {
        var bytes = ReadBinary();
        if (!IsValidUtf8(bytes)) Fail(MqttReasonCode.MalformedPacket, "ill-formed UTF-8 or a null character in a string");
        return bytes;
    }

    /// <summary>A UTF-8 encoded string. A byte order mark is kept: [MQTT-1.5.3-3], [MQTT-1.5.4-3].</summary>
    public string ReadString()
    {
        var bytes = ReadUtf8();
        return Failed ? "" : Encoding.UTF8.GetString(bytes);
    }

    /// <summary>
    /// [MQTT-1.5.3-1], [MQTT-1.5.4-1] no ill-formed UTF-8 and no surrogates; [MQTT-1.5.3-2], [MQTT-1.5.4-2] no U+0000.
    /// </summary>
    public static bool IsValidUtf8(ReadOnlySpan<byte> bytes) => !bytes.Contains((byte)0) && Utf8.IsValid(bytes);
}
