using System.Buffers;

namespace Traxxs.Mqtt.Packets;

/// <summary>One control packet as it stood in the stream: its first byte and its body, valid until the reader advances.</summary>
public readonly struct MqttFrame(byte header, ReadOnlySequence<byte> body)
{
    /// <summary>The first byte: type and flags.</summary>
    public byte Header { get; } = header;

    /// <summary>The remaining-length bytes after the fixed header.</summary>
    public ReadOnlySequence<byte> Body { get; } = body;

    /// <summary>The upper four bits of the header.</summary>
    public MqttPacketType Type => (MqttPacketType)(Header >> 4);

    /// <summary>The lower four bits of the header.</summary>
    public int Flags => Header & 0x0F;
}

/// <summary>What a frame reader found.</summary>
public enum MqttFrameStatus
{
    /// <summary>A whole packet.</summary>
    Frame,
    /// <summary>The start of a packet, or nothing.</summary>
    NeedMore,
    /// <summary>A fixed header that no packet has.</summary>
    Malformed,
    /// <summary>A packet larger than allowed; it is known from its header alone.</summary>
    TooLarge,
}

/// <summary>Cuts a byte stream into control packets. Pure: the loop around it owns the pipe.</summary>
public static class MqttFrameReader
{
    /// <summary>
    /// Takes one packet off the front of <paramref name="buffer"/>, or leaves the buffer as it was.
    /// </summary>
    /// <param name="buffer">Unread bytes; advanced past the packet on <see cref="MqttFrameStatus.Frame"/>.</param>
    /// <param name="packetSizeMax">Largest packet accepted, with its fixed header, in bytes.</param>
    /// <param name="frame">The packet.</param>
    public static MqttFrameStatus TryRead(ref ReadOnlySequence<byte> buffer, int packetSizeMax, out MqttFrame frame)
    {
        frame = default;
        var first = buffer.FirstSpan;
        if (first.Length >= 5) return TryRead(first, ref buffer, packetSizeMax, out frame);

        Span<byte> start = stackalloc byte[5]; // the longest fixed header: one byte and four of length
        var count = (int)Math.Min(5, buffer.Length);
        buffer.Slice(0, count).CopyTo(start);
        return TryRead(start[..count], ref buffer, packetSizeMax, out frame);
    }

    private static MqttFrameStatus TryRead(
        ReadOnlySpan<byte> start, ref ReadOnlySequence<byte> buffer, int packetSizeMax, out MqttFrame frame)
    {
        frame = default;
        if (start.IsEmpty) return MqttFrameStatus.NeedMore;
        if (!IsValidHeader(start[0])) return MqttFrameStatus.Malformed;

        var length = 0;
        for (var i = 1; i <= 4; i++)
        {
            if (i >= start.Length) return MqttFrameStatus.NeedMore;
            length |= (start[i] & 0x7F) << (7 * (i - 1));
            if ((start[i] & 0x80) != 0) continue;
            if (i > 1 && start[i] == 0) return MqttFrameStatus.Malformed; // [MQTT-1.5.5-1]
            if (i + 1 + length > packetSizeMax) return MqttFrameStatus.TooLarge;
            if (buffer.Length < i + 1 + length) return MqttFrameStatus.NeedMore;
            frame = new MqttFrame(start[0], buffer.Slice(i + 1, length));
            buffer = buffer.Slice(i + 1 + length);
            return MqttFrameStatus.Frame;
        }

        return MqttFrameStatus.Malformed; // a fifth length byte
    }

    /// <summary>
    /// [MQTT-2.2.2-2] (3.1.1), [MQTT-2.1.3-1] (5.0): the flags of every type but PUBLISH are fixed, and type 0 is forbidden.
    /// </summary>
    public static bool IsValidHeader(byte header) => (MqttPacketType)(header >> 4) switch
    {
        MqttPacketType.Will => false,
        MqttPacketType.Publish => (header & 0x06) != 0x06, // [MQTT-3.3.1-4] never both QoS bits
        // [MQTT-3.6.1-1], [MQTT-3.8.1-1], [MQTT-3.10.1-1]
        MqttPacketType.Pubrel or MqttPacketType.Subscribe or MqttPacketType.Unsubscribe => (header & 0x0F) == 0x02,
        _ => (header & 0x0F) == 0, // [MQTT-2.2.2-1] of 3.1.1; [MQTT-3.14.1-1], [MQTT-3.15.1-1] among them
    };
}
