using System.Text.Json;
using Traxxs.Server.Alerts.Geofences;

namespace Traxxs.Server.Tests.Alerts;

[TestClass]
public sealed class GeofenceShapeTests
{
    private const double Degree = 111195.08;

    [TestMethod]
    [DataRow(0.0, 13.0)]
    [DataRow(52.0, 13.0)]
    [DataRow(-45.0, 179.9999)]
    [DataRow(80.0, -180.0)]
    public void A_circle_is_as_wide_as_its_radius_in_every_direction(double latitude, double longitude)
    {
        var circle = new CircleShape(new GeoPoint(latitude, longitude), 1000);
        Assert.AreEqual(-1000, circle.SignedDistanceM(latitude, longitude), 1e-6);
        Assert.AreEqual(0, circle.SignedDistanceM(latitude + (1000 / Degree), longitude), 0.5);
        var east = longitude + (1000 / (Degree * Math.Cos(latitude * Math.PI / 180)));
        if (east > 180) east -= 360;
        Assert.AreEqual(0, circle.SignedDistanceM(latitude, east), 0.5);
    }

    [TestMethod]
    [DataRow(50, 50, -50)]
    [DataRow(10, 50, -10)]
    [DataRow(-10, 50, 10)]
    [DataRow(130, 140, 50)]
    [DataRow(50, 105, 5)]
    public void A_square_of_100_m_knows_its_inside_and_its_distance(double east, double north, double expected)
    {
        var square = new PolygonShape([Ring(0, 0, 100)]);
        Assert.AreEqual(expected, square.SignedDistanceM(north / Degree, east / Degree), 0.01);
    }

    [TestMethod]
    public void A_hole_is_outside()
    {
        var ring = new PolygonShape([Ring(0, 0, 100), Ring(40, 40, 20)]);
        Assert.AreEqual(10, ring.SignedDistanceM(50 / Degree, 50 / Degree), 0.01);
        Assert.AreEqual(-20, ring.SignedDistanceM(50 / Degree, 20 / Degree), 0.01);
    }

    [TestMethod]
    public void A_polygon_across_the_antimeridian_is_one_piece()
    {
        var square = new PolygonShape([[new(0, 179.9995), new(0, -179.9995), new(0.001, -179.9995), new(0.001, 179.9995), new(0, 179.9995)]]);
        Assert.IsLessThan(0, square.SignedDistanceM(0.0005, 180));
        Assert.IsLessThan(0, square.SignedDistanceM(0.0005, -179.9998));
        Assert.IsGreaterThan(0, square.SignedDistanceM(0.0005, 0));
    }

    [TestMethod]
    [DataRow("""{"type":"Feature","geometry":{"type":"Point","coordinates":[13,52]},"properties":{"name":"Y","radiusM":100}}""", null)]
    [DataRow("""{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]},"properties":{"name":"Y","alertOn":["enter"],"severity":"high","devices":["a"]}}""", null)]
    [DataRow("""{"type":"Point"}""", "type")]
    [DataRow("""[]""", "type")]
    [DataRow("""{"type":"Feature","properties":{"name":"Y"}}""", "geometry")]
    [DataRow("""{"type":"Feature","geometry":{"type":"Point","coordinates":[13,52]},"properties":{"radiusM":100}}""", "properties.name")]
    [DataRow("""{"type":"Feature","geometry":{"type":"Point","coordinates":[13,52]},"properties":{"name":"Y"}}""", "properties.radiusM")]
    [DataRow("""{"type":"Feature","geometry":{"type":"Point","coordinates":[13,152]},"properties":{"name":"Y","radiusM":100}}""", "geometry.coordinates")]
    [DataRow("""{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[0,0]]]},"properties":{"name":"Y"}}""", "geometry.coordinates")]
    [DataRow("""{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]},"properties":{"name":"Y"}}""", "geometry.coordinates")]
    [DataRow("""{"type":"Feature","geometry":{"type":"Polygon","coordinates":[]},"properties":{"name":"Y"}}""", "geometry.coordinates")]
    [DataRow("""{"type":"Feature","geometry":{"type":"Line","coordinates":[]},"properties":{"name":"Y"}}""", "geometry.type")]
    [DataRow("""{"type":"Feature","geometry":{"type":"Point","coordinates":[13,52]},"properties":{"name":"Y","radiusM":100,"alertOn":["sometimes"]}}""", "properties.alertOn")]
    [DataRow("""{"type":"Feature","geometry":{"type":"Point","coordinates":[13,52]},"properties":{"name":"Y","radiusM":100,"severity":"loud"}}""", "properties.severity")]
    [DataRow("""{"type":"Feature","geometry":{"type":"Point","coordinates":[13,52]},"properties":{"name":"Y","radiusM":100,"devices":["a/b"]}}""", "properties.devices")]
    public void What_is_wrong_with_a_fence_is_named_by_its_key(string json, string? wrong)
    {
        using var document = JsonDocument.Parse(json);
        if (wrong is null)
        {
            Assert.AreEqual("Y", GeofenceJson.Read("id", 1, document.RootElement).Name);
            return;
        }

        var error = Assert.ThrowsExactly<FormatException>(() => GeofenceJson.Read("id", 1, document.RootElement));
        StringAssert.StartsWith(error.Message, wrong + ":");
    }

    private static GeoPoint[] Ring(double east, double north, double side) =>
        [.. new (double E, double N)[] { (0, 0), (side, 0), (side, side), (0, side), (0, 0) }.Select(p => new GeoPoint((north + p.N) / Degree, (east + p.E) / Degree))];
}
