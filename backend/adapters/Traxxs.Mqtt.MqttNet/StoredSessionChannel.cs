using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Traxxs.Mqtt.MqttNet;

/// <summary>
/// Brings a stored session back into MQTTnet, which keeps its own in memory only and has no door for one: says what the client
/// said, CONNECT, SUBSCRIBE, DISCONNECT, and listens to no answer.
/// </summary>
internal sealed class StoredSessionChannel : IMqttChannelAdapter
{
    private readonly Queue<MqttPacket> _script = new();

    /// <summary>The client's words.</summary>
    public StoredSessionChannel(string clientId, IReadOnlyCollection<Packets.MqttTopicFilter> filters)
    {
        // 5.0 and for ever, so that MQTTnet keeps it whatever the client spoke; when it ends is decided outside.
        _script.Enqueue(new MqttConnectPacket { ClientId = clientId, CleanSession = false, SessionExpiryInterval = uint.MaxValue });
        if (filters.Count > 0)
        {
            var subscribe = new MqttSubscribePacket { PacketIdentifier = 1 };
            subscribe.TopicFilters.AddRange(filters.Select(Convert.ToMqttNet));
            // What is retained was sent when the client subscribed.
            foreach (var filter in subscribe.TopicFilters) filter.RetainHandling = MqttRetainHandling.DoNotSendOnSubscribe;
            _script.Enqueue(subscribe);
        }

        _script.Enqueue(new MqttDisconnectPacket());
    }

    /// <inheritdoc/>
    public MqttPacketFormatterAdapter PacketFormatterAdapter { get; } = new(MqttProtocolVersion.V500, new MqttBufferWriter(256, 4096));

    /// <inheritdoc/>
    public long BytesReceived => 0;

    /// <inheritdoc/>
    public long BytesSent => 0;

    /// <inheritdoc/>
    public X509Certificate2? ClientCertificate => null;

    /// <inheritdoc/>
    public EndPoint? RemoteEndPoint => null;

    /// <inheritdoc/>
    public EndPoint? LocalEndPoint => null;

    /// <inheritdoc/>
    public bool IsSecureConnection => false;

    /// <inheritdoc/>
    public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task DisconnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<MqttPacket?> ReceivePacketAsync(CancellationToken cancellationToken) => Task.FromResult(_script.TryDequeue(out var packet) ? packet : null);

    /// <inheritdoc/>
    public Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void ResetStatistics()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
