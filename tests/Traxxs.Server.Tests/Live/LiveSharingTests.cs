using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Server.Live;

namespace Traxxs.Server.Tests.Live;

/// <summary>Several instances' watchers under one numbering, and what becomes of them when the log goes.</summary>
[TestClass]
public sealed class LiveSharingTests
{
    private readonly MemoryLiveLog _log = new();

    [TestMethod]
    public async Task A_watcher_goes_on_at_another_instance_where_it_stopped_though_both_say_everything()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        string last;
        using (var watcher = one.Feed.Watch("main", null))
        {
            Both(1, 2);
            last = (await ReadAsync(watcher, 2))[^1].Id;
        }

        Both(3, 4);
        await UntilAsync(() => other.Feed.Last.Number == 4);
        using var back = other.Feed.Watch("main", last);
        Both(5);
        CollectionAssert.AreEqual(new[] { 3, 4, 5 }, await DataAsync(back, 3));

        // One that had not begun yet has all that is kept too.
        await using var fresh = await StartAsync();
        using var late = fresh.Feed.Watch("main", last);
        CollectionAssert.AreEqual(new[] { 3, 4, 5 }, await DataAsync(late, 3));
        void Both(params int[] numbers)
        {
            foreach (var number in numbers) (Tell(one, number), Tell(other, number)).ToString();
        }
    }

    [TestMethod]
    public async Task Who_was_a_moment_ahead_elsewhere_is_told_nothing_twice()
    {
        await using var quick = await StartAsync();
        using var watcher = quick.Feed.Watch("main", null);
        Tell(quick, 1);
        var first = (await ReadAsync(watcher, 1))[0].Id;
        var slow = new Instance(new LiveFeed(TimeProvider.System), new MemoryLiveLog());
        slow.Feed.Begin(new LivePage(LivePlaceOf(first).Run, 0, []));
        using var back = slow.Feed.Watch("main", first);
        slow.Feed.Take(new LoggedEvent(1, Said(1)));
        slow.Feed.Take(new LoggedEvent(2, Said(2)));
        CollectionAssert.AreEqual(new[] { 2 }, await DataAsync(back, 1));
        Assert.IsFalse(back.Events.TryRead(out _));
        await slow.DisposeAsync();
    }

    [TestMethod]
    public async Task While_the_log_is_away_watchers_are_told_all_the_same_and_once_each_read_anew()
    {
        await using var one = await StartAsync();
        using var watcher = one.Feed.Watch("main", null);
        Tell(one, 1);
        await ReadAsync(watcher, 1);
        _log.IsAway = true;
        Tell(one, 2);
        CollectionAssert.AreEqual(new[] { "reset", "device" }, (await ReadAsync(watcher, 2)).Select(item => item.Type).ToArray());
        Tell(one, 3);
        CollectionAssert.AreEqual(new[] { 3 }, await DataAsync(watcher, 1));
        Assert.IsNotNull(one.Sharing.Trouble);

        _log.IsAway = false;
        await UntilAsync(() => one.Sharing.IsJoined);
        Tell(one, 4);
        CollectionAssert.AreEqual(new[] { "reset", "device" }, (await ReadAsync(watcher, 2)).Select(item => item.Type).ToArray());
    }

    [TestMethod]
    public async Task What_may_have_been_said_is_said_again_and_told_once()
    {
        await using var one = await StartAsync();
        using var watcher = one.Feed.Watch("main", null);
        _log.SwallowsAnswers = true;
        Tell(one, 1);
        await Task.Delay(50);
        _log.SwallowsAnswers = false;
        Tell(one, 2);
        CollectionAssert.AreEqual(new[] { 1, 2 }, await DataAsync(watcher, 2));
    }

    [TestMethod]
    public async Task A_log_that_lost_everything_begins_anew_for_everybody()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        using var watcher = one.Feed.Watch("main", null);
        using var second = other.Feed.Watch("main", null);
        Tell(one, 1);
        var old = (await ReadAsync(watcher, 1))[0].Id;
        await ReadAsync(second, 1);
        _log.Lose();
        Assert.AreEqual("reset", (await ReadAsync(watcher, 1))[0].Type);
        Assert.AreEqual("reset", (await ReadAsync(second, 1))[0].Type);
        Tell(other, 2);
        CollectionAssert.AreEqual(new[] { 2 }, await DataAsync(watcher, 1));
        CollectionAssert.AreEqual(new[] { 2 }, await DataAsync(second, 1));
        using var back = other.Feed.Watch("main", old);
        Assert.AreEqual("reset", (await ReadAsync(back, 1))[0].Type, "an id of before is no id any more");
    }

    [TestMethod]
    public async Task Who_asks_how_many_were_told_hears_it_of_its_own_watchers_whoever_said_it_first()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        using var watcher = other.Feed.Watch("main", null);
        var (here, there) = (new TaskCompletionSource<int>(), new TaskCompletionSource<int>());
        one.Sharing.Tell(Said(1), here.SetResult);
        await ReadAsync(watcher, 1);
        other.Sharing.Tell(Said(1), there.SetResult);
        Assert.AreEqual(0, await here.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.AreEqual(1, await there.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.IsFalse(watcher.Events.TryRead(out _), "told once");

        _log.IsAway = true;
        var alone = new TaskCompletionSource<int>();
        other.Sharing.Tell(Said(2), alone.SetResult);
        Assert.AreEqual(1, await alone.Task.WaitAsync(TimeSpan.FromSeconds(30)), "and without the log");
    }

    [TestMethod]
    public async Task What_was_told_before_something_was_hidden_is_not_told_again()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        using var watcher = one.Feed.Watch("main", null);
        Tell(one, 1);
        var before = (await ReadAsync(watcher, 1))[0].Id;
        Tell(one, 2);
        one.Sharing.Tell(Said(3) with { Forgets = true });
        var hidden = (await ReadAsync(watcher, 2))[^1].Id;
        await using var fresh = await StartAsync();
        await UntilAsync(() => other.Feed.Last.Number == 3);
        foreach (var instance in (Instance[])[one, other, fresh])
        {
            using var late = instance.Feed.Watch("main", before);
            Assert.AreEqual("reset", (await ReadAsync(late, 1))[0].Type);
            using var since = instance.Feed.Watch("main", hidden);
            Assert.IsFalse(since.Events.TryRead(out _), "who was there when it was hidden goes on");
        }
    }

    private static LivePlace LivePlaceOf(string id) => LivePlace.TryRead(id, out var place) ? place : throw new FormatException(id);

    private static SaidEvent Said(int number) => new($"event {number}", "main", JsonSerializer.SerializeToUtf8Bytes(new { type = "device", data = number }));

    private static bool Tell(Instance instance, int number)
    {
        instance.Sharing.Tell(Said(number));
        return true;
    }

    private async Task<Instance> StartAsync()
    {
        var instance = new Instance(new LiveFeed(TimeProvider.System), _log);
        await instance.Sharing.TryJoinAsync(default);
        instance.Sharing.Start();
        return instance;
    }

    private static async Task<int[]> DataAsync(LiveWatcher watcher, int count) => [.. (await ReadAsync(watcher, count)).Select(item => item.Data)];

    private static async Task<List<(string Id, string Type, int Data)>> ReadAsync(LiveWatcher watcher, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var read = new List<(string, string, int)>();
        while (read.Count < count)
        {
            var item = JsonSerializer.Deserialize<JsonElement>((await watcher.Events.ReadAsync(patience.Token)).Text);
            read.Add((item.GetProperty("id").GetString()!, item.GetProperty("type").GetString()!, item.TryGetProperty("data", out var data) ? data.GetInt32() : 0));
        }

        return read;
    }

    private static async Task UntilAsync(Func<bool> wanted)
    {
        var started = Environment.TickCount64;
        while (!wanted())
        {
            Assert.IsLessThan(30_000, Environment.TickCount64 - started, "it did not come about");
            await Task.Delay(5);
        }
    }

    private sealed class Instance(LiveFeed feed, ILiveLog log) : IAsyncDisposable
    {
        public LiveFeed Feed => feed;

        public LiveSharing Sharing { get; } = new(feed, log, TimeProvider.System, NullLogger.Instance);

        public ValueTask DisposeAsync() => Sharing.DisposeAsync();
    }
}
