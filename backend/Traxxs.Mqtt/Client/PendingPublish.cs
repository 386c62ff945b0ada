using System.Buffers;
using Traxxs.Mqtt.Packets;

namespace Traxxs.Mqtt.Client;

/// <summary>A publish at QoS 1 or 2 from the call to its last acknowledgement, encoded so that it can be sent again.</summary>
internal sealed class PendingPublish
{
    private byte[] _packet = [];
    private int _length;
    private int _identifierOffset;

    public ushort PacketIdentifier;
    public MqttQoS QoS;
    public bool IsReleased; // PUBREC came
    public bool WasSent;
    public MqttPublishCallback? Callback;
    public object? State;
    public PendingPublish? Next, Previous;

    public ReadOnlySpan<byte> Packet => _packet.AsSpan(0, _length);

    public void Set(PacketBuffer encoded, int identifierOffset)
    {
        _length = encoded.Length;
        _packet = ArrayPool<byte>.Shared.Rent(_length);
        encoded.Written.Span.CopyTo(_packet);
        _identifierOffset = identifierOffset;
    }

    /// <summary>Takes a packet that was stored.</summary>
    public void Set(ReadOnlySpan<byte> packet)
    {
        _length = packet.Length;
        _packet = ArrayPool<byte>.Shared.Rent(_length);
        packet.CopyTo(_packet);
    }

    public void Identify(ushort identifier)
    {
        PacketIdentifier = identifier;
        _packet[_identifierOffset] = (byte)(identifier >> 8);
        _packet[_identifierOffset + 1] = (byte)identifier;
    }

    public void MarkDuplicate(bool duplicate)
    {
        if (duplicate) _packet[0] |= 8; // [MQTT-3.3.1-1]
        else _packet[0] &= 0xF7;
    }

    public void FreePacket()
    {
        if (_packet.Length > 0) ArrayPool<byte>.Shared.Return(_packet);
        _packet = [];
        _length = 0;
    }
}
