using Traxxs.Server.Cluster.RabbitMq;

namespace Traxxs.Server.Tests.Cluster;

/// <summary>Acknowledgements in the order delivered, whatever order things are done in.</summary>
[TestClass]
public sealed class AckTrackerTests
{
    [TestMethod]
    public void What_is_done_in_order_is_acknowledged_at_once()
    {
        var tracker = new AckTracker();
        for (ulong tag = 1; tag <= 5; tag++) Assert.AreEqual(tag, Done(tracker, tag));
    }

    [TestMethod]
    public void What_is_not_done_holds_back_what_is_behind_it()
    {
        var tracker = new AckTracker();
        Assert.IsNull(Done(tracker, 3));
        Assert.IsNull(Done(tracker, 2));
        Assert.AreEqual(2, tracker.Waiting);
        Assert.AreEqual(3ul, Done(tracker, 1));
        Assert.AreEqual(0, tracker.Waiting);
    }

    [TestMethod]
    public void What_was_given_back_is_passed_over_and_never_the_last_one_named()
    {
        var tracker = new AckTracker();
        Assert.AreEqual(1ul, Done(tracker, 1));
        Assert.IsNull(Done(tracker, 2, returned: true), "nothing to acknowledge");
        Assert.IsNull(Done(tracker, 4, returned: true));
        Assert.AreEqual(3ul, Done(tracker, 3), "4 was given back: naming it would be an error");
        Assert.AreEqual(5ul, Done(tracker, 5));
    }

    [TestMethod]
    public void Twice_is_once()
    {
        var tracker = new AckTracker();
        Done(tracker, 1);
        Assert.IsNull(Done(tracker, 1));
        Done(tracker, 3);
        Assert.IsNull(Done(tracker, 3));
        Assert.AreEqual(3ul, Done(tracker, 2));
    }

    [TestMethod]
    public void In_any_order_everything_is_acknowledged_and_nothing_early()
    {
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var tags = Enumerable.Range(1, 40).Select(i => (ulong)i).ToArray();
            random.Shuffle(tags);
            var (tracker, done, last) = (new AckTracker(), new HashSet<ulong>(), 0ul);
            foreach (var tag in tags)
            {
                done.Add(tag);
                if (Done(tracker, tag) is not { } upTo) continue;
                Assert.IsGreaterThan(last, upTo);
                for (var i = 1ul; i <= upTo; i++) Assert.Contains(i, done, "acknowledged before it was done");
                last = upTo;
            }

            Assert.AreEqual(40ul, last);
        }
    }

    private static ulong? Done(AckTracker tracker, ulong tag, bool returned = false) => tracker.Complete(tag, returned, out var upTo) ? upTo : null;
}
