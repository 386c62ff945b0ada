using Traxxs.Mqtt.Packets;

namespace Traxxs.Mqtt.Server;

/// <summary>Puts the items of the store together again: sessions, their subscriptions, queues and identifiers, and retained messages.</summary>
internal sealed class StoredState(SessionStorage storage, SessionLimits limits)
{
    /// <param name="retained">Gets the retained messages.</param>
    /// <param name="restore">Gets each session, with its subscriptions and their numbers.</param>
    public void Load(RetainedMessages retained, Action<MqttSession, List<(long Number, MqttTopicFilter Filter, uint Identifier)>> restore)
    {
        var items = storage.Store.Load();
        var messages = new Dictionary<long, PublishMessage>();
        foreach (var (key, value) in items)
        {
            if (key.Kind == MqttStoreKind.Retained) retained.Restore(key.A, storage.ReadMessage(value));
            if (key.Kind == MqttStoreKind.Message) messages.Add(key.A, storage.ReadMessage(value));
        }

        var parts = items.Where(item => item.Key.Kind is MqttStoreKind.Subscription or MqttStoreKind.QueuedMessage or MqttStoreKind.IncomingIdentifier)
            .ToLookup(item => item.Key.A);
        foreach (var (key, value) in items)
        {
            if (key.Kind == MqttStoreKind.Session) RestoreSession(restore, key.A, value, parts[key.A], messages);
        }

        // Numbers go on only after every holder has its message; a message without a holder is forgotten here.
        foreach (var (number, message) in messages)
        {
            storage.Adopt(message, number);
            message.Release();
        }
    }

    private void RestoreSession(
        Action<MqttSession, List<(long, MqttTopicFilter, uint)>> restore, long number, byte[] value, IEnumerable<KeyValuePair<MqttStoreKey, byte[]>> parts, Dictionary<long, PublishMessage> messages)
    {
        var session = storage.ReadSession(number, value, limits);
        var subscriptions = new List<(long, MqttTopicFilter, uint)>();
        var entries = new List<OutboundEntry>();
        var incoming = new List<ushort>();
        var lastNumber = 0L;
        foreach (var (key, part) in parts.OrderBy(part => part.Key.B))
        {
            switch (key.Kind)
            {
                case MqttStoreKind.Subscription:
                    var (filter, identifier) = SessionStorage.ReadSubscription(part);
                    subscriptions.Add((key.B, filter, identifier));
                    break;
                case MqttStoreKind.IncomingIdentifier:
                    incoming.Add((ushort)key.B);
                    break;
                case MqttStoreKind.QueuedMessage:
                    lastNumber = key.B;
                    if (SessionStorage.ReadQueued(key.B, part, messages) is { } entry) entries.Add(entry);
                    break;
            }
        }

        session.Restore(entries, incoming, lastNumber);
        restore(session, subscriptions);
    }
}
