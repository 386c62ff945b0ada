using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Topics;

namespace Traxxs.Mqtt.Server;

/// <summary>What a session is subscribed to. Changed under the server's life-cycle lock, not under the session's gate.</summary>
internal sealed partial class MqttSession
{
    private Dictionary<string, long>? _subscriptionNumbers; // keys in the store

    /// <summary>By filter.</summary>
    public Dictionary<string, Subscription> Subscriptions { get; } = [];

    /// <summary>Adds or replaces a subscription; raises <paramref name="position"/> to the store position it waits for.</summary>
    public Subscription AddSubscription(MqttTopicFilter filter, uint identifier, ref long position)
    {
        var subscription = new Subscription(this, filter, identifier);
        Subscriptions[filter.Topic] = subscription;
        if (!IsStored) return subscription;
        _subscriptionNumbers ??= [];
        if (!_subscriptionNumbers.TryGetValue(filter.Topic, out var number))
        {
            number = _subscriptionNumbers.Count == 0 ? 1 : _subscriptionNumbers.Values.Max() + 1;
            _subscriptionNumbers.Add(filter.Topic, number);
        }

        position = Math.Max(position, Storage!.PutSubscription(this, number, filter, identifier));
        return subscription;
    }

    /// <summary>
    /// [MQTT-3.10.4-2] nothing new is sent for it; [MQTT-3.10.4-3] what was sent is completed. Answers the store position to wait for.
    /// </summary>
    public long RemoveSubscription(string filter)
    {
        Subscriptions.Remove(filter);
        return _subscriptionNumbers is not null && _subscriptionNumbers.Remove(filter, out var number) ? Storage!.RemoveSubscription(this, number) : 0;
    }

    /// <summary>What of a topic is for this session; null for nothing. For servers that find the sessions by themselves.</summary>
    public Delivery? Match(string topic, MqttSession? publisher)
    {
        List<Subscription>? matching = null;
        foreach (var subscription in Subscriptions.Values)
        {
            if (TopicRules.Matches(subscription.Filter.Topic, topic)) (matching ??= []).Add(subscription);
        }

        return matching is null ? null : SubscriptionTree.Merge(matching, publisher).FirstOrDefault();
    }

    /// <summary>A stored subscription comes back after a restart.</summary>
    public Subscription RestoreSubscription(long number, MqttTopicFilter filter, uint identifier)
    {
        (_subscriptionNumbers ??= [])[filter.Topic] = number;
        return Subscriptions[filter.Topic] = new Subscription(this, filter, identifier);
    }
}
