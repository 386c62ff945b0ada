using Traxxs.Core.Tests.Fakes;
using Traxxs.Protocol;

namespace Traxxs.Core.Tests.Uplink;

/// <summary>The link breaks at every packet, with and without the acknowledgement; the clock jumps; the battery sags.</summary>
[TestClass]
public class LinkTests
{
    [TestMethod]
    public void A_link_that_breaks_at_any_packet_loses_and_doubles_nothing()
    {
        var plain = new Rig(Profile());
        Day(plain);
        var packets = plain.Uplink.Handed.Count;
        Assert.IsGreaterThan(6, packets);
        for (var at = 1; at <= packets; at++)
        {
            foreach (var stored in new[] { false, true })
            {
                var rig = new Rig(Profile());
                rig.Uplink.BreaksAtPacket = at;
                rig.Uplink.StoresWhatBreaks = stored;
                Day(rig);
                rig.Drain(7200);
                Assert.AreEqual(rig.Tracker.Queue.Accepted, rig.Server.Reports.Count, $"packet {at}, stored {stored}");
                Assert.AreEqual(0, rig.Server.Conflicts, $"packet {at}");
                Assert.AreEqual(1, rig.Server.CountOf(EventCode.Sos), $"packet {at}");
            }
        }
    }

    [TestMethod]
    public void An_alarm_does_not_wait_behind_a_batch()
    {
        var rig = new Rig(Profile());
        rig.Uplink.Coverage = false;
        rig.Do(Doing.Walking, 3600);
        Assert.IsGreaterThan(8, rig.Tracker.Queue.Count);
        rig.Press(sos: 1);
        rig.Uplink.Coverage = true;
        rig.Do(Doing.Still, 120);
        var first = rig.Server.Reports[0].Report;
        CollectionAssert.Contains(first.EventCodes[..first.EventCount], EventCode.Sos, "the first report of that contact is the alarm");
    }

    [TestMethod]
    public void A_night_in_which_the_server_stores_nothing_is_spent_waiting_and_the_first_acknowledgement_ends_the_waits()
    {
        var rig = new Rig(Profile());
        rig.Do(Doing.Walking, 400);
        rig.Drain();
        var opens = rig.Uplink.Opens;
        rig.Uplink.LosesAcknowledgements = true;
        rig.BeforeStep = r =>
        {
            if (r.Uplink.Opens == opens || r.Uplink.State != Traxxs.Core.Ports.LinkState.Open) return;
            opens = r.Uplink.Opens;
            r.Server.Send(CommandCode.LocateNow, id: 7);    // kept by the broker for every contact
        };
        rig.Do(Doing.Walking, 60);
        rig.Do(Doing.Still, 3600);
        var before = rig.Uplink.Opens;
        rig.Do(Doing.Still, 8 * 3600);
        Assert.IsInRange(20, 45, rig.Uplink.Opens - before);

        rig.Drain();
        Assert.AreEqual(0, rig.Tracker.Queue.Count);
        rig.Uplink.LosesAcknowledgements = true;
        rig.Do(Doing.Walking, 60);
        before = rig.Uplink.Opens;
        rig.Do(Doing.Still, 600);
        Assert.IsGreaterThan(3, rig.Uplink.Opens - before, "the waits of the night are over");
    }

    [TestMethod]
    public void Clocks_that_jump_do_not_move_reports()
    {
        foreach (var jumpS in new[] { -7 * 86400 * 1024L, -3600, 3600, 7 * 86400 * 1024L })
        {
            var rig = new Rig(Profile());
            rig.Do(Doing.Walking, 600);
            rig.ClockOffsetS = jumpS;
            rig.Do(Doing.Walking, 4);
            rig.ClockOffsetS = 0;
            rig.Do(Doing.Walking, 600);
            rig.Drain();
            foreach (var report in rig.Server.Reports.Select(r => r.Report))
            {
                Assert.IsFalse(report.TimeIsUptime);
                Assert.IsInRange(Rig.StartUnixS - 2u, (uint)(Rig.StartUnixS + rig.NowMs / 1000 + 2), report.DeviceTimeS, $"a jump of {jumpS} s");
                for (var i = 0; i < report.FixCount; i++) Assert.IsInRange(Rig.StartUnixS, (uint)(Rig.StartUnixS + rig.NowMs / 1000), report.FixTimeS[i], $"a jump of {jumpS} s");
            }
        }
    }

    [TestMethod]
    public void A_battery_that_sags_at_each_contact_loses_and_doubles_nothing()
    {
        var accepted = 0;
        var rig = new Rig(Profile());
        var sags = 0;
        rig.BeforeStep = r =>
        {
            if (r.Uplink.State != Traxxs.Core.Ports.LinkState.Open || sags >= 6) return;
            sags++;
            accepted += r.Tracker.Queue.Accepted;
            r.Reboot(Traxxs.Core.Diagnostics.BootReason.BrownOut);
        };
        Day(rig);
        rig.Drain(7200);
        accepted += rig.Tracker.Queue.Accepted;
        Assert.AreEqual(6, sags);
        Assert.AreEqual(accepted, rig.Server.Reports.Count);
        Assert.AreEqual(0, rig.Server.Conflicts);
    }

    private static TrackerProfile Profile() => new() { [SettingCode.BatchFixes] = 3, [SettingCode.BatchAgeS] = 300, [SettingCode.HeartbeatS] = 600, [SettingCode.StopReportS] = 30 };

    private static void Day(Rig rig)
    {
        rig.Do(Doing.Still, 60);
        rig.Do(Doing.Walking, 400);
        rig.Press(sos: 1);
        rig.Do(Doing.Still, 700);
        rig.Do(Doing.Walking, 400);
        rig.Do(Doing.Still, 700);
    }
}
