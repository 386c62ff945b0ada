using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Traxxs.Server.Identity;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Service;
using static Traxxs.Server.Tests.Hosting.EndToEndTests;

namespace Traxxs.Server.Tests.Identity;

/// <summary>What is kept of a person goes when it is asked for or old enough, and comes along when they ask for it.</summary>
[TestClass]
public sealed class ErasureTests
{
    private const string Name = "Adalbertine Mustermann";
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 86400);

    [TestMethod]
    public async Task An_erased_wearer_is_a_number_in_the_audit_log_and_nothing_else()
    {
        await using var server = await StartAsync();
        using var admin = server.As(Role.Admin);
        var alert = (await server.GetAsync("/api/v1/alerts")).GetProperty("alerts")[0].GetProperty("id").GetString();
        Assert.AreEqual((409, "alert-open"), await AskAsync(admin, "/api/v1/wearers/ada/erase", new { confirm = Name }));
        Assert.AreEqual((200, null), await AskAsync(admin, $"/api/v1/alerts/{alert}/resolve", new { comment = $"{Name} fell from the ladder" }));
        Assert.AreEqual((400, "bad-parameter"), await AskAsync(admin, "/api/v1/wearers/ada/erase", new { confirm = "Ada" }));
        Assert.AreEqual((400, "bad-parameter"), await AskAsync(admin, "/api/v1/wearers/ada/erase", new { }));
        Assert.AreEqual((202, null), await AskAsync(admin, "/api/v1/wearers/ada/erase", new { confirm = Name }));
        await server.UntilAsync("/api/v1/wearers/ada", one => one.GetProperty("erasure").GetProperty("doneAt").ValueKind == JsonValueKind.Number);

        // The next wearer's reports of the same device, and those of the time it was nobody's, stand.
        Assert.AreEqual("52.11111 52.44444", await LatitudesAsync(server, "insole-1"));
        Assert.AreEqual(JsonValueKind.Null, (await server.GetAsync($"/api/v1/alerts/{alert}")).GetProperty("alert").GetProperty("position").ValueKind);
        var record = await server.GetAsync("/api/v1/wearers/ada");
        Assert.AreEqual("", record.GetProperty("name").GetString());
        Assert.AreEqual(JsonValueKind.Null, record.GetProperty("phone").ValueKind);
        var history = (await server.GetAsync("/api/v1/audit?subject=wearer:ada")).GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("action").GetString()).ToList();
        CollectionAssert.Contains(history, "wearer.erasure-asked");
        CollectionAssert.Contains(history, "wearer.erased");
        Assert.AreEqual((404, "wearer-not-found"), await AskAsync(admin, "/api/v1/wearers/ada/erase", new { confirm = "" }));
        Assert.AreEqual((404, "wearer-not-found"), await AskAsync(admin, "/api/v1/wearers/ada/export", new { }));

        // What the rules remember is committed by their worker; then no file holds the name or the place.
        await server.UntilAsync("/api/v1/counters", all => all.GetProperty("alerts_behind").GetInt64() == 0);
        foreach (var trace in (string[])[Name, "+49 30 424242", "ladder"]) await GoneAsync(server, trace);
        Assert.AreEqual("52.44444", Latitude(await server.GetAsync("/api/v1/devices/insole-2/positions"))[0], "another device's places stand");
    }

    [TestMethod]
    public async Task What_an_insole_brings_late_of_an_erased_wearer_goes_too()
    {
        await using var server = await StartAsync();
        var alert = (await server.GetAsync("/api/v1/alerts")).GetProperty("alerts")[0].GetProperty("id").GetString();
        await AskAsync(server.Api, $"/api/v1/alerts/{alert}/resolve", new { });
        await AskAsync(server.Api, "/api/v1/wearers/ada/erase", new { confirm = Name });
        await server.UntilAsync("/api/v1/wearers/ada", one => one.GetProperty("erasure").GetProperty("doneAt").ValueKind == JsonValueKind.Number);
        await using (var device = await server.ConnectAsync("insole-1"))
        {
            await device.SendAsync(Frame(device, 500, (Start.AddMinutes(91), 5277777)));
        }

        await server.UntilAsync("/api/v1/counters", all => all.GetProperty("alerts_behind").GetInt64() == 0);
        Assert.AreEqual("52.11111 52.44444", await LatitudesAsync(server, "insole-1"), "hidden until it goes");
        Assert.HasCount(1, server.Host.Store.ReadByFixTime("insole-1", Start.AddMinutes(91).ToUnixTimeSeconds(), Start.AddMinutes(91).ToUnixTimeSeconds(), null, 10));
        await server.Host.Retention!.SweepAsync(server.Host.Options.Clock.GetUtcNow(), CancellationToken.None);
        while (await server.Host.Identity.Eraser.StepAsync(CancellationToken.None))
        {
        }

        Assert.IsEmpty(server.Host.Store.ReadByFixTime("insole-1", Start.AddMinutes(91).ToUnixTimeSeconds(), Start.AddMinutes(91).ToUnixTimeSeconds(), null, 10));
    }

    [TestMethod]
    public async Task Each_organisation_keeps_reports_and_alerts_as_long_as_it_chose()
    {
        await using var server = await StartAsync();
        server.AddOrganisation("other");
        await using (var theirs = await server.ConnectAsync("insole-9", "other")) await theirs.SendAsync(Frame(theirs, 0, (Start, 5299999)));
        var alert = (await server.GetAsync("/api/v1/alerts")).GetProperty("alerts")[0].GetProperty("id").GetString();
        using (var patched = await server.Api.PatchAsJsonAsync("/api/v1/organisation", new { retentionDays = 30, alertRetentionDays = 60 })) Assert.AreEqual(HttpStatusCode.OK, patched.StatusCode);
        var retention = server.Host.Retention!;
        var now = server.Host.Options.Clock.GetUtcNow();
        await retention.SweepAsync(now.AddDays(29), CancellationToken.None);
        Assert.HasCount(2, server.Host.Store.ReadNewest("insole-1", 10).Where(stored => stored.Report.FixCount > 0).Take(2).ToList());
        await retention.SweepAsync(now.AddDays(31), CancellationToken.None);
        Assert.IsEmpty(server.Host.Store.ReadNewest("insole-1", 10));
        Assert.HasCount(1, server.Host.Store.ReadNewest("insole-9", 10));

        // An open alert is never let go; a resolved one is, and what was done about it stays in the log.
        await retention.SweepAsync(now.AddDays(90), CancellationToken.None);
        Assert.AreEqual(1, (await server.GetAsync("/api/v1/alerts")).GetProperty("alerts").GetArrayLength());
        await AskAsync(server.Api, $"/api/v1/alerts/{alert}/resolve", new { });
        await server.UntilAsync("/api/v1/deliveries?state=pending", all => !all.GetProperty("deliveries").EnumerateArray().Any(item => item.GetProperty("channel").GetString() is "live" or "log"));
        await retention.SweepAsync(now.AddDays(59), CancellationToken.None);
        Assert.AreEqual(1, (await server.GetAsync("/api/v1/alerts")).GetProperty("alerts").GetArrayLength());
        await retention.SweepAsync(now.AddDays(61), CancellationToken.None);
        Assert.AreEqual(0, (await server.GetAsync("/api/v1/alerts")).GetProperty("alerts").GetArrayLength());
        StringAssert.Contains((await server.GetAsync($"/api/v1/audit?subject=alert:{alert}")).ToString(), "alert.resolved");
        StringAssert.Contains((await server.GetAsync("/api/v1/audit?subject=organisation:main")).ToString(), "retention.applied");
    }

    [TestMethod]
    public async Task A_wearer_exports_everything_and_an_admin_what_may_be_shown()
    {
        await using var server = await StartAsync();
        var everything = await ExportAsync(server, await WearerAsync(server));
        Assert.AreEqual("README.txt alerts.json audit.json positions.csv positions.gpx reports.csv wearer.json", string.Join(' ', everything.Keys.Order(StringComparer.Ordinal)));
        StringAssert.Contains(everything["wearer.json"], Name);
        StringAssert.Contains(everything["alerts.json"], "\"rule\": \"sos\"");
        Assert.HasCount(4, Lines(everything["positions.csv"]), "a head and three places");
        StringAssert.Contains(everything["positions.csv"], "52.33333");
        Assert.HasCount(4, Lines(everything["reports.csv"]));
        Assert.DoesNotContain("52.11111", everything["positions.csv"]); // before it was hers
        Assert.DoesNotContain("52.44444", everything["positions.csv"]); // after
        var points = XDocument.Parse(everything["positions.gpx"]).Descendants().Where(element => element.Name.LocalName == "trkpt").Select(point => point.Attribute("lat")!.Value);
        Assert.AreEqual("52.22222 52.12345 52.33333", string.Join(' ', points));

        using (var patched = await server.Api.PatchAsJsonAsync("/api/v1/wearers/ada", new { workingHours = new { timeZone = "UTC", week = Array.Empty<object>() } })) patched.EnsureSuccessStatusCode();
        var alert = (await server.GetAsync("/api/v1/alerts")).GetProperty("alerts")[0].GetProperty("id").GetString();
        await AskAsync(server.Api, $"/api/v1/alerts/{alert}/resolve", new { });
        using var admin = server.As(Role.Admin);
        var shown = await ExportAsync(server, admin);
        Assert.HasCount(1, Lines(shown["positions.csv"]));
        StringAssert.Contains(shown["README.txt"], "Left out");
        using var responder = server.As(Role.Responder);
        Assert.AreEqual((403, "role-too-low"), await AskAsync(responder, "/api/v1/wearers/ada/export", new { }));
        Assert.IsEmpty(Directory.GetFiles(server.Folder, "export-*"));
        StringAssert.Contains((await server.GetAsync("/api/v1/audit?subject=wearer:ada")).ToString(), "wearer.exported");
    }

    [TestMethod]
    public async Task A_wearer_without_a_history_is_removed_and_one_with_it_is_not()
    {
        await using var server = await StartAsync();
        var cy = server.Host.Identity.Wearers.Add("main", new WearerChange { Name = "Cy" }, "test");
        using (var gone = await server.Api.DeleteAsync($"/api/v1/wearers/{cy.Id}")) Assert.AreEqual(HttpStatusCode.NoContent, gone.StatusCode);
        using (var again = await server.Api.DeleteAsync($"/api/v1/wearers/{cy.Id}")) Assert.AreEqual(HttpStatusCode.NotFound, again.StatusCode);
        using var kept = await server.Api.DeleteAsync("/api/v1/wearers/ada");
        Assert.AreEqual(HttpStatusCode.Conflict, kept.StatusCode);
    }

    /// <summary>A device that was nobody's, then Ada's from one hour on for an hour, with an SOS in it, then Ben's.</summary>
    private static async Task<TestServer> StartAsync()
    {
        var server = await TestServer.StartAsync();
        foreach (var id in (string[])["insole-1", "insole-2"]) server.Host.Provision(id);
        server.Host.Database.Write(session =>
        {
            session.Wearers.Put(new Wearer { Id = "ada", Org = "main", Name = Name, Phone = "+49 30 424242", CreatedAt = Start, ConsentAt = Start });
            session.Wearers.Put(new Wearer { Id = "ben", Org = "main", Name = "Ben", CreatedAt = Start, ConsentAt = Start });
            session.Assignments.Assign("insole-1", "ada", Start.AddMinutes(60));
            session.Assignments.Assign("insole-1", "ben", Start.AddMinutes(120));
        });
        await using var other = await server.ConnectAsync("insole-2");
        await other.SendAsync(Frame(other, 0, (Start.AddMinutes(90), 5244444)));
        await using var device = await server.ConnectAsync("insole-1");
        await device.SendAsync(Frame(device, 0, (Start.AddMinutes(30), 5211111)));
        await device.SendAsync(Frame(device, 0, (Start.AddMinutes(70), 5222222)));
        await device.SendAsync(device.Frame(Start.AddMinutes(80), report => Sos(report, Start.AddMinutes(80))));
        await device.SendAsync(Frame(device, 0, (Start.AddMinutes(90), 5233333)));
        await device.SendAsync(Frame(device, 0, (Start.AddMinutes(150), 5244444)));
        await server.UntilAsync("/api/v1/alerts", all => all.GetProperty("alerts").GetArrayLength() == 1);
        await server.UntilAsync("/api/v1/counters", all => all.GetProperty("alerts_behind").GetInt64() == 0);
        return server;
    }

    private static byte[] Frame(TestDevice device, uint sequence, (DateTimeOffset Time, int LatitudeE5) fix) => device.Frame(fix.Time.AddSeconds(1), report =>
    {
        if (sequence > 0) report.Sequence = sequence;
        AddFix(report, fix.Time.ToUnixTimeSeconds(), fix.LatitudeE5, 1300000);
    });

    private static async Task<HttpClient> WearerAsync(TestServer server)
    {
        var user = SignInTests.Add(server, "main", "Adalbertine", "ada@example.org", Role.Viewer);
        server.Host.Identity.Accounts.Change("main", user.Id, new UserChange { WearerId = "ada", Now = DateTimeOffset.UtcNow }, new Actor(ActorKind.Operator, "op", "operator", Role.Operator, "main"));
        return (await SignInTests.SignedInAsync(server)).Client;
    }

    private static async Task<Dictionary<string, string>> ExportAsync(TestServer server, HttpClient client)
    {
        using var answer = await client.PostAsJsonAsync("/api/v1/wearers/ada/export", new { });
        Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode, await answer.Content.ReadAsStringAsync());
        Assert.AreEqual("application/zip", answer.Content.Headers.ContentType?.MediaType);
        using var zip = new ZipArchive(await answer.Content.ReadAsStreamAsync());
        var files = new Dictionary<string, string>();
        foreach (var entry in zip.Entries)
        {
            using var reader = new StreamReader(entry.Open());
            files[entry.FullName] = await reader.ReadToEndAsync();
        }

        return files;
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<(int Status, string? Code)> AskAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, answer.IsSuccessStatusCode ? null : JsonSerializer.Deserialize<JsonElement>(text).GetProperty("code").GetString());
    }

    private static List<string> Latitude(JsonElement positions) =>
        [.. positions.GetProperty("positions").EnumerateArray().Select(item => item.GetProperty("latitude").GetDouble().ToString(System.Globalization.CultureInfo.InvariantCulture))];

    private static async Task<string> LatitudesAsync(TestServer server, string device) => string.Join(' ', Latitude(await server.GetAsync($"/api/v1/devices/{device}/positions")));

    /// <summary>No file of the data folder holds the text; the database may need a moment until no reader holds its log.</summary>
    private static async Task GoneAsync(TestServer server, string trace)
    {
        var bytes = Encoding.UTF8.GetBytes(trace);
        for (var tries = 0; ; tries++)
        {
            server.Host.Database.Checkpoint();
            var holder = Directory.GetFiles(server.Folder, "*.db*").FirstOrDefault(file => Read(file).AsSpan().IndexOf(bytes) >= 0);
            if (holder is null) return;
            Assert.IsLessThan(1500, tries, $"{holder} still holds \"{trace}\"");
            await Task.Delay(20);
        }
    }

    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
