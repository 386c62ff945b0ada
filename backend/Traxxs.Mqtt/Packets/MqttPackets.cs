using Traxxs.Mqtt.Topics;

namespace Traxxs.Mqtt.Packets;

/// <summary>The message a server publishes when a connection ends badly, MQTT 5.0 section 3.1.2.5.</summary>
public sealed record MqttWill(string Topic, ReadOnlyMemory<byte> Payload, MqttQoS QoS = MqttQoS.AtMostOnce, bool Retain = false)
{
    /// <summary>Will properties, 5.0 only.</summary>
    public MqttProperties? Properties { get; init; }
}

/// <summary>CONNECT, MQTT 5.0 section 3.1.</summary>
public sealed class ConnectPacket
{
    /// <summary>Protocol level.</summary>
    public MqttProtocolVersion Version { get; set; } = MqttProtocolVersion.V311;
    /// <summary>Clean Session in 3.1.1, Clean Start in 5.0.</summary>
    public bool CleanStart { get; set; } = true;
    /// <summary>Keep-alive, s; 0 for none.</summary>
    public ushort KeepAliveSeconds { get; set; }
    /// <summary>Client identifier, possibly empty.</summary>
    public string ClientId { get; set; } = "";
    /// <summary>The will, or null.</summary>
    public MqttWill? Will { get; set; }
    /// <summary>User name, or null.</summary>
    public string? UserName { get; set; }
    /// <summary>Password, or null.</summary>
    public byte[]? Password { get; set; }
    /// <summary>Properties, 5.0 only.</summary>
    public MqttProperties? Properties { get; set; }

    /// <summary>Decodes a CONNECT body. <see cref="Version"/> is right as soon as it could be read, for the answer to a bad packet.</summary>
    public static MqttReader Decode(ReadOnlySpan<byte> body, out ConnectPacket packet)
    {
        packet = new ConnectPacket();
        var reader = new MqttReader(body);
        var name = reader.ReadUtf8();
        var level = reader.ReadByte();
        if (!reader.Failed) packet.ReadVersion(ref reader, name, level);
        var flags = reader.ReadByte();
        // [MQTT-3.1.2-3] the reserved flag must be zero
        if ((flags & 1) != 0) reader.Fail(MqttReasonCode.MalformedPacket, "reserved connect flag set");
        packet.CleanStart = (flags & 2) != 0;
        packet.KeepAliveSeconds = reader.ReadUInt16();
        if (packet.Version == MqttProtocolVersion.V500) packet.Properties = MqttProperties.Read(ref reader, MqttPacketType.Connect);
        CheckAuthenticationData(packet.Properties, ref reader);
        packet.ClientId = reader.ReadString(); // [MQTT-3.1.3-3], [MQTT-3.1.3-4] first in the payload, UTF-8
        packet.ReadWill(ref reader, flags);
        packet.ReadCredentials(ref reader, flags);
        reader.ExpectEnd();
        return reader;
    }

    private void ReadVersion(ref MqttReader reader, ReadOnlySpan<byte> name, byte level)
    {
        Version = (MqttProtocolVersion)level;
        if (name.SequenceEqual("MQTT"u8))
        {
            if (level is 4 or 5) return;
            Version = level < 5 ? MqttProtocolVersion.V311 : MqttProtocolVersion.V500;
            reader.Fail(MqttReasonCode.UnsupportedProtocolVersion, "protocol level not supported"); // [MQTT-3.1.2-2]
            return;
        }

        if (name.SequenceEqual("MQIsdp"u8) && level == 3) return;
        // [MQTT-3.1.2-1] a wrong protocol name is not answered: the peer does not speak MQTT
        Version = 0;
        reader.Fail(MqttReasonCode.MalformedPacket, "wrong protocol name");
    }

    private static void CheckAuthenticationData(MqttProperties? properties, ref MqttReader reader)
    {
        if (properties is { AuthenticationData: not null, AuthenticationMethod: null })
            reader.Fail(MqttReasonCode.ProtocolError, "authentication data without a method");
    }

