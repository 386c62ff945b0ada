using System.Buffers;
using System.Text;
using Traxxs.Mqtt.Packets;

namespace Traxxs.Cli.Record;

/// <summary>A message somebody sent, while the listening goes on.</summary>
internal delegate void HeardMessage(bool up, string topic, in PublishPacket packet, ReadOnlySpan<byte> payload);

/// <summary>
/// Listens to the bytes of one connection, both ways, and hears its messages. Takes no part: what it does not understand it stops
/// listening to, and says why.
/// </summary>
internal sealed class MqttListening(HeardMessage heard)
{
    /// <summary>Largest packet listened to; a larger one ends the listening, as nobody would have waited for it in memory.</summary>
    public const int PacketSizeMax = 1 << 20;

    private readonly Way _up = new();
    private readonly Way _down = new();
    private MqttProtocolVersion _version = MqttProtocolVersion.V311;

    /// <summary>Who it is, once CONNECT was heard.</summary>
    public string? ClientId { get; private set; }

    /// <summary>Why it no longer listens; null while it does.</summary>
    public string? Problem { get; private set; }

    /// <summary>Takes bytes of one way, in whatever pieces they come.</summary>
    public void Feed(bool up, ReadOnlySpan<byte> bytes)
    {
        if (Problem is not null) return;
        var way = up ? _up : _down;
        way.Buffer.Write(bytes);
        var buffer = new ReadOnlySequence<byte>(way.Buffer.WrittenMemory);
        while (Problem is null)
        {
            var status = MqttFrameReader.TryRead(ref buffer, PacketSizeMax, out var frame);
            if (status == MqttFrameStatus.NeedMore) break;
            if (status == MqttFrameStatus.Frame) Hear(up, way, frame);
            else Problem = status == MqttFrameStatus.TooLarge ? "a packet is larger than a megabyte" : "this is not MQTT (TLS cannot be listened to)";
        }

        // The start of the next packet stays.
        var rest = Problem is null ? BuffersExtensions.ToArray(buffer) : [];
        way.Buffer.ResetWrittenCount();
        way.Buffer.Write(rest);
    }

    private void Hear(bool up, Way way, in MqttFrame frame)
    {
        var body = BuffersExtensions.ToArray(frame.Body);
        if (frame.Type == MqttPacketType.Connect && up)
        {
            if (ConnectPacket.Decode(body, out var connect).Failed) Problem = "a CONNECT that cannot be read";
            (_version, ClientId) = (connect.Version, connect.ClientId);
        }

        if (frame.Type != MqttPacketType.Publish) return;
        if (PublishPacket.Decode(frame.Header, body, _version, out var publish).Failed)
        {
            Problem = "a PUBLISH that cannot be read";
            return;
        }

        var topic = Encoding.UTF8.GetString(publish.Topic);
        if (publish.TopicAlias != 0)
        {
            if (topic.Length > 0) way.Aliases[publish.TopicAlias] = topic;
            else if (!way.Aliases.TryGetValue(publish.TopicAlias, out topic!)) return; // named before the listening began
        }

        heard(up, topic, publish, body.AsSpan(publish.PayloadOffset));
    }

    private sealed class Way
    {
        public ArrayBufferWriter<byte> Buffer { get; } = new();

        public Dictionary<ushort, string> Aliases { get; } = [];
    }
}
