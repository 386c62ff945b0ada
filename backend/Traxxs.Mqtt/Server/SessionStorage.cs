using System.Buffers.Binary;
using System.Text;
using Traxxs.Mqtt.Packets;

namespace Traxxs.Mqtt.Server;

/// <summary>Says sessions and messages in the store's keys and bytes. The layouts stand beside their readers, in this file only.</summary>
internal sealed class SessionStorage(IMqttSessionStore store, ServerClock clock, Action<MqttSession> wake)
{
    private long _lastMessageNumber;

    public IMqttSessionStore Store { get; } = store;

    /// <summary>True if the write is durable; else the session is woken once it is. Called under the session's gate.</summary>
    public bool IsDurable(MqttSession session, long position)
    {
        if (position <= Store.DurablePosition) return true;
        if (session.AwaitsStore) return false;
        session.AwaitsStore = true;
        Store.WhenDurable(position, state => wake((MqttSession)state), session);
        return false;
    }

    public long PutSession(MqttSession session)
    {
        using var value = new PacketBuffer();
        value.WriteString(session.ClientId);
        value.WriteUInt32(session.ExpiryIntervalSeconds);
        WriteInt64(value, clock.ToUnixMs(session.ExpiresAtMs));
        WriteInt64(value, clock.ToUnixMs(session.WillDueMs));
        value.WriteByte(session.Will is null ? (byte)0 : (byte)1);
        if (session.Will is { } will)
        {
            value.WriteString(will.Topic);
            value.WriteByte((byte)((int)will.QoS | (will.Retain ? 4 : 0)));
            MqttProperties.Write(value, will.Properties);
            value.WriteBytes(will.Payload.Span);
        }

        return Store.Put(new MqttStoreKey(MqttStoreKind.Session, session.Number), value.Written.Span);
    }

    public MqttSession ReadSession(long number, ReadOnlySpan<byte> value, SessionLimits limits)
    {
        var reader = new MqttReader(value);
        var session = new MqttSession(reader.ReadString(), number, limits, this) { ExpiryIntervalSeconds = reader.ReadUInt32() };
        session.ExpiresAtMs = clock.FromUnixMs(ReadInt64(ref reader));
        session.WillDueMs = clock.FromUnixMs(ReadInt64(ref reader));
        if (reader.ReadByte() == 0) return session;
        var topic = reader.ReadString();
        var flags = reader.ReadByte();
        var properties = MqttProperties.Read(ref reader, MqttPacketType.Will);
        session.Will = new MqttWill(topic, reader.Rest.ToArray(), (MqttQoS)(flags & 3), (flags & 4) != 0) { Properties = properties };
        return session;
    }

    public long RemoveSession(MqttSession session) => Store.Remove(new MqttStoreKey(MqttStoreKind.Session, session.Number));

    public long PutSubscription(MqttSession session, long number, MqttTopicFilter filter, uint identifier)
    {
        using var value = new PacketBuffer();
        value.WriteByte(filter.Options);
        value.WriteUInt32(identifier);
        value.WriteString(filter.Topic);
        return Store.Put(new MqttStoreKey(MqttStoreKind.Subscription, session.Number, number), value.Written.Span);
    }

    public static (MqttTopicFilter Filter, uint Identifier) ReadSubscription(ReadOnlySpan<byte> value)
    {
        var reader = new MqttReader(value);
        var options = reader.ReadByte();
        var identifier = reader.ReadUInt32();
        return (MqttTopicFilter.FromOptions(reader.ReadString(), options), identifier);
    }

    public long RemoveSubscription(MqttSession session, long number) =>
        Store.Remove(new MqttStoreKey(MqttStoreKind.Subscription, session.Number, number));

    public long PutQueued(MqttSession session, OutboundEntry entry)
    {
        if (entry.Message is { StoredNumber: 0 } message)
        {
            message.StoredNumber = Interlocked.Increment(ref _lastMessageNumber);
            message.Storage = this;
            PutMessage(new MqttStoreKey(MqttStoreKind.Message, message.StoredNumber), message);
        }

        Span<byte> value = stackalloc byte[12 + 4 * entry.Identifiers.Length];
        BinaryPrimitives.WriteInt64BigEndian(value, entry.Message?.StoredNumber ?? 0);
        value[8] = (byte)((int)entry.QoS | (entry.Retain ? 4 : 0));
        value[9] = entry.State == OutboundState.Queued ? (byte)0 : (byte)entry.State;
        BinaryPrimitives.WriteUInt16BigEndian(value[10..], entry.PacketIdentifier);
        for (var i = 0; i < entry.Identifiers.Length; i++) BinaryPrimitives.WriteUInt32BigEndian(value[(12 + 4 * i)..], entry.Identifiers[i]);
        return Store.Put(new MqttStoreKey(MqttStoreKind.QueuedMessage, session.Number, entry.Number), value);
    }

