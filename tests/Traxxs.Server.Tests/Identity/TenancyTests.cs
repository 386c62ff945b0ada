using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Traxxs.Protocol;
using Traxxs.Server.Api;
using Traxxs.Server.Identity;
using Traxxs.Server.Tests.Support;
using static Traxxs.Server.Tests.Hosting.EndToEndTests;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Identity;

/// <summary>Two organisations on one server: each has its devices, alerts and events, and nothing of the other's.</summary>
[TestClass]
public sealed class TenancyTests
{
    [TestMethod]
    public async Task An_alert_is_its_devices_organisations_and_whose_the_device_was_at_the_time()
    {
        await using var server = await TestServer.StartAsync();
        server.AddOrganisation("other");
        var now = DateTimeOffset.UtcNow;
        await using var device = await server.ConnectAsync("insole-1", "other");
        server.Host.Database.Write(session =>
        {
            session.Wearers.Put(new Wearer { Id = "ada", Org = "other", Name = "Ada", CreatedAt = now });
            session.Wearers.Put(new Wearer { Id = "ben", Org = "other", Name = "Ben", CreatedAt = now });
            session.Assignments.Assign("insole-1", "ada", now.AddHours(-2));
            session.Assignments.Assign("insole-1", "ben", now.AddHours(-1));
        });
        using var others = server.As(Role.Viewer, "other");
        using var main = server.As(Role.Viewer);
        using var mains = await server.WatchAsync(token: server.TokenOf(Role.Viewer, "main"));
        using var theirs = await server.WatchAsync(token: server.TokenOf(Role.Viewer, "other"));
        await device.SendAsync(device.Frame(now, report => Sos(report, now.AddMinutes(-90))));

        var seen = await TestServer.NextAsync(theirs, item => item.GetProperty("type").GetString() == "alert");
        var alert = seen.GetProperty("data").GetProperty("alert");
        Assert.AreEqual("other", alert.GetProperty("org").GetString());
        Assert.AreEqual("ada", alert.GetProperty("wearer").GetProperty("id").GetString());
        var id = alert.GetProperty("id").GetString();

        Assert.AreEqual(1, (await others.GetFromJsonAsync<JsonElement>("/api/v1/alerts")).GetProperty("alerts").GetArrayLength());
        Assert.AreEqual(0, (await main.GetFromJsonAsync<JsonElement>("/api/v1/alerts")).GetProperty("alerts").GetArrayLength());
        using var stranger = await main.GetAsync($"/api/v1/alerts/{id}");
        Assert.AreEqual(HttpStatusCode.NotFound, stranger.StatusCode);

        // The next event the first organisation hears of is its own.
        server.Host.Feed.Publish("main", "mark", new { });
        var next = await TestServer.NextAsync(mains, _ => true);
        Assert.AreEqual("mark", next.GetProperty("type").GetString());
    }

