using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;

namespace Traxxs.Mqtt.Tests.Server;

/// <summary>Retained messages, wills, subscriptions and their options, topic aliases, limits.</summary>
public abstract class RoutingTests<TServer>
    where TServer : ITestServer
{
    [TestMethod]
    [DataRow(MqttProtocolVersion.V311)]
    [DataRow(MqttProtocolVersion.V500)]
    [Normative(V311 = "3.3.1-5 3.3.1-6 3.3.1-8 3.3.1-9 3.3.1-10 3.3.1-11 3.3.1-12", V500 = "3.3.1-5 3.3.1-6 3.3.1-7 3.3.1-8 3.3.1-9 3.3.1-12")]
    public async Task MQTT_3_3_1_5_the_last_retained_message_meets_a_new_subscription_and_an_empty_one_removes_it(MqttProtocolVersion version)
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var publisher = await broker.ConnectAsync("p", version);
        await using var early = await broker.ConnectAsync("early", version);
        await early.SubscribeAsync(new MqttTopicFilter("a/#"));
        await publisher.PublishAsync("a/b", "old", retain: true);
        await publisher.PublishAsync("a/b", "new", retain: true);
        await publisher.PublishAsync("a/b", "not kept");
        await publisher.ExpectNothingAsync();
        foreach (var payload in new[] { "old", "new", "not kept" })
        {
            var live = await early.ReadMessageAsync();
            Assert.AreEqual((payload, false), (live.Payload, live.Retain)); // live, so without the flag
        }

        foreach (var filter in new[] { "a/b", "a/+", "#", "+/b", "a/b/#" })
        {
            await using var late = await broker.ConnectAsync("late", version);
            await late.SubscribeAsync(new MqttTopicFilter(filter));
            var kept = await late.ReadMessageAsync();
            Assert.AreEqual(("new", true), (kept.Payload, kept.Retain), filter);
            await late.DisconnectAsync();
        }

        await publisher.PublishAsync("a/b", "", retain: true);
        await publisher.ExpectNothingAsync();
        Assert.AreEqual(0, broker.Server.Counters.Retained);
        Assert.AreEqual("", (await early.ReadMessageAsync()).Payload);
    }

    [TestMethod]
    [Normative(V500 = "3.3.1-9 3.3.1-10 3.3.1-11 3.3.1-13 3.8.4-3 3.8.4-4", V311 = "3.8.4-3")]
    public async Task MQTT_3_3_1_10_retain_handling_and_retain_as_published()
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var peer = await broker.ConnectAsync("c");
        await peer.PublishAsync("t", "kept", retain: true);
        var atNew = new MqttTopicFilter("t") { RetainHandling = MqttRetainHandling.SendAtNewSubscribe };
        await peer.SubscribeAsync(atNew);
        Assert.AreEqual("kept", (await peer.ReadMessageAsync()).Payload);
        await peer.SubscribeAsync(atNew);
        await peer.ExpectNothingAsync();
        await peer.SubscribeAsync(new MqttTopicFilter("t") { RetainHandling = MqttRetainHandling.DoNotSend });
        await peer.ExpectNothingAsync();
        await peer.SubscribeAsync(new MqttTopicFilter("t") { RetainAsPublished = true });
        Assert.AreEqual("kept", (await peer.ReadMessageAsync()).Payload);
        await peer.PublishAsync("t", "flagged", retain: true);
        Assert.IsTrue((await peer.ReadMessageAsync()).Retain);
        await peer.PublishAsync("t", "plain");
        Assert.IsFalse((await peer.ReadMessageAsync()).Retain);
        Assert.AreEqual(1, broker.Server.Counters.Subscriptions);
    }

    [TestMethod]
    public async Task A_retained_message_that_expired_is_gone_and_at_the_limit_new_topics_are_refused()
    {
        await using var broker = TestBroker.Of<TServer>(options => options.RetainedMessagesMax = 1);
        await using var peer = await broker.ConnectAsync("c");
        await peer.PublishAsync("t", "x", MqttQoS.AtLeastOnce, 1, retain: true, properties: new MqttProperties { MessageExpiryInterval = 5 });
        await peer.ExpectAckAsync(MqttPacketType.Puback, 1);
        await peer.PublishAsync("u", "x", MqttQoS.AtLeastOnce, 2, retain: true);
        await peer.ExpectAckAsync(MqttPacketType.Puback, 2, MqttReasonCode.QuotaExceeded);
        broker.Time.AdvanceSeconds(7);
        await peer.SubscribeAsync(new MqttTopicFilter("#"));
        await peer.ExpectNothingAsync();
        Assert.AreEqual(0, broker.Server.Counters.Retained);
    }

    [TestMethod]
    public async Task All_retained_messages_reach_a_subscriber_even_when_they_are_more_than_its_queue_holds()
    {
        await using var broker = TestBroker.Of<TServer>(options => options.QueuedMessagesMax = 10);
        for (var i = 0; i < 500; i++) await broker.Server.PublishAsync($"d/{i}/state", "on"u8.ToArray(), MqttQoS.AtLeastOnce, retain: true);
        await using var peer = await broker.ConnectAsync("dashboard", configure: connect => connect.Properties!.ReceiveMaximum = 20);
        await peer.SubscribeAsync(new MqttTopicFilter("d/+/state", MqttQoS.AtLeastOnce));
        var topics = new HashSet<string>();
        for (var i = 0; i < 500; i++)
        {
            var message = await peer.ReadMessageAsync();
            topics.Add(message.Topic);
            await peer.AckAsync(MqttPacketType.Puback, message.Identifier);
        }

        Assert.HasCount(500, topics);
    }

    [TestMethod]
    [DataRow(MqttProtocolVersion.V311)]
    [DataRow(MqttProtocolVersion.V500)]
    [Normative(V311 = "3.1.2-8 3.1.2-9 3.1.2-10 3.1.2-12 3.1.2-16 3.1.2-17 3.1.3-1 3.1.3-10 3.14.4-1 3.14.4-3", V500 = "3.1.2-7 3.1.2-8 3.1.2-9 3.1.2-10 3.1.2-14 3.1.2-15 3.1.3-1 3.1.3-11 3.14.4-1 3.14.4-3")]
    public async Task MQTT_3_1_2_8_a_will_is_published_after_a_loss_and_not_after_a_DISCONNECT(MqttProtocolVersion version)
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var watcher = await broker.ConnectAsync("w");
        await watcher.SubscribeAsync(new MqttTopicFilter("will", MqttQoS.ExactlyOnce));
        foreach (var retain in new[] { false, true })
        {
            var will = new MqttWill("will", "gone"u8.ToArray(), MqttQoS.AtLeastOnce, retain);
            await using (var good = await broker.ConnectAsync("c", version, configure: connect => connect.Will = will)) await good.DisconnectAsync();
            await watcher.ExpectNothingAsync();
            await using (var lost = await broker.ConnectAsync("c", version, configure: connect => connect.Will = will)) await lost.DropAsync();
            var message = await watcher.ReadMessageAsync();
            Assert.AreEqual(("gone", MqttQoS.AtLeastOnce, false), (message.Payload, message.QoS, message.Retain));
            await watcher.AckAsync(MqttPacketType.Puback, message.Identifier);
            Assert.AreEqual(retain ? 1 : 0, broker.Server.Counters.Retained);
        }
    }

    [TestMethod]
    [Normative(V500 = "3.1.2-8 3.1.3-9 3.1.3-10")]
    public async Task MQTT_3_1_3_9_a_delayed_will_waits_and_is_forgotten_if_the_client_returns_in_time()
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var watcher = await broker.ConnectAsync("w");
        await watcher.SubscribeAsync(new MqttTopicFilter("will"));
        async Task LoseAsync(uint delay, uint expiry)
        {
            await using var peer = await broker.ConnectAsync("c", cleanStart: false, sessionExpiry: expiry,
                configure: connect => connect.Will = new MqttWill("will", "gone"u8.ToArray()) { Properties = new MqttProperties { WillDelayInterval = delay, ContentType = "text", UserProperties = [new("b", "1"), new("a", "2"), new("b", "0")] } });
            await peer.DropAsync();
        }

        await LoseAsync(10, 100);
        broker.Time.AdvanceSeconds(8);
        await using (var back = await broker.ConnectAsync("c", cleanStart: false, sessionExpiry: 100)) await back.DisconnectAsync();
        broker.Time.AdvanceSeconds(60);
        await watcher.ExpectNothingAsync();

        await LoseAsync(10, 100);
        broker.Time.AdvanceSeconds(9);
        await watcher.ExpectNothingAsync();
        broker.Time.AdvanceSeconds(3);
        var properties = (await watcher.ReadMessageAsync()).Properties!;
        Assert.AreEqual("text", properties.ContentType);
        Assert.AreEqual("b=1 a=2 b=0", string.Join(' ', properties.UserProperties!.Select(pair => $"{pair.Key}={pair.Value}")), "in their order");

        await LoseAsync(50, 5); // the end of the session comes first
        broker.Time.AdvanceSeconds(4);
        await watcher.ExpectNothingAsync();
        broker.Time.AdvanceSeconds(3);
        await watcher.ReadMessageAsync();
    }

    [TestMethod]
    public async Task DISCONNECT_with_will_publishes_it()
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var watcher = await broker.ConnectAsync("w");
        await watcher.SubscribeAsync(new MqttTopicFilter("will"));
        await using var peer = await broker.ConnectAsync("c", configure: connect => connect.Will = new MqttWill("will", "gone"u8.ToArray()));
        await peer.DisconnectAsync(MqttReasonCode.DisconnectWithWill);
        Assert.AreEqual("gone", (await watcher.ReadMessageAsync()).Payload);
    }

    [TestMethod]
    [Normative(V311 = "3.3.5-1", V500 = "3.3.4-2 3.3.4-3 3.3.4-4 3.3.2-3")]
    public async Task MQTT_3_3_4_2_overlapping_subscriptions_give_one_copy_at_the_highest_qos_with_all_identifiers()
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var peer = await broker.ConnectAsync("c");
        await peer.SubscribeAsync([new MqttTopicFilter("a/#", MqttQoS.AtMostOnce)], 7);
        await peer.SubscribeAsync([new MqttTopicFilter("a/+", MqttQoS.AtLeastOnce)], 300_000);
        await peer.SubscribeAsync(new MqttTopicFilter("+/b"));
        await peer.PublishAsync("a/b", "x", MqttQoS.ExactlyOnce, 1);
        var packets = new[] { await peer.ReadAsync(), await peer.ReadAsync() };
        var message = peer.ToMessage(packets.Single(packet => packet.Type == MqttPacketType.Publish));
        Assert.AreEqual(MqttQoS.AtLeastOnce, message.QoS);
        CollectionAssert.AreEquivalent(new uint[] { 7, 300_000 }, message.Properties!.SubscriptionIdentifiers);
        await peer.ExpectNothingAsync();
    }

    [TestMethod]
    [Normative(V500 = "3.8.3-3 3.8.3-4")]
    public async Task MQTT_3_8_3_3_no_local_keeps_a_clients_own_messages_from_it()
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var peer = await broker.ConnectAsync("c");
        await using var other = await broker.ConnectAsync("o");
        await peer.SubscribeAsync(new MqttTopicFilter("t") { NoLocal = true });
        await other.SubscribeAsync(new MqttTopicFilter("t") { NoLocal = true });
        await peer.PublishAsync("t", "x");
        await peer.ExpectNothingAsync();
        Assert.AreEqual("x", (await other.ReadMessageAsync()).Payload);
        await peer.SendAsync(buffer =>
        {
            var packet = new SubscribePacket { PacketIdentifier = 1 };
            packet.Filters.Add(new MqttTopicFilter("$share/g/t") { NoLocal = true });
            packet.Write(buffer, MqttProtocolVersion.V500);
        });
        await peer.ExpectDisconnectAsync(MqttReasonCode.ProtocolError);
    }

    [TestMethod]
    public virtual async Task A_shared_filter_is_judged_by_what_it_shares()
    {
        await using var broker = TestBroker.Of<TServer>();
        broker.Handler.SubscribeAllowed = (_, filter) => filter != "secret";
        await using var peer = await broker.ConnectAsync("c");
        var suback = await peer.SubscribeAsync(new MqttTopicFilter("$share/g/secret"), new MqttTopicFilter("$share/g/open", MqttQoS.AtLeastOnce));
        CollectionAssert.AreEqual(new[] { MqttReasonCode.NotAuthorized, MqttReasonCode.GrantedQoS1 }, suback.ReasonCodes);
    }

    [TestMethod]
    [Normative(V500 = "4.8.2-1 4.8.2-2 4.8.2-3 4.8.2-6")]
    public virtual async Task MQTT_4_8_2_1_a_shared_subscription_gives_each_message_to_one_of_its_connected_members()
    {
        await using var broker = TestBroker.Of<TServer>();
        var members = new List<RawPeer>();
        for (var i = 0; i < 3; i++)
        {
            members.Add(await broker.ConnectAsync($"m{i}", sessionExpiry: 100));
            await members[i].SubscribeAsync(new MqttTopicFilter("$share/g/t/#", MqttQoS.AtLeastOnce));
        }

        await using var publisher = await broker.ConnectAsync("p");
        for (var i = 0; i < 9; i++) await publisher.PublishAsync("t/x", $"{i}", MqttQoS.AtLeastOnce, (ushort)(i + 1));
        for (ushort i = 1; i <= 9; i++) await publisher.ExpectAckAsync(MqttPacketType.Puback, i);
        var seen = new List<string>();
        foreach (var member in members)
        {
            for (var i = 0; i < 3; i++) seen.Add((await member.ReadMessageAsync()).Payload);
            await member.ExpectNothingAsync();
        }

        CollectionAssert.AreEquivalent(Enumerable.Range(0, 9).Select(i => $"{i}").ToArray(), seen);
        await members[0].DropAsync();
        await members[1].DropAsync();
        for (var i = 0; i < 4; i++) await publisher.PublishAsync("t/x", "only one is here");
        await publisher.ExpectNothingAsync();
        for (var i = 0; i < 4; i++) await members[2].ReadMessageAsync();
        var bad = await publisher.SubscribeAsync(new MqttTopicFilter("$share/g"), new MqttTopicFilter("$share//t"), new MqttTopicFilter("$share/a+/t"), new MqttTopicFilter("$share/g/"));
        foreach (var code in bad.ReasonCodes) Assert.AreEqual(MqttReasonCode.TopicFilterInvalid, code);
        foreach (var member in members) await member.DisposeAsync();
    }

    [TestMethod]
    [DataRow(MqttProtocolVersion.V311)]
    [DataRow(MqttProtocolVersion.V500)]
    [Normative(V311 = "4.7.1-2 4.7.1-3 4.7.3-1 3.8.3-1 3.9.3-1 3.9.3-2 3.8.3-2 3.8.4-4", V500 = "4.7.1-1 4.7.1-2 4.7.3-1 3.8.3-1 3.8.4-5 3.9.3-1 3.9.3-2")]
    public async Task MQTT_3_9_3_1_each_filter_gets_its_own_code_in_its_place(MqttProtocolVersion version)
    {
        await using var broker = TestBroker.Of<TServer>(options => options.SubscriptionsMax = 3);
        broker.Handler.SubscribeAllowed = (_, filter) => filter != "secret";
        await using var peer = await broker.ConnectAsync("c", version);
        var suback = await peer.SubscribeAsync(
            new MqttTopicFilter("a", MqttQoS.ExactlyOnce), new MqttTopicFilter("a/#/b"), new MqttTopicFilter("a+"), new MqttTopicFilter("secret"), new MqttTopicFilter(""),
            new MqttTopicFilter("b", MqttQoS.AtLeastOnce), new MqttTopicFilter("c"), new MqttTopicFilter("d"));
        var expected = version == MqttProtocolVersion.V500
            ? new byte[] { 2, 0x8F, 0x8F, 0x87, 0x8F, 1, 0, 0x97 }
            : [2, 0x80, 0x80, 0x80, 0x80, 1, 0, 0x80];
        CollectionAssert.AreEqual(expected, suback.ReasonCodes.Select(code => (byte)code).ToArray());
    }

    [TestMethod]
    [DataRow(MqttProtocolVersion.V311)]
    [DataRow(MqttProtocolVersion.V500)]
    [Normative(V311 = "3.10.4-1 3.10.4-2 3.10.4-3 3.10.4-4 3.10.4-5 3.10.4-6 3.10.3-1", V500 = "3.10.4-1 3.10.4-2 3.10.4-3 3.10.4-4 3.10.4-5 3.10.4-6 3.10.3-1 3.11.3-1 3.11.3-2")]
    public async Task MQTT_3_10_4_2_after_UNSUBSCRIBE_nothing_new_comes_and_what_was_sent_is_completed(MqttProtocolVersion version)
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var peer = await broker.ConnectAsync("c", version);
        await peer.SubscribeAsync(new MqttTopicFilter("a/+", MqttQoS.AtLeastOnce), new MqttTopicFilter("b"));
        await broker.Server.PublishAsync("a/1", "x"u8.ToArray(), MqttQoS.AtLeastOnce);
        var message = await peer.ReadMessageAsync();
        var unsuback = await peer.UnsubscribeAsync("a/1", "a/+", "nothing");
        if (version == MqttProtocolVersion.V500) CollectionAssert.AreEqual(new byte[] { 0x11, 0, 0x11 }, unsuback.ReasonCodes.Select(code => (byte)code).ToArray());
        else Assert.IsEmpty(unsuback.ReasonCodes);
        await broker.Server.PublishAsync("a/1", "y"u8.ToArray());
        await peer.AckAsync(MqttPacketType.Puback, message.Identifier);
        await peer.ExpectNothingAsync();
        await broker.Server.PublishAsync("b", "z"u8.ToArray());
        Assert.AreEqual("z", (await peer.ReadMessageAsync()).Payload);
    }

    [TestMethod]
    [DataRow("82 02 00 01", MqttReasonCode.ProtocolError, DisplayName = "SUBSCRIBE without filters")]
    [DataRow("82 06 00 00 00 01 61 00", MqttReasonCode.MalformedPacket, DisplayName = "SUBSCRIBE with identifier 0")]
    [DataRow("80 06 00 01 00 01 61 00", MqttReasonCode.MalformedPacket, DisplayName = "SUBSCRIBE with wrong flags")]
    [DataRow("82 06 00 01 00 01 61 03", MqttReasonCode.MalformedPacket, DisplayName = "SUBSCRIBE with QoS 3")]
    [DataRow("82 06 00 01 00 01 61 04", MqttReasonCode.MalformedPacket, DisplayName = "SUBSCRIBE with a reserved bit")]
    [DataRow("A2 02 00 01", MqttReasonCode.ProtocolError, DisplayName = "UNSUBSCRIBE without filters")]
    [DataRow("A0 05 00 01 00 01 61", MqttReasonCode.MalformedPacket, DisplayName = "UNSUBSCRIBE with wrong flags")]
    [DataRow("60 02 00 01", MqttReasonCode.MalformedPacket, DisplayName = "PUBREL with wrong flags")]
    [DataRow("36 05 00 01 61 00 01", MqttReasonCode.MalformedPacket, DisplayName = "PUBLISH with QoS 3")]
    [DataRow("38 03 00 01 61", MqttReasonCode.MalformedPacket, DisplayName = "PUBLISH with DUP at QoS 0")]
    [DataRow("32 05 00 01 61 00 00", MqttReasonCode.MalformedPacket, DisplayName = "PUBLISH with identifier 0")]
    [DataRow("30 03 00 01 2B", MqttReasonCode.TopicNameInvalid, DisplayName = "PUBLISH to +")]
    [DataRow("30 05 00 03 61 2F 23", MqttReasonCode.TopicNameInvalid, DisplayName = "PUBLISH to a/#")]
    [DataRow("30 02 00 00", MqttReasonCode.TopicNameInvalid, DisplayName = "PUBLISH without a topic")]
    [DataRow("30 04 00 02 C3 28", MqttReasonCode.MalformedPacket, DisplayName = "PUBLISH with a topic that is not UTF-8")]
    [DataRow("30 04 00 02 61 00", MqttReasonCode.MalformedPacket, DisplayName = "PUBLISH with U+0000 in its topic")]
    [DataRow("E1 00", MqttReasonCode.MalformedPacket, DisplayName = "DISCONNECT with a flag")]
    [DataRow("20 02 00 00", MqttReasonCode.ProtocolError, DisplayName = "CONNACK from a client")]
    [DataRow("D0 00", MqttReasonCode.ProtocolError, DisplayName = "PINGRESP from a client")]
    [DataRow("F0 00", MqttReasonCode.ProtocolError, DisplayName = "AUTH in 3.1.1")]
    [DataRow("C0 01 00", MqttReasonCode.MalformedPacket, DisplayName = "PINGREQ with a body")]
    [DataRow("30 FF FF FF FF 01", MqttReasonCode.MalformedPacket, DisplayName = "a length of five bytes")]
    [Normative(V311 = "2.2.2-2 2.3.1-1 3.3.1-2 3.3.1-4 3.3.2-1 3.3.2-2 3.6.1-1 3.8.1-1 3.8.3-3 3.8.3-4 3.10.1-1 3.10.3-2 3.14.1-1 4.7.1-1 4.7.3-2 4.8.0-1 1.5.3-1 1.5.3-2",
        V500 = "2.1.3-1 2.2.1-3 3.3.1-2 3.3.1-4 3.3.2-1 3.3.2-2 3.6.1-1 3.8.1-1 3.8.3-2 3.8.3-5 3.10.1-1 3.10.3-2 3.14.1-1 4.7.0-1 4.7.3-2 3.15.1-1")]
    public async Task MQTT_4_8_0_1_a_packet_that_breaks_a_rule_ends_the_connection_and_publishes_the_will(string hex, MqttReasonCode reason)
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var peer = await broker.ConnectAsync("c", MqttProtocolVersion.V311, configure: connect => connect.Will = new MqttWill("w", "x"u8.ToArray(), MqttQoS.AtMostOnce, true));
        await peer.SendHexAsync(hex);
        await peer.ExpectDisconnectAsync(reason);
        Assert.AreEqual(reason, broker.Handler.Disconnects.Single().Code);
        Assert.AreEqual(1, broker.Server.Counters.Retained);
    }

    [TestMethod]
    [Normative(V500 = "3.3.2-7 3.3.2-8 3.3.2-9 3.3.2-10 3.3.2-12")]
    public async Task MQTT_3_3_2_12_a_client_may_set_and_change_aliases_up_to_the_maximum_and_they_end_with_the_connection()
    {
        await using var broker = TestBroker.Of<TServer>(options => options.TopicAliasMaximum = 2);
        await using var watcher = await broker.ConnectAsync("w");
        await watcher.SubscribeAsync(new MqttTopicFilter("#"));
        await using (var peer = await broker.ConnectAsync("c", sessionExpiry: 100))
        {
            await peer.PublishAsync("a", "1", alias: 2);
            await peer.PublishAsync("", "2", alias: 2);
            await peer.PublishAsync("b", "3", alias: 2);
            await peer.PublishAsync("", "4", alias: 2);
            foreach (var (topic, payload) in new[] { ("a", "1"), ("a", "2"), ("b", "3"), ("b", "4") })
            {
                var message = await watcher.ReadMessageAsync();
                Assert.AreEqual((topic, payload), (message.Topic, message.Payload));
            }

            await peer.DropAsync();
        }

        foreach (var (topic, alias) in new[] { ("", (ushort)2), ("a", (ushort)3) })
        {
            await using var peer = await broker.ConnectAsync("c", cleanStart: false);
            await peer.PublishAsync(topic, "x", alias: alias);
            await peer.ExpectDisconnectAsync(MqttReasonCode.TopicAliasInvalid);
        }

        await using var zero = await broker.ConnectAsync("z");
        await zero.SendHexAsync("30 08 00 01 61 03 23 00 00 78");
        await zero.ExpectDisconnectAsync(MqttReasonCode.TopicAliasInvalid);
    }

    [TestMethod]
    [Normative(V500 = "3.1.2-26 3.1.2-27 3.3.2-11")]
    public async Task MQTT_3_1_2_26_the_server_sets_aliases_up_to_the_clients_maximum_and_none_without_one()
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var peer = await broker.ConnectAsync("c", configure: connect => connect.Properties!.TopicAliasMaximum = 2);
        await peer.SubscribeAsync(new MqttTopicFilter("#", MqttQoS.AtLeastOnce));
        await using var none = await broker.ConnectAsync("n");
        await none.SubscribeAsync(new MqttTopicFilter("#"));
        var expected = new[] { ("a", "a", 1), ("b", "b", 2), ("a", "", 1), ("c", "c", 0), ("b", "", 2), ("c", "c", 0) };
        foreach (var (topic, sent, alias) in expected)
        {
            await broker.Server.PublishAsync(topic, "x"u8.ToArray(), MqttQoS.AtLeastOnce);
            var message = await peer.ReadMessageAsync();
            Assert.AreEqual((sent, alias), (message.Topic, message.Alias));
            var plain = await none.ReadMessageAsync();
            Assert.AreEqual((topic, 0), (plain.Topic, plain.Alias));
        }
    }

    [TestMethod]
    [Normative(V500 = "3.1.2-24 3.1.2-25")]
    public async Task MQTT_3_1_2_25_a_message_too_large_for_a_client_is_left_out_as_if_it_had_been_sent()
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var small = await broker.ConnectAsync("s", configure: connect => connect.Properties!.MaximumPacketSize = 50);
        await small.SubscribeAsync(new MqttTopicFilter("t", MqttQoS.AtLeastOnce));
        await broker.Server.PublishAsync("t", new byte[100], MqttQoS.AtLeastOnce);
        await broker.Server.PublishAsync("t", new byte[100]);
        await broker.Server.PublishAsync("t", "fits"u8.ToArray(), MqttQoS.AtLeastOnce);
        Assert.AreEqual("fits", (await small.ReadMessageAsync()).Payload);
    }

    [TestMethod]
    public async Task A_packet_larger_than_the_servers_maximum_is_refused_by_its_header()
    {
        await using var broker = TestBroker.Of<TServer>(options => options.PacketSizeMax = 100);
        await using var peer = broker.Open();
        Assert.AreEqual(100u, (await peer.ConnectAsync("c")).Properties!.MaximumPacketSize);
        await peer.SendHexAsync("30 63");
        await peer.ExpectDisconnectAsync(MqttReasonCode.PacketTooLarge);
    }

    [TestMethod]
    [Normative(V500 = "3.3.2-4 3.3.2-13 3.3.2-14 3.3.2-15 3.3.2-16 3.3.2-17 3.3.2-18 3.3.2-19 3.3.2-20 1.5.7-1 2.2.2-1")]
    public async Task MQTT_3_3_2_17_message_properties_pass_unaltered_and_in_order()
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var peer = await broker.ConnectAsync("c");
        await peer.SubscribeAsync(new MqttTopicFilter("t"));
        var properties = new MqttProperties { PayloadFormatIndicator = 1, ContentType = "text", ResponseTopic = "r/1", CorrelationData = [1, 0, 2], MessageExpiryInterval = 60 };
        properties.AddUserProperty("b", "1");
        properties.AddUserProperty("a", "2");
        properties.AddUserProperty("b", "");
        await peer.PublishAsync("t", "x", properties: properties, retain: true, alias: 1);
        await using var late = await broker.ConnectAsync("late");
        Assert.AreEqual("x", (await peer.ReadMessageAsync()).Payload);
        await late.SubscribeAsync(new MqttTopicFilter("t"));
        var message = (await late.ReadMessageAsync()).Properties!;
        Assert.AreEqual(((byte)1, "text", "r/1"), (message.PayloadFormatIndicator, message.ContentType, message.ResponseTopic));
        CollectionAssert.AreEqual(new byte[] { 1, 0, 2 }, message.CorrelationData);
        CollectionAssert.AreEqual(properties.UserProperties, message.UserProperties);
        await peer.SendHexAsync("30 09 00 01 74 05 08 00 02 61 2B");
        await peer.ExpectDisconnectAsync(MqttReasonCode.TopicNameInvalid);
    }

    [TestMethod]
    [Normative(V500 = "3.3.4-6")]
    public async Task MQTT_3_3_4_6_a_subscription_identifier_from_a_client_is_a_protocol_error()
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var peer = await broker.ConnectAsync("c");
        await peer.SendHexAsync("30 07 00 01 74 02 0B 01 78");
        await peer.ExpectDisconnectAsync(MqttReasonCode.ProtocolError);
    }

    [TestMethod]
    [Normative(V500 = "3.2.2-9 3.2.2-10 3.2.2-11 3.2.2-12")]
    public async Task MQTT_3_2_2_11_a_publish_or_will_above_the_maximum_qos_is_refused_and_subscriptions_are_lowered()
    {
        await using var broker = TestBroker.Of<TServer>(options => options.MaximumQoS = MqttQoS.AtLeastOnce);
        await using var peer = broker.Open();
        Assert.AreEqual((byte)1, (await peer.ConnectAsync("c")).Properties!.MaximumQoS);
        Assert.AreEqual(MqttReasonCode.GrantedQoS1, (await peer.SubscribeAsync(new MqttTopicFilter("t", MqttQoS.ExactlyOnce))).ReasonCodes[0]);
        await peer.PublishAsync("t", "x", MqttQoS.ExactlyOnce, 1);
        await peer.ExpectDisconnectAsync(MqttReasonCode.QoSNotSupported);
        await using var will = broker.Open();
        Assert.AreEqual(MqttReasonCode.QoSNotSupported, (await will.TryConnectAsync("d", true, connect => connect.Will = new MqttWill("w", default, MqttQoS.ExactlyOnce))).ReasonCode);
    }

    [TestMethod]
    public async Task A_forbidden_topic_is_answered_not_authorized_in_5_0_and_closed_or_dropped_in_3_1_1()
    {
        await using var broker = TestBroker.Of<TServer>();
        broker.Handler.PublishAllowed = (client, topic) => topic.StartsWith(client.ClientId, StringComparison.Ordinal);
        await using var five = await broker.ConnectAsync("five");
        await five.PublishAsync("other", "x", MqttQoS.AtLeastOnce, 1);
        await five.ExpectAckAsync(MqttPacketType.Puback, 1, MqttReasonCode.NotAuthorized);
        await five.PublishAsync("five", "x", MqttQoS.AtLeastOnce, 2);
        await five.ExpectAckAsync(MqttPacketType.Puback, 2);
        await five.PublishAsync("$SYS/x", "x", MqttQoS.AtLeastOnce, 3);
        await five.ExpectAckAsync(MqttPacketType.Puback, 3, MqttReasonCode.NotAuthorized);
        await using var three = await broker.ConnectAsync("three", MqttProtocolVersion.V311);
        await three.PublishAsync("other", "x", MqttQoS.AtLeastOnce, 1);
        await three.ExpectDisconnectAsync(MqttReasonCode.NotAuthorized);
        await using var lax = TestBroker.Of<TServer>(options => options.AcknowledgeForbiddenPublish = true);
        lax.Handler.PublishAllowed = (_, _) => false;
        await using var kept = await lax.ConnectAsync("kept", MqttProtocolVersion.V311);
        await kept.PublishAsync("other", "x", MqttQoS.AtLeastOnce, 1);
        await kept.ExpectAckAsync(MqttPacketType.Puback, 1);
        await using var will = broker.Open();
        Assert.AreEqual(MqttReasonCode.NotAuthorized, (await will.TryConnectAsync("w", true, connect => connect.Will = new MqttWill("other", default))).ReasonCode);
    }

    [TestMethod]
    [DataRow(MqttProtocolVersion.V311)]
    [DataRow(MqttProtocolVersion.V500)]
    [Normative(V311 = "3.12.4-1 1.5.3-3 3.3.1-3 4.7.3-4", V500 = "3.12.4-1 1.5.4-3 3.3.1-3 4.7.3-4")]
    public async Task MQTT_3_12_4_1_a_ping_is_answered_a_byte_order_mark_is_kept_and_DUP_is_not_passed_on(MqttProtocolVersion version)
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var peer = await broker.ConnectAsync("c", version);
        await peer.ExpectNothingAsync();
        await peer.SubscribeAsync(new MqttTopicFilter("\uFEFFt", MqttQoS.AtLeastOnce));
        await peer.PublishAsync("t", "x");
        await peer.PublishAsync("\uFEFFt", "y", MqttQoS.AtLeastOnce, 1, duplicate: true);
        var packets = new[] { await peer.ReadAsync(), await peer.ReadAsync() };
        var message = peer.ToMessage(packets.Single(packet => packet.Type == MqttPacketType.Publish));
        Assert.AreEqual(("\uFEFFt", "y", false), (message.Topic, message.Payload, message.Duplicate));
    }

    [TestMethod]
    [Normative(V500 = "4.3.3-7 4.3.3-9 4.3.3-13")]
    public async Task MQTT_4_3_3_7_a_message_that_was_sent_does_not_expire_and_a_refused_identifier_is_new_again()
    {
        await using var broker = TestBroker.Of<TServer>();
        await using (var first = await broker.ConnectAsync("s", sessionExpiry: 1000))
        {
            await first.SubscribeAsync(new MqttTopicFilter("t", MqttQoS.ExactlyOnce));
            await broker.Server.PublishAsync("t", "x"u8.ToArray(), MqttQoS.ExactlyOnce, properties: new MqttProperties { MessageExpiryInterval = 5 });
            await first.ReadMessageAsync();
            await first.DropAsync();
        }

        broker.Time.AdvanceSeconds(60);
        await using var second = await broker.ConnectAsync("s", cleanStart: false);
        var again = await second.ReadMessageAsync();
        Assert.AreEqual(("x", true), (again.Payload, again.Duplicate));

        var refuse = true;
        broker.Handler.Publish = (in MqttInboundPublish _) => refuse ? MqttPublishDisposition.Refuse(MqttReasonCode.QuotaExceeded) : MqttPublishDisposition.Acknowledge();
        await second.PublishAsync("u", "x", MqttQoS.ExactlyOnce, 3);
        await second.ExpectAckAsync(MqttPacketType.Pubrec, 3, MqttReasonCode.QuotaExceeded);
        refuse = false;
        await second.PublishAsync("u", "x", MqttQoS.ExactlyOnce, 3);
        await second.ExpectAckAsync(MqttPacketType.Pubrec, 3);
    }
}
