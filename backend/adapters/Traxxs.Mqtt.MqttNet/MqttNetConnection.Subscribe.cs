using MQTTnet.Packets;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;
using Traxxs.Mqtt.Topics;

namespace Traxxs.Mqtt.MqttNet;

/// <summary>
/// SUBSCRIBE, which MQTTnet carries out: one at a time, in the order they came. What it does not tell its interceptors is kept
/// here meanwhile.
/// </summary>
internal sealed partial class MqttNetConnection
{
    private readonly Queue<SubscribePacket> _subscribing = new(); // SUBACK has not gone yet
    private readonly List<(Delivery Delivery, PublishMessage Message)> _retained = []; // to follow SUBACK
    private readonly HashSet<string> _granting = new(StringComparer.Ordinal);
    private SubscribePacket? _subscribe; // the one MQTTnet is at

    /// <summary>The subscription identifier of the SUBSCRIBE that MQTTnet is at, 0 for none.</summary>
    public uint SubscriptionIdentifier => _subscribe?.Properties?.SubscriptionIdentifiers?[0] ?? 0;

    private void Note(SubscribePacket packet)
    {
        _subscribe = packet;
        _granting.Clear();
        lock (Gate) _subscribing.Enqueue(packet);
    }

    /// <summary>What a filter is answered with: the QoS granted, or why not.</summary>
    public MqttReasonCode Judge(string filter, MqttQoS qos)
    {
        if (!TopicRules.IsValidFilter(filter)) return MqttReasonCode.TopicFilterInvalid;
        if (!_server.Handler.MaySubscribe(Identity!, filter)) return Options.SubscribeRefusal;
        lock (Gate)
        {
            var known = _session!.Subscriptions;
            var isNew = !known.ContainsKey(filter) && !_granting.Contains(filter);
            if (isNew && known.Count + _granting.Count(granted => !known.ContainsKey(granted)) >= Options.SubscriptionsMax) return MqttReasonCode.QuotaExceeded;
        }

        _granting.Add(filter);
        return (MqttReasonCode)Math.Min((byte)qos, (byte)Options.MaximumQoS);
    }

    /// <summary>
    /// MQTTnet found a retained message for the SUBSCRIBE it is at: sent after its SUBACK, as clients expect it. Gets the hold on
    /// the message.
    /// </summary>
    public void SendRetained(PublishMessage message)
    {
        var asked = _subscribe!;
        var matching = asked.Filters.Where(filter => TopicRules.Matches(filter.Topic, message.Topic.Name));
        var delivery = new Delivery(_session!)
        {
            QoS = (MqttQoS)Math.Min((byte)matching.Max(filter => filter.QoS), (byte)Options.MaximumQoS),
            Identifiers = SubscriptionIdentifier is var identifier and > 0 ? [identifier] : [],
        };
        lock (Gate)
        {
            _retained.Add((delivery, message));
            if (!_subscribing.Contains(asked)) DeliverRetained();
        }

        Flush();
    }

    // Under the gate.
    private void DeliverRetained()
    {
        var nowMs = _server.Clock.NowMs;
        foreach (var (delivery, message) in _retained)
        {
            var position = 0L;
            var routed = RoutedPublish.From(message);
            _session!.Deliver(ref routed, delivery, true, nowMs, ref position, bounded: false);
            routed.Done();
            message.Release();
            Interlocked.Increment(ref Counters._publishesDelivered);
        }

        _retained.Clear();
    }

    /// <summary>
    /// SUBACK with the codes in the order of the filters: MQTTnet 5.2 sorts those by QoS, and its codes with them. Under the gate.
    /// </summary>
    private void Answer(MqttSubAckPacket packet, OutboundLink link)
    {
        var asked = _subscribing.Dequeue().Filters;
        var order = Enumerable.Range(0, asked.Count).OrderByDescending(i => asked[i].QoS).ToArray();
        var suback = new SubackPacket { PacketIdentifier = packet.PacketIdentifier };
        suback.ReasonCodes.AddRange(packet.ReasonCodes.Select((code, i) => (Code: (MqttReasonCode)(byte)code, Place: order[i])).OrderBy(pair => pair.Place).Select(pair => pair.Code));
        suback.Write(link.Buffer, MqttPacketType.Suback, Version);
        // Those of a later SUBSCRIBE are not there yet: MQTTnet is at this one, or done with it.
        DeliverRetained();
    }
}
