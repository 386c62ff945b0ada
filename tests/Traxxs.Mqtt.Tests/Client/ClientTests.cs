using System.Collections.Concurrent;
using System.Net;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;

namespace Traxxs.Mqtt.Tests.Client;

[TestClass]
public sealed class ClientTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    internal static async Task<MqttServer> StartAsync(IMqttServerHandler? handler = null, Action<MqttServerOptions>? configure = null)
    {
        var options = new MqttServerOptions { Listeners = { new MqttListener { Address = IPAddress.Loopback } } };
        configure?.Invoke(options);
        var server = new MqttServer(options, handler ?? new MqttOpenHandler());
        await server.StartAsync();
        return server;
    }

    internal static MqttClientOptions OptionsFor(MqttServer server, MqttProtocolVersion version, string clientId = "") => new()
    {
        Host = "127.0.0.1",
        Port = server.Endpoints[0].Port,
        Version = version,
        ClientId = clientId,
        ReconnectDelayMin = TimeSpan.FromMilliseconds(10),
        ReconnectDelayMax = TimeSpan.FromMilliseconds(50),
    };

    [TestMethod]
    [DataRow(MqttProtocolVersion.V310)]
    [DataRow(MqttProtocolVersion.V311)]
    [DataRow(MqttProtocolVersion.V500)]
    public async Task Messages_of_each_qos_come_back_over_tcp(MqttProtocolVersion version)
    {
        await using var server = await StartAsync();
        await using var client = new MqttClient(OptionsFor(server, version, "loop"));
        var received = new BlockingCollection<(string Topic, string Payload, MqttQoS QoS)>();
        client.MessageHandler = (in MqttReceivedMessage message) => received.Add((message.Topic, System.Text.Encoding.UTF8.GetString(message.Payload.Span), message.QoS));
        Assert.IsTrue((await client.ConnectAsync()).IsSuccess);
        Assert.AreEqual(MqttReasonCode.GrantedQoS2, await client.SubscribeAsync("a/#", MqttQoS.ExactlyOnce));
        for (var qos = 0; qos <= 2; qos++)
        {
            Assert.AreEqual(MqttReasonCode.Success, await client.PublishAsync($"a/{qos}", "hello"u8.ToArray(), (MqttQoS)qos).WaitAsync(Deadline));
            Assert.IsTrue(received.TryTake(out var message, Deadline));
            Assert.AreEqual(($"a/{qos}", "hello", (MqttQoS)qos), message);
        }

        CollectionAssert.AreEqual(new[] { MqttReasonCode.Success }, (await client.UnsubscribeAsync("a/#")).ToArray());
        await client.DisconnectAsync();
        Assert.IsFalse(client.IsConnected);
    }

    [TestMethod]
    [DataRow(MqttProtocolVersion.V311)]
    [DataRow(MqttProtocolVersion.V500)]
    public async Task Publishes_made_while_connections_keep_breaking_arrive_exactly_once_at_qos_2_and_in_order(MqttProtocolVersion version)
    {
        var handled = new ConcurrentQueue<string>();
        var handler = new TestHandler
        {
            Publish = (in MqttInboundPublish publish) =>
            {
                handled.Enqueue(System.Text.Encoding.UTF8.GetString(publish.Payload.Span));
                return MqttPublishDisposition.Acknowledge();
            },
        };
        await using var server = await StartAsync(handler, options => options.FlappingConnectsMax = 0);
        var options = OptionsFor(server, version, "breaking");
        options.CleanSession = false;
        options.SessionExpirySeconds = 1000;
        await using var client = new MqttClient(options);
        await client.ConnectAsync();
        var publishes = new List<Task<MqttReasonCode>>();
        for (var i = 0; i < 300; i++)
        {
            publishes.Add(client.PublishAsync("t", System.Text.Encoding.UTF8.GetBytes($"{i}"), MqttQoS.ExactlyOnce));
            if (i % 60 == 59)
            {
                await publishes[i - 30].WaitAsync(Deadline);
                client.Abort();
            }
        }

        foreach (var reason in await Task.WhenAll(publishes).WaitAsync(Deadline)) Assert.AreEqual(MqttReasonCode.Success, reason);
        CollectionAssert.AreEqual(Enumerable.Range(0, 300).Select(i => $"{i}").ToArray(), handled.ToArray());
    }

    [TestMethod]
    public async Task A_refusal_is_an_answer_and_an_absent_server_an_exception()
    {
        var handler = new TestHandler { Authenticate = _ => MqttConnectDecision.Refuse(MqttReasonCode.BadUserNameOrPassword) };
        int port;
        await using (var server = await StartAsync(handler))
        {
            port = server.Endpoints[0].Port;
            foreach (var version in new[] { MqttProtocolVersion.V311, MqttProtocolVersion.V500 })
            {
                await using var client = new MqttClient(OptionsFor(server, version));
                Assert.AreEqual(MqttReasonCode.BadUserNameOrPassword, (await client.ConnectAsync()).ReasonCode);
            }
        }

        await using var late = new MqttClient(new MqttClientOptions { Host = "127.0.0.1", Port = port });
        await Assert.ThrowsExactlyAsync<MqttClientException>(() => late.ConnectAsync());
    }
}
