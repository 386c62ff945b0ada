namespace Traxxs.Mqtt.Packets;

/// <summary>Property identifiers, MQTT 5.0 table 2-4.</summary>
public enum MqttPropertyId : byte
{
#pragma warning disable CS1591 // the names are the specification's
    PayloadFormatIndicator = 0x01,
    MessageExpiryInterval = 0x02,
    ContentType = 0x03,
    ResponseTopic = 0x08,
    CorrelationData = 0x09,
    SubscriptionIdentifier = 0x0B,
    SessionExpiryInterval = 0x11,
    AssignedClientIdentifier = 0x12,
    ServerKeepAlive = 0x13,
    AuthenticationMethod = 0x15,
    AuthenticationData = 0x16,
    RequestProblemInformation = 0x17,
    WillDelayInterval = 0x18,
    RequestResponseInformation = 0x19,
    ResponseInformation = 0x1A,
    ServerReference = 0x1C,
    ReasonString = 0x1F,
    ReceiveMaximum = 0x21,
    TopicAliasMaximum = 0x22,
    TopicAlias = 0x23,
    MaximumQoS = 0x24,
    RetainAvailable = 0x25,
    UserProperty = 0x26,
    MaximumPacketSize = 0x27,
    WildcardSubscriptionAvailable = 0x28,
    SubscriptionIdentifierAvailable = 0x29,
    SharedSubscriptionAvailable = 0x2A,
#pragma warning restore CS1591
}

/// <summary>How a property's value is represented.</summary>
internal enum MqttPropertyKind : byte
{
    Unknown,
    Byte,
    TwoByte,
    FourByte,
    VariableByte,
    Utf8,
    Binary,
    Utf8Pair,
}

/// <summary>MQTT 5.0 table 2-4 as data: the kind of each property and the packets it may stand in.</summary>
internal static class MqttPropertyTable
{
    private static readonly MqttPropertyKind[] Kinds = new MqttPropertyKind[0x2B];
    private static readonly ushort[] Packets = new ushort[0x2B];

    static MqttPropertyTable()
    {
        const int connect = 1 << (int)MqttPacketType.Connect, connack = 1 << (int)MqttPacketType.Connack;
        const int publish = 1 << (int)MqttPacketType.Publish, will = 1 << (int)MqttPacketType.Will;
        const int subscribe = 1 << (int)MqttPacketType.Subscribe, disconnect = 1 << (int)MqttPacketType.Disconnect;
        const int auth = 1 << (int)MqttPacketType.Auth;
        const int acks = 1 << (int)MqttPacketType.Puback | 1 << (int)MqttPacketType.Pubrec | 1 << (int)MqttPacketType.Pubrel
            | 1 << (int)MqttPacketType.Pubcomp | 1 << (int)MqttPacketType.Suback | 1 << (int)MqttPacketType.Unsuback;
        const int all = connect | connack | publish | will | subscribe | 1 << (int)MqttPacketType.Unsubscribe | acks | disconnect | auth;

        Set(MqttPropertyId.PayloadFormatIndicator, MqttPropertyKind.Byte, publish | will);
        Set(MqttPropertyId.MessageExpiryInterval, MqttPropertyKind.FourByte, publish | will);
        Set(MqttPropertyId.ContentType, MqttPropertyKind.Utf8, publish | will);
        Set(MqttPropertyId.ResponseTopic, MqttPropertyKind.Utf8, publish | will);
        Set(MqttPropertyId.CorrelationData, MqttPropertyKind.Binary, publish | will);
        Set(MqttPropertyId.SubscriptionIdentifier, MqttPropertyKind.VariableByte, publish | subscribe);
        Set(MqttPropertyId.SessionExpiryInterval, MqttPropertyKind.FourByte, connect | connack | disconnect);
        Set(MqttPropertyId.AssignedClientIdentifier, MqttPropertyKind.Utf8, connack);
        Set(MqttPropertyId.ServerKeepAlive, MqttPropertyKind.TwoByte, connack);
        Set(MqttPropertyId.AuthenticationMethod, MqttPropertyKind.Utf8, connect | connack | auth);
        Set(MqttPropertyId.AuthenticationData, MqttPropertyKind.Binary, connect | connack | auth);
        Set(MqttPropertyId.RequestProblemInformation, MqttPropertyKind.Byte, connect);
        Set(MqttPropertyId.WillDelayInterval, MqttPropertyKind.FourByte, will);
        Set(MqttPropertyId.RequestResponseInformation, MqttPropertyKind.Byte, connect);
        Set(MqttPropertyId.ResponseInformation, MqttPropertyKind.Utf8, connack);
        Set(MqttPropertyId.ServerReference, MqttPropertyKind.Utf8, connack | disconnect);
        Set(MqttPropertyId.ReasonString, MqttPropertyKind.Utf8, connack | acks | disconnect | auth);
        Set(MqttPropertyId.ReceiveMaximum, MqttPropertyKind.TwoByte, connect | connack);
        Set(MqttPropertyId.TopicAliasMaximum, MqttPropertyKind.TwoByte, connect | connack);
        Set(MqttPropertyId.TopicAlias, MqttPropertyKind.TwoByte, publish);
        Set(MqttPropertyId.MaximumQoS, MqttPropertyKind.Byte, connack);
        Set(MqttPropertyId.RetainAvailable, MqttPropertyKind.Byte, connack);
        Set(MqttPropertyId.UserProperty, MqttPropertyKind.Utf8Pair, all);
        Set(MqttPropertyId.MaximumPacketSize, MqttPropertyKind.FourByte, connect | connack);
        Set(MqttPropertyId.WildcardSubscriptionAvailable, MqttPropertyKind.Byte, connack);
        Set(MqttPropertyId.SubscriptionIdentifierAvailable, MqttPropertyKind.Byte, connack);
        Set(MqttPropertyId.SharedSubscriptionAvailable, MqttPropertyKind.Byte, connack);
    }

