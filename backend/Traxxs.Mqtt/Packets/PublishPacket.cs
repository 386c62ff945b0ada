using System.Buffers.Binary;

namespace Traxxs.Mqtt.Packets;

/// <summary>
/// A PUBLISH as it stands in its frame: nothing is copied, because most publishes need no copy. MQTT 5.0 section 3.3.
/// </summary>
public ref struct PublishPacket
{
    /// <summary>Quality of service, 0 to 2.</summary>
    public MqttQoS QoS;
    /// <summary>The retain flag.</summary>
    public bool Retain;
    /// <summary>True if this may be a repeat.</summary>
    public bool Duplicate;
    /// <summary>1 to 65,535; 0 at QoS 0.</summary>
    public ushort PacketIdentifier;
    /// <summary>The topic name, checked as UTF-8; empty where a topic alias stands for it.</summary>
    public ReadOnlySpan<byte> Topic;
    /// <summary>The encoded properties without their length; empty in 3.1.1.</summary>
    public ReadOnlySpan<byte> Properties;
    /// <summary>Offset of <see cref="Properties"/> in the body.</summary>
    public int PropertiesOffset;
    /// <summary>Offset of the payload in the body; the payload is the rest.</summary>
    public int PayloadOffset;
    /// <summary>The topic alias, or 0.</summary>
    public ushort TopicAlias;
    /// <summary>True if the message has a lifetime.</summary>
    public bool HasExpiry;
    /// <summary>The lifetime, s.</summary>
    public uint ExpiryIntervalSeconds;
    /// <summary>Bytes of the properties that travel with the message to its subscribers: not the alias, lifetime and identifiers.</summary>
    public int ForwardedPropertiesLength;
    /// <summary>How many subscription identifiers stand in it.</summary>
    public int SubscriptionIdentifierCount;

    /// <summary>Decodes the body of a PUBLISH; <see cref="MqttReader.Error"/> tells whether it stands.</summary>
    public static MqttReader Decode(byte header, ReadOnlySpan<byte> body, MqttProtocolVersion version, out PublishPacket packet)
    {
        packet = default;
        var reader = new MqttReader(body);
        packet.QoS = (MqttQoS)(header >> 1 & 3);
        packet.Retain = (header & 1) != 0;
        packet.Duplicate = (header & 8) != 0;
        if ((byte)packet.QoS == 3) reader.Fail(MqttReasonCode.MalformedPacket, "both QoS bits set"); // [MQTT-3.3.1-4]
        if (packet.QoS == 0 && packet.Duplicate) reader.Fail(MqttReasonCode.MalformedPacket, "DUP at QoS 0"); // [MQTT-3.3.1-2]

        packet.Topic = reader.ReadUtf8(); // [MQTT-3.3.2-1]
        if (packet.QoS > 0) // [MQTT-2.3.1-5] of 3.1.1, [MQTT-2.2.1-2] of 5.0: none at QoS 0
        {
            packet.PacketIdentifier = reader.ReadUInt16();
            if (packet.PacketIdentifier == 0) reader.Fail(MqttReasonCode.MalformedPacket, "packet identifier 0"); // [MQTT-2.3.1-1], [MQTT-2.2.1-3]
        }

        if (version == MqttProtocolVersion.V500)
        {
            var length = reader.ReadVariableByteInteger();
            packet.PropertiesOffset = body.Length - reader.Rest.Length;
            packet.Properties = reader.ReadBytes(length);
            if (length > 0 && packet.ScanProperties(out var text) is var error and not MqttReasonCode.Success) reader.Fail(error, text!);
        }

        if (packet.Topic.IsEmpty && packet.TopicAlias == 0) reader.Fail(EmptyTopicError(version), "no topic name"); // [MQTT-4.7.3-1]
        packet.PayloadOffset = body.Length - reader.Rest.Length;
        return reader;
    }

    private static MqttReasonCode EmptyTopicError(MqttProtocolVersion version) =>
        version == MqttProtocolVersion.V500 ? MqttReasonCode.ProtocolError : MqttReasonCode.TopicNameInvalid;

    private MqttReasonCode ScanProperties(out string? text)
    {
        text = null;
        var walker = new MqttPropertyWalker(Properties, MqttPacketType.Publish);
        while (walker.TryNext(out var property))
        {
            switch (property.Id)
            {
                case MqttPropertyId.TopicAlias: TopicAlias = (ushort)property.Number; break;
                case MqttPropertyId.SubscriptionIdentifier: SubscriptionIdentifierCount++; break;
                case MqttPropertyId.MessageExpiryInterval:
                    HasExpiry = true;
                    ExpiryIntervalSeconds = property.Number;
                    break;
                // [MQTT-3.3.2-13], [MQTT-3.3.2-19] response topic and content type are UTF-8: the walker checks them
                case MqttPropertyId.ResponseTopic when property.Bytes.IndexOfAny((byte)'+', (byte)'#') >= 0: // [MQTT-3.3.2-14]
                    text = "wildcard in the response topic";
                    return MqttReasonCode.TopicNameInvalid;
                default: ForwardedPropertiesLength += property.Whole.Length; break;
            }
        }

        text = walker.ErrorText;
        return walker.Error;
    }

    /// <summary>
    /// Copies the properties that travel with the message, in their order: [MQTT-3.3.2-4], [MQTT-3.3.2-15], [MQTT-3.3.2-16],
    /// [MQTT-3.3.2-17], [MQTT-3.3.2-18], [MQTT-3.3.2-20].
    /// </summary>
    public readonly void CopyForwardedProperties(Span<byte> target)
    {
        if (ForwardedPropertiesLength == Properties.Length)
        {
            Properties.CopyTo(target);
            return;
        }

        var walker = new MqttPropertyWalker(Properties, MqttPacketType.Publish);
        while (walker.TryNext(out var property))
        {
            if (property.Id is MqttPropertyId.TopicAlias or MqttPropertyId.SubscriptionIdentifier or MqttPropertyId.MessageExpiryInterval) continue;
            property.Whole.CopyTo(target);
            target = target[property.Whole.Length..];
        }
    }
}

