using Traxxs.Core.Location;
using Traxxs.Protocol;

namespace Traxxs.Core.Tests.Location;

[TestClass]
public class LocationTests
{
    private readonly TrackerProfile _profile = new();

    [TestMethod]
    [DataRow(48.1, 11.5, 48.1, 11.5, 0)]
    [DataRow(0.0, 0.0, 0.0, 0.001, 111)]
    [DataRow(60.0, 10.0, 60.0, 10.01, 557)]
    [DataRow(48.137, 11.575, 48.1371, 11.5752, 18)]
    [DataRow(0.0, 179.9995, 0.0, -179.9995, 111)]
    [DataRow(-33.86, 151.2, -33.9, 151.3, 10250)]
    public void Distances_are_those_of_the_sphere(double latA, double lonA, double latB, double lonB, int metres)
    {
        Assert.AreEqual(metres, Distance.Metres(E7(latA), E7(lonA), E7(latB), E7(lonB)), Math.Max(2, metres * 0.012));
    }

    [TestMethod]
    public void Distances_across_the_world_do_not_overflow()
    {
        Assert.IsTrue(Distance.Metres(900000000, 1800000000, -900000000, 0) > 10_000_000);
        Assert.IsTrue(Distance.Metres(int.MinValue + 1, int.MinValue, int.MaxValue, int.MaxValue) >= 0);
    }

    [TestMethod]
    public void The_clock_learns_from_fixes_and_refuses_a_wrong_week()
    {
        var clock = new WallClock();
        Assert.AreEqual(12u, clock.ToReportS(12_345));
        Assert.IsFalse(clock.Learn(1_184_000_000, 0), "2007: a week number rolled over");
        Assert.IsFalse(clock.IsKnown);
        Assert.IsTrue(clock.Learn(1_790_000_000, 10_000));
        Assert.AreEqual(1_790_000_005u, clock.ToReportS(15_000));
        Assert.AreEqual(1_789_999_990u, clock.ToReportS(0), "moments before the first fix get their true time");
    }

    [TestMethod]
    public void A_jump_of_the_clock_is_believed_only_when_it_insists()
    {
        var clock = new WallClock();
        clock.Learn(1_790_000_000, 0);
        Assert.IsFalse(clock.Learn(1_790_604_800, 1000));
        Assert.IsTrue(clock.Learn(1_790_000_002, 2000), "back to the truth");
        Assert.IsFalse(clock.Learn(1_790_604_803, 3000));
        Assert.IsFalse(clock.Learn(1_790_604_804, 4000));
        Assert.IsTrue(clock.Learn(1_790_604_805, 5000));
        Assert.AreEqual(1_790_604_806u, clock.ToReportS(6000));
    }

    [TestMethod]
    public void On_foot_a_fix_is_believed_as_far_as_the_steps_can_have_carried()
    {
        var scheduler = new FixScheduler(_profile);
        scheduler.Request(0);
        scheduler.Update(true, false, 0, 60, null, 0);
        scheduler.Update(true, false, 0, 60, Fix(48.1, 11.5, 3000), 1000);
        Assert.IsTrue(scheduler.JustTaken);
        scheduler.Update(true, false, 55, 60, null, 61_000);
        scheduler.Update(true, false, 55, 60, Fix(48.103, 11.5, 3000), 62_000);
        Assert.IsFalse(scheduler.JustTaken, "334 m in a minute and 55 strides is a lie of the receiver");
        scheduler.Update(true, false, 56, 60, Fix(48.1008, 11.5, 3000), 63_000);
        Assert.IsTrue(scheduler.JustTaken, "89 m is a walk");
        scheduler.Update(true, true, 56, 60, null, 123_000);
        scheduler.Update(true, true, 56, 60, Fix(48.11, 11.5, 3000), 124_000);
        Assert.IsTrue(scheduler.JustTaken, "a kilometre in a minute is a ride");
    }

