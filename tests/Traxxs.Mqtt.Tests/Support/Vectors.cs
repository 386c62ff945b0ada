using System.Buffers;
using Traxxs.Mqtt.Packets;
using Traxxs.Testing;

namespace Traxxs.Mqtt.Tests;

/// <summary>The packets written down by hand, with the sentence about each.</summary>
public static class Vectors
{
    public sealed record Vector(MqttProtocolVersion Version, string Sentence, byte[] Bytes)
    {
        public override string ToString() => $"{Version}: {Sentence}";
    }

    public static IReadOnlyList<Vector> All { get; } = [.. Read("mqtt-3.1", MqttProtocolVersion.V310), .. Read("mqtt-3.1.1", MqttProtocolVersion.V311), .. Read("mqtt-5.0", MqttProtocolVersion.V500)];

    private static IEnumerable<Vector> Read(string name, MqttProtocolVersion version)
    {
        var sentence = "";
        foreach (var line in File.ReadLines(RepositoryRoot.PathOf("tests", "Traxxs.Mqtt.Tests", "vectors", $"{name}.hex")))
        {
            if (line.StartsWith('#')) sentence = line[2..];
            else if (line.Length > 0) yield return new Vector(version, sentence, Convert.FromHexString(line.Replace(" ", "")));
        }
    }
}

/// <summary>Decodes any packet and encodes it again.</summary>
public static class RoundTrip
{
    /// <summary>The packet encoded again, or null with the error of the decoder.</summary>
    public static byte[]? Reencode(byte header, ReadOnlySpan<byte> body, MqttProtocolVersion version, out MqttReasonCode error)
    {
        using var buffer = new PacketBuffer();
        var type = (MqttPacketType)(header >> 4);
        MqttReader reader;
        switch (type)
        {
            case MqttPacketType.Connect:
                reader = ConnectPacket.Decode(body, out var connect);
                if (!reader.Failed) connect.Write(buffer);
                break;
            case MqttPacketType.Connack:
                reader = ConnackPacket.Decode(body, version, out var connack);
                if (!reader.Failed) connack.Write(buffer, version);
                break;
            case MqttPacketType.Publish:
                reader = PublishPacket.Decode(header, body, version, out var publish);
                if (!reader.Failed) WritePublish(buffer, publish, body, version);
                break;
            case MqttPacketType.Puback or MqttPacketType.Pubrec or MqttPacketType.Pubrel or MqttPacketType.Pubcomp:
                reader = AckPacket.Decode(type, body, version, out var ack);
                if (!reader.Failed) AckPacket.Write(buffer, type, ack.PacketIdentifier, version, ack.ReasonCode, ack.Properties);
                break;
            case MqttPacketType.Subscribe:
                reader = SubscribePacket.Decode(body, version, out var subscribe);
                if (!reader.Failed) subscribe.Write(buffer, version);
                break;
            case MqttPacketType.Suback or MqttPacketType.Unsuback:
                reader = SubackPacket.Decode(type, body, version, out var suback);
                if (!reader.Failed) suback.Write(buffer, type, version);
                break;
            case MqttPacketType.Unsubscribe:
                reader = UnsubscribePacket.Decode(body, version, out var unsubscribe);
                if (!reader.Failed) unsubscribe.Write(buffer, version);
                break;
            default:
                reader = ReasonPacket.Decode(type, body, version, out var reason);
                if (!reader.Failed) reason.Write(buffer, type, version);
                break;
        }

        error = reader.Error;
        return reader.Failed ? null : buffer.Written.ToArray();
    }

    private static void WritePublish(PacketBuffer buffer, in PublishPacket publish, ReadOnlySpan<byte> body, MqttProtocolVersion version)
    {
        var properties = MqttProperties.FromValidated(publish.Properties, MqttPacketType.Publish);
        var forwarded = new byte[publish.ForwardedPropertiesLength];
        publish.CopyForwardedProperties(forwarded);
        var fields = new PublishFields
        {
            QoS = publish.QoS,
            Retain = publish.Retain,
            Duplicate = publish.Duplicate,
            PacketIdentifier = publish.PacketIdentifier,
            Topic = publish.Topic,
            TopicAlias = publish.TopicAlias,
            HasExpiry = publish.HasExpiry,
            ExpiryIntervalSeconds = publish.ExpiryIntervalSeconds,
            SubscriptionIdentifiers = properties?.SubscriptionIdentifiers?.ToArray(),
            ForwardedProperties = forwarded,
            Payload = body[publish.PayloadOffset..],
        };
        Assert.IsTrue(fields.TryWrite(buffer, version));
    }

    /// <summary>All frames of a stream that arrives in the given pieces.</summary>
    public static List<byte[]> Frames(IEnumerable<byte[]> pieces, out MqttFrameStatus last, out int rest)
    {
        var frames = new List<byte[]>();
        var pending = new ReadOnlySequence<byte>();
        last = MqttFrameStatus.NeedMore;
        foreach (var piece in pieces)
        {
            pending = Append(pending, piece);
            while ((last = MqttFrameReader.TryRead(ref pending, 1 << 20, out var frame)) == MqttFrameStatus.Frame)
            {
                frames.Add([frame.Header, .. frame.Body.ToArray()]);
            }

            if (last != MqttFrameStatus.NeedMore) break;
        }

        rest = (int)pending.Length;
        return frames;
    }

    private static ReadOnlySequence<byte> Append(ReadOnlySequence<byte> pending, byte[] piece)
    {
        // Two segments where two pieces meet: that is where readers go wrong.
        var first = new Segment(pending.ToArray(), null);
        var second = new Segment(piece, first);
        return new ReadOnlySequence<byte>(first, 0, second, piece.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] memory, Segment? previous)
        {
            Memory = memory;
            if (previous is null) return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
