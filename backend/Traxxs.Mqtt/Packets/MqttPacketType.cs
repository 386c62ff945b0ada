namespace Traxxs.Mqtt.Packets;

/// <summary>The control packet types, MQTT 5.0 section 2.1.2. <see cref="Auth"/> exists in 5.0 only.</summary>
public enum MqttPacketType : byte
{
    /// <summary>Reserved, 0: never on the wire. In property tables it stands for the will properties inside CONNECT.</summary>
    Will = 0,
    /// <summary>Client asks for a connection.</summary>
    Connect = 1,
    /// <summary>Server's answer to CONNECT.</summary>
    Connack = 2,
    /// <summary>An application message, either way.</summary>
    Publish = 3,
    /// <summary>Acknowledges a QoS 1 PUBLISH.</summary>
    Puback = 4,
    /// <summary>QoS 2, step 1: received.</summary>
    Pubrec = 5,
    /// <summary>QoS 2, step 2: release the packet identifier.</summary>
    Pubrel = 6,
    /// <summary>QoS 2, step 3: complete.</summary>
    Pubcomp = 7,
    /// <summary>Client asks for topic filters.</summary>
    Subscribe = 8,
    /// <summary>Answer to SUBSCRIBE, a code a filter.</summary>
    Suback = 9,
    /// <summary>Client gives topic filters up.</summary>
    Unsubscribe = 10,
    /// <summary>Answer to UNSUBSCRIBE.</summary>
    Unsuback = 11,
    /// <summary>Client shows that it lives.</summary>
    Pingreq = 12,
    /// <summary>Answer to PINGREQ.</summary>
    Pingresp = 13,
    /// <summary>The last packet of a connection; from the server in 5.0 only.</summary>
    Disconnect = 14,
    /// <summary>Enhanced authentication, 5.0 only.</summary>
    Auth = 15,
}

/// <summary>The protocol level byte of CONNECT.</summary>
public enum MqttProtocolVersion : byte
{
    /// <summary>MQTT 3.1, protocol name <c>MQIsdp</c>.</summary>
    V310 = 3,
    /// <summary>MQTT 3.1.1.</summary>
    V311 = 4,
    /// <summary>MQTT 5.0.</summary>
    V500 = 5,
}

/// <summary>Quality of service of a message or a subscription.</summary>
public enum MqttQoS : byte
{
    /// <summary>QoS 0: sent once, never acknowledged.</summary>
    AtMostOnce = 0,
    /// <summary>QoS 1: repeated until PUBACK.</summary>
    AtLeastOnce = 1,
    /// <summary>QoS 2: PUBREC, PUBREL, PUBCOMP.</summary>
    ExactlyOnce = 2,
}

/// <summary>What to do with retained messages when a subscription is made, MQTT 5.0 section 3.8.3.1.</summary>
public enum MqttRetainHandling : byte
{
    /// <summary>Send them at every SUBSCRIBE.</summary>
    SendAtSubscribe = 0,
    /// <summary>Send them only if the subscription did not exist.</summary>
    SendAtNewSubscribe = 1,
    /// <summary>Do not send them.</summary>
    DoNotSend = 2,
}
