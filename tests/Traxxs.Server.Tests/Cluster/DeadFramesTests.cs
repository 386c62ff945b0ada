using RabbitMQ.Client;
using Traxxs.Protocol;
using Traxxs.Server.Cluster.RabbitMq;
using Traxxs.Server.Hosting;
using Traxxs.Server.Tests.Ingest;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Cluster;

/// <summary>Frames that came back too often: none is lost, none is silent.</summary>
[TestClass]
public sealed class DeadFramesTests
{
    [TestMethod]
    public async Task A_call_for_help_that_was_put_aside_is_seen_there_and_becomes_an_alert_when_a_listener_is_well()
    {
        await using var bench = await ClusterBench.OpenAsync(redis: false);
        var back = await StartAsync(bench);
        await using var connection = await ConnectAsync(bench);
        await using var channel = await PutAsideAsync(connection);

        await bench.StartAsync("listener", ServerRoles.Listener);
        await ClusterBench.UntilAsync(() => bench.AlertsOf("insole-1", "sos").Count == 1, "the call is an alert");
        await ClusterBench.UntilAsync(async () => await channel.MessageCountAsync(RabbitMqTopology.DeadReports) == 0, "it is there no more");
        Assert.AreEqual(1, (await bench.GetAsync("listener", "/api/v1/counters")).GetProperty("frames_taken_in_after_all_total").GetInt64());
        Assert.IsEmpty(back.Store.ReadRejected(10));
    }

    [TestMethod]
    public async Task What_ends_whoever_takes_it_is_kept_unread_and_somebody_is_told()
    {
        await using var bench = await ClusterBench.OpenAsync(redis: false);
        var back = await StartAsync(bench);
        await using var connection = await ConnectAsync(bench);
        await using var channel = await PutAsideAsync(connection);
        await ReturnAsync(channel, RabbitMqTopology.DeadReports, DeadFrames.LooksMax); // as listeners that die with it leave it

        await bench.StartAsync("listener", ServerRoles.Listener);
        await ClusterBench.UntilAsync(() => bench.AlertsOf("insole-1", "device-fault").Count == 1, "people are told");
        await ClusterBench.UntilAsync(() => bench.AlertsOf("insole-1", "device-fault").Single().NotifiedAt is not null, "by a channel that took it");
        var alert = bench.AlertsOf("insole-1", "device-fault").Single();
        Assert.AreEqual(AlertSeverity.Critical, alert.Severity);
        var kept = back.Store.ReadRejected(10).Single();
        Assert.AreEqual(("insole-1", DeadFrames.Reason), (kept.DeviceId, kept.Reason));
        CollectionAssert.AreEqual(Call(), kept.Payload.ToArray());
        await ClusterBench.UntilAsync(async () => await channel.MessageCountAsync(RabbitMqTopology.DeadReports) == 0, "it is there no more");
        Assert.AreEqual(1, (await bench.GetAsync("listener", "/api/v1/counters")).GetProperty("frames_kept_unread_total").GetInt64());
        var listener = (await bench.GetAsync("listener", "/health/details")).GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("name").GetString() == "listener");
        Assert.AreEqual(1, listener.GetProperty("numbers").GetProperty("keptUnread").GetInt64());
    }

    private static byte[] Call() => Frames.Make(7, fixes: 1, report => (report.EventCodes[0], report.EventTimeS[0], report.EventValue[0], report.EventCount) = (EventCode.Sos, report.DeviceTimeS, 1, 1));

    private static Task<IConnection> ConnectAsync(ClusterBench bench) =>
        new ConnectionFactory { Uri = bench.Rabbit.Amqp, UserName = bench.Rabbit.User, Password = bench.Rabbit.Password }.CreateConnectionAsync();

    // The queues stand, and nobody listens.
    private static async Task<ServerHost> StartAsync(ClusterBench bench)
    {
        await bench.StartAsync("listener", ServerRoles.Listener);
        var back = await bench.StartAsync("back", ServerRoles.Rules | ServerRoles.Notifications);
        await ClusterBench.UntilAsync(() => bench.IsReadyAsync("listener"), "the queues stand");
        back.Provision("insole-1");
        await bench.StopAsync("listener");
        return back;
    }

    private static async Task<IChannel> PutAsideAsync(IConnection connection)
    {
        var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.BasicPublishAsync(RabbitMqTopology.Exchange, RabbitMqTopology.UpOf("insole-1"), mandatory: true, new BasicProperties { Persistent = true }, Call());
        await ReturnAsync(channel, RabbitMqTopology.Reports, RabbitMqTopology.DeliveriesMax + 1);
        await ClusterBench.UntilAsync(async () => await channel.MessageCountAsync(RabbitMqTopology.DeadReports) == 1, "RabbitMQ puts it aside");
        return channel;
    }

    // Takes what is in a queue and gives it back, so many times.
    private static async Task ReturnAsync(IChannel channel, string queue, int times)
    {
        for (var i = 0; i < times; i++)
        {
            BasicGetResult? one = null;
            await ClusterBench.UntilAsync(async () => (one = await channel.BasicGetAsync(queue, autoAck: false)) is not null, $"it is back in {queue}, {i} times so far");
            await channel.BasicNackAsync(one!.DeliveryTag, multiple: false, requeue: true);
        }
    }
}
