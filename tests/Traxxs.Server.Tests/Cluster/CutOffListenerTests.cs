using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;
using Traxxs.Server.Hosting;
using Traxxs.Server.Tests.Ingest;
using Traxxs.Store.Service;
using Traxxs.Testing;

namespace Traxxs.Server.Tests.Cluster;

/// <summary>A listener that does not reach the store: what it has of frames is for whoever does.</summary>
[TestClass]
public sealed class CutOffListenerTests
{
    private const int Size = 60;

    [TestMethod]
    public async Task What_a_listener_cut_off_from_the_database_holds_the_other_one_stores()
    {
        await using var bench = await ClusterBench.OpenAsync(redis: false);
        var way = new Relay(0) { Ports = [bench.Postgres.Port] };
        try
        {
            await bench.StartAsync("cut-off", ServerRoles.Listener, postgresPort: way.Port);
            await bench.StartAsync("well", ServerRoles.Listener);
            await ClusterBench.UntilAsync(async () => await bench.IsReadyAsync("cut-off") && await bench.IsReadyAsync("well"), "both are ready");
            var secret = bench["well"].Devices.Provision(OrganisationId.First, "insole-1", "test");
            await using var device = new MqttClient(new MqttClientOptions { Host = bench.Rabbit.Mqtt.Host, Port = bench.Rabbit.Mqtt.Port, ClientId = "insole-1", UserName = "insole-1", Password = secret, AutoReconnect = false });
            Assert.IsTrue((await device.ConnectAsync()).IsSuccess);
            await SendAsync(device, 1);
            await ClusterBench.UntilAsync(() => bench["well"].Store.Count() == Size, "all of the first are stored");
            Assert.IsGreaterThan(0, bench["cut-off"].Counters.Accepted, "by both");

            var port = way.Port;
            await way.DisposeAsync();
            await SendAsync(device, Size + 1);
            await ClusterBench.UntilAsync(() => bench["cut-off"].Counters.Unavailable > 0, "the one that is cut off has some of them");
            await ClusterBench.UntilAsync(() => bench["well"].Store.Count() == 2 * Size, "all are stored by the other");

            way = new Relay(port) { Ports = [bench.Postgres.Port] };
            await ClusterBench.UntilAsync(() => bench.IsReadyAsync("cut-off"), "it is back");
            var before = bench["cut-off"].Counters.Accepted;
            await SendAsync(device, (2 * Size) + 1);
            await ClusterBench.UntilAsync(() => bench["well"].Store.Count() == 3 * Size && bench["cut-off"].Counters.Accepted > before, "both work");
        }
        finally
        {
            await way.DisposeAsync();
        }
    }

    [TestMethod]
    public async Task An_outage_of_the_store_is_one_return_however_long_and_order_is_kept()
    {
        await using var bench = await RabbitBench.StartAsync(prefetch: 25, hold: TimeSpan.FromMilliseconds(200));
        var device = await bench.ConnectAsync("insole-1");
        bench.Store.Fail("away");
        await SendAsync(device, 1);
        await bench.UntilAsync(() => bench.Consumer is { GivenBack: 1, Waiting: Size }, "all are back in the queue");
        Assert.IsNotNull(bench.Consumer.Trouble);
        await SendAsync(device, Size + 1);
        await bench.UntilAsync(() => bench.Consumer.Waiting == 2 * Size, "what comes now waits in RabbitMQ");
        Assert.AreEqual(1, bench.Consumer.GivenBack, "and is not asked for");
        bench.Store.Heal();
        await bench.UntilAsync(() => bench.Store.Count() == 2 * Size && bench.Consumer.Trouble is null, "all are stored");
        CollectionAssert.AreEqual(Enumerable.Range(1, 2 * Size).Select(i => (long)i).ToArray(), bench.Store.ReadAfter(0, 200).Select(stored => stored.Report.Sequence).ToArray());
    }

    private static async Task SendAsync(MqttClient device, int from)
    {
        for (var i = from; i < from + Size; i++) Assert.AreEqual(MqttReasonCode.Success, await RabbitBench.SendAsync(device, Frames.Make((uint)i)));
    }
}