/// <summary>Everything that a PUBLISH is encoded from.</summary>
public ref struct PublishFields
{
    /// <summary>Quality of service.</summary>
    public MqttQoS QoS;
    /// <summary>The retain flag.</summary>
    public bool Retain;
    /// <summary>The DUP flag.</summary>
    public bool Duplicate;
    /// <summary>1 to 65,535; ignored at QoS 0.</summary>
    public ushort PacketIdentifier;
    /// <summary>UTF-8 of the topic, or empty where the alias stands for it.</summary>
    public ReadOnlySpan<byte> Topic;
    /// <summary>Topic alias, 0 for none (5.0).</summary>
    public ushort TopicAlias;
    /// <summary>True to write <see cref="ExpiryIntervalSeconds"/> (5.0).</summary>
    public bool HasExpiry;
    /// <summary>Lifetime left, s.</summary>
    public uint ExpiryIntervalSeconds;
    /// <summary>Encoded properties to pass on (5.0).</summary>
    public ReadOnlySpan<byte> ForwardedProperties;
    /// <summary>Subscription identifiers (5.0).</summary>
    public ReadOnlySpan<uint> SubscriptionIdentifiers;
    /// <summary>The message itself.</summary>
    public ReadOnlySpan<byte> Payload;

    /// <summary>Size of the properties without their length, bytes.</summary>
    private readonly int PropertiesSize()
    {
        var size = ForwardedProperties.Length + (HasExpiry ? 5 : 0) + (TopicAlias != 0 ? 3 : 0);
        foreach (var identifier in SubscriptionIdentifiers) size += 1 + PacketBuffer.VariableByteIntegerSize((int)identifier);
        return size;
    }

    /// <summary>Appends the packet unless it is larger than <paramref name="packetSizeMax"/>; answers whether it was.</summary>
    public readonly bool TryWrite(PacketBuffer buffer, MqttProtocolVersion version, long packetSizeMax = int.MaxValue)
    {
        var properties = 0;
        var body = 2 + Topic.Length + (QoS > 0 ? 2 : 0) + Payload.Length;
        if (version == MqttProtocolVersion.V500)
        {
            properties = PropertiesSize();
            body += PacketBuffer.VariableByteIntegerSize(properties) + properties;
        }

        var size = 1 + PacketBuffer.VariableByteIntegerSize(body) + body;
        if (size > packetSizeMax) return false;

        var span = buffer.Append(size);
        span[0] = (byte)((int)MqttPacketType.Publish << 4 | (Duplicate ? 8 : 0) | (int)QoS << 1 | (Retain ? 1 : 0));
        var at = 1 + PacketBuffer.WriteVariableByteInteger(span[1..], body);
        BinaryPrimitives.WriteUInt16BigEndian(span[at..], (ushort)Topic.Length);
        Topic.CopyTo(span[(at + 2)..]);
        at += 2 + Topic.Length;
        if (QoS > 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(span[at..], PacketIdentifier);
            at += 2;
        }

        if (version == MqttProtocolVersion.V500) at += WriteProperties(span[at..], properties);
        Payload.CopyTo(span[at..]);
        return true;
    }

    private readonly int WriteProperties(Span<byte> span, int size)
    {
        var at = PacketBuffer.WriteVariableByteInteger(span, size);
        if (HasExpiry)
        {
            span[at] = (byte)MqttPropertyId.MessageExpiryInterval;
            BinaryPrimitives.WriteUInt32BigEndian(span[(at + 1)..], ExpiryIntervalSeconds);
            at += 5;
        }

        if (TopicAlias != 0)
        {
            span[at] = (byte)MqttPropertyId.TopicAlias;
            BinaryPrimitives.WriteUInt16BigEndian(span[(at + 1)..], TopicAlias);
            at += 3;
        }

        foreach (var identifier in SubscriptionIdentifiers)
        {
            span[at++] = (byte)MqttPropertyId.SubscriptionIdentifier;
            at += PacketBuffer.WriteVariableByteInteger(span[at..], (int)identifier);
        }

        ForwardedProperties.CopyTo(span[at..]);
        return at + ForwardedProperties.Length;
    }
}