    [TestMethod]
    public async Task The_operator_acts_in_the_organisation_the_header_names_and_nobody_else_is_heard_by_it()
    {
        await using var server = await TestServer.StartAsync();
        server.AddOrganisation("other");
        server.Host.Provision("insole-1", org: "other");
        Assert.AreEqual(0, await CountAsync(server.Api, null));
        Assert.AreEqual(1, await CountAsync(server.Api, "other"));
        using var admin = server.As(Role.Admin);
        Assert.AreEqual(0, await CountAsync(admin, "other"));

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/devices");
        request.Headers.Add(AccessGate.OrganisationHeader, "nowhere");
        using var answer = await server.Api.SendAsync(request);
        Assert.AreEqual(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [TestMethod]
    public async Task What_concerns_no_organisation_is_for_the_operator_to_read()
    {
        await using var server = await TestServer.StartAsync();
        using var made = await server.Api.PostAsJsonAsync("/api/v1/organisations", new { id = "other", name = "Other works" });
        Assert.AreEqual(HttpStatusCode.Created, made.StatusCode);
        using var twice = await server.Api.PostAsJsonAsync("/api/v1/organisations", new { id = "other", name = "Other works" });
        Assert.AreEqual(HttpStatusCode.Conflict, twice.StatusCode);
        StringAssert.Contains((await server.GetAsync("/api/v1/audit?system=true")).ToString(), "organisation.created");
        Assert.DoesNotContain("organisation.created", (await server.GetAsync("/api/v1/audit")).ToString());
        using var admin = server.As(Role.Admin);
        using var refused = await admin.GetAsync("/api/v1/audit?system=true");
        Assert.AreEqual(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [TestMethod]
    public async Task A_closed_organisations_devices_are_dropped_and_stay_out()
    {
        await using var server = await TestServer.StartAsync();
        server.AddOrganisation("other");
        var secret = server.Host.Provision("insole-1", org: "other");
        await using var device = await TestDevice.ConnectAsync(server.Host, "insole-1", secret);
        using var closed = await server.Api.PatchAsJsonAsync("/api/v1/organisations/other", new { closed = true });
        Assert.AreEqual(HttpStatusCode.OK, closed.StatusCode);
        for (var tries = 0; device.IsConnected; tries++)
        {
            Assert.IsLessThan(1500, tries, "still connected");
            await Task.Delay(20);
        }

        await Assert.ThrowsAsync<Exception>(() => TestDevice.ConnectAsync(server.Host, "insole-1", secret));
        using var first = await server.Api.PatchAsJsonAsync("/api/v1/organisations/main", new { closed = true });
        Assert.AreEqual(JsonValueKind.Null, (await first.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("closedAt").ValueKind);
    }

    [TestMethod]
    public async Task A_geofence_concerns_the_devices_of_its_organisation_alone()
    {
        await using var server = await TestServer.StartAsync();
        server.AddOrganisation("other");
        const string Fence =
            """{"type":"Feature","geometry":{"type":"Point","coordinates":[13,52]},"properties":{"name":"Yard","radiusM":100,"alertOn":["leave"],"severity":"high"}}""";
        server.Host.Geofences.Add("other", JsonSerializer.Deserialize<JsonElement>(Fence), "test");
        var start = DateTimeOffset.UtcNow.AddMinutes(-10).ToUnixTimeSeconds();
        foreach (var (id, org) in (ReadOnlySpan<(string, string)>)[("insole-1", "main"), ("insole-2", "other")]) server.Host.Provision(id, org: org);
        await using var mine = await server.ConnectAsync("insole-1");
        await using var theirs = await server.ConnectAsync("insole-2", "other");
        foreach (var device in (TestDevice[])[mine, theirs])
        {
            await device.SendAsync(device.Frame(DateTimeOffset.UtcNow, report =>
            {
                for (var i = 0; i < 8; i++) AddFix(report, start + (i * 30), 5200000 + (i < 4 ? 0 : 1000), 1300000);
            }));
        }

        using var others = server.As(Role.Viewer, "other");
        for (var tries = 0; (await others.GetFromJsonAsync<JsonElement>("/api/v1/alerts")).GetProperty("alerts").GetArrayLength() == 0; tries++)
        {
            Assert.IsLessThan(1500, tries, "no alert");
            await Task.Delay(20);
        }

        await server.UntilAsync("/api/v1/counters", all => all.GetProperty("alerts_behind").GetInt64() == 0);
        Assert.AreEqual(0, (await server.GetAsync("/api/v1/alerts")).GetProperty("alerts").GetArrayLength());
    }

    [TestMethod]
    public void A_device_never_changes_its_organisation()
    {
        using var folder = new TemporaryFolder();
        using var database = ServiceDatabase.Open(folder.File(ServiceDatabase.FileName));
        var registry = new DeviceRegistry(database, new ManualClock());
        registry.Provision("main", "insole-1", "test");
        Assert.ThrowsExactly<ArgumentException>(() => registry.Provision("other", "insole-1", "test"));
        Assert.IsFalse(registry.Revoke("other", "insole-1", "test"));
        Assert.AreEqual("main", new DeviceDirectory(database).OrgOf("insole-1"));
    }

    private static async Task<int> CountAsync(HttpClient client, string? org)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/devices");
        if (org is not null) request.Headers.Add(AccessGate.OrganisationHeader, org);
        using var answer = await client.SendAsync(request);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("devices").GetArrayLength();
    }
}
