using Traxxs.Core.Diagnostics;
using Traxxs.Core.Motion;
using Traxxs.Core.Ports;
using Traxxs.Core.Power;
using Traxxs.Core.Safety;
using Traxxs.Core.Tests.Fakes;
using Traxxs.Protocol;

namespace Traxxs.Core.Tests;

/// <summary>Deep sleep: memory is lost each time, and nothing of what the device knows.</summary>
[TestClass]
public class SleepTests
{
    [TestMethod]
    public void A_still_device_sleeps_deeply_and_goes_on_as_if_it_had_not()
    {
        var awake = new Rig(Quick());
        var asleep = new Rig(Quick(), new MemoryStorage(32, 4096)) { SleepsDeeply = true };
        foreach (var rig in new[] { awake, asleep })
        {
            rig.Do(Doing.Walking, 900);
            rig.Do(Doing.Still, 4 * 3600);
            rig.Do(Doing.Walking, 900);
            rig.Do(Doing.Still, 3600);
            rig.Drain();
        }

        Assert.IsGreaterThan(5, asleep.Sleeps);
        Assert.AreEqual(awake.Server.Reports.Count, asleep.Server.Reports.Count, 1, "reports");
        Assert.AreEqual(1, asleep.Server.CountOf(EventCode.Started), "a wake is no start");
        Assert.AreEqual(2, asleep.Server.CountOf(EventCode.MovingSince));
        Assert.AreEqual(awake.Tracker.StepsTotal, asleep.Tracker.StepsTotal, 4.0);
        Assert.IsTrue(asleep.Server.Reports.All(r => !r.Report.TimeIsUptime), "the time is still known");
        Assert.AreEqual(Rig.StartUnixS + asleep.NowMs / 1000.0, asleep.Server.Reports[^1].Report.DeviceTimeS, asleep.Profile[SettingCode.HeartbeatS]);
        Assert.AreEqual(0, asleep.Server.Conflicts);
        Assert.HasCount(asleep.Server.Reports.Count, asleep.Server.Reports.Select(r => r.Report.Sequence).Distinct());
    }

    [TestMethod]
    public void A_wake_decides_with_three_reads_at_most_and_without_looking_through_the_ring()
    {
        var rig = new Rig(Quick(), new MemoryStorage(32, 4096)) { SleepsDeeply = true };
        rig.Do(Doing.Walking, 3600);
        rig.Do(Doing.Still, 1200);
        Assert.AreEqual(RestMode.DeepSleep, rig.Outputs.Rest);
        var reads = rig.Storage.Reads;
        rig.WakeUp(BootReason.WakePin);
        rig.Press(sos: 1);
        Assert.IsLessThanOrEqualTo(3, rig.Storage.Reads - reads);
        Assert.IsTrue(rig.Tracker.Queue.IsRecovered);
        Assert.AreEqual(1, rig.Tracker.OpenAlarms, "and the press is on flash");
    }

    [TestMethod]
    public void Knocks_in_the_night_cost_hardly_any_flash()
    {
        var rig = new Rig(Quick(), new MemoryStorage(32, 4096)) { SleepsDeeply = true };
        rig.Do(Doing.Walking, 900);
        rig.Do(Doing.Still, 1200);
        var (appends, sleeps) = (rig.Storage.Appends, rig.Sleeps);
        for (var i = 0; i < 20; i++)
        {
            rig.Do(Doing.Riding, 1);
            rig.Do(Doing.Still, 200);
        }

        Assert.IsGreaterThan(17, rig.Sleeps - sleeps);
        Assert.IsLessThanOrEqualTo(2 * 3 + 6, rig.Storage.Appends - appends, "the heartbeats of that hour, with report, note and checkpoint, and a checkpoint every quarter of it");
    }

    [TestMethod]
    public void Timers_run_on_through_deep_sleep()
    {
        var profile = Quick();
        (profile[SettingCode.CheckInS], profile[SettingCode.ImmobileS], profile[SettingCode.OffFoot]) = (7200, 5400, 0);
        var rig = new Rig(profile, new MemoryStorage(32, 4096)) { SleepsDeeply = true };
        rig.Do(Doing.Walking, 300);
        rig.Do(Doing.Still, 3 * 3600);
        Assert.IsGreaterThan(2, rig.Sleeps);
        rig.Drain();
        var immobile = rig.Server.Events().First(e => e.Code == EventCode.Immobile);
        Assert.AreEqual(Rig.StartUnixS + 300 + 5400.0, immobile.TimeS, 5.0);
        var missed = rig.Server.Events().First(e => e.Code == EventCode.CheckInMissed);
        Assert.AreEqual(Rig.StartUnixS + 7200.0, missed.TimeS, 5.0);
        Assert.IsTrue(rig.Patterns.Exists(p => p.Pattern == IndicatorPattern.FallWarning), "the reminder came");
    }

