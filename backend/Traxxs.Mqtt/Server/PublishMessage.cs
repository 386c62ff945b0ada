using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Traxxs.Mqtt.Packets;

namespace Traxxs.Mqtt.Server;

/// <summary>A topic name as string and as the bytes it is sent with.</summary>
internal sealed class TopicName(string name, byte[] utf8)
{
    public string Name { get; } = name;
    public byte[] Utf8 { get; } = utf8;

    public static TopicName From(string name) => new(name, Encoding.UTF8.GetBytes(name));
}

/// <summary>
/// A message that outlives the packet it came in: queued, in flight or retained. Counted by its holders and kept in pooled
/// arrays, so that a message for a thousand subscribers is one copy and a steady stream allocates nothing.
/// </summary>
internal sealed class PublishMessage
{
    private const int PooledMax = 4096; // about 0.5 MB of empty shells, what a burst of a few thousand messages reuses
    private static readonly ConcurrentQueue<PublishMessage> Pool = new();

    private byte[] _bytes = [];
    private int _propertiesLength;
    private int _payloadLength;
    private int _holders;

    public TopicName Topic { get; private set; } = null!;
    public MqttQoS QoS { get; private set; }
    public bool Retain { get; private set; }
    /// <summary>Server clock, ms; <see cref="long.MaxValue"/> if it does not expire.</summary>
    public long ExpiresAtMs { get; private set; }
    /// <summary>Number of the message in the session store, 0 if it is not there.</summary>
    public long StoredNumber { get; set; }
    /// <summary>Where it is stored, if it is.</summary>
    public SessionStorage? Storage { get; set; }

    public ReadOnlySpan<byte> Properties => _bytes.AsSpan(0, _propertiesLength);
    public ReadOnlyMemory<byte> Payload => _bytes.AsMemory(_propertiesLength, _payloadLength);
    /// <summary>What the message counts for against queue limits, bytes.</summary>
    public int Size => Topic.Utf8.Length + _propertiesLength + _payloadLength;

    public bool IsExpired(long nowMs) => ExpiresAtMs <= nowMs;

    /// <summary>A new message with one holder.</summary>
    public static PublishMessage Create(
        TopicName topic, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> payload, MqttQoS qos, bool retain, long expiresAtMs)
    {
        if (!Pool.TryDequeue(out var message)) message = new PublishMessage();
        message.Topic = topic;
        message.QoS = qos;
        message.Retain = retain;
        message.ExpiresAtMs = expiresAtMs;
        message.StoredNumber = 0;
        message._propertiesLength = properties.Length;
        message._payloadLength = payload.Length;
        var size = properties.Length + payload.Length;
        message._bytes = size == 0 ? [] : ArrayPool<byte>.Shared.Rent(size);
        properties.CopyTo(message._bytes);
        payload.CopyTo(message._bytes.AsSpan(properties.Length));
        message._holders = 1;
        return message;
    }

    public PublishMessage AddHolder()
    {
        Interlocked.Increment(ref _holders);
        return this;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) != 0) return;
        if (StoredNumber != 0) Storage!.RemoveMessage(StoredNumber);
        Storage = null;
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Topic = null!;
        if (Pool.Count < PooledMax) Pool.Enqueue(this);
    }

    /// <summary>The message of a will or of the host, with its properties encoded as they travel.</summary>
    public static PublishMessage Create(TopicName topic, ReadOnlySpan<byte> payload, MqttQoS qos, bool retain, MqttProperties? properties, long nowMs)
    {
        if (properties is null) return Create(topic, default, payload, qos, retain, long.MaxValue);
        using var encoded = new PacketBuffer();
        new MqttProperties
        {
            PayloadFormatIndicator = properties.PayloadFormatIndicator,
            ContentType = properties.ContentType,
            ResponseTopic = properties.ResponseTopic,
            CorrelationData = properties.CorrelationData,
            UserProperties = properties.UserProperties,
        }.WriteValues(encoded);
        var expires = properties.MessageExpiryInterval is { } seconds ? nowMs + seconds * 1000L : long.MaxValue;
        return Create(topic, encoded.Written.Span, payload, qos, retain, expires);
    }
}

/// <summary>
/// A publish on its way to its subscribers. It stands on the bytes of the packet, and becomes a <see cref="PublishMessage"/>
/// when the first subscriber or the retained store has to keep it.
/// </summary>
internal ref struct RoutedPublish
{
    public TopicName Topic;
    public MqttQoS QoS;
    public bool Retain;
    public long ExpiresAtMs;
    public ReadOnlySpan<byte> Properties;
    public ReadOnlySpan<byte> Payload;
    private PublishMessage? _message;

    public static RoutedPublish From(PublishMessage message) => new()
    {
        Topic = message.Topic,
        QoS = message.QoS,
        Retain = message.Retain,
        ExpiresAtMs = message.ExpiresAtMs,
        Properties = message.Properties,
        Payload = message.Payload.Span,
        _message = message.AddHolder(),
    };

    /// <summary>The message, made when first asked for; the caller adds its own hold.</summary>
    public PublishMessage Message => _message ??= PublishMessage.Create(Topic, Properties, Payload, QoS, Retain, ExpiresAtMs);

    /// <summary>What the message counts for against queue limits, bytes.</summary>
    public readonly int Size => Topic.Utf8.Length + Properties.Length + Payload.Length;

    /// <summary>Gives the router's own hold up.</summary>
    public readonly void Done() => _message?.Release();
}
