using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Topics;

namespace Traxxs.Mqtt.Client;

/// <summary>
/// Topic aliases a client sets on one connection, MQTT 5.0 section 3.3.2.3.4: the first topics get them and keep them, as a device
/// uses few. Publishes are kept with their whole topic, because on the next connection no alias holds ([MQTT-3.3.2-7]).
/// </summary>
/// <param name="max">Aliases the server allows and the client wants: [MQTT-3.3.2-9] none above it.</param>
/// <param name="packetSizeMax">Largest packet the server takes, bytes.</param>
internal sealed class OutgoingAliases(int max, long packetSizeMax)
{
    private readonly Dictionary<byte[], ushort> _aliases = new(Utf8Comparer.Instance);

    /// <summary>Appends an encoded PUBLISH, its topic replaced by an alias where there is one.</summary>
    public void Write(PacketBuffer buffer, ReadOnlySpan<byte> packet)
    {
        if (max == 0 || !TryWrite(buffer, packet)) buffer.WriteBytes(packet);
    }

    private bool TryWrite(PacketBuffer buffer, ReadOnlySpan<byte> packet)
    {
        var header = 1;
        while ((packet[header++] & 0x80) != 0)
        {
        }

        var body = packet[header..];
        if (PublishPacket.Decode(packet[0], body, MqttProtocolVersion.V500, out var publish).Failed) return false;
        var known = _aliases.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(publish.Topic, out var alias);
        if (!known && _aliases.Count >= max) return false;
        var fields = new PublishFields
        {
            QoS = publish.QoS,
            Retain = publish.Retain,
            Duplicate = publish.Duplicate,
            PacketIdentifier = publish.PacketIdentifier,
            Topic = known ? default : publish.Topic,
            TopicAlias = known ? alias : (ushort)(_aliases.Count + 1), // [MQTT-3.3.2-8] never 0
            ForwardedProperties = publish.Properties,
            Payload = body[publish.PayloadOffset..],
        };
        if (!fields.TryWrite(buffer, MqttProtocolVersion.V500, packetSizeMax)) return false;
        if (!known) _aliases.Add(publish.Topic.ToArray(), fields.TopicAlias);
        return true;
    }
}
