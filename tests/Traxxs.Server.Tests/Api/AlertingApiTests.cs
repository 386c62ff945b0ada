using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Traxxs.Server.Identity;
using Traxxs.Server.Tests.Hosting;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Api;

/// <summary>Rules, policies, channels, words and exports over HTTP, and that no organisation sees another's.</summary>
[TestClass]
public sealed class AlertingApiTests
{
    private const string Webhook = """{"kind":"webhook","name":"Room","settings":{"url":"https://room.example/alerts"},"secret":"a secret of sixteen or more"}""";
    private const string Policy = """{"name":"Night","tiers":[{"notify":[{"channel":"live"}],"acknowledgeWithinS":60}]}""";

    [TestMethod]
    [DataRow("PUT /api/v1/rules", """{"rules":[{"name":"sos","enabled":false}]}""", "rules-invalid", "rules[0].enabled")]
    [DataRow("PUT /api/v1/rules", """{"rules":[{"name":"sos","severity":"info"}]}""", "rules-invalid", "rules[0].severity")]
    [DataRow("PUT /api/v1/rules", """{"rules":[{"name":"man-down","schedule":{"timeZone":"UTC"}}]}""", "rules-invalid", "rules[0].schedule")]
    [DataRow("PUT /api/v1/rules", """{"rules":[{"name":"sleep"}]}""", "rules-invalid", "rules[0].name")]
    [DataRow("PUT /api/v1/rules", """{"rules":[{"name":"missed-contact","parameters":{"graceS":0}}]}""", "rules-invalid", "rules[0].parameters.graceS")]
    [DataRow("PUT /api/v1/rules", """{"rules":[{"name":"missed-contact","parameters":{"grace":1}}]}""", "rules-invalid", "rules[0].parameters.grace")]
    [DataRow("PUT /api/v1/rules", """{"rules":[{"name":"low-battery","parameters":{"lowPercent":30}}]}""", "rules-invalid", "rules[0].parameters.recoveredPercent")]
    [DataRow("PUT /api/v1/rules", """{"rules":[{"name":"speed","schedule":{"timeZone":"Mars/Olympus"}}]}""", "rules-invalid", "rules[0].schedule.timeZone")]
    [DataRow("PUT /api/v1/rules", """{"rules":[{"name":"speed","colour":"red"}]}""", "rules-invalid", "rules[0].colour")]
    [DataRow("PUT /api/v1/rules", """[]""", "rules-invalid", "rules")]
    [DataRow("POST /api/v1/policies", """{"name":"x","tiers":[{"notify":[{"channel":"pigeon"}],"acknowledgeWithinS":60}]}""", "policy-invalid", "tiers[0].notify[0]")]
    [DataRow("PUT /api/v1/policies/none", Policy, "policy-not-found", null)]
    [DataRow("DELETE /api/v1/policies/none", "", "policy-not-found", null)]
    [DataRow("POST /api/v1/policies/none/dry-run", "{}", "policy-not-found", null)]
    [DataRow("POST /api/v1/policies/standard/dry-run", """{"severity":"loud"}""", "bad-parameter", "severity")]
    [DataRow("POST /api/v1/channels", """{"kind":"live","name":"x"}""", "channel-invalid", "kind")]
    [DataRow("POST /api/v1/channels", """{"kind":"webhook","name":"x","settings":{"url":"file:///etc/passwd"},"secret":"a secret of sixteen or more"}""", "channel-invalid", "settings.url")]
    [DataRow("POST /api/v1/channels", """{"kind":"webhook","name":"x","settings":{"url":"https://a:b@c.example/"},"secret":"a secret of sixteen or more"}""", "channel-invalid", "settings.url")]
    [DataRow("POST /api/v1/channels", """{"kind":"webhook","name":"x","settings":{"url":"https://c.example/"},"secret":"short"}""", "channel-invalid", "secret")]
    [DataRow("POST /api/v1/channels", """{"kind":"webhook","name":"x","settings":{"url":"https://c.example/"}}""", "channel-invalid", "secret")]
    [DataRow("POST /api/v1/channels", """{"kind":"webhook","settings":{"url":"https://c.example/"},"secret":"a secret of sixteen or more"}""", "channel-invalid", "name")]
    [DataRow("POST /api/v1/channels", """{"kind":"smtp","name":"x","settings":{"host":"mail.example","from":"a@b.example","security":"none"}}""", "channel-invalid", "settings.security")]
    [DataRow("POST /api/v1/channels", """{"kind":"smtp","name":"x","settings":{"host":"mail.example","from":"nobody"}}""", "channel-invalid", "settings.from")]
    [DataRow("POST /api/v1/channels", """{"kind":"smtp","name":"x","settings":{"host":"mail.example","from":"a@b.example","user":"a"}}""", "channel-invalid", "secret")]
    [DataRow("POST /api/v1/channels", """{"kind":"smtp","name":"x","settings":{"host":"mail.example\r\nQUIT","from":"a@b.example"}}""", "channel-invalid", "settings.host")]
    [DataRow("POST /api/v1/channels", """{"kind":"smtp","name":"x","settings":{"host":"mail.example","from":"a@b.example","to":["a@b.example","x"]}}""", "channel-invalid", "settings.to[1]")]
    [DataRow("POST /api/v1/channels", """{"kind":"smtp","name":"x","settings":{"host":"mail.example","from":"a@b.example","trustedCertificate":"none"}}""", "channel-invalid", "settings.trustedCertificate")]
    [DataRow("POST /api/v1/channels", """{"kind":"sms-twilio","name":"x","settings":{"accountSid":"../x","from":"+4930123456"},"secret":"t"}""", "channel-invalid", "settings.accountSid")]
    [DataRow("POST /api/v1/channels", """{"kind":"sms-twilio","name":"x","settings":{"accountSid":"AC1","from":"030"},"secret":"t","limit":{"count":0}}""", "channel-invalid", "limit")]
    [DataRow("POST /api/v1/channels", """{"kind":"mqtt","name":"x","settings":{"topic":"y"}}""", "channel-invalid", "settings.topic")]
    [DataRow("PATCH /api/v1/channels/none", "{}", "channel-not-found", null)]
    [DataRow("DELETE /api/v1/channels/live", "", "channel-not-found", null)]
    [DataRow("POST /api/v1/channels/none/test", "{}", "channel-not-found", null)]
    [DataRow("PUT /api/v1/templates", """{"subject":"{password}"}""", "templates-invalid", "subject")]
    [DataRow("POST /api/v1/wearers/none/check-in", "", "wearer-not-found", null)]
    [DataRow("GET /api/v1/alerts/export?format=pdf", "", "bad-parameter", "format")]
    [DataRow("POST /api/v1/geofences", """{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[13,52]},"properties":{"name":"a","radiusM":50}},{"type":"Feature"}]}""", "geofence-invalid", "features[1].geometry")]
    [DataRow("POST /api/v1/geofences", """{"type":"Feature","geometry":{"type":"Point","coordinates":[13,52]},"properties":{"name":"a","radiusM":50,"on":["dwell"]}}""", "geofence-invalid", "properties.dwellS")]
    [DataRow("POST /api/v1/geofences", """{"type":"Feature","geometry":{"type":"Point","coordinates":[13,52]},"properties":{"name":"a","radiusM":50,"schedule":{"timeZone":"x"}}}""", "geofence-invalid", "properties.schedule.timeZone")]
    public async Task What_is_wrong_has_a_name_and_changes_nothing(string request, string body, string code, string? parameter)
    {
        var server = await Shared.Value;
        var parts = request.Split(' ');
        using var message = new HttpRequestMessage(new HttpMethod(parts[0]), parts[1]);
        if (body.Length > 0) message.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await server.Api.SendAsync(message);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.AreEqual(code, problem.GetProperty("code").GetString(), problem.ToString());
        Assert.AreEqual(parameter, problem.GetProperty("parameter").GetString());
        Assert.AreEqual(0, (await server.GetAsync("/api/v1/rules")).GetProperty("version").GetInt32());
        Assert.AreEqual(1, (await server.GetAsync("/api/v1/policies")).GetProperty("policies").GetArrayLength());
        Assert.AreEqual(2, (await server.GetAsync("/api/v1/channels")).GetProperty("channels").GetArrayLength());
        Assert.AreEqual(0, (await server.GetAsync("/api/v1/geofences")).GetProperty("features").GetArrayLength());
    }