    /// <summary>
    /// An entry as it comes back. What was in the queue may have been sent before the crash: it goes out again, with DUP, and
    /// at QoS 2 with its old identifier.
    /// </summary>
    public static OutboundEntry? ReadQueued(long number, ReadOnlySpan<byte> value, Dictionary<long, PublishMessage> messages)
    {
        var state = (OutboundState)value[9];
        var released = state is OutboundState.ReleasePending or OutboundState.Released;
        messages.TryGetValue(BinaryPrimitives.ReadInt64BigEndian(value), out var message);
        if (message is null && !released) return null;
        var entry = new OutboundEntry
        {
            Number = number,
            Message = released ? null : message!.AddHolder(),
            QoS = (MqttQoS)(value[8] & 3),
            Retain = (value[8] & 4) != 0,
            State = released ? OutboundState.Released : OutboundState.Queued,
            PacketIdentifier = BinaryPrimitives.ReadUInt16BigEndian(value[10..]),
            WasSent = (MqttQoS)(value[8] & 3) == MqttQoS.ExactlyOnce,
            Identifiers = new uint[(value.Length - 12) / 4],
        };
        for (var i = 0; i < entry.Identifiers.Length; i++) entry.Identifiers[i] = BinaryPrimitives.ReadUInt32BigEndian(value[(12 + 4 * i)..]);
        return entry;
    }

    public void RemoveQueued(MqttSession session, long number) =>
        Store.Remove(new MqttStoreKey(MqttStoreKind.QueuedMessage, session.Number, number));

    public long PutIncoming(MqttSession session, ushort identifier) =>
        Store.Put(new MqttStoreKey(MqttStoreKind.IncomingIdentifier, session.Number, identifier), default);

    public long RemoveIncoming(MqttSession session, ushort identifier) =>
        Store.Remove(new MqttStoreKey(MqttStoreKind.IncomingIdentifier, session.Number, identifier));

    public long PutRetained(long number, PublishMessage message) => PutMessage(new MqttStoreKey(MqttStoreKind.Retained, number), message);

    public long RemoveRetained(long number) => Store.Remove(new MqttStoreKey(MqttStoreKind.Retained, number));

    public void RemoveMessage(long number) => Store.Remove(new MqttStoreKey(MqttStoreKind.Message, number));

    private long PutMessage(MqttStoreKey key, PublishMessage message)
    {
        using var value = new PacketBuffer();
        WriteInt64(value, clock.ToUnixMs(message.ExpiresAtMs));
        value.WriteByte((byte)((int)message.QoS | (message.Retain ? 4 : 0)));
        value.WriteBinary(message.Topic.Utf8);
        value.WriteUInt32((uint)message.Properties.Length);
        value.WriteBytes(message.Properties);
        value.WriteBytes(message.Payload.Span);
        return Store.Put(key, value.Written.Span);
    }

    public PublishMessage ReadMessage(ReadOnlySpan<byte> value)
    {
        var reader = new MqttReader(value);
        var expires = clock.FromUnixMs(ReadInt64(ref reader));
        var flags = reader.ReadByte();
        var topic = reader.ReadBinary().ToArray();
        var properties = reader.ReadBytes((int)reader.ReadUInt32());
        return PublishMessage.Create(new TopicName(Encoding.UTF8.GetString(topic), topic), properties, reader.Rest, (MqttQoS)(flags & 3), (flags & 4) != 0, expires);
    }

    /// <summary>A message read back keeps its number.</summary>
    public void Adopt(PublishMessage message, long number)
    {
        message.StoredNumber = number;
        message.Storage = this;
        _lastMessageNumber = Math.Max(_lastMessageNumber, number);
    }

    private static void WriteInt64(PacketBuffer buffer, long value) => BinaryPrimitives.WriteInt64BigEndian(buffer.Append(8), value);

    private static long ReadInt64(ref MqttReader reader)
    {
        var bytes = reader.ReadBytes(8);
        return bytes.IsEmpty ? 0 : BinaryPrimitives.ReadInt64BigEndian(bytes);
    }
}
