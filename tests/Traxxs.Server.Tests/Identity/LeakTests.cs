using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Data.Sqlite;
using Traxxs.Server.Api;
using Traxxs.Server.Api.OpenApi;
using Traxxs.Server.Identity;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Service;
using static Traxxs.Server.Tests.Hosting.EndToEndTests;

namespace Traxxs.Server.Tests.Identity;

/// <summary>
/// Every route the server has, asked by the admin of one organisation with the ids of another. The routes are the server's
/// own list: a new one is asked too, and where this test does not know what its id stands for, it fails until it is told.
/// </summary>
[TestClass]
public sealed class LeakTests
{
    // Stands in every name and text of the first organisation: an answer to the other one that holds it is a leak.
    private const string Mark = "zebra";

    // Bodies that would do something, were the thing one's own: a refusal for a bad body would prove nothing.
    private static readonly Dictionary<string, string> Bodies = new(StringComparer.Ordinal)
    {
        ["POST /api/v1/alerts/{id}/assign"] = """{"assignee":null}""",
        ["POST /api/v1/alerts/{id}/comments"] = """{"text":"who are you"}""",
        ["POST /api/v1/devices/{id}/update"] = """{"version":"93.71.5"}""",
        ["POST /api/v1/devices/{id}/commands"] = """{"command":"find-me"}""",
        ["PUT /api/v1/devices/{id}/configuration"] = """{"settings":{"fixIntervalS":60}}""",
        ["PUT /api/v1/geofences/{id}"] = """{"type":"Feature","geometry":{"type":"Point","coordinates":[13,52]},"properties":{"name":"Mine now","radiusM":100}}""",
        ["PUT /api/v1/policies/{id}"] = Policy,
        ["POST /api/v1/policies/{id}/dry-run"] = """{"severity":"critical"}""",
        ["PATCH /api/v1/channels/{id}"] = """{"name":"mine now"}""",
        ["POST /api/v1/channels/{id}/test"] = """{"severity":"critical"}""",
        ["PATCH /api/v1/users/{id}"] = """{"name":"Mine now"}""",
        ["PATCH /api/v1/wearers/{id}"] = """{"name":"Mine now"}""",
        ["PUT /api/v1/wearers/{id}/device"] = """{"deviceId":null}""",
        ["POST /api/v1/wearers/{id}/consent"] = """{"given":false}""",
        ["POST /api/v1/wearers/{id}/erase"] = """{"confirm":"zebra wearer"}""",
    };

    private const string Policy = """{"name":"zebra policy","tiers":[{"notify":[{"role":"admin"}],"acknowledgeWithinS":300}]}""";

    [TestMethod]
    public async Task Nobody_gets_or_changes_anything_of_another_organisation_by_any_route()
    {
        await using var server = await TestServer.StartAsync();
        var ids = await FillAsync(server);
        server.AddOrganisation("other");
        using var stranger = Stranger(server);
        var before = Snapshot(server);
        var (asked, withId) = (0, 0);
        foreach (var route in server.Host.Routes.Where(route => route.Metadata.GetMetadata<AccessGate.Access>()?.Role is not null))
        {
            foreach (var method in Routes.MethodsOf(route))
            {
                var key = $"{method} {Routes.PathOf(route)}";
                var path = AddressOf(key, ids);
                var (status, text) = await AskAsync(stranger, method, path, Bodies.GetValueOrDefault(key) ?? "{}");
                asked++;
                if (key.Contains('{'))
                {
                    withId++;
                    var refused = Routes.RoleOf(route) == Role.Operator ? 403 : 404;
                    Assert.AreEqual(refused, status, $"{key} as a stranger with an id of another organisation: {text}. If its body was refused, give this test one that is right.");
                    continue;
                }

                Assert.IsLessThan(500, status, $"{key}: {text}");
                AssertNothingOf(ids, text, key);
            }
        }

        Assert.AreEqual(before, Snapshot(server), "something of the first organisation changed");
        Assert.IsGreaterThan(60, asked);
        Assert.IsGreaterThan(35, withId);
    }