    private static readonly Lazy<Task<TestServer>> Shared = new(() => TestServer.StartAsync());

    [ClassCleanup]
    public static async Task StopAsync()
    {
        if (Shared.IsValueCreated) await (await Shared.Value).DisposeAsync();
    }

    [TestMethod]
    public async Task Rules_are_set_within_what_the_catalogue_says_and_hold_at_once_and_after_a_restart()
    {
        await using var server = await TestServer.StartAsync();
        var catalogue = (await server.GetAsync("/api/v1/rules/catalogue")).GetProperty("rules");
        var rules = (await server.GetAsync("/api/v1/rules")).GetProperty("rules");
        Assert.AreEqual(catalogue.GetArrayLength(), rules.GetArrayLength());

        const string schedule = """{"timeZone":"Europe/Berlin","week":[{"day":"mon","from":"08:00","to":"17:00"}]}""";
        var set = await SendAsync(server.Api, "PUT", "/api/v1/rules",
            $$$"""{"version":0,"rules":[{"name":"immobile","enabled":false},{"name":"low-battery","severity":"high","parameters":{"lowPercent":20}},{"name":"speed","enabled":true,"schedule":{{{schedule}}}}]}""");
        Assert.AreEqual(1, set.GetProperty("version").GetInt32());
        await server.RestartAsync();
        var kept = (await server.GetAsync("/api/v1/rules")).GetProperty("rules").EnumerateArray().ToDictionary(rule => rule.GetProperty("name").GetString()!);
        Assert.IsFalse(kept["immobile"].GetProperty("enabled").GetBoolean());
        Assert.AreEqual(20, kept["low-battery"].GetProperty("parameters").GetProperty("lowPercent").GetInt32());
        Assert.AreEqual(25, kept["low-battery"].GetProperty("parameters").GetProperty("recoveredPercent").GetInt32());
        Assert.AreEqual("Europe/Berlin", kept["speed"].GetProperty("schedule").GetProperty("timeZone").GetString());

        // What was read can be written again, and a change meanwhile is seen.
        var whole = await server.GetAsync("/api/v1/rules");
        Assert.AreEqual(2, (await SendAsync(server.Api, "PUT", "/api/v1/rules", whole.GetRawText())).GetProperty("version").GetInt32());
        Assert.AreEqual("changed-meanwhile", (await SendAsync(server.Api, "PUT", "/api/v1/rules", whole.GetRawText(), 409)).GetProperty("code").GetString());

        await using var device = await server.ConnectAsync("insole-1");
        await device.SendAsync(device.Frame(DateTimeOffset.UtcNow, report => (report.HasBattery, report.BatteryMv, report.BatteryPercent) = (true, 3600, 19)));
        var alerts = await server.UntilAsync("/api/v1/alerts", all => all.GetProperty("alerts").GetArrayLength() == 1);
        Assert.AreEqual("high", alerts.GetProperty("alerts")[0].GetProperty("severity").GetString());
    }

