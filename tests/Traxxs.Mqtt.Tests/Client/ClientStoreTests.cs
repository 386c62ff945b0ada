using System.Collections.Concurrent;
using System.Text;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;

namespace Traxxs.Mqtt.Tests.Client;

/// <summary>Clients that die and begin again from what their store has, and topic aliases they set.</summary>
[TestClass]
public sealed class ClientStoreTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [TestMethod]
    [DataRow(MqttProtocolVersion.V311, MqttQoS.AtLeastOnce)]
    [DataRow(MqttProtocolVersion.V311, MqttQoS.ExactlyOnce)]
    [DataRow(MqttProtocolVersion.V500, MqttQoS.AtLeastOnce)]
    [DataRow(MqttProtocolVersion.V500, MqttQoS.ExactlyOnce)]
    public async Task Publishes_that_were_not_acknowledged_arrive_from_the_store_of_the_next_process(MqttProtocolVersion version, MqttQoS qos)
    {
        var held = new ConcurrentQueue<MqttPublishAcknowledgement>();
        var handled = new ConcurrentDictionary<string, int>();
        var holds = true;
        var handler = new TestHandler
        {
            Publish = (in MqttInboundPublish publish) =>
            {
                handled.AddOrUpdate(Encoding.UTF8.GetString(publish.Payload.Span), 1, (_, count) => count + 1);
                if (!Volatile.Read(ref holds)) return MqttPublishDisposition.Acknowledge();
                held.Enqueue(publish.Acknowledgement);
                return MqttPublishDisposition.Deferred();
            },
        };
        await using var server = await ClientTests.StartAsync(handler);
        var folder = new FaultyFolder();
        var options = ClientTests.OptionsFor(server, version, "dies");
        (options.CleanSession, options.SessionExpirySeconds, options.AutoReconnect) = (false, 1000, false);
        FaultyFolder left;
        await using (var first = new MqttClient(options.With(new FileClientStore(folder, "dies"))))
        {
            await first.ConnectAsync();
            for (var i = 0; i < 10; i++) _ = first.PublishAsync($"t/{i}", Encoding.UTF8.GetBytes($"{i}"), qos);
            await Eventually.IsTrueAsync(() => held.Count == 10, "all are with the handler");
            held.TryDequeue(out var one);
            one.Complete();
            await Eventually.IsTrueAsync(() => first.PendingCount == 9, "one is acknowledged");
            left = folder.Crash(new Random(1)); // the process dies here
            first.Abort();
        }

        Volatile.Write(ref holds, false);
        await using var second = new MqttClient(options.With(new FileClientStore(left, "dies")));
        Assert.IsTrue(second.PendingCount is 9 or 10, "the acknowledged one may come again");
        await second.ConnectAsync();
        while (held.TryDequeue(out var late)) late.Complete(); // at QoS 2 the repeats wait for the first
        await Eventually.IsTrueAsync(() => second.PendingCount == 0, "all are acknowledged");
        Assert.HasCount(10, handled);
        if (qos == MqttQoS.ExactlyOnce) Assert.IsTrue(handled.Values.All(count => count == 1), "exactly once");
    }

    [TestMethod]
    public async Task A_publish_that_cannot_be_stored_is_not_sent_and_its_caller_is_told()
    {
        await using var server = await ClientTests.StartAsync();
        var folder = new FaultyFolder();
        await using var client = new MqttClient(ClientTests.OptionsFor(server, MqttProtocolVersion.V500, "full").With(new FileClientStore(folder, "c")));
        await client.ConnectAsync();
        folder.Before = _ => throw new IOException("no space left");
        Assert.AreEqual(MqttReasonCode.ImplementationSpecificError, await client.PublishAsync("t", new byte[3], MqttQoS.AtLeastOnce).WaitAsync(Deadline));
        Assert.AreEqual((0L, 0), (server.Counters.PublishesReceived, client.PendingCount));
        folder.Before = null;
        Assert.AreEqual(MqttReasonCode.Success, await client.PublishAsync("t", new byte[3], MqttQoS.AtLeastOnce).WaitAsync(Deadline), "and it goes on");
    }

    [TestMethod]
    [Normative(V500 = "3.3.2-7 3.3.2-8 3.3.2-9 3.2.2-17 3.2.2-18")]
    public async Task A_client_replaces_topics_by_aliases_as_many_as_the_server_takes_and_anew_on_each_connection()
    {
        foreach (var allowed in new ushort[] { 0, 2 })
        {
            var seen = new BlockingCollection<string>();
            var handler = new TestHandler
            {
                Publish = (in MqttInboundPublish publish) =>
                {
                    seen.Add(publish.Topic);
                    return MqttPublishDisposition.Acknowledge();
                },
            };
            await using var server = await ClientTests.StartAsync(handler, options => options.TopicAliasMaximum = allowed);
            await using var client = new MqttClient(ClientTests.OptionsFor(server, MqttProtocolVersion.V500, "alias"));
            await client.ConnectAsync();
            var topics = Enumerable.Range(0, 3).Select(i => $"{new string('x', 200)}/{i}").ToArray();
            for (var connection = 0; connection < 2; connection++)
            {
                var sizes = new List<long[]>();
                for (var round = 0; round < 2; round++)
                {
                    sizes.Add(new long[3]);
                    for (var i = 0; i < 3; i++)
                    {
                        var before = server.Counters.BytesReceived;
                        await client.PublishAsync(topics[i], "hello"u8.ToArray(), (MqttQoS)i, properties: new MqttProperties { ContentType = "text" }).WaitAsync(Deadline);
                        Assert.IsTrue(seen.TryTake(out var topic, Deadline));
                        Assert.AreEqual(topics[i], topic);
                        await client.PublishAsync("end", default, MqttQoS.AtLeastOnce).WaitAsync(Deadline); // what came before it is counted
                        Assert.IsTrue(seen.TryTake(out topic, Deadline));
                        Assert.AreEqual("end", topic);
                        sizes[round][i] = server.Counters.BytesReceived - before;
                    }
                }

                // The first topic and "end" have the two aliases.
                for (var i = 0; i < 3; i++)
                {
                    Assert.IsGreaterThan(200, sizes[0][i], "the first time the topic goes with it");
                    Assert.AreEqual(i == 0 && allowed > 0, sizes[1][i] < 100, $"topic {i}, {allowed} aliases allowed");
                }

                client.Abort();
                await Eventually.IsTrueAsync(() => !client.IsConnected, "the connection is cut");
                await Eventually.IsTrueAsync(() => client.IsConnected, "and made again");
            }
        }
    }

    [TestMethod]
    public async Task Reconnections_wait_longer_each_time_up_to_the_bound_and_never_all_the_same()
    {
        var time = new ManualTime();
        var attempts = new ConcurrentQueue<TimeSpan>();
        var start = time.GetTimestamp();
        var first = true;
        await using var server = await ClientTests.StartAsync();
        var options = ClientTests.OptionsFor(server, MqttProtocolVersion.V311, "backs off");
        options.Time = time;
        options.ReconnectDelayMin = TimeSpan.FromSeconds(1);
        options.ReconnectDelayMax = TimeSpan.FromSeconds(8);
        options.TransportFactory = async cancellationToken =>
        {
            if (first)
            {
                first = false;
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
                await socket.ConnectAsync("127.0.0.1", options.Port, cancellationToken);
                return new Traxxs.Mqtt.Transport.SocketDuplexPipe(socket);
            }

            attempts.Enqueue(time.GetElapsedTime(start));
            throw new IOException("no network");
        };
        await using var client = new MqttClient(options);
        await client.ConnectAsync();
        client.Abort();
        for (var i = 0; attempts.Count < 40; i++)
        {
            Assert.IsLessThan(100_000, i, "it gave up");
            time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        var at = attempts.ToArray();
        var waits = at.Skip(1).Zip(at, (later, earlier) => (later - earlier).TotalSeconds).ToArray();
        for (var i = 0; i < waits.Length; i++)
        {
            // The first wait came before the first attempt, so this is the i+2nd: drawn from half to the whole of it.
            var whole = Math.Min(8, Math.Pow(2, i + 1));
            Assert.IsGreaterThanOrEqualTo(whole / 2, waits[i], $"wait {i}");
        }

        Assert.IsTrue(waits.Skip(3).Any(wait => wait < 7), "drawn from half to the whole of 8 s, not always the whole");
    }
}

internal static class ClientStoreOptions
{
    /// <summary>The same options with a store.</summary>
    public static MqttClientOptions With(this MqttClientOptions options, IMqttClientStore store) => new()
    {
        Host = options.Host, Port = options.Port, Version = options.Version, ClientId = options.ClientId, CleanSession = options.CleanSession,
        SessionExpirySeconds = options.SessionExpirySeconds, AutoReconnect = options.AutoReconnect, Store = store,
    };
}
