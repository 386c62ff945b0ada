using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Traxxs.Mqtt.Packets;
using Traxxs.Server.Alerts;
using Traxxs.Server.Identity;
using Traxxs.Server.Tests.Hosting;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Alerts;

/// <summary>Settings made on a machine that knew more time zones than this one: they cost their own hours, and nobody's alert.</summary>
[TestClass]
public sealed class UnknownZoneTests
{
    private const string Hours = """{"timeZone":"Mars/Olympus","week":[]}""";

    [TestMethod]
    public async Task Whatever_names_a_zone_this_machine_does_not_know_the_server_starts_and_everybody_s_alarms_are_told_at_once()
    {
        await using var server = await TestServer.StartAsync();
        foreach (var known in (string[])["insole-1", "insole-2"]) server.Host.Provision(known);
        server.AddWearer("ada", "Ada", "insole-1");
        server.AddWearer("ben", "Ben", "insole-2");
        server.AddOrganisation("other");
        server.Host.Database.Write(session =>
        {
            session.RuleSettings.Put(new RuleSettingsRecord("main", 1, $$"""{"rules":[{"name":"low-battery","schedule":{{Hours}}}]}""", DateTimeOffset.UtcNow));
            session.Policies.Put(new PolicyRecord("night", "main", 1, "Night", """
                {"name":"Night","tiers":[{"notify":[{"channel":"log"}],"acknowledgeWithinS":300},{"notify":[{"channel":"log"}],"acknowledgeWithinS":300}],
                "quietHours":[{"below":"critical","from":"00:00","to":"23:59","timeZone":"Mars/Olympus"}]}
                """, true, DateTimeOffset.UtcNow));
            session.Geofences.Put(new GeofenceRecord("yard", "main", 1, "Yard", $$"""
                {"type":"Feature","geometry":{"type":"Point","coordinates":[13,52]},"properties":{"name":"Yard","radiusM":100,"alertOn":["leave"],"schedule":{{Hours}} } }
                """));
            foreach (var wearer in (string[])["ada", "ben"]) session.Wearers.Put(session.Wearers.Find("main", wearer)! with { WorkingHours = Hours, TimeZone = "Mars/Olympus" });
        });
        await server.RestartAsync();
        await using var device = await server.ConnectAsync("insole-1");
        await using var theirs = await server.ConnectAsync("insole-9", "other");
        foreach (var one in (TestDevice[])[device, theirs])
        {
            Assert.AreEqual(MqttReasonCode.Success, await one.SendAsync(one.Frame(DateTimeOffset.UtcNow, report =>
            {
                EndToEndTests.Sos(report, DateTimeOffset.UtcNow);
                (report.HasBattery, report.BatteryMv, report.BatteryPercent) = (true, 3500, 5);
            })));
        }

        await server.UntilAsync("/api/v1/counters", _ => server.Host.AlertsAreUpToDate);
        var alerts = server.Host.Database.Read(session => session.Alerts.List(null, new AlertFilter(), null, 10)).Select(row => row.Alert).ToList();
        Assert.AreEqual("insole-1 low-battery, insole-1 sos, insole-9 low-battery, insole-9 sos",
            string.Join(", ", alerts.Select(alert => $"{alert.DeviceId} {alert.Rule}").Order(StringComparer.Ordinal)));
        foreach (var entry in alerts.SelectMany(alert => server.Host.Database.Read(session => session.Outbox.OfAlert(alert.Id))).Where(entry => entry.Kind == "raised"))
            Assert.IsLessThanOrEqualTo(entry.CreatedAt, entry.DueAt, "quiet hours by a clock nobody knows hold nothing back");

        var ready = await server.GetAsync("/health/ready");
        var told = ready.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("name").GetString() == "timeZones");
        StringAssert.Contains(told.GetProperty("reason").GetString(), "Mars/Olympus");
        Assert.AreEqual(LocationHidden.OutsideHours, server.Host.Identity.Gate.Of("insole-2").WhyHidden(DateTimeOffset.UtcNow), "nor do they show a place");
        Assert.AreEqual("UTC", (await server.GetAsync("/api/v1/wearers/ada/day")).GetProperty("timeZone").GetString());
    }

    [TestMethod]
    public async Task What_is_stored_stays_to_be_read_and_is_refused_as_anything_new()
    {
        await using var server = await TestServer.StartAsync();
        server.Host.Database.Write(session =>
            session.RuleSettings.Put(new RuleSettingsRecord("main", 1, $$"""{"rules":[{"name":"low-battery","schedule":{{Hours}}}]}""", DateTimeOffset.UtcNow)));
        await server.RestartAsync();
        using var admin = server.As(Role.Admin);
        var rules = await admin.GetFromJsonAsync<JsonElement>("/api/v1/rules");
        var rule = rules.GetProperty("rules").EnumerateArray().Single(item => item.GetProperty("name").GetString() == "low-battery");
        Assert.AreEqual("Mars/Olympus", rule.GetProperty("schedule").GetProperty("timeZone").GetString());
        using var refused = await admin.PutAsJsonAsync("/api/v1/rules", new { rules = new[] { new { name = "low-battery", schedule = rule.GetProperty("schedule") } } });
        Assert.AreEqual(HttpStatusCode.BadRequest, refused.StatusCode);
        StringAssert.Contains(await refused.Content.ReadAsStringAsync(), "timeZone");
        using var zone = await admin.PatchAsJsonAsync("/api/v1/organisation", new { timeZone = "Mars/Olympus" });
        Assert.AreEqual(HttpStatusCode.BadRequest, zone.StatusCode);
    }
}