    [TestMethod]
    public void Timers_that_the_server_has_set_run_on_through_deep_sleep_and_remind_in_time()
    {
        foreach (var (code, afterS, alarm) in new[] { (SettingCode.ImmobileS, 5400, EventCode.Immobile), (SettingCode.CheckInS, 7200, EventCode.CheckInMissed) })
        {
            var rig = new Rig(Quick(), new MemoryStorage(32, 4096)) { SleepsDeeply = true };
            if (code == SettingCode.ImmobileS) rig.Server.Configure(5, (code, afterS), (SettingCode.OffFoot, 0));
            else rig.Server.Configure(5, (code, afterS), (SettingCode.CheckInReminderS, 300), (SettingCode.OffFoot, 0));
            rig.Do(Doing.Still, 120);
            var setS = rig.Server.Reports.First(r => r.Report.ConfigurationVersion == 5).StoredMs / 1000.0;
            rig.Patterns.Clear();
            rig.Do(Doing.Still, 4 * 3600);
            Assert.IsGreaterThan(2, rig.Sleeps, $"{code}");
            rig.Drain();
            var raised = rig.Server.Events().Single(e => e.Code == alarm);
            Assert.AreEqual(Rig.StartUnixS + setS + afterS, raised.TimeS, 30.0, $"{code}");
            var reminded = rig.Patterns.Where(p => p.Pattern == IndicatorPattern.FallWarning).Select(p => p.AtMs / 1000.0).ToList();
            if (code == SettingCode.ImmobileS) Assert.IsEmpty(reminded);
            else Assert.AreEqual(setS + afterS - 300, reminded.Single(), 30.0);
        }
    }

    [TestMethod]
    public void A_checkpoint_that_is_torn_flipped_or_from_another_sleep_is_not_believed()
    {
        foreach (var damage in new Action<MemoryStorage>[]
        {
            storage => storage.Segment(31)[storage.LengthOf(31) - 100] ^= 4,
            storage => storage.TryErase(31),
            storage => storage.TryAppend(31, new byte[40], 0, 40),
        })
        {
            var rig = new Rig(Quick(), new MemoryStorage(32, 4096)) { SleepsDeeply = true };
            rig.Do(Doing.Walking, 900);
            rig.Do(Doing.Still, 1200);
            var steps = rig.Tracker.StepsTotal;
            damage(rig.Storage);
            rig.WakeUp(BootReason.WakeTimer);
            rig.Do(Doing.Still, 300);
            rig.Drain();
            Assert.AreEqual(2, rig.Server.CountOf(EventCode.Started), "it begins anew");
            Assert.AreEqual(steps, rig.Tracker.StepsTotal);
            Assert.AreEqual(0, rig.Server.Conflicts);
        }
    }

    [TestMethod]
    [DataRow(true, DisplayName = "the clock has gone back")]
    [DataRow(false, DisplayName = "the log is not as it was left")]
    public void A_wake_that_cannot_go_on_begins_every_clock_anew(bool clock)
    {
        var profile = Quick();
        (profile[SettingCode.ImmobileS], profile[SettingCode.OffFoot]) = (3600, 0);
        var rig = new Rig(profile, new MemoryStorage(32, 4096)) { SleepsDeeply = true };
        rig.Do(Doing.Walking, 900);
        rig.Do(Doing.Still, 1200);
        Assert.AreEqual(RestMode.DeepSleep, rig.Outputs.Rest);
        var written = Enumerable.Range(0, 31).Last(i => rig.Storage.LengthOf(i) > 0);
        if (!clock) rig.Storage.TryAppend(written, new byte[40], 0, 40);
        rig.WakeUp(BootReason.WakeTimer, clock ? 1000 : null);
        Assert.IsFalse(rig.GoesOn);
        rig.SleepsDeeply = false;
        var startS = rig.NowMs / 1000;
        rig.Do(Doing.Still, 3600 + 200);
        var immobile = rig.Server.Events().Single(e => e.Code == EventCode.Immobile);
        Assert.AreEqual(3600, immobile.Value, 10);
        Assert.AreEqual(startS + 3600.0, immobile.In.StoredMs / 1000.0, 60.0);
        Assert.AreEqual(0, rig.Server.CountOf(EventCode.ReportsDropped));
    }

    [TestMethod]
    public void A_start_that_is_no_wake_takes_nothing_from_a_checkpoint()
    {
        foreach (var reason in Enum.GetValues<BootReason>())
        {
            var rig = new Rig(Quick(), new MemoryStorage(32, 4096)) { SleepsDeeply = true };
            rig.Do(Doing.Walking, 900);
            rig.Do(Doing.Still, 1200);
            rig.WakeUp(reason);
            rig.Do(Doing.Still, 120);
            var starts = reason is BootReason.WakePin or BootReason.WakeTimer ? 1 : 2;
            rig.Drain();
            Assert.AreEqual(starts, rig.Server.CountOf(EventCode.Started), $"{reason}");
        }
    }