    private void ReadWill(ref MqttReader reader, byte flags)
    {
        var qos = flags >> 3 & 3;
        if ((flags & 4) == 0)
        {
            // [MQTT-3.1.2-11], [MQTT-3.1.2-13], [MQTT-3.1.2-15] no will, no will QoS and no will retain
            if ((flags & 0x38) != 0) reader.Fail(MqttReasonCode.MalformedPacket, "will flags without a will");
            return;
        }

        if (qos == 3) reader.Fail(MqttReasonCode.MalformedPacket, "will QoS 3"); // [MQTT-3.1.2-14], [MQTT-3.1.2-12]
        var properties = Version == MqttProtocolVersion.V500 ? MqttProperties.Read(ref reader, MqttPacketType.Will) : null;
        var topic = reader.ReadString(); // [MQTT-3.1.3-10] of 3.1.1, [MQTT-3.1.3-11] of 5.0: UTF-8; [MQTT-3.1.2-9] topic and payload are there
        var payload = reader.ReadBinary().ToArray();
        if (!reader.Failed && !TopicRules.IsValidName(topic)) reader.Fail(MqttReasonCode.TopicNameInvalid, "will topic not valid");
        Will = new MqttWill(topic, payload, (MqttQoS)qos, (flags & 0x20) != 0) { Properties = properties };
    }

    // In 5.0 [MQTT-3.1.2-16], [MQTT-3.1.2-17] user name and [MQTT-3.1.2-18], [MQTT-3.1.2-19] password stand there if their flags say so; in 3.1.1 the numbers are
    // [MQTT-3.1.2-18], [MQTT-3.1.2-19], [MQTT-3.1.2-20], [MQTT-3.1.2-21]. [MQTT-3.1.3-12] the user name is UTF-8.
    private void ReadCredentials(ref MqttReader reader, byte flags)
    {
        if ((flags & 0x80) != 0) UserName = reader.ReadString();
        if ((flags & 0x40) == 0) return;
        // [MQTT-3.1.2-22] of 3.1.1: no password without a user name; 5.0 allows it
        if ((flags & 0x80) == 0 && Version != MqttProtocolVersion.V500) reader.Fail(MqttReasonCode.MalformedPacket, "password without user name");
        Password = reader.ReadBinary().ToArray();
    }

    /// <summary>Appends the packet.</summary>
    public void Write(PacketBuffer buffer)
    {
        var mark = buffer.BeginPacket(MqttPacketType.Connect);
        buffer.WriteString(Version == MqttProtocolVersion.V310 ? "MQIsdp" : "MQTT");
        buffer.WriteByte((byte)Version);
        var flags = (CleanStart ? 2 : 0) | (UserName is null ? 0 : 0x80) | (Password is null ? 0 : 0x40);
        if (Will is not null) flags |= 4 | (int)Will.QoS << 3 | (Will.Retain ? 0x20 : 0);
        buffer.WriteByte((byte)flags);
        buffer.WriteUInt16(KeepAliveSeconds);
        if (Version == MqttProtocolVersion.V500) MqttProperties.Write(buffer, Properties);
        buffer.WriteString(ClientId); // [MQTT-3.1.3-1] identifier, will, user name, password: in this order
        if (Will is not null)
        {
            if (Version == MqttProtocolVersion.V500) MqttProperties.Write(buffer, Will.Properties);
            buffer.WriteString(Will.Topic);
            buffer.WriteBinary(Will.Payload.Span);
        }

        if (UserName is not null) buffer.WriteString(UserName);
        if (Password is not null) buffer.WriteBinary(Password);
        buffer.EndPacket(mark);
    }
}

