using Traxxs.Server.History;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.History;

[TestClass]
public sealed class TripFinderTests
{
    private static readonly TripOptions Options = new();

    [TestMethod]
    public void Two_walks_with_an_hour_in_one_place_between_are_two_trips_and_the_stops_around_them()
    {
        var found = TripFinder.Find([.. Stand(0, 900, 0), .. Walk(900, 0, 1200), .. Stand(1860, 5400, 1200), .. Walk(5400, 1200, 0), .. Stand(6360, 7200, 0)], Options);
        Assert.HasCount(2, found.Trips);
        Assert.HasCount(3, found.Stops);
        // A trip begins and ends at the edge of its stops, which may be a radius nearer.
        Assert.AreEqual(1200, found.Trips[0].DistanceM, 2 * Options.StopRadiusM);
        Assert.AreEqual(1200, found.Trips[0].FarthestM, 2 * Options.StopRadiusM);
        AssertAt(1860, found.Stops[1].StartAt, 60);
        AssertAt(5400, found.Stops[1].EndAt, 60);
        Assert.AreEqual(52 + (1200 / 111195.08), found.Stops[1].Place.Latitude, 0.0002);
    }

    [TestMethod]
    public void An_insole_that_takes_no_fix_while_it_stands_has_stopped_all_the_same()
    {
        var found = TripFinder.Find([.. Walk(0, 0, 1200), .. Walk(5400, 1190, 0)], Options);
        Assert.HasCount(2, found.Trips);
        Assert.HasCount(1, found.Stops);
        AssertAt(960, found.Stops[0].StartAt, 60);
        AssertAt(5400, found.Stops[0].EndAt, 60);
        Assert.AreEqual(5400 - 960, found.Stops[0].UnobservedS, 60, "nobody saw it stand");
    }

    [TestMethod]
    public void A_stretch_nobody_knows_of_ends_one_trip_and_begins_another_elsewhere()
    {
        var found = TripFinder.Find([.. Walk(0, 0, 1200), .. Walk(9000, 20_000, 21_200)], Options);
        Assert.HasCount(2, found.Trips);
        Assert.IsEmpty(found.Stops);
        Assert.IsLessThan(1300.0, found.Trips.Max(trip => trip.DistanceM), "nobody walked the 20 km");
    }

    [TestMethod]
    public void One_fix_astray_ends_no_stop()
    {
        var found = TripFinder.Find([.. Stand(0, 900, 0), Tracks.At(915, 400), .. Stand(930, 1800, 0)], Options);
        Assert.IsEmpty(found.Trips);
        Assert.HasCount(1, found.Stops);
        Assert.AreEqual(1770, found.Stops[0].EndAt - found.Stops[0].StartAt, 30);
    }

    [TestMethod]
    public void A_few_steps_around_the_machine_are_no_trip()
    {
        var random = new Random(7);
        var found = TripFinder.Find(Enumerable.Range(0, 200).Select(i => Tracks.At(i * 30, random.Next(-25, 25), random.Next(-25, 25))), Options);
        Assert.IsEmpty(found.Trips);
        Assert.HasCount(1, found.Stops);
    }

    [TestMethod]
    public void No_fix_or_one_is_neither()
    {
        Assert.IsEmpty(TripFinder.Find([], Options).Stops);
        var one = TripFinder.Find([Tracks.At(0, 0)], Options);
        Assert.IsEmpty(one.Trips);
        Assert.IsEmpty(one.Stops);
    }

    [TestMethod]
    public void On_recorded_walks_trips_and_stops_follow_each_other_and_stops_are_where_their_fixes_are()
    {
        var (trips, stops) = (0, 0);
        foreach (var (name, track) in Tracks.Recorded(40))
        {
            foreach (var everyS in (int[])[1, 60])
            {
                var thinned = Thin(track, everyS);
                var found = TripFinder.Find(thinned, Options);
                Check(name, thinned, found);
                if (everyS == 1) (trips, stops) = (trips + found.Trips.Count, stops + found.Stops.Count);
            }
        }

        Assert.IsGreaterThan(30, trips, "people who record walks do walk");
        Assert.IsGreaterThan(5, stops);
    }

    private static void Check(string name, List<TrackFix> track, Journeys found)
    {
        var spans = found.Trips.Select(trip => (trip.Start.Time, trip.End.Time, Kind: "trip")).Concat(found.Stops.Select(stop => (stop.StartAt, stop.EndAt, Kind: "stop"))).OrderBy(span => span.Item1).ThenBy(span => span.Item2).ToList();
        for (var i = 1; i < spans.Count; i++) Assert.IsLessThanOrEqualTo(spans[i].Item1, spans[i - 1].Item2, $"{name}: {spans[i - 1]} and {spans[i]} overlap");
        foreach (var stop in found.Stops)
        {
            Assert.IsGreaterThanOrEqualTo(Options.StopMinS, stop.EndAt - stop.StartAt, name);
            var inside = track.Where(fix => fix.Time >= stop.StartAt && fix.Time <= stop.EndAt).ToList();
            var near = inside.Count(fix => fix.MetresTo(stop.Place) <= 2 * Options.StopRadiusM);
            Assert.IsGreaterThanOrEqualTo(0.9, near / (double)inside.Count, $"{name}: a stop whose fixes are elsewhere");
        }

        var whole = track.Zip(track.Skip(1), (a, b) => a.MetresTo(b)).Sum();
        Assert.IsLessThanOrEqualTo(whole + 1, found.Trips.Sum(trip => trip.DistanceM), $"{name}: more was travelled than there is track");
    }

    private static List<TrackFix> Thin(List<TrackFix> track, int everyS)
    {
        var thinned = new List<TrackFix>();
        foreach (var fix in track)
        {
            if (thinned.Count == 0 || fix.Time - thinned[^1].Time >= everyS) thinned.Add(fix);
        }

        return thinned;
    }

    private static IEnumerable<TrackFix> Stand(int from, int to, double northM)
    {
        var random = new Random(from);
        for (var s = from; s < to; s += 30) yield return Tracks.At(s, northM + random.Next(-8, 9), random.Next(-8, 9));
    }

    // 1.25 m a second.
    private static IEnumerable<TrackFix> Walk(int from, double fromM, double toM)
    {
        for (var s = 0; s <= Math.Abs(toM - fromM) / 1.25; s += 30) yield return Tracks.At(from + s, fromM + (Math.Sign(toM - fromM) * s * 1.25));
    }

    private static void AssertAt(double expectedS, long time, double withinS) => Assert.AreEqual(expectedS, time - Tracks.StartS, withinS);
}
