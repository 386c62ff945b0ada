using Traxxs.Core.Tests.Fakes;
using Traxxs.Protocol;

namespace Traxxs.Core.Tests.Uplink;

[TestClass]
public class ContractTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    [DataRow(5)]
    [DataRow(6)]
    public void The_device_speaks_within_its_own_promise_whatever_the_wearer_does(int seed)
    {
        var random = new Random(seed);
        var rig = new Rig(new TrackerProfile { [SettingCode.BatchAgeS] = random.Next(60, 2000), [SettingCode.HeartbeatS] = random.Next(120, 7200), [SettingCode.StopReportS] = random.Next(10, 600) });
        for (var hours = 0; hours < 24;)
        {
            rig.Sky = random.Next(3) > 0;
            rig.BatteryPercent = random.Next(5, 100);
            var seconds = random.Next(5, 5000);
            rig.Do((Doing)random.Next(0, 4), seconds);
            if (random.Next(10) == 0) rig.Press(sos: 1, cancel: random.Next(2));
            hours = (int)(rig.NowMs / 3_600_000);
        }

        Assert.IsTrue(rig.Server.Reports.Count > 10);
        foreach (var (report, next) in rig.Server.Reports.Zip(rig.Server.Reports.Skip(1)))
        {
            Assert.IsTrue(report.Report.HasContract);
            var promisedMs = report.StoredMs + report.Report.NextContactS * 1000L;
            Assert.IsTrue(next.StoredMs <= promisedMs, $"seed {seed}: report {report.Report.Sequence} promised {report.Report.NextContactS} s, the next came after {(next.StoredMs - report.StoredMs) / 1000} s");
        }
    }

    [TestMethod]
    public void The_promise_is_no_longer_than_what_the_device_will_do()
    {
        var rig = new Rig();
        rig.Do(Doing.Walking, 3000);
        rig.Do(Doing.Still, 3 * 3600);
        foreach (var (report, next) in rig.Server.Reports.Zip(rig.Server.Reports.Skip(1)))
        {
            Assert.IsTrue(report.Report.NextContactS <= rig.Profile[SettingCode.HeartbeatS] + Traxxs.Core.Uplink.ReportSchedule.MarginS);
        }
    }

    [TestMethod]
    public void Retries_without_coverage_are_bounded()
    {
        var rig = new Rig();
        rig.Uplink.Coverage = false;
        rig.Do(Doing.Still, 24 * 3600);
        Assert.IsTrue(rig.Uplink.Opens is > 60 and < 150, $"{rig.Uplink.Opens} attempts in a day without coverage");
    }

    [TestMethod]
    public void Flash_is_written_and_erased_within_the_budget_of_a_day()
    {
        var rig = new Rig(storage: new MemoryStorage(segments: 8, segmentSize: 4096));
        for (var i = 0; i < 8; i++)
        {
            rig.Do(Doing.Walking, 1800);
            rig.Do(Doing.Still, 9000);
        }

        Assert.IsTrue(rig.Tracker.Queue.Journal.Erases <= 10, $"{rig.Tracker.Queue.Journal.Erases} segments erased in a day");
        Assert.IsTrue(rig.Tracker.Queue.Journal.Appends <= 200, $"{rig.Tracker.Queue.Journal.Appends} appends in a day");
    }
}
