using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;

namespace Traxxs.Device.Tests;

/// <summary>The repository's MQTT server on a free loopback port, letting in one device.</summary>
internal sealed class TestServer : MqttServerHandler, IAsyncDisposable
{
    public const string DeviceId = "shoe-1";
    public const string Secret = "let me in";

    private readonly MqttServer _server;

    private TestServer(X509Certificate2? certificate, int port)
    {
        var options = new MqttServerOptions();
        options.Listeners.Add(new MqttListener { Address = IPAddress.Loopback, Port = port, Certificate = certificate });
        _server = new MqttServer(options, this);
    }

    /// <summary>Port listened on.</summary>
    public int Port => _server.Endpoints[0].Port;

    /// <summary>Publishes as they came.</summary>
    public ConcurrentQueue<(string Topic, byte[] Payload, bool Retain)> Published { get; } = new();

    /// <summary>Acknowledgements kept back while <see cref="HoldAcknowledgements"/> is set.</summary>
    public ConcurrentQueue<MqttPublishAcknowledgement> Held { get; } = new();

    /// <summary>Whether reports wait for their acknowledgement.</summary>
    public bool HoldAcknowledgements { get; set; }

    /// <summary>Connections made.</summary>
    public int Connections;

    /// <summary>How the last connection ended.</summary>
    public MqttDisconnectReason? LastEnd { get; private set; }

    public static async Task<TestServer> StartAsync(X509Certificate2? certificate = null, int port = 0)
    {
        var server = new TestServer(certificate, port);
        await server._server.StartAsync();
        return server;
    }

    /// <summary>Last text published to the device's state topic.</summary>
    public string? State => Published.LastOrDefault(publish => publish.Topic.EndsWith("/state", StringComparison.Ordinal)).Payload is { } payload ? Encoding.UTF8.GetString(payload) : null;

    /// <summary>Payloads published to the device's up topic.</summary>
    public IReadOnlyList<byte[]> Reports => [.. Published.Where(publish => publish.Topic == $"xsole/v1/{DeviceId}/up").Select(publish => publish.Payload)];

    public ValueTask SendDownAsync(byte[] payload, bool retain = false) => _server.PublishAsync($"xsole/v1/{DeviceId}/down", payload, MqttQoS.AtLeastOnce, retain);

    public void Kick() => _server.DisconnectClient(DeviceId);

    public override ValueTask<MqttConnectDecision> AuthenticateAsync(MqttConnectRequest request, CancellationToken cancellationToken) => new(
        request.ClientId == DeviceId && request.UserName == DeviceId && Encoding.UTF8.GetString(request.Password.Span) == Secret
            ? MqttConnectDecision.Accept()
            : MqttConnectDecision.Refuse(MqttReasonCode.BadUserNameOrPassword));

    public override bool MayPublish(MqttClientIdentity client, string topic) => topic.StartsWith($"xsole/v1/{client.ClientId}/", StringComparison.Ordinal);

    public override bool MaySubscribe(MqttClientIdentity client, string topicFilter) => topicFilter.StartsWith($"xsole/v1/{client.ClientId}/", StringComparison.Ordinal);

    public override MqttPublishDisposition OnPublish(in MqttInboundPublish publish)
    {
        Published.Enqueue((publish.Topic, publish.Payload.ToArray(), publish.Retain));
        if (!HoldAcknowledgements || !publish.Topic.EndsWith("/up", StringComparison.Ordinal)) return MqttPublishDisposition.Acknowledge();
        Held.Enqueue(publish.Acknowledgement);
        return MqttPublishDisposition.Deferred();
    }

    public override void OnConnected(MqttClientIdentity client) => Interlocked.Increment(ref Connections);

    public override void OnDisconnected(MqttClientIdentity client, MqttDisconnectReason reason) => LastEnd = reason;

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
