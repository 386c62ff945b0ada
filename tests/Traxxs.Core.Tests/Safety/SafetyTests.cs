using Traxxs.Core.Diagnostics;
using Traxxs.Core.Ports;
using Traxxs.Core.Safety;
using Traxxs.Core.Tests.Fakes;
using Traxxs.Core.Uplink;
using Traxxs.Protocol;

namespace Traxxs.Core.Tests.Safety;

[TestClass]
public class SafetyTests
{
    [TestMethod]
    public void A_fall_then_stillness_is_man_down_with_its_place()
    {
        var rig = Walked();
        var fellS = rig.NowMs / 1000;
        rig.Do(Doing.Falling, 2);
        rig.Do(Doing.Lying, 90);
        rig.Drain();

        Assert.AreEqual(1, rig.Server.CountOf(EventCode.FallSuspected));
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.ManDown));
        Assert.AreEqual(0, rig.Server.CountOf(EventCode.FallCancelled));
        var suspected = rig.Server.Events().First(e => e.Code == EventCode.FallSuspected);
        Assert.AreEqual(Rig.StartUnixS + fellS, suspected.TimeS, 2.0, "the fall is dated by its impact");
        Assert.IsTrue(suspected.Value >= 2000, $"{suspected.Value} mg");
        var down = rig.Server.Events().First(e => e.Code == EventCode.ManDown);
        Assert.IsTrue(down.In.Report.FixCount > 0, "man down says where");
        Assert.IsTrue(down.In.StoredMs - fellS * 1000 < (rig.Profile[SettingCode.FallCancelS] + 20) * 1000, $"{down.In.StoredMs - fellS * 1000} ms after the fall");
        Assert.IsTrue(rig.Patterns.Exists(p => p.Pattern == IndicatorPattern.FallWarning));
    }

    [TestMethod]
    public void The_wearer_takes_a_fall_back_by_the_cancel_input()
    {
        var rig = Walked();
        rig.Do(Doing.Falling, 2);
        rig.Do(Doing.Lying, 10);
        Assert.AreEqual(FallState.Suspected, rig.Tracker.FallState);
        rig.Press(cancel: 1);
        Assert.AreEqual(FallState.Upright, rig.Tracker.FallState);
        rig.Do(Doing.Lying, 120);
        rig.Drain();
        Assert.AreEqual(0, rig.Server.CountOf(EventCode.ManDown));
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.FallCancelled));
    }

    [TestMethod]
    public void Walking_on_takes_a_fall_back()
    {
        var rig = Walked();
        rig.Do(Doing.Falling, 2);
        rig.Do(Doing.Lying, 8);
        rig.Do(Doing.Walking, 120);
        rig.Drain();
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.FallSuspected));
        Assert.AreEqual(0, rig.Server.CountOf(EventCode.ManDown));
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.FallCancelled));
    }

    [TestMethod]
    [DataRow(5)]
    [DataRow(30)]
    [DataRow(290)]
    [DataRow(299)]
    [DataRow(300)]
    public void Who_stirs_at_the_end_of_the_cancel_window_and_lies_still_is_down_whatever_its_length(int windowS)
    {
        var rig = Walked(new TrackerProfile { [SettingCode.FallCancelS] = windowS });
        rig.Do(Doing.Falling, 2);
        rig.Do(Doing.Lying, windowS - 3);
        rig.Do(Doing.Fidgeting, 1);
        Assert.AreEqual(FallState.Suspected, rig.Tracker.FallState);
        rig.Do(Doing.Lying, 60);
        Assert.AreEqual(FallState.ManDown, rig.Tracker.FallState);
        rig.Drain();
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.ManDown));
        Assert.AreEqual(0, rig.Server.CountOf(EventCode.FallCancelled));
    }

    [TestMethod]
    [DataRow(5)]
    [DataRow(300)]
    public void Who_neither_walks_nor_lies_still_for_minutes_after_the_cancel_window_is_well(int windowS)
    {
        var rig = Walked(new TrackerProfile { [SettingCode.FallCancelS] = windowS });
        rig.Do(Doing.Falling, 2);
        rig.Do(Doing.Fidgeting, windowS + FallMonitor.SuspicionMaxMs / 1000 - 5);
        Assert.AreEqual(FallState.Suspected, rig.Tracker.FallState);
        rig.Do(Doing.Fidgeting, 10);
        Assert.AreEqual(FallState.Upright, rig.Tracker.FallState);
        rig.Drain();
        Assert.AreEqual(0, rig.Server.CountOf(EventCode.ManDown));
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.FallCancelled));
    }

    [TestMethod]
    public void A_fall_of_a_shoe_on_the_charger_is_nobodys()
    {
        var rig = Walked();
        rig.Charging = true;
        rig.Do(Doing.Falling, 2);
        rig.Do(Doing.Lying, 90);
        rig.Drain();
        Assert.AreEqual(0, rig.Server.CountOf(EventCode.FallSuspected));
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.ChargingStarted));
    }

    [TestMethod]
    public void Every_SOS_press_is_an_event_and_is_proved_to_the_wearer()
    {
        var rig = Walked();
        rig.Press(sos: 1);
        rig.Do(Doing.Walking, 5);
        rig.Press(sos: 2);
        rig.Do(Doing.Walking, 60);

        var presses = rig.Server.Events().Where(e => e.Code == EventCode.Sos).Select(e => e.Value).ToList();
        CollectionAssert.AreEqual(new[] { 1, 2, 3 }, presses);
        var patterns = rig.Patterns.Select(p => p.Pattern).ToList();
        CollectionAssert.Contains(patterns, IndicatorPattern.AlarmSending);
        CollectionAssert.Contains(patterns, IndicatorPattern.AlarmAcknowledged);
        Assert.AreEqual(0, rig.Tracker.OpenAlarms);
    }

    [TestMethod]
    public void An_alarm_is_at_the_server_within_seconds()
    {
        var rig = Walked();
        var pressedMs = rig.NowMs;
        rig.Press(sos: 1);
        rig.Do(Doing.Walking, 30);
        var sos = rig.Server.Events().First(e => e.Code == EventCode.Sos);
        Assert.IsTrue(sos.In.StoredMs - pressedMs <= rig.Uplink.OpenDelayMs + 1500, $"{sos.In.StoredMs - pressedMs} ms");
        Assert.IsTrue(sos.In.Report.FixCount > 0, "the last known place is in it");
    }

    [TestMethod]
    public void Before_any_place_is_known_an_alarm_goes_all_the_same_and_the_place_follows()
    {
        var rig = new Rig { Sky = false };
        rig.Do(Doing.Still, 200);
        rig.Press(sos: 1);
        rig.Sky = true;
        rig.Do(Doing.Still, 30);
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.Sos));
        Assert.IsTrue(rig.Server.Reports[^1].Report.FixCount > 0, "the fresh fix is sent at once");
    }

    [TestMethod]
    public void An_alarm_does_not_wait_behind_a_batch()
    {
        var rig = Walked();
        rig.Uplink.Coverage = false;
        rig.Do(Doing.Walking, 4 * 3600);
        Assert.IsTrue(rig.Tracker.Queue.Count > 8);
        rig.Press(sos: 1);
        rig.Uplink.Handed.Clear();
        rig.Uplink.Coverage = true;
        rig.Do(Doing.Still, 120);
        var first = new Report();
        new ReportReader().Read(rig.Uplink.Handed[0], 0, rig.Uplink.Handed[0].Length, first);
        Assert.IsTrue(Enumerable.Range(0, first.EventCount).Any(i => first.EventCodes[i] == EventCode.Sos), "the first frame after the dead zone is the alarm");
    }

    [TestMethod]
    public void An_alarm_pressed_in_a_dead_zone_arrives_soon_after_it_with_its_true_time()
    {
        var rig = Walked();
        rig.Uplink.Coverage = false;
        rig.Do(Doing.Walking, 3600);
        var pressedS = rig.NowMs / 1000;
        rig.Press(sos: 1);
        rig.Do(Doing.Walking, 1200);
        rig.Uplink.Coverage = true;
        var surfacedMs = rig.NowMs;
        rig.Do(Doing.Walking, 180);
        var sos = rig.Server.Events().Single(e => e.Code == EventCode.Sos);
        Assert.AreEqual(Rig.StartUnixS + pressedS, sos.TimeS, 1.0);
        Assert.IsTrue(sos.In.StoredMs - surfacedMs < UplinkPolicy.AlarmMovingMaxMs + 10_000, $"{sos.In.StoredMs - surfacedMs} ms after coverage came back");
    }

    [TestMethod]
    public void An_alarm_without_an_answer_is_repeated_with_the_same_bytes_a_bounded_number_of_times()
    {
        var rig = Walked();
        rig.Server.AnswersAlarms = false;
        rig.Press(sos: 1);
        rig.Do(Doing.Still, 6 * 3600);
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.Sos));
        Assert.AreEqual(AlarmDesk.RepeatsMax, rig.Server.Repeats);
        Assert.AreEqual(0, rig.Server.Conflicts);
        Assert.AreEqual(0, rig.Tracker.Queue.Count);
    }

    [TestMethod]
    public void Received_and_acknowledged_are_different_patterns_and_come_once()
    {
        var rig = Walked();
        rig.Server.AcknowledgesAlarms = false;
        rig.Press(sos: 1);
        rig.Do(Doing.Still, 60);
        Assert.AreEqual(1, rig.Patterns.Count(p => p.Pattern == IndicatorPattern.AlarmReceived));
        Assert.AreEqual(1, rig.Tracker.OpenAlarms);
        var report = rig.Server.Events().First(e => e.Code == EventCode.Sos).In.Report;
        rig.Server.Send(CommandCode.AlarmReceived, report);
        rig.Server.Send(CommandCode.AlarmAcknowledged, report);
        rig.Server.Send(CommandCode.AlarmAcknowledged, report);
        rig.Do(Doing.Still, 60);
        Assert.AreEqual(1, rig.Patterns.Count(p => p.Pattern == IndicatorPattern.AlarmReceived));
        Assert.AreEqual(1, rig.Patterns.Count(p => p.Pattern == IndicatorPattern.AlarmAcknowledged));
        Assert.AreEqual(0, rig.Tracker.OpenAlarms);
    }

    [TestMethod]
    public void A_reboot_that_was_asked_for_waits_until_a_suspected_fall_is_man_down()
    {
        var rig = Walked();
        rig.Do(Doing.Falling, 2);
        rig.Do(Doing.Lying, 2);
        Assert.AreEqual(FallState.Suspected, rig.Tracker.FallState);
        rig.Server.Send(CommandCode.Reboot, id: 77);
        for (var s = 0; s < 120 && !rig.Outputs.Restart; s++) rig.Do(Doing.Lying, 1);
        Assert.IsTrue(rig.Outputs.Restart);
        Assert.AreEqual(FallState.ManDown, rig.Tracker.FallState);
        rig.Reboot(BootReason.Requested);
        rig.Do(Doing.Lying, 60);
        rig.Drain();
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.ManDown));
        Assert.AreEqual(0, rig.Server.CountOf(EventCode.FallCancelled));
    }

    [TestMethod]
    public void A_restart_for_failed_flash_waits_while_an_alarm_is_only_in_memory()
    {
        var rig = Walked();
        rig.Storage.RefuseAppends = true;
        rig.Uplink.Coverage = false;
        rig.Press(sos: 1);
        for (var s = 0; s < 2 * 3600; s += 60)
        {
            rig.Do(Doing.Still, 60);
            Assert.IsFalse(rig.Outputs.Restart, $"{s} s after the press");
        }

        rig.Uplink.Coverage = true;
        for (var s = 0; s < 900 && !rig.Outputs.Restart; s++) rig.Do(Doing.Still, 1);
        Assert.IsTrue(rig.Outputs.Restart);
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.Sos));
    }

    [TestMethod]
    public void A_restart_waits_for_no_alarm_in_memory_that_a_link_that_hangs_can_never_send()
    {
        var rig = Walked();
        rig.Storage.RefuseAppends = true;
        rig.Uplink.Coverage = false;
        rig.Uplink.StuckSinceMs = rig.NowMs;
        rig.Press(sos: 1);
        for (var s = 0; s < 900 && !rig.Outputs.Restart; s++) rig.Do(Doing.Still, 1);
        Assert.IsTrue(rig.Outputs.Restart);
    }

    [TestMethod]
    [DataRow(BootReason.Watchdog)]
    [DataRow(BootReason.BrownOut)]
    [DataRow(BootReason.PowerOn)]
    public void A_reset_within_the_cancel_window_begins_it_anew_with_its_warning(BootReason reason)
    {
        var rig = Walked();
        rig.Do(Doing.Falling, 2);
        rig.Do(Doing.Lying, 10);
        Assert.AreEqual(FallState.Suspected, rig.Tracker.FallState);
        rig.Reboot(reason);
        rig.Patterns.Clear();
        rig.Do(Doing.Lying, 5);
        Assert.AreEqual(FallState.Suspected, rig.Tracker.FallState);
        Assert.AreEqual(1, rig.Patterns.Count(p => p.Pattern == IndicatorPattern.FallWarning));
        rig.Do(Doing.Lying, 60);
        rig.Drain();
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.FallSuspected), "one fall");
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.ManDown));
        Assert.AreEqual(0, rig.Server.Conflicts);
    }

    [TestMethod]
    public void A_fall_that_was_taken_back_or_ended_as_man_down_is_not_suspected_after_a_reset()
    {
        foreach (var cancels in new[] { true, false })
        {
            var rig = Walked();
            rig.Do(Doing.Falling, 2);
            rig.Do(Doing.Lying, 10);
            if (cancels) rig.Press(cancel: 1);
            rig.Do(Doing.Lying, 60);
            rig.Reboot(BootReason.BrownOut);
            rig.Do(Doing.Lying, 120);
            rig.Drain();
            Assert.AreEqual(FallState.Upright, rig.Tracker.FallState);
            Assert.AreEqual(cancels ? 0 : 1, rig.Server.CountOf(EventCode.ManDown));
            Assert.AreEqual(cancels ? 1 : 0, rig.Server.CountOf(EventCode.FallCancelled));
        }
    }

    [TestMethod]
    public void A_cell_that_died_in_the_cancel_window_alarms_nobody_on_the_charger()
    {
        var rig = Walked();
        rig.Do(Doing.Falling, 2);
        rig.Do(Doing.Lying, 10);
        rig.Charging = true;
        rig.Reboot();
        rig.Do(Doing.Still, 120);
        rig.Charging = false;
        rig.Reboot();
        rig.Do(Doing.Still, 120);
        rig.Drain();
        Assert.AreEqual(0, rig.Server.CountOf(EventCode.ManDown));
    }

    [TestMethod]
    public void A_restart_between_press_and_answer_keeps_the_alarm()
    {
        var rig = Walked();
        rig.Uplink.Coverage = false;
        rig.Press(sos: 1);
        rig.Do(Doing.Still, 2);
        rig.Reboot();
        rig.Uplink.Coverage = true;
        rig.Do(Doing.Still, 120);
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.Sos));
        Assert.IsTrue(rig.Patterns.Exists(p => p.Pattern == IndicatorPattern.AlarmAcknowledged));
    }

    [TestMethod]
    public void Immobility_and_a_missed_check_in_are_alarms_where_the_profile_says_so()
    {
        var rig = new Rig(new TrackerProfile { [SettingCode.ImmobileS] = 900, [SettingCode.CheckInS] = 3600 });
        rig.Do(Doing.Walking, 600);
        rig.Do(Doing.Still, 1200);
        rig.Drain();
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.Immobile));
        rig.Press(cancel: 1);
        rig.Do(Doing.Walking, 300);
        Assert.AreEqual(0, rig.Server.CountOf(EventCode.CheckInMissed));
        for (var i = 0; i < 8; i++)
        {
            rig.Do(Doing.Walking, 300);
            rig.Do(Doing.Still, 200);
        }

        rig.Drain();
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.CheckInMissed));
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.CheckIn));
        Assert.IsTrue(rig.Patterns.Exists(p => p.Pattern == IndicatorPattern.FallWarning), "the wearer is reminded");
    }

    [TestMethod]
    [DataRow(SettingCode.ImmobileS, EventCode.Immobile, false)]
    [DataRow(SettingCode.ImmobileS, EventCode.Immobile, true)]
    [DataRow(SettingCode.CheckInS, EventCode.CheckInMissed, false)]
    [DataRow(SettingCode.CheckInS, EventCode.CheckInMissed, true)]
    public void A_shoe_that_only_counts_as_off_silences_no_limit_somebody_has_set(SettingCode limit, EventCode alarm, bool sleeps)
    {
        const int limitS = 10_800;
        var rig = new Rig(new TrackerProfile { [limit] = limitS }, new MemoryStorage(32, 4096)) { SleepsDeeply = sleeps };
        rig.Do(Doing.Walking, 300);
        rig.Do(Doing.Still, 12 * 3600);
        rig.Drain();
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.ShoeOff));
        var raised = rig.Server.Events().Single(e => e.Code == alarm);
        Assert.AreEqual(Rig.StartUnixS + limitS, raised.TimeS, 310.0);
        Assert.AreEqual(0, rig.Tracker.OpenAlarms);
    }

    [TestMethod]
    public void Nobody_is_missed_in_a_shoe_on_the_charger()
    {
        var rig = new Rig(new TrackerProfile { [SettingCode.ImmobileS] = 900, [SettingCode.CheckInS] = 3600 });
        rig.Do(Doing.Walking, 300);
        rig.Charging = true;
        rig.Do(Doing.Still, 12 * 3600);
        rig.Charging = false;
        rig.Do(Doing.Still, 600);
        rig.Drain();
        Assert.AreEqual(0, rig.Server.CountOf(EventCode.Immobile));
        Assert.AreEqual(0, rig.Server.CountOf(EventCode.CheckInMissed));
    }

    [TestMethod]
    public void A_shoe_put_on_again_begins_a_new_check_in()
    {
        var rig = new Rig(new TrackerProfile { [SettingCode.CheckInS] = 10_800 });
        rig.Do(Doing.Walking, 300);
        rig.Do(Doing.Still, 9600);
        var putOnS = rig.NowMs / 1000;
        rig.Do(Doing.Walking, 300);
        rig.Do(Doing.Still, 4 * 3600);
        rig.Drain();
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.ShoeOn));
        Assert.AreEqual(Rig.StartUnixS + putOnS + 10_800.0, rig.Server.Events().Single(e => e.Code == EventCode.CheckInMissed).TimeS, 10.0);
    }

    [TestMethod]
    [DataRow(false, 1)]
    [DataRow(true, 0)]
    public void The_gesture_calls_for_help_unless_the_shoe_is_on_the_charger(bool charging, int calls)
    {
        var rig = Walked();
        rig.Do(Doing.Still, 3 * 3600);
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.ShoeOff));
        rig.Charging = charging;
        rig.Do(Doing.Tapping, 3);   // too short to open the gate
        rig.Do(Doing.Still, 60);
        rig.Drain();
        Assert.AreEqual(calls, rig.Server.CountOf(EventCode.Sos));
    }

    [TestMethod]
    public void A_shoe_that_counts_as_off_and_drops_is_no_fall()
    {
        var rig = Walked();
        rig.Do(Doing.Still, 3 * 3600);
        rig.Do(Doing.Falling, 2);
        rig.Do(Doing.Lying, 90);
        rig.Drain();
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.ShoeOff));
        Assert.AreEqual(0, rig.Server.CountOf(EventCode.FallSuspected));
    }

    [TestMethod]
    public void Both_timers_are_off_by_default()
    {
        var rig = Walked();
        rig.Do(Doing.Still, 24 * 3600);
        Assert.AreEqual(0, rig.Server.CountOf(EventCode.Immobile));
        Assert.AreEqual(0, rig.Server.CountOf(EventCode.CheckInMissed));
    }

    private static Rig Walked(TrackerProfile? profile = null)
    {
        var rig = new Rig(profile);
        rig.Do(Doing.Still, 120);
        rig.Do(Doing.Walking, 300);
        return rig;
    }
}
