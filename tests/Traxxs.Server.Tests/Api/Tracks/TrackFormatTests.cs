using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Xml.Linq;
using Traxxs.Protocol;
using Traxxs.Server.Api.Tracks;
using Traxxs.Server.History;
using Traxxs.Server.Tests.Hosting;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Api.Tracks;

/// <summary>The same track in five formats.</summary>
[TestClass]
public sealed class TrackFormatTests
{
    private const string Name = "Ada & <left>\u0001 ü";

    // Two walks with hours between, across more than one block, at the edges of the Earth too.
    private static List<TrackFix> Track { get; } =
    [
        .. Support.Tracks.Wander(3, TrackBlock.FixesMax + 50), Fix(500_000, 89.99999, -179.99999), Fix(500_060, -90, 179.99999), Fix(900_000, 0, 0),
    ];

    [TestMethod]
    public void Gpx_is_as_its_schema_wants_it_and_holds_every_fix_with_its_time()
    {
        var gpx = Schemas.CheckGpx(Write(TrackFormatName.Gpx));
        XNamespace ns = GpxTrack.Namespace;
        Assert.AreEqual("Ada & <left> ü", gpx.Descendants(ns + "name").Single().Value, "what XML cannot hold is left out");
        Assert.HasCount(3, gpx.Descendants(ns + "trkseg"));
        var points = gpx.Descendants(ns + "trkpt").Select(point =>
            (Time: DateTimeOffset.Parse(point.Element(ns + "time")!.Value, CultureInfo.InvariantCulture).ToUnixTimeSeconds(), (double)point.Attribute("lat")!, (double)point.Attribute("lon")!)).ToList();
        CollectionAssert.AreEqual(Track.Select(fix => (fix.Time, fix.Latitude, fix.Longitude)).ToList(), points);
    }

