using System.Text;

namespace Traxxs.Mqtt.Packets;

/// <summary>
/// The properties of one MQTT 5.0 packet, MQTT 5.0 section 2.2.2. Null means absent. Which packet may carry which is checked
/// when they are read; writing puts down what is set.
/// </summary>
public sealed class MqttProperties
{
    /// <summary>1 if the payload is UTF-8 text.</summary>
    public byte? PayloadFormatIndicator { get; set; }
    /// <summary>Lifetime of the message, s.</summary>
    public uint? MessageExpiryInterval { get; set; }
    /// <summary>What the payload is, as the applications agree.</summary>
    public string? ContentType { get; set; }
    /// <summary>Topic for a response.</summary>
    public string? ResponseTopic { get; set; }
    /// <summary>Identifies the request that a response belongs to.</summary>
    public byte[]? CorrelationData { get; set; }
    /// <summary>Numbers of the subscriptions that matched, or of the one being made; 1 to 268,435,455.</summary>
    public List<uint>? SubscriptionIdentifiers { get; set; }
    /// <summary>How long the session outlives its connection, s; 0xFFFFFFFF is for ever.</summary>
    public uint? SessionExpiryInterval { get; set; }
    /// <summary>The client identifier the server chose.</summary>
    public string? AssignedClientIdentifier { get; set; }
    /// <summary>Keep-alive that the client must use instead of its own, s.</summary>
    public ushort? ServerKeepAlive { get; set; }
    /// <summary>Name of the extended authentication method.</summary>
    public string? AuthenticationMethod { get; set; }
    /// <summary>Data of the extended authentication method.</summary>
    public byte[]? AuthenticationData { get; set; }
    /// <summary>0 if the client wants no reason strings or user properties on failures.</summary>
    public byte? RequestProblemInformation { get; set; }
    /// <summary>How long the will waits after the connection ended, s.</summary>
    public uint? WillDelayInterval { get; set; }
    /// <summary>1 if the client wants <see cref="ResponseInformation"/>.</summary>
    public byte? RequestResponseInformation { get; set; }
    /// <summary>Basis for creating response topics.</summary>
    public string? ResponseInformation { get; set; }
    /// <summary>Another server to use.</summary>
    public string? ServerReference { get; set; }
    /// <summary>A sentence for a person who reads logs.</summary>
    public string? ReasonString { get; set; }
    /// <summary>How many unacknowledged QoS 1 and 2 publishes the sender of this property accepts; never 0.</summary>
    public ushort? ReceiveMaximum { get; set; }
    /// <summary>Highest topic alias the sender of this property accepts.</summary>
    public ushort? TopicAliasMaximum { get; set; }
    /// <summary>Number standing for the topic.</summary>
    public ushort? TopicAlias { get; set; }
    /// <summary>Highest QoS the server supports.</summary>
    public byte? MaximumQoS { get; set; }
    /// <summary>0 if retained messages are not supported.</summary>
    public byte? RetainAvailable { get; set; }
    /// <summary>Name and value pairs; names may repeat and order is kept.</summary>
    public List<KeyValuePair<string, string>>? UserProperties { get; set; }
    /// <summary>Largest packet the sender of this property accepts, bytes; never 0.</summary>
    public uint? MaximumPacketSize { get; set; }
    /// <summary>0 if wildcard subscriptions are not supported.</summary>
    public byte? WildcardSubscriptionAvailable { get; set; }
    /// <summary>0 if subscription identifiers are not supported.</summary>
    public byte? SubscriptionIdentifierAvailable { get; set; }
    /// <summary>0 if shared subscriptions are not supported.</summary>
    public byte? SharedSubscriptionAvailable { get; set; }

    /// <summary>Adds a user property.</summary>
    public void AddUserProperty(string name, string value) => (UserProperties ??= []).Add(new(name, value));

    /// <summary>Reads a property length and the properties; null when there are none.</summary>
    public static MqttProperties? Read(ref MqttReader reader, MqttPacketType packet)
    {
        var bytes = reader.ReadBytes(reader.ReadVariableByteInteger());
        return bytes.IsEmpty ? null : Parse(bytes, packet, ref reader);
    }