/// <summary>CONNACK, MQTT 5.0 section 3.2.</summary>
public sealed class ConnackPacket
{
    /// <summary>True if the server holds a session for this client.</summary>
    public bool SessionPresent { get; set; }
    /// <summary>Outcome; 3.1.1 return codes are mapped.</summary>
    public MqttReasonCode ReasonCode { get; set; }
    /// <summary>Properties, 5.0 only.</summary>
    public MqttProperties? Properties { get; set; }

    /// <summary>Decodes a CONNACK body.</summary>
    public static MqttReader Decode(ReadOnlySpan<byte> body, MqttProtocolVersion version, out ConnackPacket packet)
    {
        packet = new ConnackPacket();
        var reader = new MqttReader(body);
        var flags = reader.ReadByte();
        if ((flags & 0xFE) != 0) reader.Fail(MqttReasonCode.MalformedPacket, "reserved acknowledge flags set"); // [MQTT-3.2.2-1]
        packet.SessionPresent = (flags & 1) != 0;
        var code = reader.ReadByte();
        packet.ReasonCode = version == MqttProtocolVersion.V500 ? (MqttReasonCode)code : MqttReasonCodes.FromConnectReturnCode(code);
        if (version == MqttProtocolVersion.V500 && !reader.Rest.IsEmpty) packet.Properties = MqttProperties.Read(ref reader, MqttPacketType.Connack);
        reader.ExpectEnd();
        return reader;
    }

    /// <summary>Appends the packet.</summary>
    public void Write(PacketBuffer buffer, MqttProtocolVersion version)
    {
        var mark = buffer.BeginPacket(MqttPacketType.Connack);
        buffer.WriteByte(SessionPresent ? (byte)1 : (byte)0);
        buffer.WriteByte(version == MqttProtocolVersion.V500 ? (byte)ReasonCode : ReasonCode.ToConnectReturnCode());
        if (version == MqttProtocolVersion.V500) MqttProperties.Write(buffer, Properties);
        buffer.EndPacket(mark);
    }
}

/// <summary>PUBACK, PUBREC, PUBREL and PUBCOMP, MQTT 5.0 sections 3.4 to 3.7.</summary>
public struct AckPacket
{
    /// <summary>The packet identifier of the PUBLISH.</summary>
    public ushort PacketIdentifier;
    /// <summary>Outcome; always success in 3.1.1.</summary>
    public MqttReasonCode ReasonCode;
    /// <summary>Properties, 5.0 only.</summary>
    public MqttProperties? Properties;

    /// <summary>Decodes the body of one of the four.</summary>
    public static MqttReader Decode(MqttPacketType type, ReadOnlySpan<byte> body, MqttProtocolVersion version, out AckPacket packet)
    {
        packet = default;
        var reader = new MqttReader(body);
        packet.PacketIdentifier = reader.ReadUInt16();
        if (packet.PacketIdentifier == 0) reader.Fail(MqttReasonCode.MalformedPacket, "packet identifier 0");
        if (version == MqttProtocolVersion.V500 && body.Length > 2)
        {
            packet.ReasonCode = (MqttReasonCode)reader.ReadByte();
            if (body.Length > 3) packet.Properties = MqttProperties.Read(ref reader, type);
            if (!IsReason(type, packet.ReasonCode)) reader.Fail(MqttReasonCode.ProtocolError, "reason code not of this packet");
        }

        reader.ExpectEnd();
        return reader;
    }

    // [MQTT-3.4.2-1], [MQTT-3.5.2-1] and, for PUBREL and PUBCOMP, [MQTT-3.6.2-1], [MQTT-3.7.2-1]
    private static bool IsReason(MqttPacketType type, MqttReasonCode code) => type is MqttPacketType.Puback or MqttPacketType.Pubrec
        ? code is MqttReasonCode.Success or MqttReasonCode.NoMatchingSubscribers or MqttReasonCode.UnspecifiedError
            or MqttReasonCode.ImplementationSpecificError or MqttReasonCode.NotAuthorized or MqttReasonCode.TopicNameInvalid
            or MqttReasonCode.PacketIdentifierInUse or MqttReasonCode.QuotaExceeded or MqttReasonCode.PayloadFormatInvalid
        : code is MqttReasonCode.Success or MqttReasonCode.PacketIdentifierNotFound;

