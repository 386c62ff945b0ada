using System.Net;
using System.Net.Sockets;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;

namespace Traxxs.Mqtt.Tests.Server;

/// <summary>Limits that no other test comes to, each with what <see cref="MqttServerOptions"/> says happens at it.</summary>
public abstract class LimitTests<TServer>
    where TServer : ITestServer
{
    private static readonly MqttConnectionInfo Here = new() { RemoteEndPoint = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 1000), Transport = "ws" };
    private static readonly MqttConnectionInfo There = new() { RemoteEndPoint = new IPEndPoint(IPAddress.Parse("192.0.2.2"), 1000), Transport = "ws" };

    [TestMethod]
    public async Task At_the_limit_of_connections_a_new_one_is_closed_unheard_and_a_place_that_is_left_is_taken_again()
    {
        await using var broker = TestBroker.Of<TServer>(options => options.ConnectionsMax = 2);
        await using var first = await broker.ConnectAsync("a");
        await using (await broker.ConnectAsync("b"))
        {
            await using var third = broker.Open();
            await third.Served.WaitAsync(TimeSpan.FromSeconds(60));
            Assert.AreEqual(1, broker.Server.Counters.RefusedByLimit);
        }

        await Eventually.IsTrueAsync(() => broker.Server.Counters.Connections == 1, "the second is gone");
        await using var again = await broker.ConnectAsync("c");
        await first.PublishAsync("t", "x", MqttQoS.AtLeastOnce, 1);
        await first.ExpectAckAsync(MqttPacketType.Puback, 1);
    }

    [TestMethod]
    public async Task At_the_limit_of_an_address_its_next_connection_is_closed_and_other_addresses_are_not()
    {
        await using var broker = TestBroker.Of<TServer>(options => options.ConnectionsPerAddressMax = 2);
        await using var one = new RawPeer(broker.Server, info: Here);
        await using var two = new RawPeer(broker.Server, info: Here);
        await using (var three = new RawPeer(broker.Server, info: Here)) await three.Served.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.AreEqual(1, broker.Server.Counters.RefusedByLimit);
        await using var other = new RawPeer(broker.Server, info: There);
        await other.ConnectAsync("other");
        await one.ConnectAsync("one");
        await two.DisposeAsync();
        await two.Served.WaitAsync(TimeSpan.FromSeconds(60));
        await using var next = new RawPeer(broker.Server, info: Here);
        await next.ConnectAsync("next");
    }

    [TestMethod]
    public async Task The_limits_of_connections_hold_for_sockets_too()
    {
        var options = new MqttServerOptions { ConnectionsPerAddressMax = 3, Listeners = { new MqttListener() } };
        await using var server = TServer.Make(options, new MqttOpenHandler(), TimeProvider.System);
        await server.StartAsync();
        var sockets = new List<Socket>();
        try
        {
            for (var i = 0; i < 3; i++) sockets.Add(await ConnectAsync(server));
            await Eventually.IsTrueAsync(() => server.Counters.Connections == 3, "three are in");
            Assert.AreEqual(0, await WordsOfAsync(server), "closed without a word");
            Assert.AreEqual((1L, 3), (server.Counters.RefusedByLimit, server.Counters.Connections));
            sockets[0].Dispose();
            await Eventually.IsTrueAsync(() => server.Counters.Connections == 2, "one left");
        }
        finally
        {
            foreach (var socket in sockets) socket.Dispose();
        }
    }

    private static async Task<Socket> ConnectAsync(IMqttServer server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Endpoints[0]);
        return socket;
    }

    private static async Task<int> WordsOfAsync(IMqttServer server)
    {
        try
        {
            using var socket = await ConnectAsync(server);
            return await socket.ReceiveAsync(new byte[1]).WaitAsync(TimeSpan.FromSeconds(60));
        }
        catch (SocketException)
        {
            return 0; // reset: closed all the same
        }
    }

    [TestMethod]
    public async Task A_queue_is_bounded_in_bytes_and_takes_one_message_of_any_size()
    {
        await using var broker = TestBroker.Of<TServer>(options => options.QueuedBytesMax = 1000);
        await using (var away = await broker.ConnectAsync("s", sessionExpiry: 1000))
        {
            await away.SubscribeAsync(new MqttTopicFilter("t", MqttQoS.AtLeastOnce));
            await away.DisconnectAsync();
        }

        await using var publisher = await broker.ConnectAsync("p");
        foreach (var (size, identifier) in new[] { (2000, 1), (10, 2) })
        {
            await publisher.PublishAsync("t", new string('x', size), MqttQoS.AtLeastOnce, (ushort)identifier);
            await publisher.ExpectAckAsync(MqttPacketType.Puback, (ushort)identifier);
        }

        Assert.AreEqual(1, broker.Server.Counters.DroppedMessages, "the second found the queue full");
        await using var back = await broker.ConnectAsync("s", cleanStart: false);
        Assert.AreEqual(2000, (await back.ReadMessageAsync()).Payload.Length);
        await back.ExpectNothingAsync();
    }

    [TestMethod]
    public async Task Never_more_in_flight_to_a_client_than_the_server_wants_however_many_the_client_allows()
    {
        await using var broker = TestBroker.Of<TServer>(options => options.OutgoingInFlightMax = 2);
        await using var subscriber = await broker.ConnectAsync("s");
        await subscriber.SubscribeAsync(new MqttTopicFilter("t", MqttQoS.AtLeastOnce));
        for (var i = 0; i < 4; i++) await broker.Server.PublishAsync("t", new byte[1], MqttQoS.AtLeastOnce);
        var first = await subscriber.ReadMessageAsync();
        await subscriber.ReadMessageAsync();
        await subscriber.ExpectNothingAsync();
        await subscriber.AckAsync(MqttPacketType.Puback, first.Identifier);
        await subscriber.ReadMessageAsync();
        await subscriber.ExpectNothingAsync();
    }

    [TestMethod]
    public async Task Retained_messages_are_bounded_in_bytes_and_one_that_shrinks_makes_room()
    {
        await using var broker = TestBroker.Of<TServer>(options => options.RetainedBytesMax = 1000);
        await using var peer = await broker.ConnectAsync("p");
        await PublishAsync("a", 600, 1, MqttReasonCode.Success);
        await PublishAsync("b", 600, 2, MqttReasonCode.QuotaExceeded);
        await PublishAsync("a", 10, 3, MqttReasonCode.Success);
        await PublishAsync("b", 600, 4, MqttReasonCode.Success);
        Assert.AreEqual(2, broker.Server.Counters.Retained);

        async Task PublishAsync(string topic, int size, ushort identifier, MqttReasonCode reason)
        {
            await peer.PublishAsync(topic, new string('x', size), MqttQoS.AtLeastOnce, identifier, retain: true);
            await peer.ExpectAckAsync(MqttPacketType.Puback, identifier, reason);
        }
    }

    [TestMethod]
    public async Task A_host_says_what_a_forbidden_filter_is_answered_with()
    {
        await using var broker = TestBroker.Of<TServer>(options => options.SubscribeRefusal = MqttReasonCode.UnspecifiedError);
        broker.Handler.SubscribeAllowed = (_, filter) => filter != "secret";
        await using var peer = await broker.ConnectAsync("c");
        var suback = await peer.SubscribeAsync(new MqttTopicFilter("secret"), new MqttTopicFilter("open"));
        CollectionAssert.AreEqual(new[] { MqttReasonCode.UnspecifiedError, MqttReasonCode.Success }, suback.ReasonCodes.ToArray());
    }
}
