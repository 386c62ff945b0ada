namespace Traxxs.Mqtt.Packets;

/// <summary>
/// The reason codes of MQTT 5.0 section 2.4; values of 0x80 and above are failures. 3.1.1 connections see them mapped to the
/// five CONNACK return codes and to 0x80 in SUBACK.
/// </summary>
public enum MqttReasonCode : byte
{
    /// <summary>Success, normal disconnection, or granted QoS 0.</summary>
    Success = 0x00,
    /// <summary>Subscription granted at QoS 1.</summary>
    GrantedQoS1 = 0x01,
    /// <summary>Subscription granted at QoS 2.</summary>
    GrantedQoS2 = 0x02,
    /// <summary>The client leaves but wants its will published.</summary>
    DisconnectWithWill = 0x04,
    /// <summary>The message was accepted and nobody subscribes to its topic.</summary>
    NoMatchingSubscribers = 0x10,
    /// <summary>UNSUBSCRIBE named a filter that was not subscribed.</summary>
    NoSubscriptionExisted = 0x11,
    /// <summary>AUTH: continue.</summary>
    ContinueAuthentication = 0x18,
    /// <summary>AUTH: authenticate again.</summary>
    ReAuthenticate = 0x19,
    /// <summary>A failure the server does not explain.</summary>
    UnspecifiedError = 0x80,
    /// <summary>The packet could not be parsed.</summary>
    MalformedPacket = 0x81,
    /// <summary>The packet was parsed and breaks the protocol.</summary>
    ProtocolError = 0x82,
    /// <summary>Valid, but not accepted by this implementation.</summary>
    ImplementationSpecificError = 0x83,
    /// <summary>The protocol level is not spoken here.</summary>
    UnsupportedProtocolVersion = 0x84,
    /// <summary>The client identifier is not allowed.</summary>
    ClientIdentifierNotValid = 0x85,
    /// <summary>User name or password is wrong.</summary>
    BadUserNameOrPassword = 0x86,
    /// <summary>Not allowed to do this.</summary>
    NotAuthorized = 0x87,
    /// <summary>The server is not available.</summary>
    ServerUnavailable = 0x88,
    /// <summary>The server is busy; try later.</summary>
    ServerBusy = 0x89,
    /// <summary>This client has been barred.</summary>
    Banned = 0x8A,
    /// <summary>The server stops.</summary>
    ServerShuttingDown = 0x8B,
    /// <summary>The authentication method is not supported.</summary>
    BadAuthenticationMethod = 0x8C,
    /// <summary>Nothing was received for one and a half keep-alive times.</summary>
    KeepAliveTimeout = 0x8D,
    /// <summary>Another connection uses the same client identifier.</summary>
    SessionTakenOver = 0x8E,
    /// <summary>The topic filter is not allowed.</summary>
    TopicFilterInvalid = 0x8F,
    /// <summary>The topic name is not allowed.</summary>
    TopicNameInvalid = 0x90,
    /// <summary>The packet identifier is in use.</summary>
    PacketIdentifierInUse = 0x91,
    /// <summary>The packet identifier is not known.</summary>
    PacketIdentifierNotFound = 0x92,
    /// <summary>More unacknowledged publishes than the receive maximum.</summary>
    ReceiveMaximumExceeded = 0x93,
    /// <summary>Topic alias zero, too large, or not defined.</summary>
    TopicAliasInvalid = 0x94,
    /// <summary>Larger than the maximum packet size.</summary>
    PacketTooLarge = 0x95,
    /// <summary>More messages a second than allowed.</summary>
    MessageRateTooHigh = 0x96,
    /// <summary>A limit of the server is reached.</summary>
    QuotaExceeded = 0x97,
    /// <summary>An administrator closed the connection.</summary>
    AdministrativeAction = 0x98,
    /// <summary>The payload does not match its format indicator.</summary>
    PayloadFormatInvalid = 0x99,
    /// <summary>Retained messages are not supported.</summary>
    RetainNotSupported = 0x9A,
    /// <summary>The QoS is not supported.</summary>
    QoSNotSupported = 0x9B,
    /// <summary>Use another server, for now.</summary>
    UseAnotherServer = 0x9C,
    /// <summary>Use another server from now on.</summary>
    ServerMoved = 0x9D,
    /// <summary>Shared subscriptions are not supported.</summary>
    SharedSubscriptionsNotSupported = 0x9E,
    /// <summary>This client connects too often.</summary>
    ConnectionRateExceeded = 0x9F,
    /// <summary>The connection lasted as long as allowed.</summary>
    MaximumConnectTime = 0xA0,
    /// <summary>Subscription identifiers are not supported.</summary>
    SubscriptionIdentifiersNotSupported = 0xA1,
    /// <summary>Wildcard subscriptions are not supported.</summary>
    WildcardSubscriptionsNotSupported = 0xA2,
}

/// <summary>Questions about reason codes.</summary>
public static class MqttReasonCodes
{
    /// <summary>True for codes of 0x80 and above.</summary>
    public static bool IsFailure(this MqttReasonCode code) => (byte)code >= 0x80;

    /// <summary>The code as PUBACK and PUBREC may carry it, who know nine: MQTT 5.0 tables 3-4 and 3-5.</summary>
    public static MqttReasonCode ToPublishAnswer(this MqttReasonCode code) => code switch
    {
        MqttReasonCode.Success or MqttReasonCode.NoMatchingSubscribers or MqttReasonCode.ImplementationSpecificError
            or MqttReasonCode.NotAuthorized or MqttReasonCode.TopicNameInvalid or MqttReasonCode.PacketIdentifierInUse
            or MqttReasonCode.PacketIdentifierNotFound or MqttReasonCode.QuotaExceeded or MqttReasonCode.PayloadFormatInvalid => code,
        _ => MqttReasonCode.UnspecifiedError,
    };

    /// <summary>The CONNACK return code of MQTT 3.1.1 table 3.1 nearest to a reason code.</summary>
    public static byte ToConnectReturnCode(this MqttReasonCode code) => code switch
    {
        MqttReasonCode.Success => 0,
        MqttReasonCode.UnsupportedProtocolVersion => 1,
        MqttReasonCode.ClientIdentifierNotValid => 2,
        MqttReasonCode.BadUserNameOrPassword => 4,
        MqttReasonCode.NotAuthorized or MqttReasonCode.Banned or MqttReasonCode.BadAuthenticationMethod => 5,
        _ => 3,
    };

    /// <summary>The reason code of a 3.1.1 CONNACK return code.</summary>
    public static MqttReasonCode FromConnectReturnCode(byte code) => code switch
    {
        0 => MqttReasonCode.Success,
        1 => MqttReasonCode.UnsupportedProtocolVersion,
        2 => MqttReasonCode.ClientIdentifierNotValid,
        3 => MqttReasonCode.ServerUnavailable,
        4 => MqttReasonCode.BadUserNameOrPassword,
        5 => MqttReasonCode.NotAuthorized,
        _ => MqttReasonCode.UnspecifiedError,
    };
}
