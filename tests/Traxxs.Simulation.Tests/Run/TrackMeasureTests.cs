using Traxxs.Simulation.Run;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Tests.Run;

[TestClass]
public sealed class TrackMeasureTests
{
    private static readonly GeoPoint Start = new(52.0, 5.1);

    // 1000 m north in 1000 s, then back.
    private static readonly Person Walker = new("Ann", new Route([Start, Start.Move(0, 1000)], RouteEnd.TurnBack), new Timeline().Then(Activity.Walk, TimeSpan.FromSeconds(2000), 100));

    [TestMethod]
    public void A_track_through_the_ends_covers_a_straight_way_whole()
        => Assert.AreEqual(100, Covered([At(0, 0, 0), At(500, 0, 500), At(1000, 0, 1000), At(1500, 0, 500), At(2000, 0, 0)], 25)!.Value, 0.01);

    [TestMethod]
    public void The_way_back_is_not_covered_by_the_way_there()
    {
        var covered = Covered([At(0, 0, 0), At(1000, 0, 1000)], 25)!.Value;
        Assert.IsTrue(covered is > 50 and < 70, $"{covered} %"); // five minutes beyond the turn still count
    }

    [TestMethod]
    public void A_track_beside_the_way_covers_it_only_within_the_distance()
    {
        TrackPoint[] beside = [At(0, 30, 0), At(500, 30, 500), At(1000, 30, 1000), At(1500, 30, 500), At(2000, 30, 0)];
        Assert.AreEqual(0, Covered(beside, 25));
        Assert.AreEqual(100, Covered(beside, 35));
    }

    [TestMethod]
    public void Who_went_nowhere_has_no_share()
        => Assert.IsNull(TrackMeasure.CoveredPercent(new Person("Bob", new Route([Start]), new Timeline().Then(Activity.Sit, TimeSpan.FromHours(1))), [], 3_600_000, 25));

    [TestMethod]
    public void Errors_are_measured_against_the_place_at_the_time_of_the_fix()
    {
        var errors = TrackMeasure.ErrorsM(Walker, [At(100, 0, 100), At(200, 7, 200), At(300, 0, 400)]);
        CollectionAssert.AreEqual(new[] { 0.0, 7, 100 }, errors.Select(e => Math.Round(e)).ToArray());
        Assert.AreEqual(7, TrackMeasure.Percentile(errors, 50)!.Value, 0.1);
        Assert.AreEqual(100, TrackMeasure.Percentile(errors, 100)!.Value, 0.1);
        Assert.IsNull(TrackMeasure.Percentile([], 50));
    }

    private static double? Covered(TrackPoint[] track, double withinM) => TrackMeasure.CoveredPercent(Walker, track, 2_000_000, withinM);

    private static TrackPoint At(int seconds, double east, double north) => new(seconds * 1000L, Start.Move(east, north));
}
