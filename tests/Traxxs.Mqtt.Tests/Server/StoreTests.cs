using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;

namespace Traxxs.Mqtt.Tests.Server;

/// <summary>What survives a crash. A crash is the folder copied as it is on disk, while the old server still runs.</summary>
public abstract class StoreTests<TServer>
    where TServer : ITestServer
{
    private readonly string _root = Directory.CreateTempSubdirectory("traxxs-mqtt-").FullName;
    private int _crashes;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_root, recursive: true);

    private string Crash(string folder)
    {
        var copy = Path.Combine(_root, $"crash-{++_crashes}");
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(folder, "*.log")) File.WriteAllBytes(Path.Combine(copy, Path.GetFileName(file)), ReadShared(file));
        return copy;
    }

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static async Task<T> OnAsync<T>(string folder, Func<TestBroker, Task<T>> run)
    {
        await using var store = new FileSessionStore(folder);
        await using var broker = TestBroker.Of<TServer>(options => options.Store = store);
        return await run(broker);
    }

    [TestMethod]
    [Normative(V311 = "4.1.0-1 4.5.0-1", V500 = "3.1.2-23 4.5.0-1")]
    public async Task What_was_acknowledged_to_a_publisher_reaches_a_kept_subscriber_after_a_crash()
    {
        var folder = Path.Combine(_root, "a");
        var crashed = await OnAsync(folder, async broker =>
        {
            await using var subscriber = await broker.ConnectAsync("s", sessionExpiry: 1000);
            await subscriber.SubscribeAsync([new MqttTopicFilter("t/#", MqttQoS.ExactlyOnce) { RetainAsPublished = true }], 9);
            await subscriber.DisconnectAsync();
            await using var publisher = await broker.ConnectAsync("p");
            var properties = new MqttProperties { ContentType = "text", MessageExpiryInterval = 500 };
            await publisher.PublishAsync("t/1", "one", MqttQoS.AtLeastOnce, 1, properties: properties);
            await publisher.ExpectAckAsync(MqttPacketType.Puback, 1);
            await publisher.PublishAsync("t/2", "two", MqttQoS.ExactlyOnce, 2, retain: true);
            await publisher.ExpectAckAsync(MqttPacketType.Pubrec, 2);
            return Crash(folder);
        });
        await OnAsync(crashed, async broker =>
        {
            Assert.AreEqual((1, 1), (broker.Server.Counters.Retained, broker.Server.Counters.Subscriptions));
            await using var back = broker.Open();
            Assert.IsTrue((await back.ConnectAsync("s", cleanStart: false)).SessionPresent);
            var one = await back.ReadMessageAsync();
            Assert.AreEqual(("t/1", "one", MqttQoS.AtLeastOnce), (one.Topic, one.Payload, one.QoS));
            Assert.AreEqual(("text", 9u), (one.Properties!.ContentType, one.Properties.SubscriptionIdentifiers!.Single()));
            Assert.IsTrue(one.Properties.MessageExpiryInterval is > 400 and <= 500);
            var two = await back.ReadMessageAsync();
            Assert.AreEqual(("t/2", "two", MqttQoS.ExactlyOnce, true), (two.Topic, two.Payload, two.QoS, two.Retain));
            await back.ExpectNothingAsync();
            await broker.Server.PublishAsync("t/3", "three"u8.ToArray());
            Assert.AreEqual("three", (await back.ReadMessageAsync()).Payload);
            return 0;
        });
    }

    [TestMethod]
    [Normative(V500 = "4.3.3-6 4.3.3-10 4.4.0-1", V311 = "4.3.3-1 4.3.3-2 4.4.0-1")]
    public async Task Qos_2_stays_exactly_once_across_a_crash_at_every_step_of_both_ways()
    {
        var folder = Path.Combine(_root, "a");
        var crashes = new List<string>();
        ushort identifier = 0;
        await OnAsync(folder, async broker =>
        {
            await using var peer = await broker.ConnectAsync("c", sessionExpiry: 1000);
            await peer.SubscribeAsync(new MqttTopicFilter("t", MqttQoS.ExactlyOnce));
            await peer.PublishAsync("t", "x", MqttQoS.ExactlyOnce, 5);
            var packets = new[] { await peer.ReadAsync(), await peer.ReadAsync() };
            identifier = peer.ToMessage(packets.Single(packet => packet.Type == MqttPacketType.Publish)).Identifier;
            crashes.Add(Crash(folder)); // 0: PUBREC came to the publisher, PUBLISH to the subscriber
            await peer.AckAsync(MqttPacketType.Pubrec, identifier);
            await peer.ExpectAckAsync(MqttPacketType.Pubrel, identifier);
            crashes.Add(Crash(folder)); // 1: the subscriber has PUBREL and may have forgotten the identifier
            await peer.AckAsync(MqttPacketType.Pubrel, 5);
            await peer.ExpectAckAsync(MqttPacketType.Pubcomp, 5);
            crashes.Add(Crash(folder)); // 2: the publisher may use 5 for a new message
            return 0;
        });

        for (var i = 0; i < crashes.Count; i++)
        {
            var step = i;
            await OnAsync(crashes[step], async broker =>
            {
                var handled = 0;
                broker.Handler.Publish = (in MqttInboundPublish _) =>
                {
                    handled++;
                    return MqttPublishDisposition.Acknowledge(route: false);
                };
                await using var peer = broker.Open();
                Assert.IsTrue((await peer.ConnectAsync("c", cleanStart: false, connect => connect.Properties!.SessionExpiryInterval = 1000)).SessionPresent);
                if (step == 0)
                {
                    var again = await peer.ReadMessageAsync();
                    Assert.AreEqual((identifier, true), (again.Identifier, again.Duplicate));
                }
                else await peer.ExpectAckAsync(MqttPacketType.Pubrel, identifier);

                await peer.PublishAsync("t", "x", MqttQoS.ExactlyOnce, 5, duplicate: step < 2);
                await peer.ExpectAckAsync(MqttPacketType.Pubrec, 5);
                Assert.AreEqual(step < 2 ? 0 : 1, handled, $"step {step}");
                return 0;
            });
        }
    }

    [TestMethod]
    public async Task A_session_that_was_connected_at_the_crash_has_its_will_published_and_then_expires()
    {
        var folder = Path.Combine(_root, "a");
        var crashed = await OnAsync(folder, async broker =>
        {
            await using var peer = await broker.ConnectAsync("c", sessionExpiry: 60, configure: connect =>
                connect.Will = new MqttWill("state/c", "off"u8.ToArray(), MqttQoS.AtLeastOnce, true));
            await peer.SubscribeAsync(new MqttTopicFilter("t", MqttQoS.AtLeastOnce));
            return Crash(folder);
        });
        await OnAsync(crashed, async broker =>
        {
            broker.Time.AdvanceSeconds(2);
            Assert.AreEqual((1, 1), (broker.Server.Counters.Retained, broker.Server.Counters.Sessions));
            broker.Time.AdvanceSeconds(62);
            Assert.AreEqual(0, broker.Server.Counters.Sessions);
            await Task.CompletedTask;
            return 0;
        });
    }

    [TestMethod]
    public async Task What_was_removed_stays_removed_and_compaction_loses_nothing()
    {
        var folder = Path.Combine(_root, "a");
        await using (var store = new FileSessionStore(folder, compactionBytesMin: 4096))
        {
            store.Load();
            var position = 0L;
            for (var i = 0; i < 3000; i++)
            {
                position = store.Put(new MqttStoreKey(MqttStoreKind.Message, i % 50, i % 7), BitConverter.GetBytes(i));
                if (i % 5 == 0) position = store.Remove(new MqttStoreKey(MqttStoreKind.Message, i % 50, i % 7));
                if (i % 100 == 0) await DurableAsync(store, position);
            }

            await DurableAsync(store, position);
        }

        Assert.HasCount(1, Directory.GetFiles(folder, "*.log"));
        Assert.AreNotEqual("sessions-00000001.log", Path.GetFileName(Directory.GetFiles(folder, "*.log")[0]));
        var expected = new Dictionary<MqttStoreKey, int>();
        for (var i = 0; i < 3000; i++)
        {
            var key = new MqttStoreKey(MqttStoreKind.Message, i % 50, i % 7);
            expected[key] = i;
            if (i % 5 == 0) expected.Remove(key);
        }

        await using var again = new FileSessionStore(folder);
        var found = again.Load().ToDictionary(item => item.Key, item => BitConverter.ToInt32(item.Value));
        CollectionAssert.AreEquivalent(expected, found);
    }

    [TestMethod]
    public async Task A_file_cut_or_damaged_anywhere_gives_the_whole_records_before_the_damage()
    {
        const string name = "sessions-00000001.log";
        var folder = new FaultyFolder();
        await using (var store = new FileSessionStore(folder, long.MaxValue))
        {
            store.Load();
            for (var i = 0; i < 5; i++) store.Put(new MqttStoreKey(MqttStoreKind.Session, i), new byte[i + 1]);
        }

        var bytes = folder.ContentOf(name);
        var ends = Enumerable.Range(0, 5).Select(i => Enumerable.Range(0, i + 1).Sum(j => 26 + j + 1)).ToArray();
        for (var at = 0; at < bytes.Length; at++)
        {
            foreach (var cut in new[] { true, false })
            {
                var damaged = FaultyFolder.With(name, cut ? bytes[..at] : [.. bytes[..at], (byte)(bytes[at] ^ 0x10), .. bytes[(at + 1)..]]);
                await using (var store = new FileSessionStore(damaged, long.MaxValue))
                {
                    Assert.HasCount(ends.Count(end => end <= at), store.Load(), $"{(cut ? "cut" : "damaged")} at {at}");
                    await DurableAsync(store, store.Put(new MqttStoreKey(MqttStoreKind.Session, 99), default)); // and it goes on from there
                }

                await using (var store = new FileSessionStore(damaged, long.MaxValue)) Assert.IsTrue(store.Load().Any(item => item.Key.A == 99));
            }
        }
    }

    private static async Task DurableAsync(IMqttSessionStore store, long position)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.WhenDurable(position, static state => ((TaskCompletionSource)state).TrySetResult(), done);
        await done.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }
}
