using System.Net.Http.Json;
using System.Text.Json;
using Traxxs.Server.Identity;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Service;
using static Traxxs.Server.Tests.Hosting.EndToEndTests;

namespace Traxxs.Server.Tests.Identity;

/// <summary>Where a wearer is shows with consent, in working hours, or while they may be in danger; everywhere or nowhere.</summary>
[TestClass]
public sealed class LocationGateTests
{
    private const string Device = "insole-1";

    // Noon and evening of the day before, in UTC, so that any machine's time zone will do.
    private static readonly long Noon = DateTimeOffset.UtcNow.AddDays(-1).Date.AddHours(12).Subtract(DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
    private static readonly long Evening = Noon + (8 * 3600);

    private static readonly string[] Week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    [TestMethod]
    public async Task A_place_outside_working_hours_is_shown_by_no_way_there_is()
    {
        await using var server = await StartAsync();
        await using var device = await server.ConnectAsync(Device);
        using var live = await server.WatchAsync();
        await SendAsync(device, (Noon, 5211111), (Noon + 30, 5211122), (Evening, 5299999));

        var seen = await TestServer.NextAsync(live, item => item.GetProperty("type").GetString() == "device" && item.GetProperty("data").GetProperty("fixes").GetArrayLength() > 0);
        Assert.AreEqual(2, seen.GetProperty("data").GetProperty("fixes").GetArrayLength());
        Assert.AreEqual("outside-hours", seen.GetProperty("data").GetProperty("status").GetProperty("locationHidden").GetString());
        Assert.AreEqual(JsonValueKind.Null, seen.GetProperty("data").GetProperty("status").GetProperty("position").ValueKind);

        var positions = await server.GetAsync($"/api/v1/devices/{Device}/positions");
        Assert.AreEqual(2, positions.GetProperty("positions").GetArrayLength());
        Assert.AreEqual("outside-hours", positions.GetProperty("locationHidden").GetString());
        foreach (var path in (string[])
        [
            $"/api/v1/devices/{Device}", "/api/v1/devices", "/api/v1/positions/latest", "/api/v1/fleet", $"/api/v1/devices/{Device}/positions", "/api/v1/wearers/ada/positions",
            $"/api/v1/devices/{Device}/positions?zoom=18", $"/api/v1/wearers/ada/day?date={DateTimeOffset.FromUnixTimeSeconds(Noon):yyyy-MM-dd}",
            $"/api/v1/devices/{Device}/trips?from={Noon - 3600}&to={Evening + 3600}",
        ])
        {
            Assert.DoesNotContain("52.99999", await server.Api.GetStringAsync(path), path);
        }

        foreach (var format in (string[])["geojson", "gpx", "kml", "csv"])
        {
            var text = await server.Api.GetStringAsync($"/api/v1/devices/{Device}/positions?format={format}");
            StringAssert.Contains(text, "52.11111");
            Assert.DoesNotContain("52.99999", text, format);
        }

        StringAssert.Contains(await server.Api.GetStringAsync("/api/v1/fleet"), "\"hidden\"");
    }

    [TestMethod]
    public async Task Without_consent_nothing_is_shown_and_consent_given_anew_opens_nothing_of_before()
    {
        await using var server = await StartAsync();
        await using var device = await server.ConnectAsync(Device);
        using var live = await server.WatchAsync();
        await SendAsync(device, (Noon, 5211111));
        await server.UntilAsync($"/api/v1/devices/{Device}/positions", all => all.GetProperty("positions").GetArrayLength() == 1);
        await PostAsync(server, "/api/v1/wearers/ada/consent", new { given = false });
        await TestServer.NextAsync(live, item => item.GetProperty("type").GetString() == "wearers");
        Assert.AreEqual("no-consent", (await server.GetAsync($"/api/v1/devices/{Device}/positions")).GetProperty("locationHidden").GetString());
        Assert.AreEqual("no-consent", (await server.GetAsync($"/api/v1/devices/{Device}")).GetProperty("device").GetProperty("status").GetProperty("locationHidden").GetString());
        await PostAsync(server, "/api/v1/wearers/ada/consent", new { given = true });
        Assert.AreEqual(0, (await server.GetAsync($"/api/v1/devices/{Device}/positions")).GetProperty("positions").GetArrayLength());

        var entries = (await server.GetAsync("/api/v1/audit?subject=wearer:ada")).GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("action").GetString());
        Assert.AreEqual("wearer.changed wearer.consent-withdrawn wearer.consent-given", string.Join(' ', entries));
    }