    [TestMethod]
    public async Task Queries_and_bodies_that_name_things_of_another_organisation_find_nothing()
    {
        await using var server = await TestServer.StartAsync();
        var ids = await FillAsync(server);
        server.AddOrganisation("other");
        using var stranger = Stranger(server);
        var before = Snapshot(server);
        foreach (var path in (string[])
        [
            $"/api/v1/alerts?device={ids["devices"]}", $"/api/v1/alerts?wearer={ids["wearers"]}", $"/api/v1/audit?subject=alert:{ids["alerts"]}",
            $"/api/v1/audit?subject=wearer:{ids["wearers"]}", "/api/v1/devices?cursor=a", "/api/v1/users?cursor=0", "/api/v1/wearers?cursor=0", "/api/v1/deliveries?cursor=9999",
            "/api/v1/fleet?bbox=-180,-90,180,90", "/api/v1/alerts/export?format=json", "/api/v1/audit/export?format=json", "/api/v1/rejected?limit=1000",
        ])
        {
            var (status, text) = await AskAsync(stranger, "GET", path, null);
            Assert.AreEqual(200, status, $"{path}: {text}");
            AssertNothingOf(ids, text, path);
        }

        // The operator's header moves nobody else.
        using var main = new HttpRequestMessage(HttpMethod.Get, "/api/v1/devices");
        main.Headers.Add(AccessGate.OrganisationHeader, "main");
        using var moved = await stranger.SendAsync(main);
        AssertNothingOf(ids, await moved.Content.ReadAsStringAsync(), "with the operator's header");

        using var own = await stranger.PostAsJsonAsync("/api/v1/wearers", new { name = "Own" });
        var wearer = (await own.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
        foreach (var (method, path, body) in ((string, string, object)[])
        [
            ("PUT", $"/api/v1/wearers/{wearer}/device", new { deviceId = ids["devices"] }),
            ("POST", "/api/v1/tokens", new { name = "theirs", role = "viewer", userId = ids["users"] }),
            ("POST", "/api/v1/users", new { name = "Theirs", email = "theirs@example.org", role = "viewer", wearerId = ids["wearers"] }),
            ("POST", "/api/v1/devices", new { id = ids["devices"] }),
            ("POST", "/api/v1/policies", new { name = "theirs", tiers = new[] { new { notify = new[] { new { channel = ids["channels"] } }, acknowledgeWithinS = 300 } } }),
            ("POST", "/api/v1/policies", new { name = "theirs", tiers = new[] { new { notify = new[] { new { user = ids["users"] } }, acknowledgeWithinS = 300 } } }),
        ])
        {
            var (status, text) = await AskAsync(stranger, method, path, JsonSerializer.Serialize(body));
            Assert.IsTrue(status is 400 or 404 or 409, $"{method} {path} {JsonSerializer.Serialize(body)}: {status} {text}");
        }

        Assert.AreEqual(before, Snapshot(server), "something of the first organisation changed");
    }

    // An admin with an account of their own: whoever may do most without being the operator.
    private static HttpClient Stranger(TestServer server)
    {
        var user = SignInTests.Add(server, "other", "Eve", "eve@example.org", Role.Admin);
        var client = new HttpClient { BaseAddress = server.Host.ApiAddress };
        client.DefaultRequestHeaders.Authorization = new("Bearer", server.Host.Tokens.Create("other", "eve", Role.Admin, null, "test", user.Id).Text);
        return client;
    }

    private static string AddressOf(string key, Dictionary<string, string> ids)
    {
        var path = key.Split(' ')[1];
        var open = path.IndexOf('{');
        if (open < 0) return path;
        Assert.AreEqual(open, path.LastIndexOf('{'), $"{key} has two parameters: teach this test what they stand for");
        var kind = path[..open].TrimEnd('/').Split('/')[^1];
        Assert.IsTrue(ids.TryGetValue(kind, out var id), $"{key}: teach this test to make one of the {kind}, so that a stranger can ask for it");
        return path[..open] + id + path[(path.IndexOf('}') + 1)..];
    }

    /// <summary>One of everything in the first organisation; by the segment of the address its id stands behind.</summary>
    private static async Task<Dictionary<string, string>> FillAsync(TestServer server)
    {
        var ids = new Dictionary<string, string>(StringComparer.Ordinal) { ["devices"] = $"{Mark}-insole", ["organisations"] = "main" };
        server.Host.Database.Write(session => session.Organisations.Put(session.Organisations.Find("main")! with { Name = $"{Mark} works" }));
        ids["wearers"] = server.Host.Identity.Wearers.Add("main", new WearerChange { Name = $"{Mark} wearer", Phone = "+49 30 98765432" }, Mark).Id;
        server.Host.Identity.Wearers.Consent("main", ids["wearers"], true, Mark);
        var user = SignInTests.Add(server, "main", $"{Mark} user", $"{Mark}@example.org", Role.Admin);
        ids["users"] = user.Id;
        ids["sign-ins"] = server.Host.Identity.SignIns.Begin(user, Mark).Split('.')[0];
        ids["tokens"] = server.Host.Tokens.Create("main", $"{Mark} key", Role.Viewer, null, Mark).Token.Id;
        await using (var device = await server.ConnectAsync(ids["devices"]))
        {
            server.Host.Identity.Wearers.GiveDevice("main", ids["wearers"], ids["devices"], Mark);
            await device.SendAsync([0xff, 1, 2]);
            await device.SendAsync(device.Frame(DateTimeOffset.UtcNow.AddSeconds(2), report => Sos(report, DateTimeOffset.UtcNow.AddSeconds(1))));
            var alerts = await server.UntilAsync("/api/v1/alerts?rule=sos", all => all.GetProperty("alerts").GetArrayLength() == 1);
            ids["alerts"] = alerts.GetProperty("alerts")[0].GetProperty("id").GetString()!;
            await device.NextCommandAsync();
        }

        ids["geofences"] = await MakeAsync(server, "POST", "/api/v1/geofences", """{"type":"Feature","geometry":{"type":"Point","coordinates":[13,52]},"properties":{"name":"zebra yard","radiusM":100}}""");
        ids["policies"] = await MakeAsync(server, "POST", "/api/v1/policies", Policy);
        ids["channels"] = await MakeAsync(server, "POST", "/api/v1/channels", """{"kind":"mqtt","name":"zebra channel","settings":{}}""");
        await MakeAsync(server, "POST", $"/api/v1/alerts/{ids["alerts"]}/acknowledge", """{"comment":"zebra comment"}""");
        await MakeAsync(server, "POST", $"/api/v1/devices/{ids["devices"]}/commands", """{"command":"self-test"}""");
        ids["firmware"] = "93.71.5";
        await Images.UploadAsync(server.Api, Images.Make(ids["firmware"], 100).Bytes);
        await Images.OfferAsync(server.Api, ids["devices"], ids["firmware"]);
        var deliveries = await server.UntilAsync("/api/v1/deliveries?state=sent", all => all.GetProperty("deliveries").GetArrayLength() > 0);
        ids["deliveries"] = deliveries.GetProperty("deliveries")[0].GetProperty("id").ToString();
        return ids;
    }

    private static async Task<string> MakeAsync(TestServer server, string method, string path, string body)
    {
        var (status, text) = await AskAsync(server.Api, method, path, body);
        Assert.IsLessThan(300, status, $"{method} {path}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text).GetProperty("id").ToString();
    }

    private static async Task<(int Status, string Text)> AskAsync(HttpClient client, string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is not "GET" && body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static void AssertNothingOf(Dictionary<string, string> ids, string text, string where)
    {
        Assert.DoesNotContain(Mark, text.ToLowerInvariant(), $"{where} gives away a name");
        foreach (var (kind, id) in ids)
        {
            if (kind is not ("deliveries" or "organisations")) Assert.DoesNotContain(id, text, $"{where} gives away an id of {kind}");
        }
    }

    /// <summary>Every row of the first organisation, but for what deliveries change by themselves.</summary>
    private static string Snapshot(TestServer server)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(server.Folder, ServiceDatabase.FileName)};Mode=ReadOnly;Pooling=False");
        connection.Open();
        var tables = Rows(connection, "SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c ON c.name = 'org' WHERE m.type = 'table' ORDER BY m.name");
        Assert.IsGreaterThan(8, tables.Count);
        var text = new StringBuilder();
        foreach (var table in tables)
        {
            var columns = table switch
            {
                "outbox" => "id, key",
                "alerts" => "id, assignee, acknowledged_by, resolved_ms, wearer",
                _ => "*",
            };
            foreach (var row in Rows(connection, $"SELECT {columns} FROM {table} WHERE org = 'main'{(table == "audit" ? " AND who NOT LIKE 'channel:%' AND who NOT LIKE 'rule:%'" : "")}")) text.AppendLine($"{table}: {row}");
        }

        foreach (var table in (string[])["assignments", "alert_comments", "sign_ins", "password_links", "erasures"]) text.AppendLine($"{table}: {Rows(connection, $"SELECT count(*) FROM {table}")[0]}");
        return text.ToString();
    }

    private static List<string> Rows(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read()) rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "" : reader.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : Convert.ToString(reader.GetValue(i), System.Globalization.CultureInfo.InvariantCulture))));
        return rows;
    }
}
