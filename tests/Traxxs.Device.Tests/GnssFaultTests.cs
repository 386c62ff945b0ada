using Traxxs.Core.Diagnostics;
using Traxxs.Protocol;

namespace Traxxs.Device.Tests;

/// <summary>A receiver that is silent, garbled, lying or in the wrong week, on the whole board: what it costs, and what it must not.</summary>
[TestClass]
public sealed class GnssFaultTests
{
    private const int MinuteMs = 60_000;

    [TestMethod]
    public void A_silent_receiver_is_reported_as_failed_and_steps_go_on()
    {
        var bench = Walking(faults => faults.Silent = true);
        bench.RunUntil(30 * MinuteMs);
        Assert.AreEqual(0, bench.Insole.Tracker.Scheduler.Taken);
        Assert.IsGreaterThan(500u, bench.Insole.Tracker.StepsTotal);
        Assert.IsTrue(Reports(bench).Any(report => Has(report, EventCode.Degraded, 1 << FaultMonitor.Gnss)), "the server must hear of it");
    }

    [TestMethod]
    public void A_garbled_line_costs_some_fixes_and_gives_no_wrong_one()
    {
        var bench = Walking(faults => faults.GarbledPart = 0.004);
        bench.RunUntil(30 * MinuteMs);
        Assert.IsGreaterThan(5, bench.Insole.Tracker.Scheduler.Taken);
        Assert.IsGreaterThan(0, bench.Insole.Gnss.Parser.RejectedFor(Drivers.GnssReject.BadChecksum));
        AssertOnTheWay(bench);
    }

    [TestMethod]
    public void A_receiver_one_rollover_behind_gives_neither_a_fix_nor_the_time()
    {
        var bench = Walking(faults => faults.WrongWeek = true);
        bench.RunUntil(30 * MinuteMs);
        Assert.AreEqual(0, bench.Insole.Tracker.Scheduler.Taken);
        Assert.IsGreaterThan(0, bench.Insole.Gnss.Parser.RejectedFor(Drivers.GnssReject.ImplausibleDate));
        Assert.IsTrue(Reports(bench).All(report => report.TimeIsUptime), "no report may carry a time 19 years ago");
    }

    [TestMethod]
    public void A_receiver_that_lies_for_a_moment_moves_nobody()
    {
        var bench = Walking(_ => { });
        bench.RunUntil(3 * MinuteMs);
        for (var second = 180; second < 1500; second++)
        {
            bench.Gnss.Faults.LieNorthM = second % 3 == 0 ? 5000 : 0;
            bench.RunUntil(second * 1000L);
        }

        Assert.IsGreaterThan(10, bench.Insole.Tracker.Scheduler.Taken);
        AssertOnTheWay(bench);
    }

    private static Bench Walking(Action<Simulation.Chips.MaxM10Faults> spoil)
    {
        var bench = new Bench();
        spoil(bench.Gnss.Faults);
        bench.Foot.WalksFromMs = MinuteMs;
        return bench;
    }

    // The way leads north from 47.3769 at 1.3 m/s: 30 minutes are 0.021 degrees.
    private static void AssertOnTheWay(Bench bench)
    {
        var fixes = Reports(bench).SelectMany(report => report.LatitudeE5.Take(report.FixCount)).ToList();
        Assert.IsNotEmpty(fixes);
        foreach (var latitude in fixes) Assert.IsInRange(4_737_500, 4_740_100, latitude, "a fix off the way");
    }

    private static bool Has(Report report, EventCode code, int value) =>
        Enumerable.Range(0, report.EventCount).Any(i => report.EventCodes[i] == code && (report.EventValue[i] & value) != 0);

    private static List<Report> Reports(Bench bench)
    {
        var reports = new List<Report>();
        foreach (var frame in bench.Uplink.Stored)
        {
            var report = new Report();
            Assert.AreEqual(DecodeResult.Ok, new ReportReader().Read(frame, 0, frame.Length, report));
            reports.Add(report);
        }

        return reports;
    }
}
