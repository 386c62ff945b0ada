using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;

namespace Traxxs.Mqtt.Tests.Server;

public abstract class PublishTests<TServer>
    where TServer : ITestServer
{
    [TestMethod]
    [DataRow(MqttProtocolVersion.V310)]
    [DataRow(MqttProtocolVersion.V311)]
    [DataRow(MqttProtocolVersion.V500)]
    [Normative(V311 = "2.3.1-5 2.3.1-6 2.3.1-7 3.3.4-1 3.3.5-1 3.8.4-1 3.8.4-2 3.8.4-5 3.8.4-6 4.3.1-1 4.3.2-1 4.3.2-2 4.3.3-1 4.3.3-2 4.5.0-1",
        V500 = "2.2.1-2 2.2.1-4 2.2.1-5 2.2.1-6 3.3.4-1 3.8.4-1 3.8.4-2 3.8.4-6 3.8.4-7 3.8.4-8 4.3.1-1 4.3.2-1 4.3.2-2 4.3.2-4 4.3.3-1 4.3.3-2 4.3.3-4 4.3.3-8 4.3.3-11 4.5.0-1")]
    public async Task A_message_of_each_qos_reaches_a_subscriber_at_the_lower_of_both(MqttProtocolVersion version)
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var publisher = await broker.ConnectAsync("p", version);
        await using var subscriber = await broker.ConnectAsync("s", version);
        for (var granted = 0; granted <= 2; granted++)
        {
            var suback = await subscriber.SubscribeAsync(new MqttTopicFilter($"q{granted}/+", (MqttQoS)granted));
            CollectionAssert.AreEqual(new[] { (MqttReasonCode)granted }, suback.ReasonCodes);
            for (var sent = 0; sent <= 2; sent++)
            {
                await publisher.PublishAsync($"q{granted}/{sent}", "x", (MqttQoS)sent, 7);
                if (sent == 1) await publisher.ExpectAckAsync(MqttPacketType.Puback, 7);
                if (sent == 2)
                {
                    await publisher.ExpectAckAsync(MqttPacketType.Pubrec, 7);
                    await publisher.AckAsync(MqttPacketType.Pubrel, 7);
                    await publisher.ExpectAckAsync(MqttPacketType.Pubcomp, 7);
                }

                var message = await subscriber.ReadMessageAsync();
                Assert.AreEqual($"q{granted}/{sent}", message.Topic);
                Assert.AreEqual((MqttQoS)Math.Min(granted, sent), message.QoS);
                if (message.QoS == MqttQoS.AtLeastOnce) await subscriber.AckAsync(MqttPacketType.Puback, message.Identifier);
                if (message.QoS == MqttQoS.ExactlyOnce)
                {
                    await subscriber.AckAsync(MqttPacketType.Pubrec, message.Identifier);
                    await subscriber.ExpectAckAsync(MqttPacketType.Pubrel, message.Identifier);
                    await subscriber.AckAsync(MqttPacketType.Pubcomp, message.Identifier);
                }
            }
        }

        await subscriber.ExpectNothingAsync();
    }

    [TestMethod]
    [Normative(V311 = "4.6.0-2 4.6.0-3 4.6.0-5 4.6.0-6", V500 = "4.6.0-2 4.6.0-3 4.6.0-5 4.6.0-6")]
    public async Task MQTT_4_6_0_2_deferred_acknowledgements_leave_in_publish_order_whatever_order_they_complete_in()
    {
        await using var broker = TestBroker.Of<TServer>();
        var waiting = new List<MqttPublishAcknowledgement>();
        broker.Handler.Publish = (in MqttInboundPublish publish) =>
        {
            waiting.Add(publish.Acknowledgement);
            return MqttPublishDisposition.Deferred(route: true);
        };
        await using var subscriber = await broker.ConnectAsync("s");
        await subscriber.SubscribeAsync(new MqttTopicFilter("t"));
        await using var publisher = await broker.ConnectAsync("p", MqttProtocolVersion.V311);
        for (ushort id = 1; id <= 4; id++) await publisher.PublishAsync("t", $"m{id}", id == 3 ? MqttQoS.ExactlyOnce : MqttQoS.AtLeastOnce, id);
        await publisher.ExpectNothingAsync();

        waiting[3].Complete();
        waiting[1].Complete();
        await publisher.ExpectNothingAsync();
        await subscriber.ExpectNothingAsync();
        waiting[0].Complete();
        await publisher.ExpectAckAsync(MqttPacketType.Puback, 1);
        await publisher.ExpectAckAsync(MqttPacketType.Puback, 2);
        waiting[2].Complete();
        await publisher.ExpectAckAsync(MqttPacketType.Pubrec, 3);
        await publisher.ExpectAckAsync(MqttPacketType.Puback, 4);
        for (var id = 1; id <= 4; id++) Assert.AreEqual($"m{id}", (await subscriber.ReadMessageAsync()).Payload);
    }

    [TestMethod]
    public async Task A_publish_completed_before_the_handler_returns_is_routed_and_acknowledged()
    {
        await using var broker = TestBroker.Of<TServer>();
        broker.Handler.Publish = (in MqttInboundPublish publish) =>
        {
            publish.Acknowledgement.Complete();
            return MqttPublishDisposition.Deferred(route: true);
        };
        await using var peer = await broker.ConnectAsync("c");
        await peer.SubscribeAsync(new MqttTopicFilter("t"));
        await peer.PublishAsync("t", "x", MqttQoS.AtLeastOnce, 5);
        Assert.AreEqual("x", (await peer.ReadMessageAsync()).Payload);
        await peer.ExpectAckAsync(MqttPacketType.Puback, 5);
    }

    [TestMethod]
    public async Task A_3_1_1_publisher_is_not_read_beyond_the_receive_maximum()
    {
        await using var broker = TestBroker.Of<TServer>(options => options.ReceiveMaximum = 2);
        var waiting = new Queue<MqttPublishAcknowledgement>();
        broker.Handler.Publish = (in MqttInboundPublish publish) =>
        {
            lock (waiting) waiting.Enqueue(publish.Acknowledgement);
            return MqttPublishDisposition.Deferred();
        };
        await using var publisher = await broker.ConnectAsync("p", MqttProtocolVersion.V311);
        for (ushort id = 1; id <= 5; id++) await publisher.PublishAsync("t", "x", MqttQoS.AtLeastOnce, id);
        for (ushort id = 1; id <= 5; id++)
        {
            MqttPublishAcknowledgement next;
            while (true)
            {
                lock (waiting)
                {
                    Assert.IsLessThanOrEqualTo(2, waiting.Count);
                    if (waiting.TryDequeue(out next)) break;
                }

                await Task.Yield();
            }

            next.Complete();
            await publisher.ExpectAckAsync(MqttPacketType.Puback, id);
        }
    }

    [TestMethod]
    [Normative(V500 = "3.3.4-7 4.13.1-1")]
    public async Task MQTT_3_3_4_7_a_5_0_publisher_beyond_the_receive_maximum_is_disconnected()
    {
        await using var broker = TestBroker.Of<TServer>(options => options.ReceiveMaximum = 2);
        broker.Handler.Publish = (in MqttInboundPublish _) => MqttPublishDisposition.Deferred();
        await using var publisher = await broker.ConnectAsync("p");
        for (ushort id = 1; id <= 3; id++) await publisher.PublishAsync("t", "x", MqttQoS.AtLeastOnce, id);
        await publisher.ExpectDisconnectAsync(MqttReasonCode.ReceiveMaximumExceeded);
    }

    [TestMethod]
    [Normative(V311 = "3.3.5-2", V500 = "3.4.2-1 3.5.2-1")]
    public async Task A_refused_publish_is_answered_with_its_reason_in_5_0_and_with_a_close_in_3_1_1()
    {
        await using var broker = TestBroker.Of<TServer>();
        broker.Handler.Publish = (in MqttInboundPublish _) => MqttPublishDisposition.Refuse(MqttReasonCode.QuotaExceeded);
        await using var five = await broker.ConnectAsync("five");
        await five.PublishAsync("t", "x", MqttQoS.AtLeastOnce, 1);
        await five.ExpectAckAsync(MqttPacketType.Puback, 1, MqttReasonCode.QuotaExceeded);
        await five.PublishAsync("t", "x", MqttQoS.ExactlyOnce, 2);
        await five.ExpectAckAsync(MqttPacketType.Pubrec, 2, MqttReasonCode.QuotaExceeded);
        await using var three = await broker.ConnectAsync("three", MqttProtocolVersion.V311);
        await three.PublishAsync("t", "x", MqttQoS.AtLeastOnce, 1);
        await three.ExpectDisconnectAsync(MqttReasonCode.QuotaExceeded);
    }

    [TestMethod]
    [Normative(V311 = "4.3.3-2", V500 = "4.3.3-10 4.3.3-12")]
    public async Task A_qos_2_repeat_on_a_new_connection_waits_for_the_first_handling_and_is_not_handled_again()
    {
        await using var broker = TestBroker.Of<TServer>();
        var waiting = new List<MqttPublishAcknowledgement>();
        broker.Handler.Publish = (in MqttInboundPublish publish) =>
        {
            waiting.Add(publish.Acknowledgement);
            return MqttPublishDisposition.Deferred();
        };
        await using (var first = await broker.ConnectAsync("p", sessionExpiry: 100))
        {
            await first.PublishAsync("t", "x", MqttQoS.ExactlyOnce, 9);
            await first.ExpectNothingAsync();
            await first.DropAsync();
        }

        await using var second = await broker.ConnectAsync("p", cleanStart: false, sessionExpiry: 100);
        await second.PublishAsync("t", "x", MqttQoS.ExactlyOnce, 9, duplicate: true);
        await second.ExpectNothingAsync();
        Assert.HasCount(1, waiting);
        waiting[0].Complete();
        await second.ExpectAckAsync(MqttPacketType.Pubrec, 9);
        await second.PublishAsync("t", "x", MqttQoS.ExactlyOnce, 9, duplicate: true);
        await second.ExpectAckAsync(MqttPacketType.Pubrec, 9);
        await second.AckAsync(MqttPacketType.Pubrel, 9);
        await second.ExpectAckAsync(MqttPacketType.Pubcomp, 9);
        Assert.HasCount(1, waiting);
    }
}