    /// <summary>Appends a packet in its shortest form: no reason code when it is success, no properties when there are none.</summary>
    public static void Write(
        PacketBuffer buffer, MqttPacketType type, ushort packetIdentifier, MqttProtocolVersion version,
        MqttReasonCode reasonCode = MqttReasonCode.Success, MqttProperties? properties = null)
    {
        var header = (byte)((int)type << 4 | (type == MqttPacketType.Pubrel ? 2 : 0));
        if (version != MqttProtocolVersion.V500 || reasonCode == MqttReasonCode.Success && properties is null)
        {
            var span = buffer.Append(4);
            span[0] = header;
            span[1] = 2;
            span[2] = (byte)(packetIdentifier >> 8);
            span[3] = (byte)packetIdentifier;
            return;
        }

        buffer.WriteByte(header);
        var mark = buffer.BeginLength();
        buffer.WriteUInt16(packetIdentifier);
        buffer.WriteByte((byte)reasonCode);
        if (properties is not null) MqttProperties.Write(buffer, properties);
        buffer.EndPacket(mark);
    }
}

/// <summary>One topic filter of a SUBSCRIBE with its options, MQTT 5.0 section 3.8.3.1.</summary>
public sealed record MqttTopicFilter(string Topic, MqttQoS QoS = MqttQoS.AtMostOnce)
{
    /// <summary>Do not send me what I published myself.</summary>
    public bool NoLocal { get; init; }
    /// <summary>Keep the retain flag as the publisher set it.</summary>
    public bool RetainAsPublished { get; init; }
    /// <summary>What to do with retained messages now.</summary>
    public MqttRetainHandling RetainHandling { get; init; }

    internal byte Options => (byte)((int)QoS | (NoLocal ? 4 : 0) | (RetainAsPublished ? 8 : 0) | (int)RetainHandling << 4);

    internal static MqttTopicFilter FromOptions(string topic, byte options) => new(topic, (MqttQoS)(options & 3))
    {
        NoLocal = (options & 4) != 0,
        RetainAsPublished = (options & 8) != 0,
        RetainHandling = (MqttRetainHandling)(options >> 4 & 3),
    };
}

/// <summary>SUBSCRIBE, MQTT 5.0 section 3.8.</summary>
public sealed class SubscribePacket
{
    /// <summary>1 to 65,535.</summary>
    public ushort PacketIdentifier { get; set; }
    /// <summary>Properties, 5.0 only.</summary>
    public MqttProperties? Properties { get; set; }
    /// <summary>At least one.</summary>
    public List<MqttTopicFilter> Filters { get; } = [];

    /// <summary>Decodes a SUBSCRIBE body. Whether a filter is well formed is for the server to say, filter by filter.</summary>
    public static MqttReader Decode(ReadOnlySpan<byte> body, MqttProtocolVersion version, out SubscribePacket packet)
    {
        packet = new SubscribePacket();
        var reader = new MqttReader(body);
        packet.PacketIdentifier = reader.ReadUInt16();
        if (packet.PacketIdentifier == 0) reader.Fail(MqttReasonCode.MalformedPacket, "packet identifier 0");
        if (version == MqttProtocolVersion.V500) packet.Properties = MqttProperties.Read(ref reader, MqttPacketType.Subscribe);
        // [MQTT-3.8.3-3] of 3.1.1, [MQTT-3.8.3-2] of 5.0: at least one filter
        if (reader.Rest.IsEmpty) reader.Fail(MqttReasonCode.ProtocolError, "SUBSCRIBE without a topic filter");
        while (!reader.Failed && !reader.Rest.IsEmpty)
        {
            var topic = reader.ReadString(); // [MQTT-3.8.3-1]
            var options = reader.ReadByte();
            if (!AreValid(options, version)) reader.Fail(MqttReasonCode.MalformedPacket, "subscription options not valid");
            // [MQTT-3.8.3-4] no-local on a shared subscription is a protocol error
            if ((options & 4) != 0 && TopicRules.IsShared(topic)) reader.Fail(MqttReasonCode.ProtocolError, "no-local on a shared subscription");
            packet.Filters.Add(MqttTopicFilter.FromOptions(topic, options));
        }

        return reader;
    }

