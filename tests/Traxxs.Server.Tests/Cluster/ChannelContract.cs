using System.Collections.Concurrent;
using Traxxs.Server.Cluster;

namespace Traxxs.Server.Tests.Cluster;

/// <summary>What every channel between the parts of the server must do.</summary>
public abstract class ChannelContract
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>Two ends of a channel: those of two processes, or twice the same where there is only one. Not started.</summary>
    private protected abstract Task<(IServiceChannel A, IServiceChannel B)> PairAsync();

    [TestMethod]
    public async Task What_is_published_reaches_this_process_at_once_and_the_other_in_order()
    {
        var (a, b) = await PairAsync();
        await using var _ = a;
        await using var __ = b;
        var here = new List<string>();
        var there = new ConcurrentQueue<string>();
        a.Subscribe(ServiceTopic.Alert, message => here.Add(message.Key));
        b.Subscribe(ServiceTopic.Alert, message => there.Enqueue(message.Key));
        await StartAsync(a, b);
        for (var i = 0; i < 500; i++) a.Publish(new ServiceMessage(ServiceTopic.Alert, $"{i}"));

        string[] sent = [.. Enumerable.Range(0, 500).Select(i => $"{i}")];
        CollectionAssert.AreEqual(sent, here, "heard here when Publish returned");
        await UntilAsync(() => there.Count >= sent.Length, "the other hears all");
        CollectionAssert.AreEqual(sent, there.ToArray());
    }

    [TestMethod]
    public async Task A_topic_brings_its_key_and_detail_and_no_other_topics_messages()
    {
        var (a, b) = await PairAsync();
        await using var _ = a;
        await using var __ = b;
        var heard = new ConcurrentQueue<ServiceMessage>();
        b.Subscribe(ServiceTopic.Wearer, heard.Enqueue);
        await StartAsync(a, b);
        a.Publish(new ServiceMessage(ServiceTopic.Alert, "another"));
        a.Publish(new ServiceMessage(ServiceTopic.Wearer, "main", "wörker \"1\" \u0000"));
        a.Publish(new ServiceMessage(ServiceTopic.Wearer));
        await UntilAsync(() => heard.Count >= 2, "both come");
        CollectionAssert.AreEqual(
            new[] { new ServiceMessage(ServiceTopic.Wearer, "main", "wörker \"1\" \u0000"), new ServiceMessage(ServiceTopic.Wearer) }, heard.Select(message => message with { Id = null }).ToArray());
        Assert.IsTrue(heard.All(message => message.Id is null) || heard.Select(message => message.Id).Distinct().Count() == 2, "each is itself, where others hear it");
    }

    [TestMethod]
    public async Task A_subscriber_that_fails_harms_neither_the_publisher_nor_the_next()
    {
        var (a, b) = await PairAsync();
        await using var _ = a;
        await using var __ = b;
        var heard = new ConcurrentQueue<string>();
        b.Subscribe(ServiceTopic.Alert, message => throw new InvalidOperationException(message.Key));
        b.Subscribe(ServiceTopic.Alert, message => heard.Enqueue(message.Key));
        await StartAsync(a, b);
        a.Publish(new ServiceMessage(ServiceTopic.Alert, "1"));
        a.Publish(new ServiceMessage(ServiceTopic.Alert, "2"));
        await UntilAsync(() => heard.Count >= 2, "the next subscriber hears both");
    }

    [TestMethod]
    public async Task A_flood_is_heard_whole_or_noticed()
    {
        var (a, b) = await PairAsync();
        await using var _ = a;
        await using var __ = b;
        var (heard, missed) = (0, 0);
        var last = "";
        b.Subscribe(ServiceTopic.Reports, message => (heard, last) = (heard + 1, message.Key));
        await StartAsync(a, b);
        b.Missed += () => Interlocked.Increment(ref missed);
        const int Count = 50_000;
        for (var i = 0; i < Count; i++) a.Publish(new ServiceMessage(ServiceTopic.Reports, $"{i}"));
        await UntilAsync(() =>
        {
            a.Publish(new ServiceMessage(ServiceTopic.Reports, "end")); // what stands behind a gap tells of it
            return last == "end" && (Volatile.Read(ref heard) >= Count || Volatile.Read(ref missed) > 0);
        }, "all, or word that some are missing");
    }

    [TestMethod]
    public async Task Publishing_from_many_threads_loses_nothing()
    {
        var (a, b) = await PairAsync();
        await using var _ = a;
        await using var __ = b;
        var heard = new ConcurrentDictionary<string, bool>();
        b.Subscribe(ServiceTopic.Command, message => heard[message.Key] = true);
        await StartAsync(a, b);
        Parallel.For(0, 8, thread =>
        {
            for (var i = 0; i < 200; i++) a.Publish(new ServiceMessage(ServiceTopic.Command, $"{thread}/{i}"));
        });
        await UntilAsync(() => heard.Count == 1600, "all are heard");
    }

    /// <summary>Starts both and waits until one hears the other.</summary>
    private protected virtual Task StartAsync(IServiceChannel a, IServiceChannel b)
    {
        a.Start();
        b.Start();
        return Task.CompletedTask;
    }

    private protected static async Task UntilAsync(Func<bool> wanted, string what)
    {
        var started = Environment.TickCount64;
        while (!wanted())
        {
            Assert.IsLessThan((long)Patience.TotalMilliseconds, Environment.TickCount64 - started, $"never: {what}");
            await Task.Delay(5);
        }
    }
}