    public static MqttPropertyKind KindOf(int id) => id < Kinds.Length ? Kinds[id] : MqttPropertyKind.Unknown;

    public static bool IsAllowed(int id, MqttPacketType packet) => (Packets[id] & 1 << (int)packet) != 0;

    private static void Set(MqttPropertyId id, MqttPropertyKind kind, int packets)
    {
        Kinds[(int)id] = kind;
        Packets[(int)id] = (ushort)packets;
    }
}

/// <summary>One property where it stands: its identifier, and its value as a number or as bytes.</summary>
internal ref struct MqttRawProperty
{
    public MqttPropertyId Id;
    public uint Number;
    public ReadOnlySpan<byte> Bytes;  // the value of Utf8 and Binary, the name of a pair
    public ReadOnlySpan<byte> Second; // the value of a pair
    public ReadOnlySpan<byte> Whole;  // identifier and value as encoded
}

/// <summary>Walks the properties of one packet and holds each to the table: the only place that knows how to step over one.</summary>
internal ref struct MqttPropertyWalker
{
    private MqttReader _reader;
    private readonly MqttPacketType _packet;
    private ulong _seen;

    public MqttPropertyWalker(ReadOnlySpan<byte> properties, MqttPacketType packet)
    {
        _reader = new MqttReader(properties);
        _packet = packet;
    }

    public readonly MqttReasonCode Error => _reader.Error;
    public readonly string? ErrorText => _reader.ErrorText;

    /// <summary>False at the end and at the first failure.</summary>
    public bool TryNext(out MqttRawProperty property)
    {
        property = default;
        if (_reader.Failed || _reader.Rest.IsEmpty) return false;
        var start = _reader.Rest;
        var id = _reader.ReadVariableByteInteger();
        var kind = MqttPropertyTable.KindOf(id);
        if (kind == MqttPropertyKind.Unknown) _reader.Fail(MqttReasonCode.MalformedPacket, "unknown property");
        else if (!MqttPropertyTable.IsAllowed(id, _packet)) _reader.Fail(MqttReasonCode.MalformedPacket, "property not allowed in this packet");
        if (_reader.Failed) return false;

        property.Id = (MqttPropertyId)id;
        switch (kind)
        {
            case MqttPropertyKind.Byte: property.Number = _reader.ReadByte(); break;
            case MqttPropertyKind.TwoByte: property.Number = _reader.ReadUInt16(); break;
            case MqttPropertyKind.FourByte: property.Number = _reader.ReadUInt32(); break;
            case MqttPropertyKind.VariableByte: property.Number = (uint)_reader.ReadVariableByteInteger(); break;
            case MqttPropertyKind.Utf8: property.Bytes = _reader.ReadUtf8(); break;
            case MqttPropertyKind.Binary: property.Bytes = _reader.ReadBinary(); break;
            case MqttPropertyKind.Utf8Pair:
                property.Bytes = _reader.ReadUtf8();
                property.Second = _reader.ReadUtf8();
                break;
        }

        if (_reader.Failed) return false;
        property.Whole = start[..(start.Length - _reader.Rest.Length)];
        CheckOnce(property.Id);
        CheckValue(property.Id, property.Number);
        return !_reader.Failed;
    }

    private void CheckOnce(MqttPropertyId id)
    {
        // Only user properties repeat; subscription identifiers do so in a PUBLISH, one for each subscription that matched.
        if (id == MqttPropertyId.UserProperty) return;
        if (id == MqttPropertyId.SubscriptionIdentifier && _packet == MqttPacketType.Publish) return;
        var bit = 1UL << (int)id;
        if ((_seen & bit) != 0) _reader.Fail(MqttReasonCode.ProtocolError, "property given twice");
        _seen |= bit;
    }

    private void CheckValue(MqttPropertyId id, uint value)
    {
        switch (id)
        {
            case MqttPropertyId.ReceiveMaximum or MqttPropertyId.MaximumPacketSize or MqttPropertyId.SubscriptionIdentifier when value == 0:
                _reader.Fail(MqttReasonCode.ProtocolError, "property must not be zero");
                break;
            case MqttPropertyId.TopicAlias when value == 0: // [MQTT-3.3.2-8]
                _reader.Fail(MqttReasonCode.TopicAliasInvalid, "topic alias must not be zero");
                break;
            case MqttPropertyId.RequestProblemInformation or MqttPropertyId.RequestResponseInformation
                or MqttPropertyId.MaximumQoS or MqttPropertyId.RetainAvailable or MqttPropertyId.WildcardSubscriptionAvailable
                or MqttPropertyId.SubscriptionIdentifierAvailable or MqttPropertyId.SharedSubscriptionAvailable when value > 1:
                _reader.Fail(MqttReasonCode.ProtocolError, "property must be 0 or 1");
                break;
        }
    }
}
