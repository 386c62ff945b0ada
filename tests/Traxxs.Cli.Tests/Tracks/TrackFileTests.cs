using System.IO.Compression;
using System.Text;
using Traxxs.Cli.Tracks;

namespace Traxxs.Cli.Tests.Tracks;

[TestClass]
public sealed class TrackFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traxxs-tracks").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [TestMethod]
    public void Csv_columns_are_found_by_name_in_any_order()
    {
        var track = TrackFile.Read(Put("a.csv", "mode,lon_deg,alt_m,t_unix_s,lat_deg\nwalk,-0.000015,3.5,1207116566.9,89.999994\n,180,,1207116567,-90\n")).Single();
        CollectionAssert.AreEqual(new[] { new TrackPoint(1207116566, 8999999, -2, "walk"), new TrackPoint(1207116567, -9000000, 18000000, "") }, track.Points.ToArray());
    }

    [TestMethod]
    public void A_csv_without_a_mode_column_states_no_mode()
    {
        Assert.IsNull(TrackFile.Read(Put("a.csv", "t_unix_s,lat_deg,lon_deg\n1,2,3\n")).Single().Points[0].Mode);
    }

    [TestMethod]
    public void Degrees_are_rounded_as_decimal_text()
    {
        Assert.AreEqual(3947713, TrackText.LatitudeE5("39.477125", "", 1));
        Assert.AreEqual(3947712, TrackText.LatitudeE5("39.4771249999999999", "", 1));
        Assert.AreEqual(-7598999, TrackText.LongitudeE5("-75.98999", "", 1));
        Assert.AreEqual(1, TrackText.LongitudeE5("1e-5", "", 1));
    }

    [TestMethod]
    public void Each_gpx_segment_is_a_track_and_a_gzipped_file_reads_the_same()
    {
        const string Gpx = """
            <gpx xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="1" lon="1"/><trk>
            <trkseg><trkpt lat="45.5" lon="14.25"><ele>3</ele><time>2010-10-03T09:36:30Z</time></trkpt></trkseg>
            <trkseg><trkpt lat="45.6" lon="14.26"><time>2010-10-03T11:36:31.75+02:00</time></trkpt></trkseg></trk></gpx>
            """;
        foreach (var file in new[] { Put("w.gpx", Gpx), Put("w.gpx.gz", Gpx) })
        {
            var tracks = TrackFile.Read(file).ToList();
            Assert.HasCount(2, tracks);
            Assert.AreEqual(new TrackPoint(1286098590, 4550000, 1425000, null), tracks[0].Points.Single());
            Assert.AreEqual(new TrackPoint(1286098591, 4560000, 1426000, null), tracks[1].Points.Single());
        }
    }

    [TestMethod]
    [DataRow("a.csv", "lat_deg,lon_deg\n1,2\n", "line 1 has no column 't_unix_s'")]
    [DataRow("a.csv", "t_unix_s,lat_deg,lon_deg\n1,2,3\n1,91,3\n", "line 3: latitude 91")]
    [DataRow("a.csv", "t_unix_s,lat_deg,lon_deg\n1,2\n", "line 2: '' is no longitude")]
    [DataRow("a.csv", "t_unix_s,lat_deg,lon_deg\nnoon,2,3\n", "line 2: 'noon' is no time")]
    [DataRow("a.csv", "t_unix_s,lat_deg,lon_deg\n-1,2,3\n", "outside 1970..2106")]
    [DataRow("a.gpx", "<gpx><trkseg><trkpt lat='1' lon='2'></trkpt></trkseg></gpx>", "line 1: '' is no time")]
    [DataRow("a.gpx", "<gpx><trkseg>", "not GPX")]
    [DataRow("a.csv.gz", null, "a.csv.gz")]
    public void What_cannot_be_read_is_named_with_its_file_and_line(string name, string? text, string expected)
    {
        var file = Path.Combine(_folder, name);
        if (text is null) File.WriteAllText(file, "this is not gzip");
        else Put(name, text);
        var error = Assert.ThrowsExactly<TrackFileException>(() => TrackFile.Read(file).ToList());
        Assert.Contains(file, error.Message);
        Assert.Contains(expected, error.Message);
    }

    [TestMethod]
    public void Files_folders_and_patterns_are_found_and_an_index_is_no_track()
    {
        var first = Put("a.csv", "");
        var second = Put("b.gpx", "");
        Put("index.csv", "");
        Put("README.md", "");
        CollectionAssert.AreEqual(new[] { first, second }, TrackFile.Find([_folder]).ToArray());
        CollectionAssert.AreEqual(new[] { second }, TrackFile.Find([Path.Combine(_folder, "*.gpx")]).ToArray());
        CollectionAssert.AreEqual(new[] { first }, TrackFile.Find([first]).ToArray());
        Assert.Contains("nothing", Assert.ThrowsExactly<TrackFileException>(() => TrackFile.Find([Path.Combine(_folder, "nothing")])).Message);
    }

    private string Put(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        using var file = File.Create(path);
        using Stream stream = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
        stream.Write(Encoding.UTF8.GetBytes(text));
        return path;
    }
}
