using System.Text.Json;
using Traxxs.Server.Live;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Live;

[TestClass]
public sealed class LiveFeedTests
{
    private readonly LiveFeed _feed = new(new ManualClock());

    [TestMethod]
    public void A_watcher_that_does_not_read_is_let_go_and_the_others_miss_nothing()
    {
        using var slow = _feed.Watch("main", null);
        using var quick = _feed.Watch("main", null);
        var read = 0;
        for (var i = 0; i <= LiveFeed.QueueMax; i++)
        {
            _feed.Publish("main", "device", i);
            while (quick.Events.TryRead(out _)) read++;
        }

        Assert.AreEqual(LiveFeed.QueueMax + 1, read);
        StringAssert.StartsWith(slow.Reason, "too slow");
        Assert.IsNull(quick.Reason);
        Assert.AreEqual(1, _feed.Watchers);
        Assert.AreEqual(1, _feed.Dropped);
    }

    [TestMethod]
    public void Who_comes_back_gets_exactly_what_was_missed()
    {
        string id;
        using (var first = _feed.Watch("main", null))
        {
            _feed.Publish("main", "device", 1);
            id = Read(first).GetProperty("id").GetString()!;
        }

        _feed.Publish("main", "device", 2);
        _feed.Publish("main", "device", 3);
        using var again = _feed.Watch("main", id);
        _feed.Publish("main", "device", 4);
        Assert.AreEqual(2, Read(again).GetProperty("data").GetInt32());
        Assert.AreEqual(3, Read(again).GetProperty("data").GetInt32());
        Assert.AreEqual(4, Read(again).GetProperty("data").GetInt32());
    }

    [TestMethod]
    public void Who_was_away_too_long_is_told_to_read_the_state_again()
    {
        using (var first = _feed.Watch("main", null))
        {
            _feed.Publish("main", "device", 1);
            var id = Read(first).GetProperty("id").GetString();
            for (var i = 0; i < LiveFeed.KeptMax + 10; i++) _feed.Publish("main", "device", i);
            using var late = _feed.Watch("main", id);
            Assert.AreEqual("reset", Read(late).GetProperty("type").GetString());
        }

        using var stranger = _feed.Watch("main", "garbage");
        Assert.AreEqual("reset", Read(stranger).GetProperty("type").GetString());
    }

    [TestMethod]
    public void Who_only_watches_from_now_gets_nothing_old()
    {
        _feed.Publish("main", "device", 1);
        using var watcher = _feed.Watch("main", null);
        Assert.IsFalse(watcher.Events.TryRead(out _));
    }

    private static JsonElement Read(LiveWatcher watcher)
    {
        Assert.IsTrue(watcher.Events.TryRead(out var item));
        return JsonSerializer.Deserialize<JsonElement>(item.Text);
    }
}