    [TestMethod]
    public async Task While_an_urgent_alert_is_open_the_way_to_it_is_shown_and_hidden_again_when_it_ends()
    {
        await using var server = await StartAsync();
        await using var device = await server.ConnectAsync(Device);
        using var live = await server.WatchAsync();
        await SendAsync(device, (Noon, 5211111), (Evening - 7200, 5222222), (Evening - 600, 5299999));
        await server.UntilAsync($"/api/v1/devices/{Device}", one => one.GetProperty("device").GetProperty("status").GetProperty("locationHidden").ValueKind != JsonValueKind.Null);
        await device.SendAsync(device.Frame(DateTimeOffset.FromUnixTimeSeconds(Evening + 5), report => Sos(report, DateTimeOffset.FromUnixTimeSeconds(Evening))));
        var raised = await TestServer.NextAsync(live, item => item.GetProperty("type").GetString() == "alert");
        var id = raised.GetProperty("data").GetProperty("alert").GetProperty("id").GetString();

        // From an hour before the press on, and where the wearer was last; not the rest of the evening.
        var shown = await TestServer.NextAsync(live, item => item.GetProperty("type").GetString() == "device" && item.GetProperty("data").GetProperty("status").GetProperty("position").ValueKind != JsonValueKind.Null);
        Assert.AreEqual(52.12345, shown.GetProperty("data").GetProperty("status").GetProperty("position").GetProperty("latitude").GetDouble());
        Assert.AreEqual("52.11111 52.99999 52.12345", await LatitudesAsync(server));

        await PostAsync(server, $"/api/v1/alerts/{id}/resolve", new { comment = "found" });
        Assert.AreEqual("52.11111", await LatitudesAsync(server));
        Assert.AreEqual("outside-hours", (await server.GetAsync($"/api/v1/devices/{Device}")).GetProperty("device").GetProperty("status").GetProperty("locationHidden").GetString());

        // What the alert itself carries stays: it is the record of where help went.
        Assert.AreEqual(52.12345, (await server.GetAsync($"/api/v1/alerts/{id}")).GetProperty("alert").GetProperty("position").GetProperty("latitude").GetDouble());
    }

    [TestMethod]
    public async Task A_fence_tells_nothing_of_where_somebody_goes_after_work()
    {
        await using var server = await StartAsync();
        await using var device = await server.ConnectAsync(Device);
        server.Host.Geofences.Add("main", JsonSerializer.Deserialize<JsonElement>(
            """{"type":"Feature","geometry":{"type":"Point","coordinates":[13,52.5]},"properties":{"name":"Home","radiusM":500,"alertOn":["enter"],"severity":"warning"}}"""), "test");
        await SendAsync(device, [.. Enumerable.Range(0, 4).Select(i => (Noon + (i * 30L), 5200000)), .. Enumerable.Range(0, 6).Select(i => (Evening + (i * 30L), 5250000))]);
        await server.UntilAsync("/api/v1/counters", all => all.GetProperty("alerts_behind").GetInt64() == 0 && all.GetProperty("reports_stored").GetInt64() == 1);
        Assert.AreEqual(0, (await server.GetAsync("/api/v1/alerts")).GetProperty("alerts").GetArrayLength());

        // The same way in working hours is what fences are for.
        await SendAsync(device, [.. Enumerable.Range(0, 6).Select(i => (Noon + 600 + (i * 30L), 5250000))]);
        var alerts = await server.UntilAsync("/api/v1/alerts", all => all.GetProperty("alerts").GetArrayLength() == 1);
        Assert.AreEqual("geofence-enter", alerts.GetProperty("alerts")[0].GetProperty("rule").GetString());
    }

    [TestMethod]
    public async Task A_change_somebody_else_made_meanwhile_is_not_overwritten()
    {
        await using var server = await StartAsync();
        using var read = await server.Api.GetAsync("/api/v1/wearers/ada");
        Assert.AreEqual(200, await StatusAsync(server.Api, "PATCH", "/api/v1/wearers/ada", new { phone = "+49 30 111" }));
        using var request = new HttpRequestMessage(HttpMethod.Patch, "/api/v1/wearers/ada") { Content = JsonContent.Create(new { phone = "+49 30 222" }) };
        request.Headers.IfMatch.Add(read.Headers.ETag!);
        using var answer = await server.Api.SendAsync(request);
        Assert.AreEqual(412, (int)answer.StatusCode);
        StringAssert.Contains((await server.GetAsync("/api/v1/wearers/ada")).ToString(), "+4930111");
    }

    [TestMethod]
    public async Task A_low_battery_is_no_reason_to_look()
    {
        await using var server = await StartAsync();
        await using var device = await server.ConnectAsync(Device);
        await device.SendAsync(device.Frame(DateTimeOffset.FromUnixTimeSeconds(Evening), report =>
        {
            (report.HasBattery, report.BatteryMv, report.BatteryPercent) = (true, 3400, 3);
            AddFix(report, Evening, 5299999, 1300000);
        }));
        await server.UntilAsync("/api/v1/alerts?open=true", all => all.GetProperty("alerts").GetArrayLength() == 1);
        Assert.AreEqual("", await LatitudesAsync(server));
    }

