using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Server.Cluster;
using Traxxs.Server.Cluster.RabbitMq;
using Traxxs.Testing;

namespace Traxxs.Server.Tests.Cluster;

/// <summary>The channel within one process.</summary>
[TestClass]
public sealed class LocalChannelTests : ChannelContract
{
    private protected override Task<(IServiceChannel A, IServiceChannel B)> PairAsync()
    {
        var channel = new LocalChannel(NullLogger.Instance);
        return Task.FromResult<(IServiceChannel, IServiceChannel)>((channel, channel));
    }
}

/// <summary>The channel over RabbitMQ.</summary>
[TestClass]
public sealed class RabbitMqChannelTests : ChannelContract
{
    private readonly List<RabbitMqLinks> _links = [];

    [TestCleanup]
    public async Task CloseAsync()
    {
        foreach (var links in _links) await links.DisposeAsync();
    }

    [TestMethod]
    public async Task After_RabbitMQ_was_killed_each_is_told_that_it_may_have_missed_something_and_hears_again()
    {
        var node = await SharedRabbitMq.NodeAsync();
        var (a, b) = await PairAsync();
        var heard = new ConcurrentQueue<string>();
        var missed = 0;
        b.Subscribe(ServiceTopic.Alert, message => heard.Enqueue(message.Key));
        await StartAsync(a, b);
        b.Missed += () => Interlocked.Increment(ref missed);
        await node.KillAsync();
        await UntilAsync(() => a.Trouble is not null && b.Trouble is not null, "both notice");
        a.Publish(new ServiceMessage(ServiceTopic.Alert, "while it was down"));
        await node.StartAgainAsync();
        await UntilAsync(() => Volatile.Read(ref missed) > 0, "b is told");
        await UntilAsync(() =>
        {
            a.Publish(new ServiceMessage(ServiceTopic.Alert, "after"));
            return heard.Contains("after");
        }, "b hears a again");
        await UntilAsync(() => a.Trouble is null, "both its connections are back");
    }

    [TestMethod]
    public async Task What_a_process_does_not_get_through_waits_in_RabbitMQ_and_not_in_its_memory()
    {
        const int Sent = 2000;
        var node = await SharedRabbitMq.NodeAsync();
        var (a, b) = await PairAsync();
        using var goOn = new ManualResetEventSlim();
        var heard = new ConcurrentQueue<string>();
        b.Subscribe(ServiceTopic.Alert, message =>
        {
            goOn.Wait();
            heard.Enqueue(message.Key);
        });
        try
        {
            await StartAsync(a, b);
            for (var i = 0; i < Sent; i++) a.Publish(new ServiceMessage(ServiceTopic.Alert, $"{i}"));
            await UntilAsync(() => Ready(node) >= Sent - RabbitMqChannel.UnderWayMax, "what is not heard yet waits in the queue");
        }
        finally
        {
            goOn.Set();
        }

        await UntilAsync(() => heard.Count == Sent, "all are heard");
        CollectionAssert.AreEqual(Enumerable.Range(0, Sent).Select(i => $"{i}").ToArray(), heard.ToArray());
    }

    private static int Ready(RabbitMqNode node) => node.ControlAsync("list_queues", "--no-table-headers", "messages_ready").GetAwaiter().GetResult()
        .Split('\n').Sum(line => int.TryParse(line, out var count) ? count : 0);

    private protected override async Task<(IServiceChannel A, IServiceChannel B)> PairAsync() => (await OneAsync(), await OneAsync());

    private protected override async Task StartAsync(IServiceChannel a, IServiceChannel b)
    {
        var (hears, joined) = (0, 0);
        b.Subscribe("joined", _ => Interlocked.Exchange(ref hears, 1));
        b.Missed += () => Interlocked.Exchange(ref joined, 1);
        foreach (var links in _links) links.Start();
        await UntilAsync(() => Volatile.Read(ref joined) == 1, "b stands");
        await UntilAsync(() =>
        {
            a.Publish(new ServiceMessage("joined"));
            return Volatile.Read(ref hears) == 1;
        }, "b hears a");
    }

    private async Task<IServiceChannel> OneAsync()
    {
        var links = await SharedRabbitMq.LinksAsync();
        _links.Add(links);
        return new RabbitMqChannel(links, NullLogger.Instance);
    }
}
