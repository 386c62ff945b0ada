using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;
using Traxxs.Mqtt.Topics;

namespace Traxxs.Mqtt.Tests.Server;

/// <summary>
/// Random operations by several clients against a model small enough to read: subscriptions, kept sessions, retained messages,
/// wills, QoS. After every operation each connected client must have received what the model says, in its order, and no more.
/// </summary>
public abstract class ModelTests<TServer>
    where TServer : ITestServer
{
    private static readonly string[] Topics = ["a", "a/b", "a/c", "b", "b/c", "$d"];
    private static readonly string[] Filters = ["a", "a/b", "a/+", "a/#", "#", "+", "+/c", "b/#", "$d"];

    private sealed record Expected(string Topic, string Payload, MqttQoS QoS, bool Retain);

    private sealed class ModelClient(string id)
    {
        public string Id { get; } = id;
        public RawPeer? Peer { get; set; }
        public bool HasSession { get; set; }
        public bool IsKept { get; set; }
        public Dictionary<string, MqttQoS> Subscriptions { get; } = [];
        public List<Expected> Due { get; } = [];                 // what must arrive
        public List<(ushort Identifier, MqttQoS QoS)> Open { get; } = []; // arrived and not acknowledged
        public MqttWill? Will { get; set; }
        public ushort LastIdentifier { get; set; }
        public List<(Expected Message, ushort Identifier)> Again { get; } = []; // to be repeated with DUP
    }

    private sealed class World(int seed)
    {
        public Random Random { get; } = new(seed);
        public ModelClient[] Clients { get; } = [.. Enumerable.Range(0, 4).Select(i => new ModelClient($"c{i}"))];
        public SortedDictionary<string, (string Payload, MqttQoS QoS)> Retained { get; } = new(StringComparer.Ordinal);
        public TestBroker Broker { get; set; } = null!;
        public int Serial { get; set; }
        public List<string> Log { get; } = [];
        public MqttProtocolVersion VersionOf(ModelClient client) => client.Id[1] % 2 == 0 ? MqttProtocolVersion.V500 : MqttProtocolVersion.V311;
    }

    [TestMethod]
    [DataRow(11)]
    [DataRow(12)]
    [DataRow(13)]
    [DataRow(14)]
    [DataRow(15)]
    [DataRow(16)]
    public async Task Random_clients_agree_with_the_model(int seed)
    {
        var world = new World(seed);
        await using var broker = TestBroker.Of<TServer>(options => options.FlappingConnectsMax = 0);
        world.Broker = broker;
        try
        {
            for (var step = 0; step < 400; step++)
            {
                await StepAsync(world);
                foreach (var client in world.Clients) await ReceiveDueAsync(world, client);
            }
        }
        catch (Exception exception) when (exception is AssertFailedException or TimeoutException)
        {
            Assert.Fail($"seed {seed}, after {string.Join("; ", world.Log.TakeLast(25))}: {exception.Message}");
        }

        foreach (var client in world.Clients.Where(client => client.Peer is not null)) await client.Peer!.DisposeAsync();
    }

    private static async Task StepAsync(World world)
    {
        var client = world.Clients[world.Random.Next(world.Clients.Length)];
        if (client.Peer is null)
        {
            await ConnectAsync(world, client);
            return;
        }

        switch (world.Random.Next(12))
        {
            case 0: await LeaveAsync(world, client, lost: false); break;
            case 1: await LeaveAsync(world, client, lost: true); break;
            case 2 or 3: await SubscribeAsync(world, client); break;
            case 4: await UnsubscribeAsync(world, client); break;
            case 5: await AcknowledgeAsync(world, client); break;
            default: await PublishAsync(world, client); break;
        }
    }

    private static async Task ConnectAsync(World world, ModelClient client)
    {
        var clean = world.Random.Next(3) == 0;
        var kept = world.Random.Next(3) > 0;
        var version = world.VersionOf(client);
        if (version == MqttProtocolVersion.V311) kept = !clean;
        var will = world.Random.Next(3) == 0 ? new MqttWill(Topics[world.Random.Next(Topics.Length)], System.Text.Encoding.UTF8.GetBytes($"will {++world.Serial}"), (MqttQoS)world.Random.Next(3), world.Random.Next(2) == 0) : null;
        world.Log.Add($"{client.Id} connects{(clean ? " clean" : "")}{(kept ? " kept" : "")}{(will is null ? "" : $" will {will.Topic}")}");
        client.Peer = world.Broker.Open(version);
        var connack = await client.Peer.ConnectAsync(client.Id, clean, connect =>
        {
            connect.Will = will;
            if (version == MqttProtocolVersion.V500) connect.Properties!.SessionExpiryInterval = kept ? 100_000u : 0;
        });
        if (clean) Forget(client);
        Assert.AreEqual(client.HasSession, connack.SessionPresent, "session present");
        client.HasSession = true;
        client.IsKept = kept;
        client.Will = will;
        foreach (var (message, identifier) in client.Again)
        {
            var got = await client.Peer.ReadMessageAsync();
            Assert.AreEqual((message.Topic, message.Payload, message.QoS, identifier, true), (got.Topic, got.Payload, got.QoS, got.Identifier, got.Duplicate), "repeat");
        }
    }

    private static void Forget(ModelClient client)
    {
        client.HasSession = false;
        client.Subscriptions.Clear();
        client.Due.Clear();
        client.Open.Clear();
        client.Again.Clear();
    }

    private static async Task LeaveAsync(World world, ModelClient client, bool lost)
    {
        world.Log.Add($"{client.Id} {(lost ? "is lost" : "leaves")}");
        if (lost) await client.Peer!.DropAsync();
        else await client.Peer!.DisconnectAsync();
        await client.Peer.DisposeAsync();
        client.Peer = null;
        var will = client.Will;
        client.Will = null;
        if (lost && will is not null) Route(world, will.Topic, System.Text.Encoding.UTF8.GetString(will.Payload.Span), will.QoS, will.Retain);
        if (!client.IsKept) Forget(client);
    }

    private static async Task SubscribeAsync(World world, ModelClient client)
    {
        var filter = Filters[world.Random.Next(Filters.Length)];
        var qos = (MqttQoS)world.Random.Next(3);
        world.Log.Add($"{client.Id} subscribes {filter} at {(int)qos}");
        await client.Peer!.SubscribeAsync(new MqttTopicFilter(filter, qos));
        client.Subscriptions[filter] = qos;
        // Retained messages come in no stated order.
        var due = world.Retained.Where(kept => TopicRules.Matches(filter, kept.Key)).Select(kept => new Expected(kept.Key, kept.Value.Payload, Lower(kept.Value.QoS, qos), true)).ToList();
        while (due.Count > 0)
        {
            var got = await client.Peer.ReadMessageAsync();
            var expected = due.SingleOrDefault(message => message == new Expected(got.Topic, got.Payload, got.QoS, got.Retain));
            Assert.IsNotNull(expected, $"retained {got.Topic} {got.Payload}");
            due.Remove(expected);
            Note(client, expected, got.Identifier);
        }
    }

    private static async Task UnsubscribeAsync(World world, ModelClient client)
    {
        var filter = Filters[world.Random.Next(Filters.Length)];
        world.Log.Add($"{client.Id} unsubscribes {filter}");
        await client.Peer!.UnsubscribeAsync(filter);
        client.Subscriptions.Remove(filter);
    }

    private static async Task PublishAsync(World world, ModelClient client)
    {
        var topic = Topics[world.Random.Next(Topics.Length)];
        var qos = (MqttQoS)world.Random.Next(3);
        var retain = world.Random.Next(4) == 0;
        var payload = retain && world.Random.Next(3) == 0 ? "" : $"{++world.Serial}";
        var identifier = ++client.LastIdentifier;
        world.Log.Add($"{client.Id} publishes {topic} = '{payload}' at {(int)qos}{(retain ? " retained" : "")}");
        await client.Peer!.PublishAsync(topic, payload, qos, identifier, retain);
        Route(world, topic, payload, qos, retain);
        // The publisher may be a subscriber too, and what it gets may come before or after its acknowledgement.
        await ReceiveDueAsync(world, client, qos switch
        {
            MqttQoS.AtLeastOnce => MqttPacketType.Puback,
            MqttQoS.ExactlyOnce => MqttPacketType.Pubrec,
            _ => null,
        }, identifier);
        if (qos != MqttQoS.ExactlyOnce) return;
        await client.Peer.AckAsync(MqttPacketType.Pubrel, identifier);
        await client.Peer.ExpectAckAsync(MqttPacketType.Pubcomp, identifier);
    }

    private static async Task AcknowledgeAsync(World world, ModelClient client)
    {
        foreach (var (identifier, qos) in client.Open)
        {
            if (qos == MqttQoS.AtLeastOnce) await client.Peer!.AckAsync(MqttPacketType.Puback, identifier);
            else
            {
                await client.Peer!.AckAsync(MqttPacketType.Pubrec, identifier);
                await client.Peer.ExpectAckAsync(MqttPacketType.Pubrel, identifier);
                await client.Peer.AckAsync(MqttPacketType.Pubcomp, identifier);
            }
        }

        world.Log.Add($"{client.Id} acknowledges {client.Open.Count}");
        client.Open.Clear();
        client.Again.Clear();
    }

    private static MqttQoS Lower(MqttQoS a, MqttQoS b) => a < b ? a : b;

    private static void Route(World world, string topic, string payload, MqttQoS qos, bool retain)
    {
        if (retain && payload.Length == 0) world.Retained.Remove(topic);
        else if (retain) world.Retained[topic] = (payload, qos);
        foreach (var client in world.Clients.Where(client => client.HasSession))
        {
            var granted = client.Subscriptions.Where(subscription => TopicRules.Matches(subscription.Key, topic)).Select(subscription => subscription.Value).ToArray();
            if (granted.Length == 0) continue;
            var message = new Expected(topic, payload, Lower(qos, granted.Max()), false);
            if (client.Peer is not null || client.IsKept && message.QoS != MqttQoS.AtMostOnce) client.Due.Add(message);
        }
    }

    private static void Note(ModelClient client, Expected message, ushort identifier)
    {
        if (message.QoS == MqttQoS.AtMostOnce) return;
        client.Open.Add((identifier, message.QoS));
        client.Again.Add((message, identifier));
    }

    private static async Task ReceiveDueAsync(World world, ModelClient client, MqttPacketType? ack = null, ushort identifier = 0)
    {
        if (client.Peer is null) return;
        // More than fits in flight waits for acknowledgements: the model keeps well below.
        while (client.Due.Count > 0 || ack is not null)
        {
            var packet = await client.Peer.ReadAsync();
            if (packet.Type == ack)
            {
                Assert.AreEqual(identifier, packet.Identifier);
                ack = null;
                continue;
            }

            Assert.AreEqual(MqttPacketType.Publish, packet.Type, $"{client.Id} got something else");
            Assert.AreNotEqual(0, client.Due.Count, $"{client.Id} got a message that nobody sent it");
            var got = client.Peer.ToMessage(packet);
            Assert.AreEqual(client.Due[0], new Expected(got.Topic, got.Payload, got.QoS, got.Retain), client.Id);
            Note(client, client.Due[0], got.Identifier);
            client.Due.RemoveAt(0);
        }

        if (client.Open.Count > 60) await AcknowledgeAsync(world, client);
        await client.Peer.ExpectNothingAsync();
    }
}
