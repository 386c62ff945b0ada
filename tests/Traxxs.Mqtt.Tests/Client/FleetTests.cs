using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;

namespace Traxxs.Mqtt.Tests.Client;

/// <summary>A whole fleet's clients in one process, as the simulator has them.</summary>
[TestClass]
[DoNotParallelize] // beside another class each would take the other's time
public sealed class FleetTests
{
    // Both ends are in this process, and a cut connection's other end may stand beside the new ones: three descriptors each. `bench mqtt`
    // has 10,000, the broker apart.
    private const int Clients = 6_000;
    private const int DescriptorsEach = 3;

    [TestMethod]
    public async Task Thousands_of_clients_connect_publish_at_qos_1_are_cut_at_once_and_all_come_back()
    {
        var clients = (int)Math.Min(Clients, (DescriptorsMax() - 500) / DescriptorsEach);
        await using var server = await ClientTests.StartAsync(configure: options => options.ConnectionsPerAddressMax = 20_000);
        var fleet = new List<MqttClient>(clients);
        for (var i = 0; i < clients; i++) fleet.Add(new MqttClient(ClientTests.OptionsFor(server, i % 2 == 0 ? MqttProtocolVersion.V311 : MqttProtocolVersion.V500, $"c{i}")));
        try
        {
            await EachAsync(async client => Assert.IsTrue((await client.ConnectAsync()).IsSuccess));
            Assert.AreEqual(clients, server.Counters.Connections);
            await EachAsync(async client => Assert.AreEqual(MqttReasonCode.Success, await client.PublishAsync("t", new byte[24], MqttQoS.AtLeastOnce)));
            Assert.AreEqual(clients, server.Counters.PublishesReceived);

            foreach (var client in fleet) client.Abort();
            await Eventually.IsTrueAsync(() => server.Counters.Connected >= 2 * clients && fleet.TrueForAll(client => client.IsConnected), "all are back", seconds: 120);
            await EachAsync(async client => Assert.AreEqual(MqttReasonCode.Success, await client.PublishAsync("t", new byte[24], MqttQoS.AtLeastOnce)));
        }
        finally
        {
            await EachAsync(async client => await client.DisposeAsync());
        }

        async Task EachAsync(Func<MqttClient, Task> what)
        {
            foreach (var some in fleet.Chunk(500)) await Task.WhenAll(some.Select(what)).WaitAsync(TimeSpan.FromSeconds(120));
        }
    }

    private static long DescriptorsMax()
    {
        if (!OperatingSystem.IsLinux()) return long.MaxValue;
        var line = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        return long.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4], out var hard) ? hard : long.MaxValue;
    }
}