    [TestMethod]
    public void While_the_receiver_is_hot_a_search_under_a_roof_is_short()
    {
        var scheduler = new FixScheduler(_profile);
        scheduler.Request(0);
        scheduler.Update(true, false, 0, 60, null, 0);
        scheduler.Update(true, false, 0, 60, Fix(48.1, 11.5, 3000), 1000);
        scheduler.Update(true, false, 50, 60, null, 100_000);
        scheduler.Update(true, false, 50, 60, null, 119_000);
        Assert.AreEqual(SearchState.Searching, scheduler.State);
        scheduler.Update(true, false, 50, 60, null, 120_000);
        Assert.IsTrue(scheduler.JustFailed);
        var laterMs = 1000 + FixScheduler.HotWindowMs;
        scheduler.Update(true, false, 90, 60, null, laterMs);
        scheduler.Update(true, false, 90, 60, null, laterMs + 59_000);
        Assert.AreEqual(SearchState.Searching, scheduler.State, "cold, it has the whole time");
        scheduler.Update(true, false, 90, 60, null, laterMs + 60_000);
        Assert.IsTrue(scheduler.JustFailed);
        Assert.AreEqual(2, scheduler.SearchesInVain);
    }

    [TestMethod]
    public void Coarse_invalid_and_impossible_fixes_are_refused()
    {
        var filter = new FixFilter(_profile);
        Assert.IsFalse(filter.Accepts(Fix(48, 11, 100_001), null, 0, 0, false));
        Assert.IsFalse(filter.Accepts(Fix(91, 11, 1000), null, 0, 0, false));
        var invalid = Fix(48, 11, 1000);
        invalid.Valid = false;
        Assert.IsFalse(filter.Accepts(invalid, null, 0, 0, false));
        Assert.IsTrue(filter.Accepts(Fix(0, 0, 1000), null, 0, 0, false), "0, 0 is a place");
    }

    [TestMethod]
    public void A_coarse_fix_gets_seconds_to_improve_and_the_best_is_taken()
    {
        var scheduler = new FixScheduler(_profile);
        scheduler.Request(0);
        scheduler.Update(false, false, 0, 60, null, 0);
        Assert.AreEqual(SearchState.Searching, scheduler.State);
        uint[] accuracies = [60_000, 30_000, 40_000, 35_000, 50_000, 45_000, 45_000];
        for (var i = 0; i < accuracies.Length && !scheduler.HasFix; i++) scheduler.Update(false, false, 0, 60, Fix(48, 11, accuracies[i]), 1000 * i);
        Assert.IsTrue(scheduler.HasFix);
        Assert.AreEqual(30_000u, scheduler.Fix.AccuracyMm);
        Assert.AreEqual(SearchState.Idle, scheduler.State);
    }

    [TestMethod]
    public void Failed_searches_wait_longer_each_time_up_to_the_bound()
    {
        var scheduler = new FixScheduler(_profile);
        var starts = new List<long>();
        uint steps = 0;
        var before = SearchState.Idle;
        for (long t = 0; t < 4 * 3_600_000; t += 1000)
        {
            steps++;
            scheduler.Update(true, false, steps, 60, null, t);
            if (scheduler.State == SearchState.Searching && before != SearchState.Searching) starts.Add(t);
            before = scheduler.State;
        }

        var gaps = starts.Zip(starts.Skip(1), (a, b) => b - a).ToList();
        Assert.IsTrue(gaps.Zip(gaps.Skip(1)).All(g => g.Second >= g.First), string.Join(" ", gaps));
        Assert.IsTrue(gaps[^1] <= (_profile[SettingCode.SearchBackoffMaxS] + _profile[SettingCode.SearchTimeoutS] + 1) * 1000L);
        Assert.IsTrue(gaps[^1] >= _profile[SettingCode.SearchBackoffMaxS] * 1000L);
    }

    [TestMethod]
    public void A_request_ignores_the_back_off()
    {
        var scheduler = new FixScheduler(_profile);
        uint steps = 0;
        for (long t = 0; t < 3_600_000; t += 1000) scheduler.Update(true, false, steps++, 60, null, t);
        while (scheduler.State != SearchState.Idle) scheduler.Update(false, false, steps, 60, null, 3_700_000);
        scheduler.Request(3_700_000);
        scheduler.Update(false, false, steps, 60, null, 3_700_000);
        Assert.AreEqual(SearchState.Searching, scheduler.State);
        scheduler.Update(false, false, steps, 60, Fix(48, 11, 3000), 3_701_000);
        Assert.IsTrue(scheduler.JustTaken);
        Assert.IsTrue(scheduler.WasUrgent);
    }

    private static GnssFix Fix(double lat, double lon, uint accuracyMm) =>
        new() { Valid = true, TimeS = 1_790_000_000, LatitudeE7 = E7(lat), LongitudeE7 = E7(lon), AccuracyMm = accuracyMm };

    private static int E7(double degrees) => (int)Math.Round(degrees * 1e7);
}
