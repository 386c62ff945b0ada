using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Api;

[TestClass]
public sealed class ApiTests
{
    private const string Fence = """{"type":"Feature","geometry":{"type":"Point","coordinates":[13,52]},"properties":{"name":"Yard","radiusM":100}}""";

    [TestMethod]
    [DataRow("GET", "/api/v1/alerts?limit=0", "bad-parameter", "limit")]
    [DataRow("GET", "/api/v1/alerts?state=sleepy", "bad-parameter", "state")]
    [DataRow("GET", "/api/v1/alerts?from=yesterday", "bad-parameter", "from")]
    [DataRow("GET", "/api/v1/alerts?cursor=x", "bad-parameter", "cursor")]
    [DataRow("GET", "/api/v1/alerts/none", "alert-not-found", null)]
    [DataRow("GET", "/api/v1/devices/none", "device-not-found", null)]
    [DataRow("GET", "/api/v1/devices/none/positions?cursor=1", "bad-parameter", "cursor")]
    [DataRow("GET", "/api/v1/devices/none/positions?format=shp", "bad-parameter", "format")]
    [DataRow("GET", "/api/v1/devices/none/positions?zoom=23", "bad-parameter", "zoom")]
    [DataRow("GET", "/api/v1/devices/none/trips", "device-not-found", null)]
    [DataRow("GET", "/api/v1/devices/none/trips?from=10&to=5", "bad-parameter", "from")]
    [DataRow("GET", "/api/v1/devices/none/trips?stopRadiusM=5", "bad-parameter", "stopRadiusM")]
    [DataRow("GET", "/api/v1/devices/none/activity?bucket=1", "bad-parameter", "bucket")]
    [DataRow("GET", "/api/v1/devices/none/activity?from=0&to=31000000&bucket=60", "bad-parameter", "bucket")]
    [DataRow("GET", "/api/v1/devices/none/buffer", "device-not-found", null)]
    [DataRow("GET", "/api/v1/wearers/none/day", "wearer-not-found", null)]
    [DataRow("GET", "/api/v1/wearers/none/positions", "wearer-not-found", null)]
    [DataRow("GET", "/api/v1/fleet?bbox=1,2,3", "bad-parameter", "bbox")]
    [DataRow("GET", "/api/v1/devices/none/configuration", "device-not-found", null)]
    [DataRow("PUT", "/api/v1/devices/none/configuration {\"settings\":{}}", "device-not-found", null)]
    [DataRow("PUT", "/api/v1/configuration {}", "setting-invalid", "settings")]
    [DataRow("PUT", "/api/v1/configuration {\"settings\":{\"fixIntervalS\":29}}", "setting-invalid", "fixIntervalS")]
    [DataRow("PUT", "/api/v1/configuration {\"settings\":{\"beRich\":1}}", "setting-invalid", "beRich")]
    [DataRow("PUT", "/api/v1/configuration {\"settings\":{\"fixIntervalS\":\"soon\"}}", "body-invalid", null)]
    [DataRow("POST", "/api/v1/alerts/none/resolve", "alert-not-found", null)]
    [DataRow("POST", "/api/v1/devices", "body-invalid", null)]
    [DataRow("POST", "/api/v1/devices {}", "bad-parameter", "id")]
    [DataRow("POST", "/api/v1/devices {\"id\":\"a/b\"}", "bad-parameter", "id")]
    [DataRow("POST", "/api/v1/devices {\"id\":", "body-invalid", null)]
    [DataRow("POST", "/api/v1/devices/none/commands {\"command\":\"explode\"}", "bad-parameter", "command")]
    [DataRow("POST", "/api/v1/devices/none/commands {\"command\":\"find-me\"}", "device-not-found", null)]
    [DataRow("POST", "/api/v1/geofences {\"type\":\"Point\"}", "geofence-invalid", "type")]
    [DataRow("DELETE", "/api/v1/geofences/none", "geofence-not-found", null)]
    [DataRow("DELETE", "/api/v1/devices/none", "device-not-found", null)]
    [DataRow("POST", "/api/v1/tokens {\"name\":\"x\",\"role\":\"king\"}", "bad-parameter", "role")]
    [DataRow("POST", "/api/v1/deliveries/1/retry", "delivery-not-found", null)]
    [DataRow("GET", "/api/v1/live", "websocket-expected", null)]
    [DataRow("GET", "/api/v1/nothing", "no-such-address", null)]
    [DataRow("PATCH", "/api/v1/devices", "method-not-allowed", null)]
    public async Task What_is_wrong_has_a_name(string method, string request, string code, string? parameter)
    {
        var server = await Shared.Value;
        var parts = request.Split(' ', 2);
        using var message = new HttpRequestMessage(new HttpMethod(method), parts[0]);
        if (parts.Length == 2) message.Content = new StringContent(parts[1], Encoding.UTF8, "application/json");
        using var response = await server.Api.SendAsync(message);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.AreEqual("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.AreEqual(code, problem.GetProperty("code").GetString());
        Assert.AreEqual(parameter, problem.GetProperty("parameter").GetString());
        Assert.AreEqual((int)response.StatusCode, problem.GetProperty("status").GetInt32());
        Assert.IsFalse(string.IsNullOrWhiteSpace(problem.GetProperty("detail").GetString()));
    }

    [TestMethod]
    public async Task A_geofence_is_made_read_changed_and_removed()
    {
        await using var server = await TestServer.StartAsync();
        using var made = await server.Api.PostAsync("/api/v1/geofences", Json(Fence));
        Assert.AreEqual(HttpStatusCode.Created, made.StatusCode);
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
        using var changed = await server.Api.PutAsync($"/api/v1/geofences/{id}", Json(Fence.Replace("Yard", "Big yard")));
        Assert.AreEqual(2, (await changed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("properties").GetProperty("version").GetInt32());
        var list = await server.GetAsync("/api/v1/geofences");
        Assert.AreEqual("Big yard", list.GetProperty("features")[0].GetProperty("properties").GetProperty("name").GetString());
        await server.RestartAsync();
        Assert.AreEqual(1, (await server.GetAsync("/api/v1/geofences")).GetProperty("features").GetArrayLength());
        using var gone = await server.Api.DeleteAsync($"/api/v1/geofences/{id}");
        Assert.AreEqual(HttpStatusCode.NoContent, gone.StatusCode);
        Assert.AreEqual(0, (await server.GetAsync("/api/v1/geofences")).GetProperty("features").GetArrayLength());
    }

    [TestMethod]
    public async Task A_device_is_provisioned_once_its_secret_shown_once_and_replaced_on_request()
    {
        await using var server = await TestServer.StartAsync();
        using var made = await server.Api.PostAsJsonAsync("/api/v1/devices", new { id = "insole-1", name = "Ada, left" });
        var first = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString()!;
        using var twice = await server.Api.PostAsJsonAsync("/api/v1/devices", new { id = "insole-1" });
        Assert.AreEqual(HttpStatusCode.Conflict, twice.StatusCode);
        using var replaced = await server.Api.PostAsync("/api/v1/devices/insole-1/secret", null);
        var second = (await replaced.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString()!;
        Assert.AreNotEqual(first, second);
        await using (await TestDevice.ConnectAsync(server.Host, "insole-1", second))
        {
        }

        var everything = new StringBuilder();
        foreach (var path in (string[])["/api/v1/devices", "/api/v1/devices/insole-1", "/api/v1/audit", "/api/v1/tokens"]) everything.Append(await server.GetAsync(path));
        StringAssert.Contains(everything.ToString(), "Ada, left");
        Assert.DoesNotContain(first, everything.ToString());
        Assert.DoesNotContain(second, everything.ToString());
    }

    [TestMethod]
    public async Task Device_lists_page_by_id()
    {
        await using var server = await TestServer.StartAsync();
        for (var i = 1; i <= 5; i++) server.Host.Provision($"insole-{i}");
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await server.GetAsync($"/api/v1/devices?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.GetProperty("devices").EnumerateArray().Select(item => item.GetProperty("device").GetProperty("id").GetString()!));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);

        Assert.AreEqual("insole-1 insole-2 insole-3 insole-4 insole-5", string.Join(' ', seen));
    }

    [TestMethod]
    public async Task Metrics_are_Prometheus_text()
    {
        var server = await Shared.Value;
        var text = await server.Api.GetStringAsync("/metrics");
        StringAssert.Contains(text, "# TYPE traxxs_reports_accepted_total counter\ntraxxs_reports_accepted_total 0\n");
        StringAssert.Contains(text, "traxxs_frames_rejected_total{reason=\"TooShort\"} 0\n");
        text = await server.Api.GetStringAsync("/metrics"); // the first time it was asked is in it now
        StringAssert.Contains(text, "# TYPE traxxs_http_request_seconds histogram\n");
        Assert.MatchesRegex("""traxxs_http_request_seconds_bucket\{operation="getMetrics",status="2xx",le="\+Inf"\} [1-9]""", text);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.MatchesRegex("""^(# HELP [a-z_]+ .+|# TYPE [a-z_]+ (counter|gauge|histogram)|[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.E+-]+)$""", line);
        }

        var samples = text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' ')[0]).ToList();
        Assert.HasCount(samples.Count, samples.Distinct().ToList(), "a series stands there twice");
    }

    private static Lazy<Task<TestServer>> Shared { get; } = new(() => TestServer.StartAsync());

    [ClassCleanup]
    public static async Task Stop()
    {
        if (Shared.IsValueCreated) await (await Shared.Value).DisposeAsync();
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
