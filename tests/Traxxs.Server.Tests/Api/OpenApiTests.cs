using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Traxxs.Server.Api.OpenApi;
using Traxxs.Server.Tests.Hosting;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Api;

/// <summary>What the API says of itself is whole, and true.</summary>
[TestClass]
public sealed partial class OpenApiTests
{
    // The page's files and the devices' protocol: no part of the API.
    private static readonly Regex NoPart = new("^GET (/|/[a-z.-]+\\.(css|js|svg)|/mqtt|/assets/.*|/\\{.*)$");

    [TestMethod]
    public async Task Every_route_is_described_and_every_description_is_a_route()
    {
        await using var server = await TestServer.StartAsync();
        var routes = server.Host.Routes.SelectMany(route => Routes.MethodsOf(route).Select(method => $"{method} {Routes.PathOf(route)}")).Where(route => !NoPart.IsMatch(route)).ToList();
        CollectionAssert.AreEquivalent(routes, Operations.Routes.ToList());
        foreach (var route in routes)
        {
            var operation = Operations.Find(route.Split(' ')[0], route.Split(' ')[1])!;
            Assert.IsFalse(string.IsNullOrWhiteSpace(operation.Id), route);
            Assert.MatchesRegex("^[A-Z].+[.]$", operation.Summary, route);
            Assert.IsTrue(operation.Answer is not null || operation.Media.Count > 0 || operation.Status is 101 or 202 or 204, $"{route} does not say what it answers");
            if (route.Split(' ')[0] is "PUT" or "PATCH") Assert.IsTrue(operation.KeepsToIfMatch, $"{route} would overwrite what somebody else changed");
        }
    }

    [TestMethod]
    public async Task The_document_is_sound()
    {
        await using var server = await TestServer.StartAsync();
        using var anyone = new HttpClient { BaseAddress = server.Host.ApiAddress };
        var document = JsonNode.Parse(await anyone.GetStringAsync("/api/v1/openapi.json"))!.AsObject();
        Assert.AreEqual("3.1.0", (string?)document["openapi"]);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, item) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in item!.AsObject())
            {
                Assert.IsTrue(ids.Add((string)operation!["operationId"]!), $"{method} {path}: its id is taken");
                var inPath = operation["parameters"]!.AsArray().Where(parameter => (string?)parameter!["in"] == "path").Select(parameter => $"{{{parameter!["name"]}}}").ToList();
                CollectionAssert.AreEquivalent(InBraces().Matches(path).Select(match => match.Value).ToList(), inPath, path);
                Assert.IsTrue(operation["responses"]!.AsObject().ContainsKey("default"), path);
            }
        }

        Assert.IsGreaterThan(40, ids.Count);
        foreach (var (name, _) in document["components"]!["schemas"]!.AsObject()) Assert.MatchesRegex("^[a-zA-Z0-9._-]+$", name);
        foreach (var reference in References(document)) Assert.IsNotNull(Resolve(document, reference), reference);
    }

    [TestMethod]
    public async Task Answers_are_as_the_document_says()
    {
        await using var server = await TestServer.StartAsync();
        var document = JsonNode.Parse(await server.Api.GetStringAsync("/api/v1/openapi.json"))!.AsObject();
        var (alert, channel) = await FillAsync(server);
        var (asked, checkedAnswers) = (0, 0);
        foreach (var (path, item) in document["paths"]!.AsObject())
        {
            if (item!["get"] is not { } operation || path is "/api/v1/live" or "/api/v1/openapi.json" or "/metrics" or "/api/v1/me/sign-ins") continue;
            var address = path.Replace("/alerts/{id}", $"/alerts/{alert}").Replace("/devices/{id}", "/devices/insole-1").Replace("/geofences/{id}", "/geofences/yard").Replace("/wearers/{id}", "/wearers/ada").Replace("/policies/{id}", "/policies/standard").Replace("/channels/{id}", $"/channels/{channel}");
            if (address.Contains('{')) continue;
            if (operation["responses"]!["200"]!["content"]!["text/csv"] is not null && !address.Contains("positions")) continue; // a file
            using var response = await server.Api.GetAsync(address);
            asked++;
            var text = await response.Content.ReadAsStringAsync();
            Assert.AreEqual(200, (int)response.StatusCode, $"{address}: {text}");
            var media = operation["responses"]!["200"]!["content"]![response.Content.Headers.ContentType!.MediaType!];
            Assert.IsNotNull(media, $"{address} answers {response.Content.Headers.ContentType}, which is not described");
            JsonSchemaCheck.Assert(document, media["schema"]!, JsonNode.Parse(text), address);
            checkedAnswers++;
        }

        Assert.IsGreaterThan(20, checkedAnswers, $"of {asked}");
    }

    private static async Task<(string Alert, string Channel)> FillAsync(TestServer server)
    {
        await using var device = await server.ConnectAsync("insole-1");
        var now = DateTimeOffset.UtcNow;
        await device.SendAsync(device.Frame(now, report =>
        {
            EndToEndTests.Sos(report, now);
            (report.HasBattery, report.BatteryMv, report.BatteryPercent, report.HasContract, report.NextContactS) = (true, 3800, 80, true, 600);
            (report.HasFirmware, report.FirmwareMajor, report.HasHealth, report.HasConfiguration) = (true, 1, true, true);
            (report.HasBacklog, report.BacklogReports, report.HasSteps, report.StepsTotal) = (true, 3, true, 1234);
        }));
        await device.SendAsync([0xff, 1]);
        server.AddWearer("ada", "Ada", "insole-1");
        server.Host.Geofences.Seed("yard", JsonSerializer.Deserialize<JsonElement>(
            """{"type":"Feature","geometry":{"type":"Point","coordinates":[13,52]},"properties":{"name":"Yard","radiusM":100}}"""));
        (await server.Api.PostAsync("/api/v1/devices/insole-1/commands", new StringContent("""{"command":"find-me"}""", null, "application/json"))).Dispose();
        // The call, and the frame nobody can read.
        var alerts = await server.UntilAsync("/api/v1/alerts", all => all.GetProperty("alerts").GetArrayLength() == 2);
        await server.UntilAsync("/api/v1/devices/insole-1", one => one.GetProperty("firmware").ValueKind != JsonValueKind.Null);
        await Images.UploadAsync(server.Api, Images.Make("2.0.0", 100).Bytes);
        await Images.OfferAsync(server.Api, "insole-1", "2.0.0");
        using var channel = await server.Api.PostAsync("/api/v1/channels", new StringContent(
            """{"kind":"mqtt","name":"control room","settings":{}}""", null, "application/json"));
        var made = JsonSerializer.Deserialize<JsonElement>(await channel.Content.ReadAsStringAsync());
        Assert.AreEqual(201, (int)channel.StatusCode, made.ToString());
        return (alerts.GetProperty("alerts")[0].GetProperty("id").GetString()!, made.GetProperty("id").GetString()!);
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject item => item.SelectMany(pair => pair.Key == "$ref" ? [(string)pair.Value!] : References(pair.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };

    private static JsonNode? Resolve(JsonNode document, string reference) => JsonSchemaCheck.Resolve(document, reference);

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex InBraces();
}
