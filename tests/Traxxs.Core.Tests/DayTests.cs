using Traxxs.Core.Motion;
using Traxxs.Core.Ports;
using Traxxs.Core.Tests.Fakes;
using Traxxs.Protocol;

namespace Traxxs.Core.Tests;

[TestClass]
public class DayTests
{
    [TestMethod]
    public void Who_only_shifts_in_a_chair_is_not_news()
    {
        var rig = new Rig();
        rig.Do(Doing.Walking, 300);
        rig.Do(Doing.Still, 600);
        var reports = rig.Server.Reports.Count;
        for (var i = 0; i < 10; i++)
        {
            rig.Do(Doing.Riding, 8);        // the gate opens
            rig.Do(Doing.Still, 120);
        }

        Assert.AreEqual(reports, rig.Server.Reports.Count);
        rig.Do(Doing.Walking, 60);
        rig.Do(Doing.Still, 300);
        Assert.IsGreaterThan(reports, rig.Server.Reports.Count);
        Assert.AreEqual(2, rig.Server.CountOf(EventCode.MovingSince), "two walks");
        Assert.AreEqual(2, rig.Server.CountOf(EventCode.Stopped));
    }

    [TestMethod]
    public void A_walk_becomes_fixes_steps_and_events_on_the_server()
    {
        var rig = new Rig();
        rig.Do(Doing.Still, 600);
        rig.Do(Doing.Walking, 1800);
        rig.Do(Doing.Still, 900);
        rig.Drain();

        var fixes = rig.Server.Reports.Sum(r => r.Report.FixCount);
        Assert.IsTrue(fixes is >= 23 and <= 29, $"{fixes} fixes of half an hour at one every 70 s");
        var steps = rig.Server.Reports[^1].Report.StepsTotal;
        Assert.AreEqual(1800_000.0 / Wearer.StrideMs, steps, 4.0, "steps");
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.MovingSince));
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.Stopped));
        var since = rig.Server.Events().First(e => e.Code == EventCode.MovingSince).TimeS;
        Assert.AreEqual(Rig.StartUnixS + 600.0, since, 2.0, "movement is reported from when it began");
        var stopped = rig.Server.Events().First(e => e.Code == EventCode.Stopped).TimeS;
        Assert.AreEqual(Rig.StartUnixS + 2400.0, stopped, 3.0, "the stop is the last movement, not its recognition");
        Assert.AreEqual(rig.Tracker.Queue.Accepted, rig.Server.Reports.Count);
        Assert.AreEqual(0, rig.Server.Conflicts);
        Assert.AreEqual(MotionState.Stationary, rig.Tracker.MotionState);
    }

    [TestMethod]
    public void Standing_and_fidgeting_cost_no_fix_and_no_step()
    {
        var rig = new Rig();
        rig.Do(Doing.Still, 300);
        var searches = rig.Tracker.Scheduler.Searches;
        rig.Do(Doing.Fidgeting, 3600);
        Assert.AreEqual(searches, rig.Tracker.Scheduler.Searches);
        Assert.AreEqual(0u, rig.Tracker.StepsTotal);
    }

    [TestMethod]
    public void Riding_takes_fixes_without_steps()
    {
        var rig = new Rig();
        rig.Do(Doing.Still, 300);
        var taken = rig.Tracker.Scheduler.Taken;
        rig.Do(Doing.Riding, 1800);
        Assert.AreEqual(ActivityCode.Riding, rig.Tracker.Activity);
        Assert.IsTrue(rig.Tracker.Scheduler.Taken - taken >= 21, $"{rig.Tracker.Scheduler.Taken - taken} fixes");
        Assert.AreEqual(0u, rig.Tracker.StepsTotal);
    }

    [TestMethod]
    public void Under_a_roof_the_search_is_bounded_and_backs_off()
    {
        var rig = new Rig { Sky = false };
        rig.Do(Doing.Walking, 7200);
        Assert.AreEqual(0, rig.Tracker.Scheduler.Taken);
        Assert.IsTrue(rig.Tracker.Scheduler.Searches is >= 6 and <= 14, $"{rig.Tracker.Scheduler.Searches} searches in two hours");
        Assert.IsTrue(rig.GnssOnTotalMs < 15 * 60_000, $"{rig.GnssOnTotalMs} ms of receiver");
        rig.Drain();
        Assert.IsTrue(rig.Server.CountOf(EventCode.GnssTimeout) > 0);
        Assert.IsTrue(rig.Server.Reports.All(r => r.Report.TimeIsUptime), "without a fix the time is counted from the start");
    }

    [TestMethod]
    public void A_step_allocates_nothing()
    {
        var rig = new Rig();
        rig.Uplink.Coverage = false;   // the fake link copies frames; the rest of the day must be free of allocations
        rig.Do(Doing.Walking, 600);
        rig.AllocatedBytes = 0;
        rig.Do(Doing.Walking, 3600);
        rig.Do(Doing.Fidgeting, 600);
        rig.Do(Doing.Falling, 2);
        rig.Do(Doing.Lying, 120);
        rig.Press(sos: 2);
        rig.Do(Doing.Walking, 1200);
        Assert.AreEqual(0L, rig.AllocatedBytes);
        Assert.IsTrue(rig.Tracker.Queue.Accepted >= 5);
    }

    [TestMethod]
    public void A_device_asleep_is_stepped_rarely()
    {
        var rig = new Rig(new TrackerProfile { [SettingCode.OffFoot] = 0 });
        rig.Do(Doing.Still, 600);
        var before = rig.Steps;
        rig.Do(Doing.Still, 24 * 3600);
        var steps = rig.Steps - before;
        Assert.IsTrue(steps < 24 * 40, $"{steps} steps in a still day");
        Assert.IsTrue(rig.Server.Reports.Count is >= 24 and <= 27, $"{rig.Server.Reports.Count} heartbeats");
    }

    [TestMethod]
    public void A_low_battery_is_reported_once_and_stretches_the_intervals()
    {
        var rig = new Rig();
        rig.Do(Doing.Still, 300);
        rig.BatteryPercent = 15;
        rig.Do(Doing.Still, 3600);
        rig.BatteryPercent = 17;
        rig.Do(Doing.Still, 1800);
        rig.BatteryPercent = 14;
        rig.Do(Doing.Still, 1800);
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.BatteryLow));
        Assert.IsTrue(rig.Patterns.Exists(p => p.Pattern == IndicatorPattern.BatteryLow));
        var taken = rig.Tracker.Scheduler.Taken;
        rig.Do(Doing.Walking, 1800);
        Assert.IsTrue(rig.Tracker.Scheduler.Taken - taken <= 1800 / (60 * rig.Profile[SettingCode.LowBatteryFactor]) + 1);
    }
}
