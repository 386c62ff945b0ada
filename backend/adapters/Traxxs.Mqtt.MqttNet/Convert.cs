using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;

namespace Traxxs.Mqtt.MqttNet;

/// <summary>The same things in MQTTnet's types and in ours.</summary>
internal static class Convert
{
    /// <summary>A filter for MQTTnet.</summary>
    public static MQTTnet.Packets.MqttTopicFilter ToMqttNet(Packets.MqttTopicFilter filter) => new()
    {
        Topic = filter.Topic,
        QualityOfServiceLevel = (MqttQualityOfServiceLevel)filter.QoS,
        NoLocal = filter.NoLocal,
        RetainAsPublished = filter.RetainAsPublished,
        RetainHandling = (MQTTnet.Protocol.MqttRetainHandling)filter.RetainHandling,
    };

    /// <summary>A filter of MQTTnet's.</summary>
    public static Packets.MqttTopicFilter FromMqttNet(MQTTnet.Packets.MqttTopicFilter filter) => new(filter.Topic, (MqttQoS)filter.QualityOfServiceLevel)
    {
        NoLocal = filter.NoLocal,
        RetainAsPublished = filter.RetainAsPublished,
        RetainHandling = (Packets.MqttRetainHandling)filter.RetainHandling,
    };

    /// <summary>What MQTTnet needs of a message to find whose it is and to know what is retained: sessions send ours.</summary>
    public static MqttApplicationMessage ToMqttNet(PublishMessage message) => new()
    {
        Topic = message.Topic.Name,
        PayloadSegment = message.Retain ? message.Payload.ToArray() : ArraySegment<byte>.Empty,
        QualityOfServiceLevel = (MqttQualityOfServiceLevel)message.QoS,
        Retain = message.Retain,
    };

    /// <summary>The properties that travel with a message, null where there are none.</summary>
    public static MqttProperties? PropertiesOf(MqttPublishPacket packet)
    {
        var isPlain = packet.PayloadFormatIndicator == MqttPayloadFormatIndicator.Unspecified && packet.MessageExpiryInterval == 0 && packet.ContentType is null
            && packet.ResponseTopic is null && packet.CorrelationData is null && packet.UserProperties is not { Count: > 0 };
        return isPlain ? null : new MqttProperties
        {
            PayloadFormatIndicator = packet.PayloadFormatIndicator == MqttPayloadFormatIndicator.Unspecified ? null : (byte)1,
            MessageExpiryInterval = packet.MessageExpiryInterval == 0 ? null : packet.MessageExpiryInterval,
            ContentType = packet.ContentType,
            ResponseTopic = packet.ResponseTopic,
            CorrelationData = packet.CorrelationData,
            UserProperties = packet.UserProperties is { Count: > 0 } pairs ? [.. pairs.Select(pair => KeyValuePair.Create(pair.Name, pair.ReadValueAsString()))] : null,
        };
    }
}
