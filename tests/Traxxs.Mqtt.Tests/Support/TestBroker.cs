using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;

namespace Traxxs.Mqtt.Tests;

/// <summary>A server without sockets on a clock that the test moves, with a handler the test can bend.</summary>
public sealed class TestBroker : IAsyncDisposable
{
    private TestBroker(Func<MqttServerOptions, IMqttServerHandler, TimeProvider, IMqttServer> make, Action<MqttServerOptions>? configure)
    {
        var options = new MqttServerOptions();
        configure?.Invoke(options);
        Server = make(options, Handler, Time);
        Server.StartAsync().GetAwaiter().GetResult();
    }

    public static TestBroker Of<TServer>(Action<MqttServerOptions>? configure = null)
        where TServer : ITestServer => new(TServer.Make, configure);

    public ManualTime Time { get; } = new();
    public TestHandler Handler { get; } = new();
    public IMqttServer Server { get; }

    public RawPeer Open(MqttProtocolVersion version = MqttProtocolVersion.V500) => new(Server, version);

    public async Task<RawPeer> ConnectAsync(
        string clientId, MqttProtocolVersion version = MqttProtocolVersion.V500, bool cleanStart = true, uint? sessionExpiry = null, Action<ConnectPacket>? configure = null)
    {
        var peer = Open(version);
        await peer.ConnectAsync(clientId, cleanStart, connect =>
        {
            if (sessionExpiry is not null) connect.Properties!.SessionExpiryInterval = sessionExpiry;
            configure?.Invoke(connect);
        });
        return peer;
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>Names the MQTT server that a set of tests is about: every server passes the same.</summary>
public interface ITestServer
{
    /// <summary>A server that is not started yet.</summary>
    static abstract IMqttServer Make(MqttServerOptions options, IMqttServerHandler handler, TimeProvider time);
}

/// <summary>The server that ships.</summary>
public sealed class BuiltInServer : ITestServer
{
    public static IMqttServer Make(MqttServerOptions options, IMqttServerHandler handler, TimeProvider time) => new MqttServer(options, handler, time);
}

public sealed class TestHandler : MqttOpenHandler
{
    public delegate MqttPublishDisposition PublishRule(in MqttInboundPublish publish);

    public Func<MqttConnectRequest, MqttConnectDecision> Authenticate { get; set; } = _ => MqttConnectDecision.Accept();
    public Func<MqttClientIdentity, string, bool> PublishAllowed { get; set; } = (_, _) => true;
    public Func<MqttClientIdentity, string, bool> SubscribeAllowed { get; set; } = (_, _) => true;
    public PublishRule? Publish { get; set; }
    public List<string> Events { get; } = [];
    public List<MqttDisconnectReason> Disconnects { get; } = [];

    public override ValueTask<MqttConnectDecision> AuthenticateAsync(MqttConnectRequest request, CancellationToken cancellationToken) => new(Authenticate(request));
    public override bool MayPublish(MqttClientIdentity client, string topic) => PublishAllowed(client, topic);
    public override bool MaySubscribe(MqttClientIdentity client, string topicFilter) => SubscribeAllowed(client, topicFilter);
    public override MqttPublishDisposition OnPublish(in MqttInboundPublish publish) => Publish?.Invoke(publish) ?? base.OnPublish(publish);

    public override void OnConnected(MqttClientIdentity client)
    {
        lock (Events) Events.Add($"+{client.ClientId}");
    }

    public override void OnDisconnected(MqttClientIdentity client, MqttDisconnectReason reason)
    {
        lock (Events)
        {
            Events.Add($"-{client.ClientId} {reason.Cause}");
            Disconnects.Add(reason);
        }
    }
}