    [TestMethod]
    public async Task A_policy_is_made_shown_run_dry_changed_and_removed()
    {
        await using var server = await TestServer.StartAsync();
        var made = await SendAsync(server.Api, "POST", "/api/v1/policies", Policy.Replace("{\"name\"", "{\"default\":true,\"name\""), 201);
        var id = made.GetProperty("id").GetString();
        var list = (await server.GetAsync("/api/v1/policies")).GetProperty("policies");
        Assert.AreEqual("true false", string.Join(' ', list.EnumerateArray().Select(policy => policy.GetProperty("default").ToString().ToLowerInvariant())));
        var run = await SendAsync(server.Api, "POST", $"/api/v1/policies/{id}/dry-run", """{"severity":"critical","at":1772352000}""");
        var steps = run.GetProperty("timeline").EnumerateArray().ToList();
        Assert.AreEqual(1772352000 + 60, steps[1].GetProperty("at").GetDouble());
        Assert.AreEqual("live", steps[0].GetProperty("tells")[0].GetProperty("channel").GetString());
        StringAssert.Contains(run.GetProperty("then").GetString(), "again and again");
        Assert.AreEqual(2, (await SendAsync(server.Api, "PUT", $"/api/v1/policies/{id}", Policy)).GetProperty("version").GetInt32());
        await SendAsync(server.Api, "DELETE", $"/api/v1/policies/{id}", null, 204);
        await SendAsync(server.Api, "POST", "/api/v1/policies/standard/dry-run", "{}");
    }