    // [MQTT-3.8.3-4] of 3.1.1, [MQTT-3.8.3-5] of 5.0: reserved bits are zero, QoS and retain handling are not 3
    private static bool AreValid(byte options, MqttProtocolVersion version) => version == MqttProtocolVersion.V500
        ? (options & 3) != 3 && (options & 0x30) != 0x30 && (options & 0xC0) == 0
        : options < 3;

    /// <summary>Appends the packet.</summary>
    public void Write(PacketBuffer buffer, MqttProtocolVersion version)
    {
        var mark = buffer.BeginPacket(MqttPacketType.Subscribe, 2);
        buffer.WriteUInt16(PacketIdentifier);
        if (version == MqttProtocolVersion.V500) MqttProperties.Write(buffer, Properties);
        foreach (var filter in Filters)
        {
            buffer.WriteString(filter.Topic);
            buffer.WriteByte(version == MqttProtocolVersion.V500 ? filter.Options : (byte)filter.QoS);
        }

        buffer.EndPacket(mark);
    }
}

/// <summary>UNSUBSCRIBE, MQTT 5.0 section 3.10.</summary>
public sealed class UnsubscribePacket
{
    /// <summary>1 to 65,535.</summary>
    public ushort PacketIdentifier { get; set; }
    /// <summary>Properties, 5.0 only.</summary>
    public MqttProperties? Properties { get; set; }
    /// <summary>At least one.</summary>
    public List<string> Filters { get; } = [];

    /// <summary>Decodes an UNSUBSCRIBE body.</summary>
    public static MqttReader Decode(ReadOnlySpan<byte> body, MqttProtocolVersion version, out UnsubscribePacket packet)
    {
        packet = new UnsubscribePacket();
        var reader = new MqttReader(body);
        packet.PacketIdentifier = reader.ReadUInt16();
        if (packet.PacketIdentifier == 0) reader.Fail(MqttReasonCode.MalformedPacket, "packet identifier 0");
        if (version == MqttProtocolVersion.V500) packet.Properties = MqttProperties.Read(ref reader, MqttPacketType.Unsubscribe);
        if (reader.Rest.IsEmpty) reader.Fail(MqttReasonCode.ProtocolError, "UNSUBSCRIBE without a topic filter"); // [MQTT-3.10.3-2]
        while (!reader.Failed && !reader.Rest.IsEmpty) packet.Filters.Add(reader.ReadString()); // [MQTT-3.10.3-1]
        return reader;
    }

    /// <summary>Appends the packet.</summary>
    public void Write(PacketBuffer buffer, MqttProtocolVersion version)
    {
        var mark = buffer.BeginPacket(MqttPacketType.Unsubscribe, 2);
        buffer.WriteUInt16(PacketIdentifier);
        if (version == MqttProtocolVersion.V500) MqttProperties.Write(buffer, Properties);
        foreach (var filter in Filters) buffer.WriteString(filter);
        buffer.EndPacket(mark);
    }
}

/// <summary>SUBACK and UNSUBACK, MQTT 5.0 sections 3.9 and 3.11.</summary>
public sealed class SubackPacket
{
    /// <summary>The identifier of the packet answered.</summary>
    public ushort PacketIdentifier { get; set; }
    /// <summary>Properties, 5.0 only.</summary>
    public MqttProperties? Properties { get; set; }
    /// <summary>One a filter, in the order asked; empty in the UNSUBACK of 3.1.1.</summary>
    public List<MqttReasonCode> ReasonCodes { get; } = [];

