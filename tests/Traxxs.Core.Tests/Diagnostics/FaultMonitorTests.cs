using Traxxs.Core.Diagnostics;
using Traxxs.Core.Power;
using Traxxs.Core.Uplink;
using Traxxs.Protocol;

namespace Traxxs.Core.Tests.Diagnostics;

/// <summary>What a part that fails is told of, and how often.</summary>
[TestClass]
public sealed class FaultMonitorTests
{
    private const long HourMs = 3_600_000;

    [TestMethod]
    public void A_loose_contact_is_told_a_bounded_number_of_times_a_day()
    {
        var monitor = new FaultMonitor(BootReason.PowerOn);
        var days = new List<int>();
        for (var day = 0; day < 3; day++)
        {
            var told = 0;
            for (var nowMs = day * 24 * HourMs; nowMs < (day + 1) * 24 * HourMs; nowMs += 10_000)
            {
                // Five refusals in a row, then well for as long as it takes to be news again.
                if (nowMs / 10_000 % 3 != 0) monitor.Well(FaultMonitor.Accelerometer);
                else Fail(monitor, FaultMonitor.Accelerometer, nowMs);
                told += Told(monitor, nowMs) ? 1 : 0;
            }

            days.Add(told);
        }

        Assert.AreEqual(1, days.Sum(), "it was never well for a minute");

        var (worst, wellFrom) = (0, 0L);
        monitor = new FaultMonitor(BootReason.PowerOn);
        for (long nowMs = 0; nowMs < 24 * HourMs; nowMs += 10_000)
        {
            // The worst there is: it fails again just when that is news.
            Fail(monitor, FaultMonitor.Accelerometer, nowMs);
            if (Told(monitor, nowMs)) worst++;
            monitor.Well(FaultMonitor.Accelerometer);
            wellFrom = nowMs;
            nowMs += (long)FaultMonitor.WellMinMs << Math.Min(worst - 1, FaultMonitor.WellDoublingsMax);
        }

        Assert.IsInRange(10, 14, worst, $"well from {wellFrom} ms");
    }

    [TestMethod]
    public void Another_part_is_news_and_a_failure_hours_later_is_again()
    {
        var monitor = new FaultMonitor(BootReason.PowerOn);
        Fail(monitor, FaultMonitor.Accelerometer, 0);
        Assert.IsTrue(Told(monitor, 0));
        monitor.Well(FaultMonitor.Accelerometer);
        Fail(monitor, FaultMonitor.Accelerometer, 20_000);
        Assert.IsFalse(Told(monitor, 20_000));
        Assert.AreEqual(1 << FaultMonitor.Accelerometer, monitor.Failed, "what the device does about it does not wait");
        Fail(monitor, FaultMonitor.Gnss, 30_000);
        Assert.IsTrue(Told(monitor, 30_000));
        monitor.Well(FaultMonitor.Accelerometer);
        monitor.Well(FaultMonitor.Gnss);
        Fail(monitor, FaultMonitor.Accelerometer, 5 * HourMs);
        Assert.IsTrue(Told(monitor, 5 * HourMs));
    }

    [TestMethod]
    public void A_restart_that_has_not_helped_is_tried_again_a_day_later_only()
    {
        foreach (var (reason, hours) in new[] { (BootReason.PowerOn, 1), (BootReason.Requested, 24) })
        {
            var monitor = new FaultMonitor(reason);
            Fail(monitor, FaultMonitor.Accelerometer, 0);
            Told(monitor, hours * HourMs - 1);
            Assert.IsFalse(monitor.WantsRestart, $"{reason}");
            Told(monitor, hours * HourMs);
            Assert.IsTrue(monitor.WantsRestart, $"{reason}");
        }
    }

    [TestMethod]
    public void What_was_told_is_known_after_a_deep_sleep()
    {
        var monitor = new FaultMonitor(BootReason.PowerOn);
        Fail(monitor, FaultMonitor.Accelerometer, 1000);
        Assert.IsTrue(Told(monitor, 1000));
        monitor.Well(FaultMonitor.Accelerometer);
        var checkpoint = new Checkpoint();
        checkpoint.Begin(false);
        monitor.Keep(checkpoint);
        checkpoint.Begin(true);
        var woken = new FaultMonitor(BootReason.WakePin);
        woken.Keep(checkpoint);
        Fail(woken, FaultMonitor.Accelerometer, 30_000);
        Assert.IsFalse(Told(woken, 30_000));
    }

    private static void Fail(FaultMonitor monitor, int part, long nowMs)
    {
        for (var i = 0; i < FaultMonitor.FaultsMax; i++) monitor.Fault(part, nowMs);
    }

    private static bool Told(FaultMonitor monitor, long nowMs)
    {
        var report = new ReportBuilder();
        monitor.Update(report, nowMs);
        return report.Has(EventCode.Degraded);
    }
}
