using System.Net;
using System.Net.WebSockets;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Transport;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Hosting;

[TestClass]
public sealed class MqttWebSocketTests
{
    [TestMethod]
    public async Task A_device_reaches_the_broker_through_the_HTTP_port_with_its_own_secret_only()
    {
        await using var server = await TestServer.StartAsync();
        var options = OptionsFor(server, server.Host.Provision("insole-1"));
        await using var device = new MqttClient(options);
        Assert.IsTrue((await device.ConnectAsync()).IsSuccess);
        Assert.AreEqual(MqttReasonCode.Success, await device.PublishAsync("xsole/v1/insole-1/up", "no report"u8.ToArray(), MqttQoS.AtLeastOnce));
        var rejected = await server.GetAsync("/api/v1/rejected");
        Assert.AreEqual("insole-1", rejected.GetProperty("frames")[0].GetProperty("deviceId").GetString(), "the frame went elsewhere than to ingest");

        await using var stranger = new MqttClient(OptionsFor(server, "guessed"));
        Assert.IsFalse((await stranger.ConnectAsync()).IsSuccess);
    }

    [TestMethod]
    public async Task A_request_that_is_no_MQTT_WebSocket_is_told_so()
    {
        await using var server = await TestServer.StartAsync();
        using var answer = await server.Api.GetAsync("/mqtt");
        Assert.AreEqual(HttpStatusCode.BadRequest, answer.StatusCode);
        StringAssert.Contains(await answer.Content.ReadAsStringAsync(), "websocket-expected");
    }

    private static MqttClientOptions OptionsFor(TestServer server, string secret) => new()
    {
        ClientId = "insole-1", UserName = "insole-1", Password = secret, AutoReconnect = false,
        TransportFactory = async cancellationToken =>
        {
            var socket = new ClientWebSocket();
            socket.Options.AddSubProtocol(WebSocketDuplexPipe.SubProtocol);
            await socket.ConnectAsync(new UriBuilder(server.Host.ApiAddress) { Scheme = "ws", Path = "/mqtt" }.Uri, cancellationToken);
            return new WebSocketDuplexPipe(socket);
        },
    };
}
