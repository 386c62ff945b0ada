using Traxxs.Protocol;
using Traxxs.Server.History;
using Traxxs.Server.Ingest;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.History;

[TestClass]
public sealed class ActivityTests
{
    [TestMethod]
    public void Steps_fall_where_there_was_movement_and_none_is_lost()
    {
        // An hour between two reports, in it ten minutes of walking across the full hour.
        var ledger = Ledger(
            Closed(0, steps: 100),
            Closed(3600, steps: 1101, activity: ActivityCode.Walking, events: [Event(EventCode.MovingSince, 1500), Event(EventCode.Stopped, 2100)]));
        var buckets = ActivityBuckets.Of(ledger, S(0), S(3600), 1800);
        Assert.AreEqual("500 501", string.Join(' ', buckets.Select(bucket => bucket.Steps)));
        Assert.AreEqual(300, buckets[0].Seconds[ActivityCode.Walking]);
        Assert.AreEqual(1500, buckets[0].Seconds[ActivityCode.Still]);
        Assert.AreEqual(3600, buckets.Sum(bucket => bucket.Seconds.Values.Sum()));
    }

    [TestMethod]
    public void Where_no_movement_is_known_steps_are_spread_evenly()
    {
        var buckets = ActivityBuckets.Of(Ledger(Closed(0, steps: 0), Closed(4000, steps: 1000)), S(0), S(4000), 1000);
        Assert.AreEqual("250 250 250 250", string.Join(' ', buckets.Select(bucket => bucket.Steps)));
    }

    [TestMethod]
    public void Random_movements_and_buckets_add_up()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var reports = new List<AcceptedReport>();
            var (time, steps, moving) = (0, 0L, false);
            while (time < 86_400)
            {
                var events = new List<ReportEvent>();
                var closed = time + random.Next(60, 4000);
                if (random.Next(2) == 0) events.Add(Event((moving = !moving) ? EventCode.MovingSince : EventCode.Stopped, random.Next(time, closed)));
                steps += random.Next(0, 3000);
                reports.Add(Closed(time = closed, steps, (ActivityCode)random.Next(6), [.. events]));
            }

            var bucketS = random.Next(600, 7200);
            var buckets = ActivityBuckets.Of(Ledger([.. reports]), S(0), S(time + 1), bucketS);
            Assert.AreEqual(steps - reports[0].StepsTotal, buckets.Sum(bucket => bucket.Steps), $"seed {seed}");
            Assert.AreEqual(time - (reports[0].DeviceTime!.Value.ToUnixTimeSeconds() - S(0)), buckets.Sum(bucket => bucket.Seconds.Values.Sum()), $"seed {seed}");
            foreach (var bucket in buckets) Assert.IsLessThanOrEqualTo(bucketS, bucket.Seconds.Values.Sum(), $"seed {seed}");
        }
    }

    [TestMethod]
    public void A_counter_that_began_anew_takes_nothing_away()
    {
        var ledger = new ActivityLedger();
        ledger.Add([Closed(0, steps: 5000), Closed(1000, steps: 5200)]);
        ledger.Add([Closed(1500, steps: 30, sequence: 0), Closed(2000, steps: 130, sequence: 1)]);
        Assert.AreEqual(330, ActivityBuckets.Of(ledger, S(0), S(2400), 2400).Single().Steps);
    }

    [TestMethod]
    public void What_nobody_heard_of_is_not_known()
    {
        var ledger = new ActivityLedger();
        ledger.Add([Closed(0), Closed(600)]);
        ledger.Add([Closed(3000), Closed(3600)]);
        Assert.AreEqual(1200, ActivityBuckets.Of(ledger, S(0), S(3600), 3600).Single().Seconds[ActivityCode.Still]);
    }

    private static ActivityLedger Ledger(params AcceptedReport[] reports)
    {
        var ledger = new ActivityLedger();
        ledger.Add(reports);
        return ledger;
    }

    private static AcceptedReport Closed(double atS, long? steps = null, ActivityCode? activity = null, ReportEvent[]? events = null, long sequence = 7) => new()
    {
        Position = 1, DeviceId = "d", Epoch = 1, Sequence = sequence, ServerTime = Reports.At(atS), DeviceTime = Reports.At(atS),
        StepsTotal = steps, Activity = activity, Events = [.. events ?? []],
    };

    private static ReportEvent Event(EventCode code, double atS) => Reports.Event(code, atS);

    private static long S(double seconds) => Reports.At(seconds).ToUnixTimeSeconds();
}
