using System.Net;
using System.Text;
using System.Text.Json;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Api;

[TestClass]
public sealed class EntityTagTests
{
    [TestMethod]
    public async Task What_did_not_change_is_not_sent_again()
    {
        await using var server = await TestServer.StartAsync();
        server.Host.Provision("insole-1", "Ada, left");
        foreach (var path in (string[])["/api/v1/devices", "/api/v1/devices/insole-1", "/api/v1/geofences", "/api/v1/configuration", "/api/v1/fleet", "/api/v1/openapi.json"])
        {
            using var first = await server.Api.GetAsync(path);
            var tag = first.Headers.ETag!;
            using var again = await GetAsync(server, path, tag.ToString());
            Assert.AreEqual(HttpStatusCode.NotModified, again.StatusCode, path);
            Assert.AreEqual(0, (await again.Content.ReadAsByteArrayAsync()).Length, path);
            Assert.AreEqual(tag, again.Headers.ETag, path);
        }

        using var before = await server.Api.GetAsync("/api/v1/devices");
        server.Host.Provision("insole-2");
        using var after = await GetAsync(server, "/api/v1/devices", before.Headers.ETag!.ToString());
        Assert.AreEqual(HttpStatusCode.OK, after.StatusCode);
        Assert.AreNotEqual(before.Headers.ETag, after.Headers.ETag);
    }

    [TestMethod]
    [DataRow("/api/v1/configuration", """{"settings":{"fixIntervalS":#}}""")]
    [DataRow("/api/v1/devices/insole-1/configuration", """{"settings":{"heartbeatS":#}}""")]
    [DataRow("/api/v1/geofences/yard", """{"type":"Feature","geometry":{"type":"Point","coordinates":[13,52]},"properties":{"name":"Yard","radiusM":#}}""")]
    [DataRow("/api/v1/policies/POLICY", """{"name":"Night #","tiers":[{"notify":[{"role":"responder"}],"acknowledgeWithinS":300,"repeat":0}]}""")]
    public async Task A_change_does_not_overwrite_one_its_author_never_saw(string path, string body)
    {
        await using var server = await TestServer.StartAsync();
        server.Host.Provision("insole-1");
        server.Host.Geofences.Seed("yard", JsonSerializer.Deserialize<JsonElement>(
            """{"type":"Feature","geometry":{"type":"Point","coordinates":[13,52]},"properties":{"name":"Yard","radiusM":100}}"""));
        if (path.EndsWith("POLICY", StringComparison.Ordinal)) path = path.Replace("POLICY", await AddPolicyAsync(server, body.Replace("#", "0")));
        using var read = await server.Api.GetAsync(path);
        var tag = read.Headers.ETag!.ToString();
        Assert.StartsWith("\"", tag, "only a strong tag can guard a change");

        // Twenty people change what all of them read: one wins, the others are told.
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => PutAsync(server, path, body.Replace("#", (100 + i).ToString()), tag)));
        Assert.AreEqual(1, answers.Count(answer => answer.Status == HttpStatusCode.OK), string.Join(' ', answers.Select(answer => (int)answer.Status)));
        Assert.AreEqual(19, answers.Count(answer => answer.Status == HttpStatusCode.PreconditionFailed));
        var won = answers.Single(answer => answer.Status == HttpStatusCode.OK);
        using var now = await server.Api.GetAsync(path);
        Assert.AreEqual(won.Tag, now.Headers.ETag!.ToString(), "the answer to a change names the new state");

        Assert.AreEqual(HttpStatusCode.OK, (await PutAsync(server, path, body.Replace("#", "300"), won.Tag)).Status);
        Assert.AreEqual(HttpStatusCode.OK, (await PutAsync(server, path, body.Replace("#", "301"), "*")).Status);
        Assert.AreEqual(HttpStatusCode.OK, (await PutAsync(server, path, body.Replace("#", "302"), null)).Status);
    }

    private static async Task<string> AddPolicyAsync(TestServer server, string body)
    {
        using var made = await server.Api.PostAsync("/api/v1/policies", new StringContent(body, Encoding.UTF8, "application/json"));
        var text = await made.Content.ReadAsStringAsync();
        Assert.AreEqual(HttpStatusCode.Created, made.StatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text).GetProperty("id").GetString()!;
    }

    private static async Task<HttpResponseMessage> GetAsync(TestServer server, string path, string tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        return await server.Api.SendAsync(request);
    }

    private static async Task<(HttpStatusCode Status, string? Tag)> PutAsync(TestServer server, string path, string body, string? tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (tag is not null) request.Headers.TryAddWithoutValidation("If-Match", tag);
        using var response = await server.Api.SendAsync(request);
        return (response.StatusCode, response.Headers.ETag?.ToString());
    }
}
