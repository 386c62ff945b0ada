using Traxxs.Core.Diagnostics;
using Traxxs.Core.Ports;
using Traxxs.Core.Tests.Fakes;
using Traxxs.Core.Uplink;
using Traxxs.Protocol;

namespace Traxxs.Core.Tests.Uplink;

[TestClass]
public class RestartTests
{
    [TestMethod]
    public void A_restart_at_any_step_of_a_short_day_loses_and_doubles_no_accepted_report()
    {
        var plain = new Rig(Profile());
        Day(plain);
        Assert.IsTrue(plain.Steps > 500, $"{plain.Steps} steps");
        // Every step while the day is young and reports are few, then every 7th: each run is a whole day.
        for (var at = 1; at < plain.Steps; at += at < 60 ? 1 : 7) DayWithRestarts([at]);
    }

    [TestMethod]
    public void Many_restarts_in_a_row_lose_and_double_no_accepted_report()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var random = new Random(seed);
            DayWithRestarts([.. Enumerable.Range(0, 30).Select(_ => random.Next(1, 1500))], $"seed {seed}");
        }
    }

    [TestMethod]
    public void Lost_acknowledgements_double_nothing_on_the_server()
    {
        var rig = new Rig(Profile());
        rig.Uplink.LosesAcknowledgements = true;
        Day(rig);
        rig.Reboot();
        rig.Drain(7200);
        Assert.IsTrue(rig.Server.Repeats > 0, "reports came again");
        Assert.AreEqual(0, rig.Server.Conflicts);
        Assert.AreEqual(0, rig.Tracker.Queue.Count);
    }

    [TestMethod]
    public void Steps_go_on_counting_across_a_restart()
    {
        var rig = new Rig(Profile());
        rig.Do(Doing.Walking, 900);
        rig.Do(Doing.Still, 300);
        var before = rig.Tracker.StepsTotal;
        Assert.IsTrue(before > 700);
        rig.Reboot();
        rig.Do(Doing.Still, 20);
        Assert.AreEqual(before, rig.Tracker.StepsTotal);
    }

    [TestMethod]
    public void A_restart_decides_before_it_has_read_its_flash()
    {
        var rig = new Rig(Profile());
        rig.Do(Doing.Walking, 3600);
        rig.Reboot();
        var reads = rig.Storage.Reads;
        rig.StepNow();
        Assert.IsTrue(rig.Storage.Reads - reads <= 3, $"{rig.Storage.Reads - reads} reads before the first decision");
        Assert.AreEqual(GnssPower.On, rig.Outputs.Gnss, "and it has decided");
    }

    [TestMethod]
    public void A_press_right_after_the_restart_is_not_lost()
    {
        var rig = new Rig(Profile());
        rig.Do(Doing.Walking, 3600);
        rig.Reboot();
        rig.Press(sos: 1);
        Assert.AreEqual(1, rig.Tracker.OpenAlarms);
        rig.Do(Doing.Still, 30);
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.Sos));
    }

    [TestMethod]
    public void A_reboot_command_that_the_broker_keeps_reboots_once()
    {
        var rig = new Rig(Profile());
        rig.Do(Doing.Still, 300);
        var reboots = 0;
        for (var i = 0; i < 5; i++)
        {
            rig.Server.Send(CommandCode.Reboot, id: 77);
            rig.Press(sos: 1);   // something to say, so that the link opens
            for (var t = 0; t < 60 && !rig.Outputs.Restart; t++) rig.Do(Doing.Still, 1);
            if (!rig.Outputs.Restart) continue;
            reboots++;
            rig.Outputs.Restart = false;
            rig.Reboot();
        }

        Assert.AreEqual(1, reboots);
    }

    [TestMethod]
    public void A_link_whose_work_never_ends_has_the_device_restart_once_all_is_on_flash()
    {
        var rig = new Rig(Profile());
        rig.Uplink.Coverage = false;
        rig.Do(Doing.Walking, 300);
        rig.Uplink.StuckSinceMs = rig.NowMs;
        rig.Storage.RefuseAppends = true;
        rig.Press(sos: 1);
        for (var s = 0; s < Traxxs.Core.Uplink.UplinkPolicy.BusyMaxMs / 1000 - 2; s++)
        {
            rig.Do(Doing.Walking, 1);
            Assert.IsFalse(rig.Outputs.Restart, "it may still end");
            if (s == 2) rig.Storage.RefuseAppends = false;
        }

        for (var s = 0; s < 10 && !rig.Outputs.Restart; s++) rig.Do(Doing.Walking, 1);
        Assert.IsTrue(rig.Outputs.Restart);
        rig.Uplink.StuckSinceMs = null;
        rig.Reboot(Traxxs.Core.Diagnostics.BootReason.Requested);
        rig.Drain();
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.Sos));
        Assert.AreEqual(1 << Traxxs.Core.Diagnostics.SelfTest.Radio, rig.Server.Events().Single(e => e.Code == EventCode.Degraded).Value);
        Assert.IsFalse(rig.Outputs.Restart, "once");
    }

    [TestMethod]
    public void Flash_that_fails_for_a_while_delays_reports_and_loses_none()
    {
        var rig = new Rig(Profile());
        rig.Do(Doing.Walking, 300);
        rig.Storage.RefuseAppends = true;
        rig.Do(Doing.Walking, 300);
        rig.Press(sos: 1);
        rig.Do(Doing.Still, 60);
        rig.Storage.RefuseAppends = false;
        rig.Drain();
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.Sos));
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.Degraded), "and it is reported");
        Assert.AreEqual(0, rig.Tracker.LostContents);
        Assert.IsTrue(rig.Server.Reports.Count >= rig.Tracker.Queue.Accepted);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true, DisplayName = "the answer overtakes the acknowledgement")]
    public void An_alarm_that_dead_flash_refuses_goes_to_the_server_from_memory(bool overtaken)
    {
        var rig = new Rig(Profile());
        rig.Uplink.AnswersOvertake = overtaken;
        rig.Do(Doing.Walking, 300);
        rig.Storage.RefuseAppends = true;
        rig.Press(sos: 1);
        rig.Do(Doing.Still, 60);
        rig.Press(sos: 1);
        rig.Do(Doing.Still, 60);
        CollectionAssert.AreEqual(new[] { 1, 2 }, rig.Server.Events().Where(e => e.Code == EventCode.Sos).Select(e => e.Value).ToArray());
        Assert.AreEqual(0, rig.Server.Conflicts);
        Assert.AreEqual(0, rig.Tracker.OpenAlarms, "and the wearer has the proof");
        rig.Storage.RefuseAppends = false;
        rig.Do(Doing.Walking, 600);
        rig.Drain();
        Assert.AreEqual(2, rig.Server.CountOf(EventCode.Sos));
        Assert.AreEqual(0, rig.Server.Conflicts);
        Assert.AreEqual(0, rig.Tracker.Queue.Count);
    }

    [TestMethod]
    [DataRow(true, DisplayName = "radio")]
    [DataRow(false, DisplayName = "receiver")]
    public void A_cell_too_weak_for_radio_or_receiver_is_not_drained_by_starts_that_push_out_what_waits(bool radio)
    {
        var rig = new Rig(Profile());
        rig.Do(Doing.Walking, 300);
        rig.Uplink.Coverage = false;
        rig.Do(Doing.Walking, 1800);
        rig.Uplink.Coverage = true;
        rig.BatteryPercent = 5;
        rig.Reboot();
        var (starts, accepted) = (0, rig.Tracker.Queue.Accepted);
        var (weak, onMs) = (true, -1L);
        rig.BeforeStep = r =>
        {
            var on = radio ? r.Uplink.State != LinkState.Closed : r.Outputs.Gnss == GnssPower.On;
            if (!on || !weak) onMs = -1;
            else if (onMs < 0) onMs = r.NowMs;
            if (onMs < 0 || r.NowMs - onMs < 1000) return;      // the cell gives way a second after it is asked for so much
            onMs = -1;
            starts++;
            accepted += r.Tracker.Queue.Accepted;
            r.Reboot();
        };
        rig.Do(Doing.Still, 7200);
        Assert.IsTrue(starts is > 3 and < 30, $"{starts} starts in two hours");
        accepted += rig.Tracker.Queue.Accepted;
        Assert.IsTrue(accepted < 8, $"{accepted} reports of these starts");

        rig.Press(sos: 1);
        rig.Do(Doing.Still, 2);
        weak = false;
        rig.Do(Doing.Still, 60);
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.Sos), "an alarm waits for nothing");
        rig.BatteryPercent = 80;
        rig.Drain();
        Assert.AreEqual(0, rig.Tracker.Queue.Dropped);
        Assert.AreEqual(0, rig.Tracker.Queue.Count);
    }

    [TestMethod]
    public void A_start_on_a_low_battery_is_told_at_once_while_starts_come_to_something()
    {
        var rig = new Rig(Profile());
        rig.Uplink.Coverage = false;
        rig.Do(Doing.Walking, 1800);
        rig.BatteryPercent = 5;
        for (var start = 0; start < 10; start++)
        {
            rig.Reboot();
            rig.Uplink.Coverage = true;
            rig.Do(Doing.Still, 30);
            Assert.AreEqual(start + 1, rig.Server.CountOf(EventCode.BatteryLow), $"start {start}");
            rig.Uplink.Coverage = false;
            rig.Do(Doing.Walking, 600);
        }
    }

    [TestMethod]
    public void Empty_flash_that_refuses_from_the_first_start_on_keeps_nobodys_help_waiting()
    {
        var rig = new Rig(Profile(), new MemoryStorage { RefuseAppends = true });
        rig.Press(sos: 1);
        rig.Do(Doing.Still, 60);
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.Sos));
        Assert.AreEqual(0, rig.Tracker.OpenAlarms, "and the wearer has the proof");
        var steps = rig.Steps;
        rig.Do(Doing.Still, 600);
        Assert.IsTrue(rig.Steps - steps < 1200, $"{rig.Steps - steps} steps in ten minutes");
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.Degraded), "and it is reported");
        rig.Reboot();
        rig.Press(sos: 1);
        rig.Do(Doing.Still, 60);
        Assert.AreEqual(2, rig.Server.CountOf(EventCode.Sos));

        rig.Storage.RefuseAppends = false;
        rig.Do(Doing.Walking, 600);
        rig.Reboot();
        rig.Do(Doing.Walking, 600);
        rig.Drain();
        Assert.AreEqual(0, rig.Server.Conflicts, "no number is given twice");
        Assert.AreEqual(2, rig.Server.CountOf(EventCode.Sos));
        Assert.AreEqual(0, rig.Tracker.Queue.Count);
        Assert.HasCount(2, rig.Server.Reports.Select(r => r.Report.Epoch).Distinct(), "an epoch for the start that left nothing on flash, one for those since");
    }

    [TestMethod]
    public void Flash_that_refuses_to_be_read_for_a_while_delays_reports_and_loses_none()
    {
        var rig = new Rig(Profile());
        rig.Do(Doing.Walking, 300);
        rig.Uplink.Coverage = false;
        rig.Do(Doing.Walking, 300);
        rig.Press(sos: 1);
        rig.Do(Doing.Still, 30);
        rig.Storage.RefuseReads = true;
        rig.Uplink.Coverage = true;
        rig.Do(Doing.Still, 300);
        Assert.AreEqual(0, rig.Server.CountOf(EventCode.Sos));
        rig.Storage.RefuseReads = false;
        rig.Drain();
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.Sos));
        Assert.IsTrue(rig.Server.CountOf(EventCode.Degraded) is 1 or 2, "and it is reported");
        Assert.AreEqual(rig.Tracker.Queue.Accepted, rig.Server.Reports.Count);
        Assert.AreEqual(0, rig.Tracker.Queue.Corrupted);
    }

    [TestMethod]
    public void An_alarm_that_could_not_be_read_is_tried_again_when_it_is_due_again()
    {
        var rig = new Rig(Profile());
        rig.Do(Doing.Still, 900);
        rig.Storage.RefuseReads = true;
        rig.Press(sos: 1);
        rig.Do(Doing.Still, 20);
        rig.Storage.RefuseReads = false;
        rig.Do(Doing.Still, 2 * rig.Profile[SettingCode.AlarmRetryS]);
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.Sos));
    }

    [TestMethod]
    public void A_report_that_can_never_be_read_holds_up_no_other_and_does_not_keep_the_radio_on()
    {
        var rig = new Rig(Profile(), new MemoryStorage(segments: 8));
        rig.Do(Doing.Still, 60);
        rig.Uplink.Coverage = false;
        var dead = rig.Tracker.Queue.Journal.Segment;
        for (var i = 0; i < 100 && rig.Tracker.Queue.Journal.Segment == dead; i++) rig.Do(Doing.Walking, 300);
        Assert.AreNotEqual(dead, rig.Tracker.Queue.Journal.Segment);
        rig.Do(Doing.Walking, 300);
        rig.Storage.RefusesRead = (_, segment) => segment == dead;
        var waiting = rig.Tracker.Queue.Count;
        rig.Uplink.Coverage = true;
        rig.Do(Doing.Still, 1800);
        Assert.IsTrue(rig.Tracker.Queue.Count > 0 && rig.Tracker.Queue.Count < waiting, $"{rig.Tracker.Queue.Count} of {waiting} wait");
        Assert.AreEqual(rig.Tracker.Queue.Count, rig.Tracker.Queue.LeftAlone, "all others have gone");
        var steps = 0;
        var open = 0;
        rig.BeforeStep = r =>
        {
            steps++;
            if (r.Uplink.State != LinkState.Closed) open++;
        };
        var from = rig.NowMs;
        var contacts = rig.Uplink.Opens;
        rig.Do(Doing.Still, 7200);
        contacts = rig.Uplink.Opens - contacts;
        Assert.IsTrue(contacts is > 2 and < 30, $"{contacts} contacts in two hours of a report each ten minutes");
        Assert.IsTrue(open < 40 * contacts, $"{open} of {steps} steps with the link open in {rig.NowMs - from} ms");
        rig.Storage.RefusesRead = null;
        rig.Drain();
        Assert.AreEqual(rig.Tracker.Queue.Accepted, rig.Server.Reports.Count, "and nothing is given up");
    }

    [TestMethod]
    public void A_day_on_flash_that_refuses_every_other_read_loses_and_doubles_nothing()
    {
        for (var odd = 0; odd < 2; odd++)
        {
            var storage = new MemoryStorage { RefusesRead = (number, _) => number % 2 == odd };
            DayWithRestarts([100, 300, 500], $"odd {odd}", storage);
        }
    }

    [TestMethod]
    public void Dead_flash_leaves_half_of_what_goes_from_memory_to_alarms_and_gets_more_by_a_restart()
    {
        var profile = Profile();
        profile[SettingCode.BatchFixes] = 1;
        var rig = new Rig(profile);
        rig.Do(Doing.Walking, 300);
        rig.Storage.RefuseAppends = true;
        var before = rig.Server.Reports.Count;
        rig.Do(Doing.Walking, 3000);
        Assert.AreEqual(ReportQueue.DirectMax / 2, rig.Server.Reports.Count - before, "everyday reports");
        Assert.IsFalse(rig.Outputs.Restart);

        var restarts = 0;
        for (var press = 1; press <= 3 * ReportQueue.DirectMax; press++)
        {
            rig.Press(sos: 1);
            for (var s = 0; s < 20 && !rig.Outputs.Restart; s++) rig.Do(Doing.Walking, 1);
            Assert.AreEqual(press, rig.Server.CountOf(EventCode.Sos), $"press {press}");
            Assert.AreEqual(0, rig.Tracker.OpenAlarms, $"press {press}");
            if (!rig.Outputs.Restart) continue;
            restarts++;
            rig.Reboot(BootReason.Requested);
            rig.Do(Doing.Walking, 60);
        }

        Assert.IsInRange(2, 16, restarts);
        Assert.AreEqual(0, rig.Server.Conflicts);
        rig.Storage.RefuseAppends = false;
        rig.Do(Doing.Walking, 600);
        rig.Drain();
        Assert.AreEqual(0, rig.Server.Conflicts);
        Assert.AreEqual(0, rig.Tracker.Queue.Count);
    }

    // Short intervals make a short day eventful.
    private static TrackerProfile Profile() => new() { [SettingCode.BatchFixes] = 3, [SettingCode.BatchAgeS] = 300, [SettingCode.HeartbeatS] = 600, [SettingCode.StopReportS] = 30 };

    private static void Day(Rig rig)
    {
        rig.Do(Doing.Still, 60);
        rig.Do(Doing.Walking, 240);
        rig.Press(sos: 1);
        rig.Do(Doing.Still, 120);
        rig.Uplink.Coverage = false;
        rig.Do(Doing.Walking, 240);
        rig.Do(Doing.Falling, 2);
        rig.Do(Doing.Lying, 60);
        rig.Uplink.Coverage = true;
        rig.Do(Doing.Still, 700);
    }

    private static void DayWithRestarts(HashSet<int> at, string name = "", MemoryStorage? storage = null)
    {
        var accepted = 0;
        var rig = new Rig(Profile(), storage);
        rig.BeforeStep = r =>
        {
            if (!at.Contains(r.Steps)) return;
            at.Remove(r.Steps);
            accepted += r.Tracker.Queue.Accepted;
            r.Reboot();
        };
        Day(rig);
        rig.Drain(7200);
        accepted += rig.Tracker.Queue.Accepted;
        var which = name.Length > 0 ? name : $"restart before step {string.Join(",", at)}";
        Assert.AreEqual(accepted, rig.Server.Reports.Count, which);
        Assert.AreEqual(0, rig.Server.Conflicts, which);
        Assert.AreEqual(1, rig.Server.Reports.Select(r => r.Report.Epoch).Distinct().Count(), which);
        Assert.HasCount(accepted, rig.Server.Reports.Select(r => r.Report.Sequence).Distinct(), which);
    }
}
