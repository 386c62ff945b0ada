using Traxxs.Mqtt.Client;
using Traxxs.Server.Hosting;
using Traxxs.Server.Identity;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Cluster;

/// <summary>On RabbitMQ a connection outlives the listener that let it in; who is shut out by the command line loses it all the same.</summary>
[TestClass]
public sealed class WithdrawalTests
{
    [TestMethod]
    public async Task A_secret_replaced_beside_the_server_closes_the_connection_whichever_listener_let_it_in()
    {
        await using var bench = await ClusterBench.OpenAsync(redis: false);
        await bench.StartAsync("listener-1", ServerRoles.Listener);
        using var database = bench.OpenService();
        var commandLine = new DeviceRegistry(database, TimeProvider.System);
        await ClusterBench.UntilAsync(() => bench.IsReadyAsync("listener-1"), "the listener is ready");
        await using var one = await ConnectAsync(bench, commandLine, "insole-1");
        await using var two = await ConnectAsync(bench, commandLine, "insole-2");
        await using var kept = await ConnectAsync(bench, commandLine, "insole-3");

        // Another listener than the one that let it in.
        await bench.StartAsync("listener-2", ServerRoles.Listener);
        await bench.StopAsync("listener-1");
        Assert.IsTrue(one.IsConnected, "connections are RabbitMQ's");
        commandLine.Provision(OrganisationId.First, "insole-1", "command line");
        await ClusterBench.UntilAsync(() => !one.IsConnected, "the connection with the old secret is closed");

        // No listener at all, until one comes.
        await bench.StopAsync("listener-2");
        commandLine.Revoke(OrganisationId.First, "insole-2", "command line");
        await bench.StartAsync("listener-3", ServerRoles.Listener);
        await ClusterBench.UntilAsync(() => !two.IsConnected, "the connection of who was shut out is closed");
        Assert.IsTrue(kept.IsConnected, "nobody else was");
    }

    private static async Task<MqttClient> ConnectAsync(ClusterBench bench, DeviceRegistry devices, string id)
    {
        var client = new MqttClient(new MqttClientOptions
        {
            Host = bench.Rabbit.Mqtt.Host, Port = bench.Rabbit.Mqtt.Port, ClientId = id, UserName = id, Password = devices.Provision(OrganisationId.First, id, "test"), AutoReconnect = false,
        });
        Assert.IsTrue((await client.ConnectAsync()).IsSuccess);
        return client;
    }
}
