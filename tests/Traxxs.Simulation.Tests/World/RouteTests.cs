using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Tests.World;

[TestClass]
public sealed class RouteTests
{
    private static readonly GeoPoint Start = new(52.0, 5.1);

    [TestMethod]
    public void A_walk_covers_the_distance_its_speed_gives()
    {
        var route = new Route([Start, Start.Move(300, 400), Start.Move(3000, 400)]);
        var person = new Person("Ann", route, new Timeline()
            .Then(Activity.Stand, TimeSpan.FromMinutes(1)).Then(Activity.Walk, TimeSpan.FromMinutes(5), 100)
            .Then(Activity.Sit, TimeSpan.FromMinutes(1)).Then(Activity.Walk, TimeSpan.FromMinutes(5), 100));
        Assert.AreEqual(0, person.PositionAt(60_000).DistanceTo(Start), 0.01);
        Assert.AreEqual(150, person.PositionAt(60_000 + 150_000).DistanceTo(Start), 0.5);
        Assert.AreEqual(300, person.PositionAt(400_000).DistanceTo(Start), 0.5);
        Assert.AreEqual(300, person.PositionAt(420_000).DistanceTo(Start), 0.5);
        Assert.AreEqual(person.PositionAt(10_000_000), person.PositionAt(720_000));
    }

    [TestMethod]
    [DataRow(RouteEnd.Stop, 1000)]
    [DataRow(RouteEnd.TurnBack, 500)]
    [DataRow(RouteEnd.Loop, 500)]
    public void The_end_of_a_route_is_left_as_asked(RouteEnd end, double metresFromStart)
    {
        var route = new Route([Start, Start.Move(0, 1000)], end);
        var walked = end == RouteEnd.Loop ? 2500 : 1500;
        Assert.AreEqual(metresFromStart, route.PositionAt(walked).DistanceTo(Start), 1);
    }

    [TestMethod]
    public void A_polygon_and_a_circle_know_what_is_in_them()
    {
        var area = Place.Area("yard", PlaceKind.DeadZone, [Start, Start.Move(100, 0), Start.Move(100, 100), Start.Move(0, 100)]);
        Assert.IsTrue(area.Contains(Start.Move(50, 50)));
        Assert.IsFalse(area.Contains(Start.Move(150, 50)));
        Assert.IsFalse(area.Contains(Start.Move(50, -1)));
        var circle = Place.Circle("tower", PlaceKind.Indoors, Start, 30);
        Assert.IsTrue(circle.Contains(Start.Move(20, 20)));
        Assert.IsFalse(circle.Contains(Start.Move(25, 25)));
    }

    [TestMethod]
    [DataRow(0, 1, 0)]
    [DataRow(1, 1, 45)]
    [DataRow(1, 0, 90)]
    [DataRow(1, -1, 135)]
    [DataRow(0, -1, 180)]
    [DataRow(-1, -1, 225)]
    [DataRow(-1, 0, 270)]
    [DataRow(-1, 2, 333.4349)]
    public void A_heading_is_counted_clockwise_from_north(double east, double north, double degrees)
        => Assert.AreEqual(degrees, GeoPoint.HeadingDeg(east, north), 0.001);

    [TestMethod]
    public void The_own_cosine_agrees_with_the_librarys()
    {
        for (var degrees = -89.0; degrees <= 89; degrees += 0.5)
        {
            var metres = new GeoPoint(degrees, 0).DistanceTo(new GeoPoint(degrees, 0.01));
            Assert.AreEqual(0.01 * GeoPoint.MetresPerDegree * Math.Cos(degrees * Math.PI / 180), metres, 1e-5);
        }
    }
}