    [TestMethod]
    public void What_waits_without_coverage_survives_deep_sleep_and_is_sent_once()
    {
        var rig = new Rig(Quick(), new MemoryStorage(32, 4096)) { SleepsDeeply = true };
        rig.Uplink.Coverage = false;
        rig.Do(Doing.Walking, 1800);
        rig.Do(Doing.Still, 2 * 3600);
        Assert.IsGreaterThan(5, rig.Sleeps);
        Assert.IsEmpty(rig.Server.Reports);
        rig.Drain(7200);
        Assert.AreEqual(0, rig.Server.Conflicts);
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.MovingSince));
        Assert.AreEqual(0, rig.Tracker.Queue.Count);
    }

    [TestMethod]
    public void Nobody_sleeps_while_a_fall_is_suspected_the_charger_is_on_or_an_alarm_is_under_way()
    {
        var rig = new Rig(Quick(), new MemoryStorage(32, 4096)) { SleepsDeeply = true };
        rig.Do(Doing.Walking, 300);
        rig.Charging = true;
        rig.Do(Doing.Still, 7200);
        Assert.AreEqual(0, rig.Sleeps, "on the charger");
        rig.Charging = false;
        rig.Server.AnswersAlarms = false;
        rig.Do(Doing.Walking, 60);
        rig.Do(Doing.Falling, 2);
        rig.Do(Doing.Lying, 3600);
        Assert.AreEqual(FallState.ManDown, rig.Tracker.FallState);
        Assert.AreEqual(0, rig.Sleeps, "no answer has come");
        rig.Server.AnswersAlarms = true;
        rig.Server.AcknowledgesAlarms = false;
        rig.Do(Doing.Lying, 2 * 3600);
        Assert.IsGreaterThan(0, rig.Sleeps, "the server has it: the device may sleep between two questions");
        Assert.AreEqual(1, rig.Tracker.OpenAlarms);
        Assert.AreEqual(FallState.ManDown, rig.Tracker.FallState, "and knows it still");
        rig.Server.Send(CommandCode.AlarmAcknowledged, rig.Server.Reports.First(r => r.Report.EventCount > 0 && r.Report.EventCodes[..r.Report.EventCount].Contains(EventCode.ManDown)).Report);
        rig.Do(Doing.Lying, 3 * 3600);
        Assert.AreEqual(0, rig.Tracker.OpenAlarms);
        Assert.IsTrue(rig.Patterns.Exists(p => p.Pattern == IndicatorPattern.AlarmAcknowledged));
    }

    [TestMethod]
    public void Resets_anywhere_in_a_day_that_sleeps_lose_and_double_no_accepted_report()
    {
        for (var seed = 1; seed <= 25; seed++)
        {
            var random = new Random(seed);
            var at = new HashSet<int>(Enumerable.Range(0, 20).Select(_ => random.Next(1, 1800)));
            var rig = new Rig(Quick(), new MemoryStorage(32, 4096)) { SleepsDeeply = true };
            rig.BeforeStep = r =>
            {
                if (!at.Remove(r.Steps)) return;
                // A wake reason after a cut is a lie the board may tell: what flash says is believed, not the reason alone.
                if (random.Next(3) == 0) r.WakeUp(BootReason.WakeTimer);
                else r.Reboot();
            };
            for (var i = 0; i < 3; i++)
            {
                rig.Do(Doing.Walking, 300);
                rig.Uplink.Coverage = i != 1;
                rig.Do(Doing.Still, 2400);
                rig.Press(sos: 1);
                rig.Do(Doing.Still, 1200);
                rig.Uplink.Coverage = true;
            }

            rig.Drain(7200);
            Assert.AreEqual(0, rig.Server.Conflicts, $"seed {seed}");
            Assert.AreEqual(0, rig.Tracker.Queue.Count, $"seed {seed}");
            var gaps = rig.Storage.Accepted.Except(rig.Server.Reports.Select(r => r.Report.Sequence)).ToList();
            Assert.IsEmpty(gaps, $"seed {seed}: accepted and never stored");
        }
    }

    [TestMethod]
    public void All_that_is_kept_fits_a_checkpoint()
    {
        var rig = new Rig(Quick(), new MemoryStorage(32, 4096)) { SleepsDeeply = true };
        rig.Server.AcknowledgesAlarms = false;
        for (var i = 0; i < AlarmDesk.AlarmsMax; i++)
        {
            rig.Press(sos: 1);
            rig.Do(Doing.Still, 60);
        }

        rig.Do(Doing.Still, 3 * 3600);
        Assert.AreEqual(AlarmDesk.AlarmsMax, rig.Tracker.OpenAlarms);
        Assert.IsGreaterThan(0, rig.Sleeps);
    }

    private static TrackerProfile Quick() => new() { [SettingCode.BatchFixes] = 10, [SettingCode.BatchAgeS] = 600, [SettingCode.HeartbeatS] = 1800, [SettingCode.StopReportS] = 30, [SettingCode.AlarmListenS] = 60 };
}
