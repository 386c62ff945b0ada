using Traxxs.Simulation.Time;

namespace Traxxs.Simulation.Tests.Time;

[TestClass]
public sealed class SchedulerTests
{
    private readonly Scheduler _scheduler = new(new VirtualClock(DateTimeOffset.UnixEpoch));
    private readonly List<string> _ran = [];

    [TestMethod]
    public void Events_run_by_time_and_those_of_one_time_in_the_order_scheduled()
    {
        foreach (var (time, name) in new[] { (5, "e"), (3, "a"), (3, "b"), (4, "d"), (3, "c") }) _scheduler.At(time, () => _ran.Add(name));
        _scheduler.RunUntil(10);
        Assert.AreEqual("a b c d e", string.Join(' ', _ran));
        Assert.AreEqual(10, _scheduler.Clock.NowMs);
    }

    [TestMethod]
    public void An_event_sees_its_own_time_and_may_schedule_more()
    {
        _scheduler.At(5, () =>
        {
            _ran.Add($"first at {_scheduler.Clock.NowMs}");
            _scheduler.After(2, () => _ran.Add($"then at {_scheduler.Clock.NowMs}"));
            _scheduler.At(1, () => _ran.Add($"late at {_scheduler.Clock.NowMs}"));
        });
        _scheduler.RunUntil(10);
        Assert.AreEqual("first at 5, late at 5, then at 7", string.Join(", ", _ran));
    }

    [TestMethod]
    public void A_cancelled_event_does_not_run_and_is_not_due()
    {
        var gone = _scheduler.At(5, () => _ran.Add("gone"));
        _scheduler.At(8, () => _ran.Add("there"));
        gone.Cancel();
        Assert.AreEqual(8, _scheduler.NextDueMs);
        _scheduler.RunUntil(10);
        Assert.AreEqual("there", string.Join(' ', _ran));
        Assert.AreEqual(long.MaxValue, _scheduler.NextDueMs);
    }
}