    /// <summary>Reads properties that already passed the checks of their packet, as a PUBLISH carries them; null when there are none.</summary>
    public static MqttProperties? FromValidated(ReadOnlySpan<byte> properties, MqttPacketType packet)
    {
        var reader = new MqttReader(default);
        return properties.IsEmpty ? null : Parse(properties, packet, ref reader);
    }

    private static MqttProperties? Parse(ReadOnlySpan<byte> bytes, MqttPacketType packet, ref MqttReader reader)
    {
        var properties = new MqttProperties();
        var walker = new MqttPropertyWalker(bytes, packet);
        while (walker.TryNext(out var property)) properties.Set(property);
        if (walker.Error != MqttReasonCode.Success) reader.Fail(walker.Error, walker.ErrorText!);
        return properties;
    }

    private void Set(in MqttRawProperty property)
    {
        var number = property.Number;
        switch (property.Id)
        {
            case MqttPropertyId.PayloadFormatIndicator: PayloadFormatIndicator = (byte)number; break;
            case MqttPropertyId.MessageExpiryInterval: MessageExpiryInterval = number; break;
            case MqttPropertyId.ContentType: ContentType = Text(property.Bytes); break;
            case MqttPropertyId.ResponseTopic: ResponseTopic = Text(property.Bytes); break;
            case MqttPropertyId.CorrelationData: CorrelationData = property.Bytes.ToArray(); break;
            case MqttPropertyId.SubscriptionIdentifier: (SubscriptionIdentifiers ??= []).Add(number); break;
            case MqttPropertyId.SessionExpiryInterval: SessionExpiryInterval = number; break;
            case MqttPropertyId.AssignedClientIdentifier: AssignedClientIdentifier = Text(property.Bytes); break;
            case MqttPropertyId.ServerKeepAlive: ServerKeepAlive = (ushort)number; break;
            case MqttPropertyId.AuthenticationMethod: AuthenticationMethod = Text(property.Bytes); break;
            case MqttPropertyId.AuthenticationData: AuthenticationData = property.Bytes.ToArray(); break;
            case MqttPropertyId.RequestProblemInformation: RequestProblemInformation = (byte)number; break;
            case MqttPropertyId.WillDelayInterval: WillDelayInterval = number; break;
            case MqttPropertyId.RequestResponseInformation: RequestResponseInformation = (byte)number; break;
            case MqttPropertyId.ResponseInformation: ResponseInformation = Text(property.Bytes); break;
            case MqttPropertyId.ServerReference: ServerReference = Text(property.Bytes); break;
            case MqttPropertyId.ReasonString: ReasonString = Text(property.Bytes); break;
            case MqttPropertyId.ReceiveMaximum: ReceiveMaximum = (ushort)number; break;
            case MqttPropertyId.TopicAliasMaximum: TopicAliasMaximum = (ushort)number; break;
            case MqttPropertyId.TopicAlias: TopicAlias = (ushort)number; break;
            case MqttPropertyId.MaximumQoS: MaximumQoS = (byte)number; break;
            case MqttPropertyId.RetainAvailable: RetainAvailable = (byte)number; break;
            // [MQTT-1.5.7-1] both are UTF-8: the walker checks them
            case MqttPropertyId.UserProperty: AddUserProperty(Text(property.Bytes), Text(property.Second)); break;
            case MqttPropertyId.MaximumPacketSize: MaximumPacketSize = number; break;
            case MqttPropertyId.WildcardSubscriptionAvailable: WildcardSubscriptionAvailable = (byte)number; break;
            case MqttPropertyId.SubscriptionIdentifierAvailable: SubscriptionIdentifierAvailable = (byte)number; break;
            case MqttPropertyId.SharedSubscriptionAvailable: SharedSubscriptionAvailable = (byte)number; break;
        }
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    /// <summary>Writes the property length and the properties, in order of their identifiers; [MQTT-2.2.2-1] null writes a zero length.</summary>
    public static void Write(PacketBuffer buffer, MqttProperties? properties)
    {
        var mark = buffer.BeginLength();
        properties?.WriteValues(buffer);
        buffer.EndLength(mark);
    }

    /// <summary>Writes the properties without their length.</summary>
    public void WriteValues(PacketBuffer buffer)
    {
        Byte(buffer, MqttPropertyId.PayloadFormatIndicator, PayloadFormatIndicator);
        Four(buffer, MqttPropertyId.MessageExpiryInterval, MessageExpiryInterval);
        String(buffer, MqttPropertyId.ContentType, ContentType);
        String(buffer, MqttPropertyId.ResponseTopic, ResponseTopic);
        Binary(buffer, MqttPropertyId.CorrelationData, CorrelationData);
        foreach (var identifier in SubscriptionIdentifiers ?? [])
        {
            buffer.WriteByte((byte)MqttPropertyId.SubscriptionIdentifier);
            buffer.WriteVariableByteInteger((int)identifier);
        }

        Four(buffer, MqttPropertyId.SessionExpiryInterval, SessionExpiryInterval);
        String(buffer, MqttPropertyId.AssignedClientIdentifier, AssignedClientIdentifier);
        Two(buffer, MqttPropertyId.ServerKeepAlive, ServerKeepAlive);
        String(buffer, MqttPropertyId.AuthenticationMethod, AuthenticationMethod);
        Binary(buffer, MqttPropertyId.AuthenticationData, AuthenticationData);
        Byte(buffer, MqttPropertyId.RequestProblemInformation, RequestProblemInformation);
        Four(buffer, MqttPropertyId.WillDelayInterval, WillDelayInterval);
        Byte(buffer, MqttPropertyId.RequestResponseInformation, RequestResponseInformation);
        String(buffer, MqttPropertyId.ResponseInformation, ResponseInformation);
        String(buffer, MqttPropertyId.ServerReference, ServerReference);
        String(buffer, MqttPropertyId.ReasonString, ReasonString);
        Two(buffer, MqttPropertyId.ReceiveMaximum, ReceiveMaximum);
        Two(buffer, MqttPropertyId.TopicAliasMaximum, TopicAliasMaximum);
        Two(buffer, MqttPropertyId.TopicAlias, TopicAlias);
        Byte(buffer, MqttPropertyId.MaximumQoS, MaximumQoS);
        Byte(buffer, MqttPropertyId.RetainAvailable, RetainAvailable);
        foreach (var (name, value) in UserProperties ?? [])
        {
            buffer.WriteByte((byte)MqttPropertyId.UserProperty);
            buffer.WriteString(name);
            buffer.WriteString(value);
        }

        Four(buffer, MqttPropertyId.MaximumPacketSize, MaximumPacketSize);
        Byte(buffer, MqttPropertyId.WildcardSubscriptionAvailable, WildcardSubscriptionAvailable);
        Byte(buffer, MqttPropertyId.SubscriptionIdentifierAvailable, SubscriptionIdentifierAvailable);
        Byte(buffer, MqttPropertyId.SharedSubscriptionAvailable, SharedSubscriptionAvailable);
    }

    private static void Byte(PacketBuffer buffer, MqttPropertyId id, byte? value)
    {
        if (value is not { } number) return;
        buffer.WriteByte((byte)id);
        buffer.WriteByte(number);
    }

    private static void Two(PacketBuffer buffer, MqttPropertyId id, ushort? value)
    {
        if (value is not { } number) return;
        buffer.WriteByte((byte)id);
        buffer.WriteUInt16(number);
    }

    private static void Four(PacketBuffer buffer, MqttPropertyId id, uint? value)
    {
        if (value is not { } number) return;
        buffer.WriteByte((byte)id);
        buffer.WriteUInt32(number);
    }

    private static void String(PacketBuffer buffer, MqttPropertyId id, string? value)
    {
        if (value is null) return;
        buffer.WriteByte((byte)id);
        buffer.WriteString(value);
    }

    private static void Binary(PacketBuffer buffer, MqttPropertyId id, byte[]? value)
    {
        if (value is null) return;
        buffer.WriteByte((byte)id);
        buffer.WriteBinary(value);
    }
}
