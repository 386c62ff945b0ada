using System.Buffers;
using System.IO.Pipelines;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;

namespace Traxxs.Mqtt.Tests;

/// <summary>A client that says exactly what a test tells it to, over pipes in memory.</summary>
public sealed class RawPeer : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60); // a hang, not a duration
    private readonly Pipe _toServer = new();
    private readonly Pipe _fromServer;

    public RawPeer(IMqttServer server, MqttProtocolVersion version = MqttProtocolVersion.V500, MqttConnectionInfo? info = null, long pauseBytes = 65536)
    {
        Version = version;
        _fromServer = new Pipe(new PipeOptions(pauseWriterThreshold: pauseBytes, resumeWriterThreshold: pauseBytes / 2));
        Served = server.ServeAsync(new Duplex(_toServer.Reader, _fromServer.Writer), info ?? new MqttConnectionInfo { Transport = "test" });
    }

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;
        public PipeWriter Output => output;
    }

    public MqttProtocolVersion Version { get; }

    /// <summary>Ends when the server is done with the connection.</summary>
    public Task Served { get; }

    public async Task SendAsync(Action<PacketBuffer> write)
    {
        using var buffer = new PacketBuffer();
        write(buffer);
        await _toServer.Writer.WriteAsync(buffer.Written);
    }

    public async Task SendAsync(byte[] bytes) => await _toServer.Writer.WriteAsync(bytes);

    public Task SendHexAsync(string hex) => SendAsync(Convert.FromHexString(hex.Replace(" ", "")));

    /// <summary>Connects and expects to be let in.</summary>
    public async Task<ConnackPacket> ConnectAsync(string clientId, bool cleanStart = true, Action<ConnectPacket>? configure = null)
    {
        var connack = await TryConnectAsync(clientId, cleanStart, configure);
        Assert.AreEqual(MqttReasonCode.Success, connack.ReasonCode);
        return connack;
    }

    public async Task<ConnackPacket> TryConnectAsync(string clientId, bool cleanStart = true, Action<ConnectPacket>? configure = null)
    {
        var connect = new ConnectPacket { Version = Version, ClientId = clientId, CleanStart = cleanStart };
        if (Version == MqttProtocolVersion.V500) connect.Properties = new MqttProperties();
        configure?.Invoke(connect);
        await SendAsync(connect.Write);
        var packet = await ReadAsync();
        Assert.AreEqual(MqttPacketType.Connack, packet.Type);
        var reader = ConnackPacket.Decode(packet.Body, Version, out var connack);
        Assert.IsFalse(reader.Failed, reader.ErrorText);
        return connack;
    }

    public Task PublishAsync(
        string topic, string payload, MqttQoS qos = MqttQoS.AtMostOnce, ushort identifier = 0, bool retain = false, bool duplicate = false,
        MqttProperties? properties = null, ushort alias = 0) => SendAsync(buffer =>
        {
            using var encoded = new PacketBuffer();
            properties?.WriteValues(encoded);
            new PublishFields
            {
                QoS = qos,
                Retain = retain,
                Duplicate = duplicate,
                PacketIdentifier = identifier,
                Topic = System.Text.Encoding.UTF8.GetBytes(topic),
                TopicAlias = alias,
                ForwardedProperties = encoded.Written.Span,
                Payload = System.Text.Encoding.UTF8.GetBytes(payload),
            }.TryWrite(buffer, Version);
        });

    public Task AckAsync(MqttPacketType type, ushort identifier, MqttReasonCode reason = MqttReasonCode.Success) =>
        SendAsync(buffer => AckPacket.Write(buffer, type, identifier, Version, reason));

    public async Task<SubackPacket> SubscribeAsync(params MqttTopicFilter[] filters) => await SubscribeAsync(filters, 0);

    public async Task<SubackPacket> SubscribeAsync(MqttTopicFilter[] filters, uint identifier)
    {
        var packet = new SubscribePacket { PacketIdentifier = 1000 };
        if (identifier != 0) packet.Properties = new MqttProperties { SubscriptionIdentifiers = [identifier] };
        packet.Filters.AddRange(filters);
        await SendAsync(buffer => packet.Write(buffer, Version));
        return await ReadSubackAsync(MqttPacketType.Suback);
    }

    public async Task<SubackPacket> UnsubscribeAsync(params string[] filters)
    {
        var packet = new UnsubscribePacket { PacketIdentifier = 1001 };
        packet.Filters.AddRange(filters);
        await SendAsync(buffer => packet.Write(buffer, Version));
        return await ReadSubackAsync(MqttPacketType.Unsuback);
    }

    private async Task<SubackPacket> ReadSubackAsync(MqttPacketType type)
    {
        var received = await ReadAsync();
        Assert.AreEqual(type, received.Type);
        var reader = SubackPacket.Decode(type, received.Body, Version, out var packet);
        Assert.IsFalse(reader.Failed, reader.ErrorText);
        return packet;
    }

    public sealed record Received(byte Header, byte[] Body)
    {
        public MqttPacketType Type => (MqttPacketType)(Header >> 4);
        public ushort Identifier => (ushort)(Body[0] << 8 | Body[1]);
    }

    public sealed record Message(string Topic, string Payload, MqttQoS QoS, bool Retain, bool Duplicate, ushort Identifier, ushort Alias, MqttProperties? Properties);

    /// <summary>The next packet; fails if the server closes instead.</summary>
    public async Task<Received> ReadAsync() => await TryReadAsync() ?? throw new AssertFailedException("the server closed the connection");

    /// <summary>The next packet, or null if the server closed.</summary>
    public async Task<Received?> TryReadAsync()
    {
        while (true)
        {
            var result = await _fromServer.Reader.ReadAsync().AsTask().WaitAsync(Deadline);
            var buffer = result.Buffer;
            var status = MqttFrameReader.TryRead(ref buffer, int.MaxValue, out var frame);
            if (status == MqttFrameStatus.Frame)
            {
                var received = new Received(frame.Header, frame.Body.ToArray());
                _fromServer.Reader.AdvanceTo(buffer.Start);
                return received;
            }

            Assert.AreEqual(MqttFrameStatus.NeedMore, status, "the server sent no MQTT");
            _fromServer.Reader.AdvanceTo(buffer.Start, buffer.End);
            if (!result.IsCompleted) continue;
            Assert.IsTrue(buffer.IsEmpty, "the server sent part of a packet");
            return null;
        }
    }

    public async Task<Message> ReadMessageAsync()
    {
        var received = await ReadAsync();
        Assert.AreEqual(MqttPacketType.Publish, received.Type);
        return ToMessage(received);
    }

    public Message ToMessage(Received received)
    {
        var reader = PublishPacket.Decode(received.Header, received.Body, Version, out var packet);
        Assert.IsFalse(reader.Failed, reader.ErrorText);
        return new Message(
            System.Text.Encoding.UTF8.GetString(packet.Topic), System.Text.Encoding.UTF8.GetString(received.Body.AsSpan(packet.PayloadOffset)),
            packet.QoS, packet.Retain, packet.Duplicate, packet.PacketIdentifier, packet.TopicAlias,
            MqttProperties.FromValidated(packet.Properties, MqttPacketType.Publish));
    }

    public async Task ExpectAckAsync(MqttPacketType type, ushort identifier, MqttReasonCode reason = MqttReasonCode.Success)
    {
        var received = await ReadAsync();
        Assert.AreEqual(type, received.Type);
        var reader = AckPacket.Decode(type, received.Body, Version, out var ack);
        Assert.IsFalse(reader.Failed, reader.ErrorText);
        Assert.AreEqual(identifier, ack.PacketIdentifier);
        Assert.AreEqual(reason, ack.ReasonCode);
    }

    /// <summary>Sends PINGREQ and expects PINGRESP next: everything said before has been handled, and nothing else was sent.</summary>
    public async Task ExpectNothingAsync()
    {
        await SendHexAsync("C0 00");
        var received = await ReadAsync();
        Assert.AreEqual(MqttPacketType.Pingresp, received.Type, "the server said something unexpected");
    }

    /// <summary>Expects DISCONNECT with a reason (5.0) and then the end; in 3.1.1 only the end.</summary>
    public async Task ExpectDisconnectAsync(MqttReasonCode reason)
    {
        var received = await TryReadAsync();
        if (Version == MqttProtocolVersion.V500)
        {
            Assert.IsNotNull(received, "the server closed without DISCONNECT");
            Assert.AreEqual(MqttPacketType.Disconnect, received.Type);
            ReasonPacket.Decode(MqttPacketType.Disconnect, received.Body, Version, out var packet);
            Assert.AreEqual(reason, packet.ReasonCode);
            received = await TryReadAsync();
        }

        Assert.IsNull(received, $"the server sent {received?.Type} instead of closing");
        await Served.WaitAsync(Deadline);
    }

    /// <summary>DISCONNECT, and waits until the server is done.</summary>
    public async Task DisconnectAsync(MqttReasonCode reason = MqttReasonCode.Success, uint? sessionExpiry = null)
    {
        var packet = new ReasonPacket { ReasonCode = reason };
        if (sessionExpiry is not null) packet.Properties = new MqttProperties { SessionExpiryInterval = sessionExpiry };
        await SendAsync(buffer => packet.Write(buffer, MqttPacketType.Disconnect, Version));
        await Served.WaitAsync(Deadline);
    }

    /// <summary>The network connection ends without a word.</summary>
    public async Task DropAsync()
    {
        await _toServer.Writer.CompleteAsync();
        await Served.WaitAsync(Deadline);
    }

    public async ValueTask DisposeAsync()
    {
        await _toServer.Writer.CompleteAsync();
        await _fromServer.Reader.CompleteAsync();
    }
}
