using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Traxxs.Protocol;
using Traxxs.Server.Tests.Hosting;
using Traxxs.Server.Tests.Support;
using Traxxs.Store;

namespace Traxxs.Server.Tests.Api;

[TestClass]
public sealed class FleetTests
{
    [TestMethod]
    public async Task Each_device_has_a_row_with_its_state()
    {
        await using var server = await TestServer.StartAsync();
        server.Host.Provision("silent");
        var now = DateTimeOffset.UtcNow;
        await ReportAsync(server, "walker", now, report => (report.HasActivity, report.Activity) = (true, ActivityCode.Walking));
        await ReportAsync(server, "sleeper", now, report => (report.HasActivity, report.Activity) = (true, ActivityCode.Still));
        await ReportAsync(server, "late", now.AddHours(-2), _ => { });
        await ReportAsync(server, "caller", now, report => EndToEndTests.Sos(report, now));
        server.AddWearer("ada", "Ada", "walker");
        var rows = await UntilAsync(server, rows => rows["caller"][3].GetString() == "alert" && rows["sleeper"][3].GetString() == "planned-silence" && rows["late"][3].GetString() is "overdue" or "alert");
        Assert.AreEqual("never-heard", rows["silent"][3].GetString());
        Assert.AreEqual("moving", rows["walker"][3].GetString());
        Assert.AreEqual("Ada", rows["walker"][8].GetString());
        Assert.AreEqual(52.1, rows["walker"][1].GetDouble());
        Assert.AreEqual(JsonValueKind.Null, rows["silent"][1].ValueKind);
        Assert.AreEqual(1, rows["caller"][7].GetInt32());

        var near = (await server.GetAsync("/api/v1/fleet?bbox=13,52,14,52.11")).GetProperty("devices");
        Assert.AreEqual("late sleeper walker", string.Join(' ', near.EnumerateArray().Select(row => row[0].GetString())));
        Assert.AreEqual(0, (await server.GetAsync("/api/v1/fleet?bbox=170,52,-170,53")).GetProperty("devices").GetArrayLength());
    }

    [TestMethod]
    public async Task Ten_thousand_devices_are_less_than_a_megabyte_on_the_wire()
    {
        using var folder = new TemporaryFolder();
        await using var server = await TestServer.StartAsync(store: Filled(10_000));
        server.Host.Database.Write(session =>
        {
            for (var i = 0; i < 10_000; i++)
                session.Devices.Put(new Traxxs.Store.Service.DeviceIdentity($"insole-{i:D5}", "main", $"Somebody {i}", new byte[16], new byte[32], DateTimeOffset.UnixEpoch, null));
        });
        foreach (var encoding in (string[])["gzip", "br"])
        {
            using var response = await server.Api.SendAsync(Asking(encoding));
            Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
            Assert.AreEqual(encoding, response.Content.Headers.ContentEncoding.Single());
            var packed = await response.Content.ReadAsByteArrayAsync();
            Assert.IsLessThan(1_000_000, packed.Length);
            using Stream unpacked = encoding == "gzip" ? new GZipStream(new MemoryStream(packed), CompressionMode.Decompress) : new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress);
            var fleet = await JsonSerializer.DeserializeAsync<JsonElement>(unpacked);
            Assert.AreEqual(10_000, fleet.GetProperty("devices").GetArrayLength());
            var started = System.Diagnostics.Stopwatch.StartNew();
            using var warm = await server.Api.SendAsync(Asking(encoding));
            await warm.Content.ReadAsByteArrayAsync();
            Console.WriteLine($"{encoding}: {packed.Length} bytes, {started.ElapsedMilliseconds} ms warm"); // told, not judged: machines differ
        }
    }

    [TestMethod]
    public async Task Answers_that_hold_a_secret_are_never_compressed()
    {
        await using var server = await TestServer.StartAsync();
        server.Host.Provision("insole-1");
        foreach (var (method, path, body) in ((string, string, string)[])[("POST", "/api/v1/devices/insole-1/secret", ""), ("POST", "/api/v1/tokens", """{"name":"ben","role":"viewer"}"""), ("GET", "/api/v1/me", "")])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (body.Length > 0) request.Content = new StringContent(body, null, "application/json");
            request.Headers.Add("Accept-Encoding", "gzip, br");
            using var response = await server.Api.SendAsync(request);
            Assert.IsTrue(response.IsSuccessStatusCode, path);
            Assert.IsEmpty(response.Content.Headers.ContentEncoding, path);
        }
    }

    private static HttpRequestMessage Asking(string encoding) => new(HttpMethod.Get, "/api/v1/fleet") { Headers = { { "Accept-Encoding", encoding } } };

    private static MemoryReportStore Filled(int devices)
    {
        var store = new MemoryReportStore();
        var random = new Random(4);
        var writer = new ReportWriter();
        for (var i = 0; i < devices; i++)
        {
            var time = (uint)DateTimeOffset.UtcNow.AddSeconds(-random.Next(600)).ToUnixTimeSeconds();
            var report = new Report { HasIdentity = true, Epoch = 1, Sequence = 1, HasDeviceTime = true, DeviceTimeS = time, HasBattery = true, BatteryMv = 3800, BatteryPercent = random.Next(101), HasContract = true, NextContactS = 3600 };
            EndToEndTests.AddFix(report, time, 5_200_000 + random.Next(100_000), 1_300_000 + random.Next(100_000));
            var buffer = new byte[ReportWriter.FrameSizeMax];
            var size = writer.Write(report, buffer, 0);
            store.TryAppend(new ReportRecord($"insole-{i:D5}", 1, 1, time * 1000L, time, time, time, 1, buffer[..size]), static (_, _, _) => { }, null);
        }

        return store;
    }

    private static async Task ReportAsync(TestServer server, string id, DateTimeOffset closed, Action<Report> fill)
    {
        await using var device = await server.ConnectAsync(id);
        await device.SendAsync(device.Frame(closed, report =>
        {
            (report.HasContract, report.NextContactS) = (true, 3600);
            EndToEndTests.AddFix(report, closed.ToUnixTimeSeconds() - 5, 5_210_000, 1_350_000);
            fill(report);
        }));
    }

    private static async Task<Dictionary<string, JsonElement>> UntilAsync(TestServer server, Func<Dictionary<string, JsonElement>, bool> wanted)
    {
        Dictionary<string, JsonElement> rows = [];
        await server.UntilAsync("/api/v1/fleet", fleet => wanted(rows = fleet.GetProperty("devices").EnumerateArray().ToDictionary(row => row[0].GetString()!)));
        return rows;
    }
}
