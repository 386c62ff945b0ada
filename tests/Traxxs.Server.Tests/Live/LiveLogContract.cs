using System.Text;
using Traxxs.Server.Live;

namespace Traxxs.Server.Tests.Live;

/// <summary>What a log of live events that instances share must do.</summary>
public abstract class LiveLogContract
{
    /// <summary>Two ends of one log: those of two instances.</summary>
    private protected abstract Task<(ILiveLog A, ILiveLog B)> PairAsync();

    [TestMethod]
    public async Task Each_event_is_numbered_once_whoever_says_it_first_and_everybody_reads_the_same()
    {
        var (a, b) = await PairAsync();
        var start = await JoinAsync(a);
        await a.ExchangeAsync(start, [Said("1"), Said("2")], default);
        await b.ExchangeAsync(start, [Said("2"), Said("3")], default);
        await a.ExchangeAsync(start, [Said("1"), Said("2"), Said("3")], default);
        foreach (var log in (ILiveLog[])[a, b])
        {
            var page = await log.ExchangeAsync(start, [], default);
            CollectionAssert.AreEqual(new[] { "1", "2", "3" }, page.Events.Select(one => one.Event.Key).ToArray());
            CollectionAssert.AreEqual(new[] { start.Number + 1, start.Number + 2, start.Number + 3 }, page.Events.Select(one => one.Number).ToArray());
            Assert.AreEqual(start.Number + 3, page.Last);
        }
    }

    [TestMethod]
    public async Task What_is_read_is_what_was_said()
    {
        var (a, b) = await PairAsync();
        var start = await JoinAsync(a);
        SaidEvent everybody = new("an event", null, Encoding.UTF8.GetBytes("{\"name\":\"Åsa\"}")), somebody = new("another", "main", [0, 255, 13, 10]) { Forgets = true, Position = 1L << 52 };
        await a.ExchangeAsync(start, [everybody, somebody], default);
        var page = await b.ExchangeAsync(start, [], default);
        Assert.IsNull(page.Events[0].Event.Org);
        CollectionAssert.AreEqual(everybody.Body, page.Events[0].Event.Body);
        Assert.AreEqual("main", page.Events[1].Event.Org);
        CollectionAssert.AreEqual(somebody.Body, page.Events[1].Event.Body);
        Assert.IsTrue(page.Events[1].Event.Forgets);
        Assert.AreEqual(1L << 52, page.Position);
    }

    [TestMethod]
    public async Task Who_joins_late_reads_what_is_kept_and_no_more()
    {
        var (a, b) = await PairAsync();
        var place = await JoinAsync(a);
        for (var i = 0; i < LiveFeed.KeptMax + 500; i += 100)
        {
            var page = await a.ExchangeAsync(place, [.. Enumerable.Range(i, 100).Select(n => Said($"{n}"))], default);
            place = place with { Number = page.Last };
        }

        var late = await b.ExchangeAsync(null, [], default);
        Assert.AreEqual(place, new LivePlace(late.Run, late.Last));
        Assert.IsFalse(late.IsNew);
        Assert.HasCount(LiveFeed.KeptMax, late.Events);
        Assert.AreEqual(late.Last, late.Events[^1].Number);
    }

    [TestMethod]
    public async Task A_numbering_is_begun_anew_once_and_who_speaks_by_the_old_one_says_nothing()
    {
        var (a, b) = await PairAsync();
        var start = await JoinAsync(a);
        await a.ExchangeAsync(start, [Said("1")], default);
        var next = LivePlace.NewRun();
        Assert.IsTrue(await a.BeginAnewAsync(start.Run, next, default));
        Assert.IsFalse(await b.BeginAnewAsync(start.Run, LivePlace.NewRun(), default), "somebody else began it");
        var page = await b.ExchangeAsync(start, [Said("1")], default);
        Assert.AreEqual(next, page.Run);
        Assert.IsEmpty(page.Events);
        page = await b.ExchangeAsync(new LivePlace(next, 0), [Said("1")], default);
        Assert.AreEqual(1, page.Last, "and nothing is said yet under the new one");
    }

    [TestMethod]
    public async Task Who_says_something_rings_for_the_others()
    {
        var (a, b) = await PairAsync();
        var rung = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        b.Rung += () => rung.TrySetResult();
        await JoinAsync(b);
        await a.ExchangeAsync(await JoinAsync(a), [Said("1")], default);
        await rung.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static async Task<LivePlace> JoinAsync(ILiveLog log)
    {
        var page = await log.ExchangeAsync(null, [], default);
        return new LivePlace(page.Run, page.Last);
    }

    private static SaidEvent Said(string key) => new(key, "main", "{}"u8.ToArray());
}

/// <summary>The tests' own log.</summary>
[TestClass]
public sealed class MemoryLiveLogTests : LiveLogContract
{
    private protected override Task<(ILiveLog A, ILiveLog B)> PairAsync()
    {
        var log = new MemoryLiveLog();
        return Task.FromResult<(ILiveLog, ILiveLog)>((log, log));
    }
}
