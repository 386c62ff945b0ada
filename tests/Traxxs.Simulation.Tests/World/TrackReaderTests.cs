using System.IO.Compression;
using System.Text;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Tests.World;

[TestClass]
public sealed class TrackReaderTests
{
    private const string Gpx = """
        <?xml version="1.0"?>
        <gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>
        <trkpt lat="52.0000" lon="5.1000"><time>2026-03-02T08:00:00Z</time></trkpt>
        <trkpt lat="52.00001" lon="5.1000"/>
        <trkpt lat="52.0010" lon="5.1000"/>
        <trkpt lat="52.0020" lon="5.1010"/>
        <trkpt lat="53.0000" lon="5.1000"/>
        </trkseg></trk></gpx>
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("traxxs-track-").FullName;

    [TestCleanup]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void A_gpx_track_is_read_without_standing_still_and_up_to_its_gap()
    {
        var points = TrackReader.Read(Write("walk.gpx", Gpx));
        CollectionAssert.AreEqual(new GeoPoint[] { new(52.0, 5.1), new(52.001, 5.1), new(52.002, 5.101) }, points.ToArray());
    }

    [TestMethod]
    public void A_csv_track_is_read_by_the_names_of_its_columns_packed_or_not()
    {
        const string csv = "t_unix_s,lat_deg,lon_deg\n1,52.0,5.1\n2,52.001,5.1\nbroken\n3,52.002,5.1\n";
        var plain = TrackReader.Read(Write("walk.csv", csv));
        var packed = Path.Combine(_folder, "walk.csv.gz");
        using (var gzip = new GZipStream(File.Create(packed), CompressionMode.Compress)) gzip.Write(Encoding.UTF8.GetBytes(csv));
        Assert.HasCount(3, plain);
        CollectionAssert.AreEqual(plain.ToArray(), TrackReader.Read(packed).ToArray());
    }

    [TestMethod]
    public void A_scenario_walks_along_a_track_beside_it()
    {
        Write("walk.gpx", Gpx);
        var scenario = ScenarioFile.Load(Write("s.yaml", Scenario("walk.gpx")));
        var wearer = scenario.Devices[0].Wearer;
        Assert.AreEqual(0, wearer.PositionAt(0).DistanceTo(new GeoPoint(52.0, 5.1)), 0.01);
        Assert.AreEqual(0, wearer.PositionAt(3_600_000).DistanceTo(new GeoPoint(52.002, 5.101)), 0.01);
    }

    [TestMethod]
    [DataRow("nowhere.gpx", null, "cannot read the track")]
    [DataRow("empty.gpx", "<gpx/>", "no track of at least two points")]
    [DataRow("broken.gpx", "<gpx", "cannot read the track")]
    [DataRow("other.csv", "a,b\n1,2\n", "lat_deg and lon_deg")]
    public void A_track_that_cannot_be_walked_is_named_where_it_is_asked_for(string name, string? content, string problem)
    {
        if (content is not null) Write(name, content);
        var error = Assert.ThrowsExactly<ScenarioException>(() => ScenarioFile.Load(Write("s.yaml", Scenario(name))));
        Assert.Contains(problem, error.Message);
        Assert.AreEqual((2, 38), (error.Line, error.Column));
    }

    private static string Scenario(string track) => $$"""
        name: along
        people: [ { name: A, route: { track: {{track}} }, day: [ walk 1h ] } ]
        devices: [ { id: a, wearer: A } ]
        """;

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}
