using Traxxs.Core.Ports;
using Traxxs.Core.Tests.Fakes;
using Traxxs.Protocol;

namespace Traxxs.Core.Tests.Uplink;

/// <summary>What the server may ask for: done once, across restarts; a configuration as a whole or not at all.</summary>
[TestClass]
public class CommandTests
{
    [TestMethod]
    public void The_first_report_says_which_firmware_and_configuration_are_in_force()
    {
        var rig = new Rig();
        rig.Do(Doing.Still, 120);
        var first = rig.Server.Reports[0].Report;
        Assert.IsTrue(first is { HasFirmware: true, FirmwareStarts: 1, HasConfiguration: true, ConfigurationVersion: 0, ConfigurationProblem: 0 });
        rig.Do(Doing.Still, 7200);
        Assert.IsTrue(rig.Server.Reports.Skip(1).All(r => !r.Report.HasFirmware && !r.Report.HasConfiguration), "once is enough");
        Assert.IsTrue(rig.Server.Reports.Skip(1).Any(r => r.Report.HasHealth), "a heartbeat says how the device is");
        rig.Reboot();
        rig.Do(Doing.Still, 200);
        Assert.AreEqual(2u, rig.Server.Reports.Last(r => r.Report.HasFirmware).Report.FirmwareStarts);
    }

    [TestMethod]
    public void A_configuration_is_applied_reported_and_survives_restart_and_deep_sleep()
    {
        var rig = Contacted(new MemoryStorage(32, 4096));
        Configure(rig, 5, (SettingCode.FixIntervalS, 300), (SettingCode.HeartbeatS, 900));
        Assert.AreEqual(300, rig.Profile[SettingCode.FixIntervalS]);
        Assert.AreEqual((5u, (byte)0), Reported(rig));
        rig.Reboot();
        Assert.AreEqual(70, rig.Profile[SettingCode.FixIntervalS], "a restart has nothing but the built-in profile until it has read its flash");
        rig.Do(Doing.Still, 200);
        Assert.AreEqual(300, rig.Profile[SettingCode.FixIntervalS]);
        Assert.AreEqual(900, rig.Profile[SettingCode.HeartbeatS]);
        Assert.AreEqual((5u, (byte)0), Reported(rig));
        rig.SleepsDeeply = true;
        rig.Do(Doing.Still, 1200);
        Assert.AreEqual(RestMode.DeepSleep, rig.Outputs.Rest);
        rig.WakeUp(Traxxs.Core.Diagnostics.BootReason.WakeTimer);
        Assert.AreEqual(300, rig.Profile[SettingCode.FixIntervalS], "in force before the first decision");
    }

    [TestMethod]
    public void A_bad_configuration_changes_nothing_and_is_reported_once()
    {
        var rig = Contacted();
        Configure(rig, 5, (SettingCode.FixIntervalS, 300));
        Configure(rig, 6, (SettingCode.FixIntervalS, 120), (SettingCode.HeartbeatS, 59));
        Assert.AreEqual(300, rig.Profile[SettingCode.FixIntervalS], "whole or not at all");
        var last = rig.Server.Reports.Last(r => r.Report.HasConfiguration).Report;
        Assert.AreEqual((5u, (byte)SettingCode.HeartbeatS, 6u), (last.ConfigurationVersion, last.ConfigurationProblem, last.ConfigurationRefusedVersion));
        var reports = rig.Server.Reports.Count(r => r.Report.HasConfiguration);
        for (var i = 0; i < 3; i++) Configure(rig, 6, (SettingCode.FixIntervalS, 120), (SettingCode.HeartbeatS, 59));
        rig.Reboot();
        rig.Do(Doing.Still, 200);
        Configure(rig, 6, (SettingCode.FixIntervalS, 120), (SettingCode.HeartbeatS, 59));
        Assert.AreEqual(reports + 1, rig.Server.Reports.Count(r => r.Report.HasConfiguration), "only the restart speaks of it again");
        Configure(rig, 7, (SettingCode.FixIntervalS, 120));
        Assert.AreEqual((7u, (byte)0), Reported(rig));
        Assert.AreEqual(120, rig.Profile[SettingCode.FixIntervalS]);
    }