    [TestMethod]
    public async Task A_channel_a_policy_names_is_kept_and_what_waits_on_one_that_goes_is_given_up()
    {
        await using var server = await TestServer.StartAsync();
        var id = (await SendAsync(server.Api, "POST", "/api/v1/channels", Webhook, 201)).GetProperty("id").GetString();
        var policy = await SendAsync(server.Api, "POST", "/api/v1/policies", $$"""{"name":"Room","default":true,"tiers":[{"notify":[{"channel":"{{id}}"}],"acknowledgeWithinS":60}]}""", 201);
        Assert.AreEqual("channel-in-use", (await SendAsync(server.Api, "DELETE", $"/api/v1/channels/{id}", null, 409)).GetProperty("code").GetString());

        await SendAsync(server.Api, "PATCH", $"/api/v1/channels/{id}", """{"enabled":false}""");
        await using var device = await server.ConnectAsync("insole-1");
        await device.SendAsync(device.Frame(DateTimeOffset.UtcNow, report => EndToEndTests.Sos(report, DateTimeOffset.UtcNow)));
        var alerts = await server.UntilAsync("/api/v1/alerts?state=notified", all => all.GetProperty("alerts").GetArrayLength() == 1);
        var one = await server.GetAsync($"/api/v1/alerts/{alerts.GetProperty("alerts")[0].GetProperty("id").GetString()}");
        Assert.IsTrue(one.GetProperty("history").EnumerateArray().Any(step => step.GetProperty("action").GetString() == "alert.tier-empty"), "with its only channel off, every other is told");

        await SendAsync(server.Api, "DELETE", $"/api/v1/policies/{policy.GetProperty("id").GetString()}", null, 204);
        await SendAsync(server.Api, "DELETE", $"/api/v1/channels/{id}", null, 204);
    }

    [TestMethod]
    public async Task The_words_are_the_organisations_own()
    {
        await using var server = await TestServer.StartAsync();
        StringAssert.Contains((await server.GetAsync("/api/v1/templates")).GetProperty("mapUrl").GetString(), "openstreetmap.org");
        await SendAsync(server.Api, "PUT", "/api/v1/templates", """{"subject":"{wearer}","mapUrl":"https://maps.example/{lat},{lon}"}""");
        var kept = await server.GetAsync("/api/v1/templates");
        Assert.AreEqual("{wearer}", kept.GetProperty("subject").GetString());
        StringAssert.Contains(kept.GetProperty("text").GetString(), "{summary}");
        await SendAsync(server.Api, "PUT", "/api/v1/templates", kept.GetRawText());
    }

    [TestMethod]
    public async Task Alerts_and_audit_log_are_exported_as_files()
    {
        await using var server = await TestServer.StartAsync();
        server.Host.Database.Write(session => session.AddWearer("=cmd|'x'!A1, \"Wendy\"", "insole-1"));
        await using var device = await server.ConnectAsync("insole-1");
        await device.SendAsync(device.Frame(DateTimeOffset.UtcNow, report => EndToEndTests.Sos(report, DateTimeOffset.UtcNow)));
        await server.UntilAsync("/api/v1/alerts?state=notified", all => all.GetProperty("alerts").GetArrayLength() == 1);

        using var csv = await server.Api.GetAsync("/api/v1/alerts/export?format=csv");
        Assert.AreEqual("text/csv", csv.Content.Headers.ContentType?.MediaType);
        var lines = (await csv.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.HasCount(2, lines);
        StringAssert.StartsWith(lines[0], "id,device,wearer,rule,severity,state,");
        StringAssert.Contains(lines[1], "insole-1,\"'=cmd|'x'!A1, \"\"Wendy\"\"\",sos,critical,notified,");

        var json = (await server.GetAsync("/api/v1/alerts/export?format=json")).GetProperty("alerts");
        Assert.AreEqual(52.12345, json[0].GetProperty("latitude").GetDouble());
        var audit = (await server.GetAsync("/api/v1/audit/export?format=json")).GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("action").GetString()).ToList();
        CollectionAssert.Contains(audit, "alert.raised");
        Assert.HasCount(3, audit.Where(action => action == "export.made").ToList());
        Assert.AreEqual(0, (await server.GetAsync("/api/v1/alerts/export?format=json&to=1")).GetProperty("alerts").GetArrayLength());
    }

    [TestMethod]
    public async Task A_long_audit_log_is_exported_whole_and_in_order()
    {
        await using var server = await TestServer.StartAsync();
        server.Host.Database.Write(session =>
        {
            for (var i = 0; i < 1234; i++) session.Audit.Add("main", DateTimeOffset.UtcNow, "ada", "tested", $"number:{i}");
        });
        var numbers = (await server.GetAsync("/api/v1/audit/export?format=json")).GetProperty("entries").EnumerateArray()
            .Where(entry => entry.GetProperty("action").GetString() == "tested").Select(entry => entry.GetProperty("subject").GetString()).ToList();
        CollectionAssert.AreEqual(Enumerable.Range(0, 1234).Select(i => $"number:{i}").ToList(), numbers);
    }