    [TestMethod]
    public async Task A_device_shows_the_places_of_each_wearer_by_that_wearers_word_and_nobodys_to_all()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = await server.ConnectAsync(Device);
        var (start, later) = (DateTimeOffset.FromUnixTimeSeconds(Noon), DateTimeOffset.FromUnixTimeSeconds(Noon + 3600));
        server.Host.Database.Write(session =>
        {
            session.Wearers.Put(new Wearer { Id = "ada", Org = "main", Name = "Ada", CreatedAt = start, ConsentAt = start });
            session.Wearers.Put(new Wearer { Id = "ben", Org = "main", Name = "Ben", CreatedAt = start });
            session.Assignments.Assign(Device, "ada", start);
            session.Assignments.Assign(Device, "ben", later);
        });
        server.Host.Identity.Gate.ForgetAll();
        await SendAsync(device, (Noon - 60, 5211111), (Noon + 60, 5222222), (Noon + 3660, 5233333));
        await server.UntilAsync($"/api/v1/devices/{Device}/positions", all => all.GetProperty("positions").GetArrayLength() > 0);
        Assert.AreEqual("52.11111 52.22222", await LatitudesAsync(server));
    }

    [TestMethod]
    public async Task Hours_consent_and_device_are_set_by_a_supervisor_and_consent_by_the_wearer_too()
    {
        await using var server = await StartAsync();
        server.Host.Provision(Device);
        using var viewer = server.As(Role.Viewer);
        using var supervisor = server.As(Role.Supervisor);
        Assert.AreEqual(403, await StatusAsync(viewer, "POST", "/api/v1/wearers/ada/consent", new { given = false }));
        Assert.AreEqual(404, await StatusAsync(viewer, "POST", "/api/v1/wearers/nobody/consent", new { given = false }));
        Assert.AreEqual(400, await StatusAsync(supervisor, "POST", "/api/v1/wearers/ada/consent", new { }));
        Assert.AreEqual(200, await StatusAsync(supervisor, "POST", "/api/v1/wearers/ada/consent", new { given = false }));
        Assert.AreEqual(400, await StatusAsync(supervisor, "PATCH", "/api/v1/wearers/ada", new { workingHours = new { timeZone = "nowhere", week = Array.Empty<object>() } }));
        Assert.AreEqual(400, await StatusAsync(supervisor, "PUT", "/api/v1/wearers/ada/device", new { deviceId = "nothing" }));
        Assert.AreEqual(200, await StatusAsync(supervisor, "PUT", "/api/v1/wearers/ada/device", new { deviceId = (string?)null }));
        Assert.AreEqual(200, await StatusAsync(supervisor, "PUT", "/api/v1/wearers/ada/device", new { deviceId = Device }));
        Assert.AreEqual(2, (await server.GetAsync("/api/v1/wearers/ada/assignments")).GetProperty("assignments").GetArrayLength());
        Assert.AreEqual(200, await StatusAsync(supervisor, "PATCH", "/api/v1/wearers/ada", new { workingHours = (object?)null, phone = "+49 30 555" }));
        Assert.AreEqual(JsonValueKind.Null, (await server.GetAsync("/api/v1/wearers/ada")).GetProperty("workingHours").ValueKind);

        // Numbers to call are for those who deal with alerts.
        StringAssert.Contains(await supervisor.GetStringAsync("/api/v1/wearers"), "555");
        Assert.DoesNotContain("555", await viewer.GetStringAsync("/api/v1/wearers"));

        var user = SignInTests.Add(server, "main", "Ada", "ada@example.org", Role.Viewer);
        server.Host.Identity.Accounts.Change("main", user.Id, new UserChange { WearerId = "ada", Now = DateTimeOffset.UtcNow }, new Actor(ActorKind.Operator, "op", "operator", Role.Operator, "main"));
        using var ada = await SignInTests.SignedInAsync(server);
        Assert.AreEqual(200, (await ada.AskAsync("POST", "/api/v1/wearers/ada/consent", new { given = true })).Status);
        Assert.IsTrue((await server.GetAsync("/api/v1/wearers/ada")).GetProperty("consent").GetBoolean());
    }

    private static async Task<TestServer> StartAsync()
    {
        var server = await TestServer.StartAsync();
        server.Host.Provision(Device);
        server.AddWearer("ada", "Ada", Device);
        var hours = new { timeZone = "UTC", week = Week.Select(day => new { day, from = "08:00", to = "17:00" }) };
        Assert.AreEqual(200, await StatusAsync(server.Api, "PATCH", "/api/v1/wearers/ada", new { workingHours = hours }));
        return server;
    }

    private static Task SendAsync(TestDevice device, params (long TimeS, int LatitudeE5)[] fixes) =>
        device.SendAsync(device.Frame(DateTimeOffset.FromUnixTimeSeconds(fixes[^1].TimeS + 5), report =>
        {
            foreach (var (time, latitude) in fixes) AddFix(report, time, latitude, 1300000);
        }));

    private static async Task<string> LatitudesAsync(TestServer server) => string.Join(' ', (await server.GetAsync($"/api/v1/devices/{Device}/positions"))
        .GetProperty("positions").EnumerateArray().Select(item => item.GetProperty("latitude").GetDouble().ToString(System.Globalization.CultureInfo.InvariantCulture)));

    private static async Task PostAsync(TestServer server, string path, object body) => Assert.AreEqual(200, await StatusAsync(server.Api, "POST", path, body), path);

    private static async Task<int> StatusAsync(HttpClient client, string method, string path, object body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = JsonContent.Create(body) };
        using var answer = await client.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
