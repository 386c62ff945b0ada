using System.Buffers;
using MQTTnet.Packets;
using MQTTnet.Server;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;
using Traxxs.Mqtt.Topics;

namespace Traxxs.Mqtt.MqttNet;

/// <summary>
/// Incoming publishes. MQTTnet would handle one at a time and acknowledge it at once; so they are taken from it between its
/// decoding and its handling, and go back through <see cref="Router"/>.
/// </summary>
internal sealed partial class MqttNetConnection
{
    private const int TopicsMax = 64; // remembered; at the limit all are forgotten: devices use a handful

    private readonly Dictionary<string, TopicEntry> _topics = new(StringComparer.Ordinal);
    private TopicEntry?[]? _aliases;

    /// <summary>A packet that MQTTnet decoded and is about to handle.</summary>
    public Task OnInboundAsync(InterceptingPacketEventArgs args)
    {
        args.ProcessPacket = false;
        switch (args.Packet)
        {
            case MqttPublishPacket publish: return PublishAsync(publish);
            case MqttPubAckPacket ack: return Acknowledged(session => session.OnPuback(ack.PacketIdentifier, _server.Clock.NowMs));
            case MqttPubRecPacket rec: return Acknowledged(session => session.OnPubrec(rec.PacketIdentifier, (MqttReasonCode)(byte)rec.ReasonCode, _server.Clock.NowMs));
            case MqttPubCompPacket comp: return Acknowledged(session => session.OnPubcomp(comp.PacketIdentifier, _server.Clock.NowMs));
            case MqttPubRelPacket rel: return ReleaseAsync(rel.PacketIdentifier);
        }

        args.ProcessPacket = true;
        return Task.CompletedTask;
    }

    private Task Acknowledged(Func<MqttSession, bool> take)
    {
        bool fits;
        lock (Gate) fits = take(_session!);
        Flush();
        if (!fits) Fail(MqttReasonCode.ProtocolError, "acknowledgement of another kind of message");
        return Task.CompletedTask;
    }

    private async Task PublishAsync(MqttPublishPacket packet)
    {
        Interlocked.Increment(ref Counters._publishesReceived);
        var qos = (MqttQoS)packet.QualityOfServiceLevel;
        if (qos > Options.MaximumQoS) Fail(MqttReasonCode.QoSNotSupported, "QoS above the maximum");
        else if (qos != MqttQoS.AtMostOnce && packet.PacketIdentifier == 0) Fail(MqttReasonCode.MalformedPacket, "PUBLISH with identifier 0");
        else if (packet.SubscriptionIdentifiers is { Count: > 0 }) Fail(MqttReasonCode.ProtocolError, "subscription identifier from a client");
        else if (FindTopic(packet) is { } topic && TryTakeSlot(packet.PacketIdentifier, qos, out var slot)) await HandleAsync(packet, topic, qos, slot);
        Flush();
    }

    private async ValueTask HandleAsync(MqttPublishPacket packet, TopicEntry topic, MqttQoS qos, AckSlot? slot)
    {
        if (slot is { IsRepeat: true })
        {
            await DrainAsync();
            return;
        }

        if (!topic.MayPublish)
        {
            Interlocked.Increment(ref Counters._forbiddenPublishes);
            var acknowledge = Version != MqttProtocolVersion.V500 && Options.AcknowledgeForbiddenPublish;
            await FinishAsync(slot, acknowledge ? MqttReasonCode.Success : MqttReasonCode.NotAuthorized);
            return;
        }

        var properties = Convert.PropertiesOf(packet);
        var payload = packet.Payload.IsSingleSegment ? packet.Payload.First : packet.Payload.ToArray();
        var disposition = AskHandler(packet, topic, payload, properties, slot);
        if (disposition.What == MqttPublishDisposition.Kind.Refuse)
        {
            Interlocked.Increment(ref Counters._refusedPublishes);
            await FinishAsync(slot, disposition.Reason);
            return;
        }

        var message = disposition.Route ? PublishMessage.Create(topic.Name, payload.Span, qos, packet.Retain, properties, _server.Clock.NowMs) : null;
        if (slot is null)
        {
            if (message is null) return;
            await _server.Router.RouteAsync(message, _session);
            message.Release();
            return;
        }

        lock (Gate) slot.Message = message;
        if (disposition.What == MqttPublishDisposition.Kind.Deferred) await LetGoAsync(slot);
        else await FinishAsync(slot, MqttReasonCode.Success);
    }

    private MqttPublishDisposition AskHandler(MqttPublishPacket packet, TopicEntry topic, ReadOnlyMemory<byte> payload, MqttProperties? properties, AckSlot? slot)
    {
        using var encoded = new PacketBuffer();
        properties?.WriteValues(encoded);
        try
        {
            return _server.Handler.OnPublish(new MqttInboundPublish
            {
                Client = Identity!,
                Topic = topic.Name.Name,
                Payload = payload,
                QoS = (MqttQoS)packet.QualityOfServiceLevel,
                Retain = packet.Retain,
                Duplicate = packet.Dup,
                EncodedProperties = encoded.Written,
                Acknowledgement = new MqttPublishAcknowledgement(slot, 0),
            });
        }
        catch (Exception exception)
        {
            _server.HandlerFailed(exception);
            return MqttPublishDisposition.Refuse(MqttReasonCode.ImplementationSpecificError);
        }
    }

    private TopicEntry? FindTopic(MqttPublishPacket packet)
    {
        if (packet.TopicAlias == 0) return FindTopic(packet.Topic);
        if (packet.TopicAlias > Options.TopicAliasMaximum) return Bad("topic alias above the maximum");
        _aliases ??= new TopicEntry?[Options.TopicAliasMaximum + 1];
        if (string.IsNullOrEmpty(packet.Topic)) return _aliases[packet.TopicAlias] ?? Bad("topic alias not defined");
        return FindTopic(packet.Topic) is { } topic ? _aliases[packet.TopicAlias] = topic : null;

        TopicEntry? Bad(string text)
        {
            Fail(MqttReasonCode.TopicAliasInvalid, text);
            return null;
        }
    }

    private TopicEntry? FindTopic(string? name)
    {
        if (name is null || !TopicRules.IsValidName(name))
        {
            Fail(MqttReasonCode.TopicNameInvalid, "topic name not valid");
            return null;
        }

        if (_topics.TryGetValue(name, out var known)) return known;
        if (_topics.Count >= TopicsMax) _topics.Clear();
        var mayPublish = !TopicRules.IsShared(name) && !name.StartsWith("$SYS/", StringComparison.Ordinal) && _server.Handler.MayPublish(Identity!, name);
        return _topics[name] = new TopicEntry(TopicName.From(name), mayPublish);
    }
}
