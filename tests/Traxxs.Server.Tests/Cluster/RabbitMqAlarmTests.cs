using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Mqtt.Packets;
using Traxxs.Server.Cluster;
using Traxxs.Server.Cluster.RabbitMq;
using Traxxs.Server.Tests.Ingest;

namespace Traxxs.Server.Tests.Cluster;

/// <summary>RabbitMQ short of memory, which is when it takes nothing from who publishes, and must be emptied.</summary>
[TestClass]
public sealed class RabbitMqAlarmTests
{
    private const uint Frames = 100;
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(20); // after that a deployed process is killed (deploy/compose.yaml)
    private const string Alerts = "xsole/v1/alerts/main";

    [TestMethod]
    public async Task Short_of_memory_RabbitMQ_is_emptied_all_the_same_and_what_was_to_be_published_goes_out_when_it_has_room()
    {
        await using var bench = await RabbitBench.StartAsync(prefetch: 10); // a queue of many times what may be under way: it empties by acknowledgements alone
        await using var other = await SharedRabbitMq.LinksAsync();
        var heard = new ConcurrentQueue<string>();
        await using var others = new RabbitMqChannel(other, NullLogger.Instance);
        others.Subscribe(ServiceTopic.Alert, message => heard.Enqueue(message.Key));
        other.Start();
        await bench.UntilAsync(() => Hears("before"), "the other process hears");

        var device = await bench.ConnectAsync("insole-1");
        bench.Store.Fail("the database is away");
        for (uint i = 1; i <= Frames; i++) Assert.AreEqual(MqttReasonCode.Success, await RabbitBench.SendAsync(device, Ingest.Frames.Make(i)));
        await bench.Node.ControlAsync("set_vm_memory_high_watermark", "absolute", "1MB");
        try
        {
            await bench.UntilAsync(() => Hears("during") && bench.Channel.Trouble is not null, "RabbitMQ takes nothing more, and that is told");
            bench.Channel.Publish(new ServiceMessage(ServiceTopic.Alert, "held"));
            bench.Store.Heal();
            await bench.UntilAsync(() => bench.Store.Count() == Frames, "the queue is emptied");
            Assert.IsNotNull(bench.Links.Outgoing.Trouble, "and RabbitMQ still takes nothing");
            Assert.IsNull(bench.Link.Trouble);
            await Assert.ThrowsExactlyAsync<IOException>(async () => await bench.Side.PublishAsync(Alerts, [1], default), "who sends is told, and does not wait");
            Assert.DoesNotContain("held", heard);
        }
        finally
        {
            await bench.Node.ControlAsync("set_vm_memory_high_watermark", "0.4");
        }

        await bench.UntilAsync(() => heard.Contains("held"), "what waited goes out");
        await bench.UntilAsync(() => bench.Channel.Trouble is null, "and it is well again");
        await bench.Side.PublishAsync(Alerts, [1], default);

        bool Hears(string word)
        {
            bench.Channel.Publish(new ServiceMessage(ServiceTopic.Alert, word));
            return word == "during" || heard.Contains(word);
        }
    }

    [TestMethod]
    public async Task A_process_ends_while_RabbitMQ_reads_nothing_from_it()
    {
        await using var bench = await RabbitBench.StartAsync();
        await bench.Node.ControlAsync("set_vm_memory_high_watermark", "absolute", "1MB");
        try
        {
            await bench.UntilAsync(() =>
            {
                bench.Channel.Publish(new ServiceMessage(ServiceTopic.Alert, "1"));
                return bench.Channel.Trouble is not null;
            }, "RabbitMQ takes nothing more");
            await bench.StopListenerAsync().WaitAsync(StopMax);
            bench.StartListener();
        }
        finally
        {
            await bench.Node.ControlAsync("set_vm_memory_high_watermark", "0.4");
        }
    }
}