    /// <summary>Decodes the body of a SUBACK or UNSUBACK.</summary>
    public static MqttReader Decode(MqttPacketType type, ReadOnlySpan<byte> body, MqttProtocolVersion version, out SubackPacket packet)
    {
        packet = new SubackPacket();
        var reader = new MqttReader(body);
        packet.PacketIdentifier = reader.ReadUInt16();
        if (packet.PacketIdentifier == 0) reader.Fail(MqttReasonCode.MalformedPacket, "packet identifier 0");
        if (version == MqttProtocolVersion.V500) packet.Properties = MqttProperties.Read(ref reader, type);
        if (type == MqttPacketType.Unsuback && version != MqttProtocolVersion.V500) reader.ExpectEnd();
        while (!reader.Failed && !reader.Rest.IsEmpty)
        {
            var code = (MqttReasonCode)reader.ReadByte();
            // [MQTT-3.9.3-2] of 3.1.1: no other codes than 0, 1, 2 and 0x80
            if (version != MqttProtocolVersion.V500 && (byte)code is not (0 or 1 or 2 or 0x80)) reader.Fail(MqttReasonCode.MalformedPacket, "reserved SUBACK return code");
            packet.ReasonCodes.Add(code);
        }

        return reader;
    }

    /// <summary>Appends the packet as <paramref name="type"/>. In 3.1.1 every failure is 0x80 and an UNSUBACK has no codes.</summary>
    public void Write(PacketBuffer buffer, MqttPacketType type, MqttProtocolVersion version)
    {
        var mark = buffer.BeginPacket(type);
        buffer.WriteUInt16(PacketIdentifier);
        if (version == MqttProtocolVersion.V500) MqttProperties.Write(buffer, Properties);
        if (version == MqttProtocolVersion.V500 || type == MqttPacketType.Suback)
        {
            foreach (var code in ReasonCodes) // [MQTT-3.9.3-1], [MQTT-3.11.3-1] in the order of the filters
            {
                buffer.WriteByte(version != MqttProtocolVersion.V500 && code.IsFailure() ? (byte)0x80 : (byte)code);
            }
        }

        buffer.EndPacket(mark);
    }
}

/// <summary>DISCONNECT and AUTH, MQTT 5.0 sections 3.14 and 3.15: a reason code and properties.</summary>
public sealed class ReasonPacket
{
    /// <summary>Why.</summary>
    public MqttReasonCode ReasonCode { get; set; }
    /// <summary>Properties, 5.0 only.</summary>
    public MqttProperties? Properties { get; set; }

    /// <summary>Decodes the body of a DISCONNECT or AUTH; both may be empty.</summary>
    public static MqttReader Decode(MqttPacketType type, ReadOnlySpan<byte> body, MqttProtocolVersion version, out ReasonPacket packet)
    {
        packet = new ReasonPacket();
        var reader = new MqttReader(body);
        if (version == MqttProtocolVersion.V500 && body.Length > 0)
        {
            packet.ReasonCode = (MqttReasonCode)reader.ReadByte();
            if (body.Length > 1) packet.Properties = MqttProperties.Read(ref reader, type);
        }

        reader.ExpectEnd();
        return reader;
    }

    /// <summary>Appends the packet in its shortest form.</summary>
    public void Write(PacketBuffer buffer, MqttPacketType type, MqttProtocolVersion version)
    {
        var mark = buffer.BeginPacket(type);
        if (version == MqttProtocolVersion.V500 && (ReasonCode != MqttReasonCode.Success || Properties is not null))
        {
            buffer.WriteByte((byte)ReasonCode);
            if (Properties is not null) MqttProperties.Write(buffer, Properties);
        }

        buffer.EndPacket(mark);
    }
}