    [TestMethod]
    public void Kml_is_as_its_schema_wants_it_and_draws_one_line_through_blocks()
    {
        var kml = Schemas.CheckKml(Write(TrackFormatName.Kml));
        XNamespace ns = KmlTrack.Namespace;
        Assert.HasCount(3, kml.Descendants(ns + "LineString"));
        Assert.HasCount(1, kml.Descendants(ns + "Point"));
        var lines = kml.Descendants(ns + "coordinates").Select(text => text.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.AreEqual(lines[0][^1], lines[1][0], "the second block begins where the first ended");
        Assert.AreEqual(Track.Count + 1, lines.Sum(line => line.Length));
    }

    [TestMethod]
    public void Csv_has_a_line_a_fix()
    {
        var lines = Write(TrackFormatName.Csv).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.HasCount(Track.Count + 1, lines);
        Assert.AreEqual(lines[0].Split(',').Length, lines[1].Split(',').Length);
        Assert.AreEqual("insole-1,2026-03-01T08:00:00Z,1772352000,52.00006,12.99998,4,1,1", lines[1]);
    }

    [TestMethod]
    public void GeoJson_and_Json_hold_the_same()
    {
        var geo = JsonSerializer.Deserialize<JsonElement>(Write(TrackFormatName.GeoJson)).GetProperty("features").EnumerateArray()
            .Select(feature => (feature.GetProperty("properties").GetProperty("time").GetInt64(), feature.GetProperty("geometry").GetProperty("coordinates")[1].GetDouble(), feature.GetProperty("geometry").GetProperty("coordinates")[0].GetDouble()));
        var json = JsonSerializer.Deserialize<JsonElement>(Write(TrackFormatName.Json)).GetProperty("positions").EnumerateArray()
            .Select(item => (item.GetProperty("time").GetInt64(), item.GetProperty("latitude").GetDouble(), item.GetProperty("longitude").GetDouble()));
        var expected = Track.Select(fix => (fix.Time, fix.Latitude, fix.Longitude)).ToList();
        CollectionAssert.AreEqual(expected, geo.ToList());
        CollectionAssert.AreEqual(expected, json.ToList());
    }

    [TestMethod]
    public void An_empty_track_is_a_sound_document()
    {
        Schemas.CheckGpx(Write(TrackFormatName.Gpx, []));
        Schemas.CheckKml(Write(TrackFormatName.Kml, []));
        Assert.AreEqual(0, JsonSerializer.Deserialize<JsonElement>(Write(TrackFormatName.GeoJson, [])).GetProperty("features").GetArrayLength());
    }

    [TestMethod]
    public async Task A_year_of_fixes_goes_through_little_memory()
    {
        foreach (var format in Enum.GetValues<TrackFormatName>())
        {
            var asked = 0;
            var sink = new Sink();
            var context = new Microsoft.AspNetCore.Http.DefaultHttpContext { Response = { Body = sink } };
            var year = TrackBlock.Of(Enumerable.Range(0, 350_000).Select(i =>
            {
                asked = i;
                return Fix(i * 30L, 52 + (i % 1000 * 1e-5), 13);
            }));
            sink.Written = () => Assert.IsLessThan(TrackBlock.FixesMax * 4, asked - sink.FixesWritten(format), $"{format}: read far ahead of what was sent");
            await new TrackResult(format, new TrackTitle("deviceId", "d", "d", null), year, () => null, () => null).ExecuteAsync(context);
            Assert.IsGreaterThan(6_000_000L, sink.Bytes, format.ToString());
            Assert.IsLessThan(2_000_000, sink.Largest, $"{format}: one piece is too large");
        }
    }

    [TestMethod]
    public async Task A_device_s_track_comes_over_the_wire_in_every_format_simplified_and_compressed()
    {
        await using var server = await TestServer.StartAsync();
        await SendAsync(server, [.. Support.Tracks.Wander(5, 2000)]);
        Schemas.CheckGpx(await server.Api.GetStringAsync("/api/v1/devices/insole-1/positions?format=gpx"));
        Schemas.CheckKml(await server.Api.GetStringAsync("/api/v1/devices/insole-1/positions?format=kml"));
        using (var csv = await server.Api.GetAsync("/api/v1/devices/insole-1/positions?format=csv"))
        {
            Assert.AreEqual("insole-1.csv", csv.Content.Headers.ContentDisposition!.FileName!.Trim('"'));
            Assert.HasCount(2001, (await csv.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries));
        }

        var drawn = await server.GetAsync("/api/v1/devices/insole-1/positions?zoom=13");
        Assert.IsInRange(2, 300, drawn.GetProperty("positions").GetArrayLength());
        Assert.AreEqual(19.109, drawn.GetProperty("errorMaxM").GetDouble());
        var lines = (await server.GetAsync("/api/v1/devices/insole-1/positions?zoom=13&format=geojson")).GetProperty("features");
        Assert.AreEqual(drawn.GetProperty("positions").GetArrayLength(), lines.EnumerateArray().Sum(line => line.GetProperty("properties").GetProperty("times").GetArrayLength()));

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/devices/insole-1/positions?format=gpx");
        request.Headers.Add("Accept-Encoding", "gzip");
        using var packed = await server.Api.SendAsync(request);
        Assert.AreEqual("gzip", packed.Content.Headers.ContentEncoding.Single());
        Assert.AreEqual(HttpStatusCode.OK, packed.StatusCode);
    }

    [TestMethod]
    public async Task A_wearer_s_track_follows_the_wearer_from_device_to_device()
    {
        await using var server = await TestServer.StartAsync();
        server.Host.Provision("insole-2");
        await SendAsync(server, [.. Support.Tracks.Wander(5, 200)]);
        server.AddWearer("ada", "Ada", "insole-1");
        Assert.AreEqual(200, (await server.GetAsync("/api/v1/wearers/ada/positions")).GetProperty("positions").GetArrayLength());
        var halfTime = DateTimeOffset.FromUnixTimeSeconds(Support.Tracks.StartS + 500);
        server.AddWearer("ben", "Ben", "insole-2");
        server.Host.Database.Write(session => session.Assignments.Assign("insole-1", "ben", halfTime));
        Assert.AreEqual(100, (await server.GetAsync("/api/v1/wearers/ada/positions")).GetProperty("positions").GetArrayLength());
        Assert.AreEqual(100, (await server.GetAsync("/api/v1/wearers/ben/positions")).GetProperty("positions").GetArrayLength());
    }

    internal static async Task SendAsync(TestServer server, IReadOnlyList<TrackFix> track)
    {
        await using var device = await server.ConnectAsync("insole-1");
        foreach (var part in track.Chunk(Report.FixesMax))
        {
            await device.SendAsync(device.Frame(DateTimeOffset.FromUnixTimeSeconds(part[^1].Time), report =>
            {
                foreach (var fix in part) EndToEndTests.AddFix(report, fix.Time, (int)Math.Round(fix.Latitude * 1e5), (int)Math.Round(fix.Longitude * 1e5));
            }));
        }
    }

    private static TrackFix Fix(long seconds, double latitude, double longitude) => new("insole-1", Support.Tracks.StartS + seconds, latitude, longitude, null, 1, 1);

    private static string Write(TrackFormatName format) => Write(format, Track);

    private static string Write(TrackFormatName format, IReadOnlyList<TrackFix> track)
    {
        using var buffer = new MemoryStream();
        var writer = format.Open(buffer, new TrackTitle("deviceId", "insole-1", Name, null), () => null, () => null);
        writer.Begin();
        foreach (var block in TrackBlock.Of(track)) writer.Write(block);
        writer.End();
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>Counts what it is given and keeps nothing.</summary>
    private sealed class Sink : MemoryStream
    {
        public long Bytes { get; private set; }

        public int Largest { get; private set; }

        public Action Written { get; set; } = () => { };

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Bytes += buffer.Length;
            Largest = Math.Max(Largest, buffer.Length);
            Written();
            return ValueTask.CompletedTask;
        }

        // By the least a fix takes in a format: an estimate from above.
        public int FixesWritten(TrackFormatName format) => (int)(Bytes / (format == TrackFormatName.Kml ? 18 : 45));
    }
}
