using Traxxs.Core.Diagnostics;
using Traxxs.Core.Ports;
using Traxxs.Core.Tests.Fakes;
using Traxxs.Core.Uplink;
using Traxxs.Protocol;

namespace Traxxs.Core.Tests.Uplink;

/// <summary>What was closed before the time was known goes out with its true time, and under one number there are never two frames.</summary>
[TestClass]
public class TrueTimeTests
{
    private const int WaitS = 3 * 3600;

    [TestMethod]
    [DataRow(false, DisplayName = "by a fix")]
    [DataRow(true, DisplayName = "by the network")]
    public void An_alarm_taken_before_the_time_was_known_has_its_true_time_when_it_is_delivered(bool network)
    {
        var rig = InTheBasement(network);
        rig.Do(Doing.Still, 20);
        rig.Press(sos: 1);
        var pressedMs = rig.NowMs;
        rig.Do(Doing.Still, WaitS);
        Assert.AreEqual(0, rig.Server.Reports.Count);
        ComeOut(rig, network);
        AssertPressed(rig, pressedMs);
        Assert.IsFalse(rig.Server.Reports.Any(stored => stored.Report.TimeIsUptime), "the whole wait is told in true time");
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Deep_sleep_between_changes_nothing_of_it(bool network)
    {
        var rig = InTheBasement(network);
        rig.SleepsDeeply = true;
        rig.Do(Doing.Still, 4 * 3600);
        Assert.IsGreaterThan(2, rig.Sleeps);
        Assert.IsGreaterThan(1, rig.Tracker.Queue.Count, "reports wait over a deep sleep");
        rig.Press(sos: 1);
        var pressedMs = rig.NowMs;
        rig.Do(Doing.Still, WaitS);
        ComeOut(rig, network);
        AssertPressed(rig, pressedMs);
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.Started));
        Assert.AreEqual((double)Rig.StartUnixS, rig.Server.Events().Single(e => e.Code == EventCode.Started).TimeS, 2, "the start itself, closed before the first deep sleep");
        Assert.IsFalse(rig.Server.Reports.Any(stored => stored.Report.TimeIsUptime));
    }

    [TestMethod]
    public void Whatever_acknowledgement_is_lost_and_whenever_the_device_restarts_a_number_has_one_frame()
    {
        for (var at = 1; at <= 6; at++)
        {
            foreach (var restarts in new[] { false, true })
            {
                var rig = InTheBasement(network: true);
                rig.Do(Doing.Walking, 200);
                rig.Press(sos: 1);
                var pressedMs = rig.NowMs;
                rig.Do(Doing.Walking, 2000);
                Assert.IsGreaterThan(4, rig.Tracker.Queue.Count);
                rig.Uplink.BreaksAtPacket = at;
                rig.Uplink.StoresWhatBreaks = true;
                rig.Uplink.Coverage = true;
                var broken = false;
                rig.BeforeStep = r =>
                {
                    if (broken || r.Uplink.Handed.Count < at) return;
                    broken = true;
                    if (restarts) r.Reboot(BootReason.Watchdog);
                };
                for (var s = 0; s < 1200 && !broken; s++) rig.Do(Doing.Still, 1);
                rig.Sky = true;         // the satellites say a little other than the network did
                rig.ClockOffsetS = 3;
                rig.Do(Doing.Walking, 600);
                rig.Drain();
                Assert.IsTrue(broken);
                Assert.AreEqual(0, rig.Server.Conflicts, $"packet {at}, restarts {restarts}");
                Assert.IsGreaterThan(0, rig.Server.Repeats, "what broke was sent again");
                AssertPressed(rig, pressedMs, $"packet {at}, restarts {restarts}");
            }
        }
    }

    [TestMethod]
    public void What_went_out_without_a_time_stays_as_it_was()
    {
        var rig = InTheBasement(network: false);
        rig.Do(Doing.Still, 20);
        rig.Uplink.Coverage = true;
        rig.Uplink.LosesAcknowledgements = true;
        rig.Press(sos: 1);
        rig.Do(Doing.Still, 300);
        Assert.IsTrue(rig.Server.Reports.All(stored => stored.Report.TimeIsUptime));
        rig.Uplink.LosesAcknowledgements = false;
        rig.Sky = true;
        rig.Do(Doing.Walking, 300);
        rig.Drain();
        Assert.AreEqual(0, rig.Server.Conflicts);
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.Sos));
    }

    [TestMethod]
    public void A_report_of_an_earlier_start_stays_without_a_time_since_nothing_ties_its_clock_to_this_one()
    {
        var rig = InTheBasement(network: true);
        rig.Do(Doing.Still, 20);
        rig.Press(sos: 1);
        rig.Do(Doing.Still, 60);
        rig.Reboot(BootReason.Watchdog);
        rig.Do(Doing.Still, 60);
        rig.Press(sos: 1);
        var pressedMs = rig.NowMs;
        rig.Do(Doing.Still, 600);
        ComeOut(rig, network: true);
        var presses = rig.Server.Events().Where(e => e.Code == EventCode.Sos).ToList();
        Assert.HasCount(2, presses);
        Assert.IsTrue(presses.Single(e => e.In.Report.Sequence == presses.Min(p => p.In.Report.Sequence)).In.Report.TimeIsUptime);
        Assert.AreEqual(Rig.StartUnixS + pressedMs / 1000.0, presses.Single(e => !e.In.Report.TimeIsUptime).TimeS, 2);
    }

    [TestMethod]
    public void An_alarm_that_dead_flash_refuses_has_its_true_time_too()
    {
        var rig = InTheBasement(network: true);
        rig.Do(Doing.Walking, 60);
        rig.Storage.RefuseAppends = true;
        rig.Press(sos: 1);
        var pressedMs = rig.NowMs;
        rig.Do(Doing.Walking, 600);
        rig.Uplink.Coverage = true;
        rig.Do(Doing.Walking, 600);
        AssertPressed(rig, pressedMs);
        rig.Storage.RefuseAppends = false;
        rig.Drain();
        Assert.AreEqual(0, rig.Server.Conflicts);
    }

    [TestMethod]
    [DataRow(50L * 365 * 86400)]
    [DataRow(-90L)]
    [DataRow(90L)]
    public void A_clock_that_the_network_sets_is_no_time_asleep(long byS)
    {
        var rig = new Rig(storage: new MemoryStorage(32, 4096)) { SleepsDeeply = true, Sky = false };
        rig.SetClock(Rig.StartUnixS * 500L);
        rig.Do(Doing.Still, 3 * 3600);
        var (sleeps, appends) = (rig.Sleeps, rig.Storage.Appends);
        Assert.IsGreaterThan(1, sleeps);

        // Set while nothing else of the device changes: in its next step, awake, and it goes back to sleep.
        rig.BeforeStep = r =>
        {
            if (r.Sleeps == sleeps) return;
            r.BeforeStep = null;
            r.SetClock(Rig.StartUnixS * 500L + byS * 1000);
        };
        rig.Do(Doing.Still, 4 * 3600);
        Assert.IsGreaterThan(sleeps + 1, rig.Sleeps);
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.Started), "the device goes on where it was");
        rig.Press(sos: 1);
        rig.Do(Doing.Still, 60);
        var sos = rig.Server.Events().Single(e => e.Code == EventCode.Sos);
        var uptimeS = sos.In.Report.TimeIsUptime ? sos.TimeS : sos.TimeS - (Rig.StartUnixS / 2 + byS);
        Assert.AreEqual(rig.NowMs / 1000.0 - 60, uptimeS, 5, "its own clock does not jump");
    }

    [TestMethod]
    public void A_sleep_of_decades_is_a_clock_that_was_set_and_the_device_begins_anew()
    {
        var rig = new Rig(storage: new MemoryStorage(32, 4096)) { SleepsDeeply = true };
        rig.Do(Doing.Still, 3 * 3600);
        Assert.AreEqual(RestMode.DeepSleep, rig.Outputs.Rest);
        rig.SetClock(Rig.StartUnixS * 1000L);
        Assert.AreEqual(0, new Tracker(new TrackerProfile(), rig.Storage, rig.Uplink, 1, BootReason.WakeTimer).Wake(rig.RtcMs));
        rig.SetClock(0);
        Assert.IsInRange(rig.NowMs - 5, rig.NowMs + 5, new Tracker(new TrackerProfile(), rig.Storage, rig.Uplink, 1, BootReason.WakeTimer).Wake(rig.RtcMs));
    }

    private static Rig InTheBasement(bool network)
    {
        var rig = new Rig(new TrackerProfile { [SettingCode.BatchFixes] = 3, [SettingCode.BatchAgeS] = 300 }, new MemoryStorage(32, 4096)) { Sky = false, HasNetworkTime = network };
        rig.Uplink.Coverage = false;
        return rig;
    }

    private static void ComeOut(Rig rig, bool network)
    {
        rig.Sky = !network;
        // Where a fix is to tell the time, it comes before the network does.
        if (!network) rig.Do(Doing.Walking, 120);
        rig.Uplink.Coverage = true;
        rig.Do(Doing.Walking, 600);
        rig.Drain();
    }

    private static void AssertPressed(Rig rig, long pressedMs, string when = "")
    {
        var press = rig.Server.Events().Single(e => e.Code == EventCode.Sos);
        Assert.IsFalse(press.In.Report.TimeIsUptime);
        Assert.AreEqual(Rig.StartUnixS + pressedMs / 1000.0, press.TimeS, 2, when);
        Assert.AreEqual(0, rig.Server.Conflicts, when);
    }
}