    [TestMethod]
    public async Task A_collection_of_geofences_is_imported_whole()
    {
        await using var server = await TestServer.StartAsync();
        var feature = """{"type":"Feature","geometry":{"type":"Point","coordinates":[13,52]},"properties":{"name":"NAME","radiusM":100,"on":["enter","dwell"],"dwellS":600,"hysteresisM":20,"schedule":{"timeZone":"Europe/Berlin","week":[{"day":"mon","from":"08:00","to":"17:00"}]}}}""";
        var made = await SendAsync(server.Api, "POST", "/api/v1/geofences", $$"""{"type":"FeatureCollection","features":[{{feature.Replace("NAME", "A")}},{{feature.Replace("NAME", "B")}}]}""", 201);
        Assert.AreEqual(2, made.GetProperty("features").GetArrayLength());
        var list = (await server.GetAsync("/api/v1/geofences")).GetProperty("features");
        Assert.AreEqual("A B", string.Join(' ', list.EnumerateArray().Select(item => item.GetProperty("properties").GetProperty("name").GetString())));
        Assert.AreEqual(600, list[0].GetProperty("properties").GetProperty("dwellS").GetInt32());
    }

    [TestMethod]
    public async Task No_organisation_sees_or_touches_anothers_rules_policies_channels_and_words()
    {
        await using var server = await TestServer.StartAsync();
        server.AddOrganisation("other");
        using var other = server.As(Role.Admin, "other");
        var channel = (await SendAsync(server.Api, "POST", "/api/v1/channels", Webhook, 201)).GetProperty("id").GetString();
        var policy = (await SendAsync(server.Api, "POST", "/api/v1/policies", Policy, 201)).GetProperty("id").GetString();
        await SendAsync(server.Api, "PUT", "/api/v1/rules", """{"rules":[{"name":"immobile","enabled":false}]}""");
        await SendAsync(server.Api, "PUT", "/api/v1/templates", """{"subject":"{wearer}"}""");
        server.Host.Database.Write(session => session.AddUser("ada"));

        foreach (var (method, path) in ((string, string)[])
        [
            ("GET", $"/api/v1/channels/{channel}"), ("PATCH", $"/api/v1/channels/{channel}"), ("DELETE", $"/api/v1/channels/{channel}"), ("POST", $"/api/v1/channels/{channel}/test"),
            ("GET", $"/api/v1/policies/{policy}"), ("PUT", $"/api/v1/policies/{policy}"), ("DELETE", $"/api/v1/policies/{policy}"), ("POST", $"/api/v1/policies/{policy}/dry-run"),
        ])
        {
            await SendAsync(other, method, path, method is "PUT" or "POST" or "PATCH" ? "{}" : null, 404);
        }

        Assert.AreEqual(2, (await SendAsync(other, "GET", "/api/v1/channels", null)).GetProperty("channels").GetArrayLength());
        Assert.AreEqual(1, (await SendAsync(other, "GET", "/api/v1/policies", null)).GetProperty("policies").GetArrayLength());
        Assert.AreEqual(0, (await SendAsync(other, "GET", "/api/v1/rules", null)).GetProperty("version").GetInt32());
        Assert.AreNotEqual("{wearer}", (await SendAsync(other, "GET", "/api/v1/templates", null)).GetProperty("subject").GetString());
        await SendAsync(other, "POST", "/api/v1/policies", Policy.Replace("live", channel), 400);
        await SendAsync(other, "POST", "/api/v1/policies", Policy.Replace("{\"channel\":\"live\"}", "{\"user\":\"ada\"}"), 400);
        var audit = (await SendAsync(other, "GET", "/api/v1/audit/export?format=json", null)).GetProperty("entries");
        Assert.IsFalse(audit.EnumerateArray().Any(entry => entry.GetProperty("subject").GetString()!.Contains(channel!, StringComparison.Ordinal)));

        await using var device = await server.ConnectAsync("insole-2", "other");
        await device.SendAsync(device.Frame(DateTimeOffset.UtcNow, report =>
        {
            EndToEndTests.Sos(report, DateTimeOffset.UtcNow);
            report.EventCodes[0] = Traxxs.Protocol.EventCode.Immobile;
        }));
        await server.UntilAsync("/api/v1/alerts", _ => server.Host.AlertsAreUpToDate);
        Assert.AreEqual(1, (await SendAsync(other, "GET", "/api/v1/alerts", null)).GetProperty("alerts").GetArrayLength(), "the rule is off for the first organisation alone");
    }

    private static async Task<JsonElement> SendAsync(HttpClient client, string method, string path, string? body, int status = 200)
    {
        using var message = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) message.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(message);
        var text = await response.Content.ReadAsStringAsync();
        Assert.AreEqual((HttpStatusCode)status, response.StatusCode, $"{method} {path}: {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }
}
