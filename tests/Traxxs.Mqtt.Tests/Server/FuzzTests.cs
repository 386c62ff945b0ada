using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;

namespace Traxxs.Mqtt.Tests.Server;

/// <summary>Random packets from a hostile peer: each connection ends or answers within a deadline, and the server goes on.</summary>
public abstract class FuzzTests<TServer>
    where TServer : ITestServer
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public async Task Random_packets_never_escape_as_exceptions_and_never_harm_others(int seed)
    {
        Console.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var broker = TestBroker.Of<TServer>(options =>
        {
            options.FlappingConnectsMax = 0;
            options.SessionsMax = 1000;
        });
        await using var witness = await broker.ConnectAsync("witness");
        await witness.SubscribeAsync(new MqttTopicFilter("proof"));
        for (var round = 0; round < 150; round++)
        {
            var version = (MqttProtocolVersion)random.Next(3, 6);
            await using var peer = broker.Open(version);
            if (random.Next(4) > 0) await peer.TryConnectAsync($"f{random.Next(5)}", random.Next(2) == 0);
            var bytes = new List<byte>();
            for (var i = random.Next(1, 12); i > 0; i--) bytes.AddRange(RandomPacket(random, version));
            // The peer's own reading must not become the bottleneck.
            var draining = DrainAsync(peer);
            await peer.SendAsync([.. bytes]);
            await peer.DropAsync();
            await draining;
        }

        await broker.Server.PublishAsync("proof", "alive"u8.ToArray());
        while ((await witness.ReadMessageAsync()).Payload != "alive")
        {
        }

        Assert.AreEqual(0, broker.Server.Counters.HandlerErrors);
        Assert.AreEqual(1, broker.Server.Counters.Connections);
    }

    private static async Task DrainAsync(RawPeer peer)
    {
        while (await peer.TryReadAsync() is not null)
        {
        }
    }

    private static byte[] RandomPacket(Random random, MqttProtocolVersion version)
    {
        var vectors = Vectors.All.Where(vector => vector.Version == version).ToArray();
        var bytes = vectors[random.Next(vectors.Length)].Bytes.ToArray();
        switch (random.Next(5))
        {
            case 0: bytes[random.Next(bytes.Length)] = (byte)random.Next(256); break;
            case 1: bytes = bytes[..random.Next(bytes.Length)]; break;
            case 2: // another type with this body
                bytes[0] = (byte)(random.Next(256));
                break;
        }

        return bytes;
    }
}
