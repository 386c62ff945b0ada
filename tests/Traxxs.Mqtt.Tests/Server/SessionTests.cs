using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;

namespace Traxxs.Mqtt.Tests.Server;

public abstract class SessionTests<TServer>
    where TServer : ITestServer
{
    private static Task<RawPeer> KeptAsync(TestBroker broker, MqttProtocolVersion version, string clientId = "s", bool cleanStart = false) => version == MqttProtocolVersion.V500
        ? broker.ConnectAsync(clientId, version, cleanStart, sessionExpiry: 1000)
        : broker.ConnectAsync(clientId, version, cleanStart);

    [TestMethod]
    [DataRow(MqttProtocolVersion.V311)]
    [DataRow(MqttProtocolVersion.V500)]
    [Normative(V311 = "3.1.2-4 3.1.2-5 3.1.2-6 3.1.4-3 3.2.2-1 3.2.2-2 3.2.2-3 4.1.0-1 4.1.0-2 4.4.0-1 4.5.0-1",
        V500 = "3.1.2-4 3.1.2-5 3.1.2-6 3.1.2-23 3.1.4-4 3.1.4-5 3.2.2-1 3.2.2-2 3.2.2-3 4.1.0-1 4.4.0-1 4.5.0-1")]
    public async Task MQTT_3_1_2_4_a_kept_session_gets_what_came_while_it_was_away_and_a_clean_one_nothing(MqttProtocolVersion version)
    {
        await using var broker = TestBroker.Of<TServer>();
        await using (var away = await KeptAsync(broker, version))
        {
            await away.SubscribeAsync(new MqttTopicFilter("t/#", MqttQoS.ExactlyOnce));
            await away.DisconnectAsync();
        }

        await using var publisher = await broker.ConnectAsync("p");
        for (var qos = 0; qos <= 2; qos++) await publisher.PublishAsync($"t/{qos}", $"{qos}", (MqttQoS)qos, (ushort)(qos + 1));
        await publisher.ExpectAckAsync(MqttPacketType.Puback, 2);
        await publisher.ExpectAckAsync(MqttPacketType.Pubrec, 3);

        await using var back = broker.Open(version);
        Assert.IsTrue((await back.ConnectAsync("s", cleanStart: false)).SessionPresent);
        Assert.AreEqual("1", (await back.ReadMessageAsync()).Payload);
        Assert.AreEqual("2", (await back.ReadMessageAsync()).Payload);
        await back.ExpectNothingAsync();

        await using var clean = broker.Open(version);
        Assert.IsFalse((await clean.ConnectAsync("s", cleanStart: true)).SessionPresent);
        await publisher.PublishAsync("t/0", "lost");
        await publisher.ExpectNothingAsync();
        await clean.ExpectNothingAsync();
    }

    [TestMethod]
    [DataRow(MqttProtocolVersion.V311)]
    [DataRow(MqttProtocolVersion.V500)]
    [Normative(V311 = "3.3.1-1 4.4.0-1 4.6.0-1 4.6.0-4 2.3.1-4", V500 = "3.3.1-1 4.4.0-1 4.6.0-1 4.6.0-4 4.3.2-3 4.3.3-3 4.3.3-5 4.3.3-6")]
    public async Task MQTT_4_4_0_1_what_is_unacknowledged_comes_again_with_DUP_its_identifier_and_its_order(MqttProtocolVersion version)
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var publisher = await broker.ConnectAsync("p");
        var identifiers = new List<ushort>();
        await using (var first = await KeptAsync(broker, version))
        {
            await first.SubscribeAsync(new MqttTopicFilter("t", MqttQoS.ExactlyOnce));
            for (ushort i = 1; i <= 5; i++) await publisher.PublishAsync("t", $"m{i}", i % 2 == 0 ? MqttQoS.ExactlyOnce : MqttQoS.AtLeastOnce, i);
            for (var i = 0; i < 5; i++)
            {
                var message = await first.ReadMessageAsync();
                Assert.IsFalse(message.Duplicate);
                identifiers.Add(message.Identifier);
            }

            Assert.AreEqual(5, identifiers.Distinct().Count());
            await first.AckAsync(MqttPacketType.Pubrec, identifiers[3]); // m4, then m2: PUBRELs in this order
            await first.ExpectAckAsync(MqttPacketType.Pubrel, identifiers[3]);
            await first.AckAsync(MqttPacketType.Pubrec, identifiers[1]);
            await first.ExpectAckAsync(MqttPacketType.Pubrel, identifiers[1]);
            await first.AckAsync(MqttPacketType.Puback, identifiers[0]);
            await first.DropAsync();
        }

        for (var round = 0; round < 2; round++)
        {
            await using var again = await KeptAsync(broker, version);
            foreach (var i in new[] { 2, 4 })
            {
                var message = await again.ReadMessageAsync();
                Assert.AreEqual(($"m{i + 1}", identifiers[i], true), (message.Payload, message.Identifier, message.Duplicate));
            }

            await again.ExpectAckAsync(MqttPacketType.Pubrel, identifiers[3]);
            await again.ExpectAckAsync(MqttPacketType.Pubrel, identifiers[1]);
            await again.ExpectNothingAsync();
            await again.DropAsync();
        }
    }

    [TestMethod]
    [Normative(V500 = "3.1.2-23 4.1.0-2 3.14.2-2")]
    public async Task MQTT_4_1_0_2_a_session_ends_when_its_expiry_has_passed_and_DISCONNECT_may_change_the_expiry()
    {
        await using var broker = TestBroker.Of<TServer>();
        await using (var peer = await broker.ConnectAsync("s", sessionExpiry: 5)) await peer.DropAsync();
        broker.Time.AdvanceSeconds(4);
        Assert.AreEqual(1, broker.Server.Counters.Sessions);
        broker.Time.AdvanceSeconds(3);
        Assert.AreEqual(0, broker.Server.Counters.Sessions);

        await using (var peer = await broker.ConnectAsync("s", sessionExpiry: 5)) await peer.DisconnectAsync(sessionExpiry: 100);
        broker.Time.AdvanceSeconds(50);
        await using (var peer = broker.Open())
        {
            Assert.IsTrue((await peer.ConnectAsync("s", false, connect => connect.Properties!.SessionExpiryInterval = 5)).SessionPresent);
            await peer.DisconnectAsync(sessionExpiry: 0);
        }

        Assert.AreEqual(0, broker.Server.Counters.Sessions);
        await using var none = await broker.ConnectAsync("n");
        await none.SendAsync(buffer => new ReasonPacket { Properties = new MqttProperties { SessionExpiryInterval = 5 } }.Write(buffer, MqttPacketType.Disconnect, MqttProtocolVersion.V500));
        await none.ExpectDisconnectAsync(MqttReasonCode.ProtocolError);
    }

    [TestMethod]
    public async Task An_expiry_longer_than_the_server_grants_is_cut_and_told()
    {
        await using var broker = TestBroker.Of<TServer>(options => options.SessionExpirySecondsMax = 60);
        await using var peer = broker.Open();
        var connack = await peer.ConnectAsync("s", true, connect => connect.Properties!.SessionExpiryInterval = uint.MaxValue);
        Assert.AreEqual(60u, connack.Properties!.SessionExpiryInterval);
    }

    [TestMethod]
    [Normative(V500 = "3.3.4-9 3.3.4-10 4.4.0-2 4.9.0-1 4.9.0-2 4.9.0-3")]
    public async Task MQTT_4_9_0_2_never_more_unacknowledged_publishes_than_the_clients_receive_maximum()
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var subscriber = await broker.ConnectAsync("s", configure: connect => connect.Properties!.ReceiveMaximum = 2);
        await subscriber.SubscribeAsync(new MqttTopicFilter("t", MqttQoS.ExactlyOnce));
        await using var publisher = await broker.ConnectAsync("p");
        for (ushort i = 1; i <= 5; i++) await publisher.PublishAsync("t", $"{i}", MqttQoS.ExactlyOnce, i);
        for (ushort i = 1; i <= 5; i++) await publisher.ExpectAckAsync(MqttPacketType.Pubrec, i);

        var first = await subscriber.ReadMessageAsync();
        var second = await subscriber.ReadMessageAsync();
        await subscriber.ExpectNothingAsync();
        await subscriber.AckAsync(MqttPacketType.Pubrec, first.Identifier);
        await subscriber.ExpectAckAsync(MqttPacketType.Pubrel, first.Identifier);
        await subscriber.ExpectNothingAsync(); // PUBREC alone frees no place
        await subscriber.AckAsync(MqttPacketType.Pubcomp, first.Identifier);
        Assert.AreEqual("3", (await subscriber.ReadMessageAsync()).Payload);
        await subscriber.AckAsync(MqttPacketType.Pubrec, second.Identifier, MqttReasonCode.UnspecifiedError); // [MQTT-4.4.0-2]
        Assert.AreEqual("4", (await subscriber.ReadMessageAsync()).Payload);
        await subscriber.ExpectNothingAsync();
    }

    [TestMethod]
    public async Task A_client_that_returns_with_a_smaller_receive_maximum_gets_no_more_than_that()
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var publisher = await broker.ConnectAsync("p");
        await using (var wide = await broker.ConnectAsync("s", sessionExpiry: 100))
        {
            await wide.SubscribeAsync(new MqttTopicFilter("t", MqttQoS.AtLeastOnce));
            for (ushort i = 1; i <= 4; i++) await publisher.PublishAsync("t", $"{i}", MqttQoS.AtLeastOnce, i);
            for (ushort i = 1; i <= 4; i++) await wide.ReadMessageAsync();
            await wide.DropAsync();
        }

        await using var narrow = await broker.ConnectAsync("s", cleanStart: false, configure: connect => connect.Properties!.ReceiveMaximum = 1);
        for (var i = 1; i <= 4; i++)
        {
            var message = await narrow.ReadMessageAsync();
            Assert.AreEqual(($"{i}", true), (message.Payload, message.Duplicate));
            await narrow.ExpectNothingAsync();
            await narrow.AckAsync(MqttPacketType.Puback, message.Identifier);
        }
    }

    [TestMethod]
    [Normative(V500 = "3.3.2-5 3.3.2-6")]
    public async Task MQTT_3_3_2_5_an_expired_message_is_not_delivered_and_the_others_carry_what_is_left()
    {
        await using var broker = TestBroker.Of<TServer>();
        await using (var away = await broker.ConnectAsync("s", sessionExpiry: 1000))
        {
            await away.SubscribeAsync(new MqttTopicFilter("t", MqttQoS.AtLeastOnce));
            await away.DisconnectAsync();
        }

        await using var publisher = await broker.ConnectAsync("p");
        await publisher.PublishAsync("t", "short", MqttQoS.AtLeastOnce, 1, properties: new MqttProperties { MessageExpiryInterval = 5 });
        await publisher.PublishAsync("t", "long", MqttQoS.AtLeastOnce, 2, properties: new MqttProperties { MessageExpiryInterval = 60 });
        await publisher.PublishAsync("t", "ever", MqttQoS.AtLeastOnce, 3);
        await publisher.ExpectAckAsync(MqttPacketType.Puback, 1);
        await publisher.ExpectAckAsync(MqttPacketType.Puback, 2);
        await publisher.ExpectAckAsync(MqttPacketType.Puback, 3);
        broker.Time.AdvanceSeconds(10);
        await using var back = await broker.ConnectAsync("s", cleanStart: false);
        var message = await back.ReadMessageAsync();
        Assert.AreEqual(("long", 50u), (message.Payload, message.Properties!.MessageExpiryInterval));
        message = await back.ReadMessageAsync();
        Assert.AreEqual("ever", message.Payload);
        Assert.IsNull(message.Properties?.MessageExpiryInterval);
    }

    [TestMethod]
    public async Task A_full_queue_drops_the_newest_and_counts_it()
    {
        await using var broker = TestBroker.Of<TServer>(options => options.QueuedMessagesMax = 3);
        await using (var away = await broker.ConnectAsync("s", sessionExpiry: 1000))
        {
            await away.SubscribeAsync(new MqttTopicFilter("t", MqttQoS.AtLeastOnce));
            await away.DisconnectAsync();
        }

        await using var publisher = await broker.ConnectAsync("p");
        for (ushort i = 1; i <= 5; i++)
        {
            await publisher.PublishAsync("t", $"{i}", MqttQoS.AtLeastOnce, i);
            await publisher.ExpectAckAsync(MqttPacketType.Puback, i);
        }

        Assert.AreEqual(2, broker.Server.Counters.DroppedMessages);
        await using var back = await broker.ConnectAsync("s", cleanStart: false);
        for (var i = 1; i <= 3; i++) Assert.AreEqual($"{i}", (await back.ReadMessageAsync()).Payload);
        await back.ExpectNothingAsync();
    }

    [TestMethod]
    public async Task A_stalled_subscriber_neither_stops_a_publisher_nor_other_subscribers_and_is_closed()
    {
        await using var broker = TestBroker.Of<TServer>(options => options.OutputBytesMax = 4096);
        await using var stalled = new RawPeer(broker.Server, pauseBytes: 1024);
        await stalled.ConnectAsync("stalled");
        await stalled.SubscribeAsync(new MqttTopicFilter("t"));
        await using var healthy = await broker.ConnectAsync("healthy");
        await healthy.SubscribeAsync(new MqttTopicFilter("t"));
        await using var publisher = await broker.ConnectAsync("p");
        var payload = new string('x', 500);
        for (ushort i = 1; i <= 2000; i++)
        {
            await publisher.PublishAsync("t", payload, MqttQoS.AtLeastOnce, i);
            await publisher.ExpectAckAsync(MqttPacketType.Puback, i);
            Assert.AreEqual(payload, (await healthy.ReadMessageAsync()).Payload);
        }

        Assert.IsGreaterThan(0, broker.Server.Counters.DroppedMessages);
        broker.Time.AdvanceSeconds(31);
        await stalled.Served.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.AreEqual(1, broker.Server.Counters.StalledWrites);
    }

    [TestMethod]
    public async Task A_client_that_pings_and_never_reads_is_not_read_without_end()
    {
        await using var broker = TestBroker.Of<TServer>(options => options.OutputBytesMax = 1024);
        await using var peer = new RawPeer(broker.Server, pauseBytes: 1024);
        await peer.ConnectAsync("c");
        var pings = new byte[20_000];
        for (var i = 0; i < pings.Length; i += 2) pings[i] = 0xC0;
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++) await peer.SendAsync(pings);
        });
        await Task.WhenAny(sending, Task.Delay(300));
        Assert.IsFalse(sending.IsCompleted);
        Assert.IsLessThan(200_000, broker.Server.Counters.BytesReceived);
    }

    [TestMethod]
    [DataRow(MqttProtocolVersion.V311)]
    [DataRow(MqttProtocolVersion.V500)]
    public async Task Acknowledgements_of_the_wrong_kind_end_the_connection_and_unknown_ones_do_no_harm(MqttProtocolVersion version)
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var peer = await broker.ConnectAsync("c", version);
        await peer.AckAsync(MqttPacketType.Puback, 77);
        await peer.AckAsync(MqttPacketType.Pubcomp, 77);
        await peer.AckAsync(MqttPacketType.Pubrec, 77);
        await peer.ExpectAckAsync(MqttPacketType.Pubrel, 77, version == MqttProtocolVersion.V500 ? MqttReasonCode.PacketIdentifierNotFound : MqttReasonCode.Success);
        await peer.AckAsync(MqttPacketType.Pubrel, 77);
        await peer.ExpectAckAsync(MqttPacketType.Pubcomp, 77, version == MqttProtocolVersion.V500 ? MqttReasonCode.PacketIdentifierNotFound : MqttReasonCode.Success);
        await peer.SubscribeAsync(new MqttTopicFilter("t", MqttQoS.ExactlyOnce));
        await peer.PublishAsync("t", "x", MqttQoS.ExactlyOnce, 1);
        var packets = new[] { await peer.ReadAsync(), await peer.ReadAsync() };
        var message = peer.ToMessage(packets.Single(packet => packet.Type == MqttPacketType.Publish));
        await peer.AckAsync(MqttPacketType.Puback, message.Identifier);
        await peer.ExpectDisconnectAsync(MqttReasonCode.ProtocolError);
    }

    [TestMethod]
    public virtual async Task A_publisher_above_its_rate_is_read_no_faster_than_that()
    {
        await using var broker = TestBroker.Of<TServer>(options => options.PublishRateMax = 10);
        await using var peer = await broker.ConnectAsync("c");
        for (var i = 0; i < 30; i++) await peer.PublishAsync("t", "x");
        await peer.SendHexAsync("C0 00");
        var answer = peer.ReadAsync();
        for (var second = 0; second < 2; second++)
        {
            var due = 10 * (second + 1);
            await Eventually.IsTrueAsync(() => broker.Server.Counters.PublishesReceived >= due, "the second's publishes are read");
            Assert.IsFalse(answer.IsCompleted);
            Assert.IsLessThanOrEqualTo(due + 3, broker.Server.Counters.PublishesReceived);
            for (var step = 0; step < 12; step++)
            {
                broker.Time.AdvanceSeconds(0.1);
                await Task.Delay(5);
            }
        }

        for (var step = 0; step < 40 && !answer.IsCompleted; step++)
        {
            broker.Time.AdvanceSeconds(0.1);
            await Task.Delay(5);
        }

        Assert.AreEqual(MqttPacketType.Pingresp, (await answer).Type);
    }

    [TestMethod]
    [Normative(V500 = "3.14.4-2", V311 = "3.14.4-2 4.8.0-2")]
    public async Task Stopping_tells_5_0_clients_publishes_wills_and_keeps_no_connection()
    {
        var broker = TestBroker.Of<TServer>();
        await using var five = await broker.ConnectAsync("five");
        await using var three = await broker.ConnectAsync("three", MqttProtocolVersion.V311, configure: connect => connect.Will = new MqttWill("state", "off"u8.ToArray(), MqttQoS.AtMostOnce, true));
        await broker.Server.StopAsync();
        await five.ExpectDisconnectAsync(MqttReasonCode.ServerShuttingDown);
        await three.ExpectDisconnectAsync(MqttReasonCode.ServerShuttingDown);
        Assert.AreEqual(1, broker.Server.Counters.Retained);
        Assert.AreEqual(0, broker.Server.Counters.Connections);
    }

    [TestMethod]
    public async Task The_host_publishes_and_disconnects_clients()
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var peer = await broker.ConnectAsync("c");
        await peer.SubscribeAsync(new MqttTopicFilter("down", MqttQoS.AtLeastOnce));
        await broker.Server.PublishAsync("down", "hi"u8.ToArray(), MqttQoS.AtLeastOnce, properties: new MqttProperties { ContentType = "text" });
        var message = await peer.ReadMessageAsync();
        Assert.AreEqual(("hi", "text"), (message.Payload, message.Properties!.ContentType));
        Assert.IsTrue(broker.Server.DisconnectClient("c"));
        await peer.ExpectDisconnectAsync(MqttReasonCode.AdministrativeAction);
        Assert.IsFalse(broker.Server.DisconnectClient("c"));
        Assert.AreEqual(MqttDisconnectCause.ByHost, broker.Handler.Disconnects.Single().Cause);
    }
}