    [TestMethod]
    public void An_older_or_equal_configuration_is_ignored_and_settings_not_named_are_the_built_in_ones()
    {
        var rig = Contacted();
        Configure(rig, 5, (SettingCode.FixIntervalS, 300), (SettingCode.BatchFixes, 5));
        Configure(rig, 4, (SettingCode.FixIntervalS, 99));
        Configure(rig, 5, (SettingCode.FixIntervalS, 98));
        Assert.AreEqual(300, rig.Profile[SettingCode.FixIntervalS]);
        Configure(rig, 6, (SettingCode.BatchFixes, 7));
        Assert.AreEqual(new TrackerProfile()[SettingCode.FixIntervalS], rig.Profile[SettingCode.FixIntervalS]);
        Assert.AreEqual(7, rig.Profile[SettingCode.BatchFixes]);
    }

    [TestMethod]
    public void Clear_forgets_the_configuration_and_the_counters_and_keeps_what_waits()
    {
        var rig = Contacted();
        Configure(rig, 5, (SettingCode.FixIntervalS, 300));
        rig.Do(Doing.Walking, 600);
        var steps = rig.Tracker.StepsTotal;
        Say(rig, CommandCode.Clear, 900);
        Assert.AreEqual(new TrackerProfile()[SettingCode.FixIntervalS], rig.Profile[SettingCode.FixIntervalS]);
        Assert.AreEqual((0u, (byte)0), Reported(rig));
        Assert.IsGreaterThanOrEqualTo(steps, rig.Tracker.StepsTotal, "steps are no counter of that kind");
        Assert.AreEqual(0, rig.Tracker.Scheduler.Searches);
        rig.Drain();
        Assert.AreEqual(rig.Tracker.Queue.Accepted, rig.Server.Reports.Count);
        Configure(rig, 5, (SettingCode.FixIntervalS, 200));
        Assert.AreEqual(200, rig.Profile[SettingCode.FixIntervalS], "the broker's copy is taken anew");
    }

    [TestMethod]
    public void An_update_is_refused_by_name_and_a_check_in_reset_starts_the_timer_anew()
    {
        var rig = Contacted(profile: new TrackerProfile { [SettingCode.CheckInS] = 3600, [SettingCode.OffFoot] = 0 });
        Say(rig, CommandCode.Update, 901);
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.UpdateRefused));
        rig.Do(Doing.Still, 3000);
        Say(rig, CommandCode.CheckInReset, 902);
        rig.Do(Doing.Still, 3300);
        Assert.AreEqual(0, rig.Server.CountOf(EventCode.CheckInMissed));
        rig.Do(Doing.Still, 900);
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.CheckInMissed));
    }

    [TestMethod]
    public void A_reboot_first_brings_to_flash_what_is_only_in_memory()
    {
        var rig = Contacted();
        rig.Do(Doing.Walking, 300);
        rig.Server.Send(CommandCode.Reboot, id: 77);
        rig.Press(sos: 1);
        for (var t = 0; t < 120 && !rig.Outputs.Restart; t++) rig.Do(Doing.Walking, 1);
        Assert.IsTrue(rig.Outputs.Restart);
        rig.Reboot();
        rig.Do(Doing.Still, 300);
        rig.Drain();
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.MovingSince), "noticed before the restart, told after it");
        Assert.AreEqual(0, rig.Server.Conflicts);
    }

    [TestMethod]
    public void A_self_test_comes_with_the_trace_and_the_counters()
    {
        var rig = Contacted();
        Say(rig, CommandCode.SelfTest, 903);
        rig.Do(Doing.Still, 120);
        var report = rig.Server.Events().Single(e => e.Code == EventCode.SelfTest).In.Report;
        Assert.IsGreaterThan(0, report.TraceCount);
        Assert.IsTrue(report.HasHealth && report.HealthContacts > 0 && report.HealthUptimeS > 0);
    }

    private static Rig Contacted(MemoryStorage? storage = null, TrackerProfile? profile = null)
    {
        var rig = new Rig(profile, storage);
        rig.Do(Doing.Still, 200);
        Assert.IsNotEmpty(rig.Server.Reports);
        return rig;
    }

    private static (uint Version, byte Problem) Reported(Rig rig)
    {
        var last = rig.Server.Reports.Last(r => r.Report.HasConfiguration).Report;
        return (last.ConfigurationVersion, last.ConfigurationProblem);
    }

    private static void Configure(Rig rig, uint version, params (SettingCode Code, int Value)[] settings)
    {
        rig.Server.Configure(version, settings);
        Contact(rig);
    }

    private static void Say(Rig rig, CommandCode code, uint id)
    {
        rig.Server.Send(code, id: id);
        Contact(rig);
    }

    // A press is something to say: the link opens, and the command comes down.
    private static void Contact(Rig rig)
    {
        rig.Press(sos: 1);
        rig.Do(Doing.Still, 60);
    }
}
