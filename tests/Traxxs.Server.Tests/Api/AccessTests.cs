using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Api;
using Traxxs.Server.Identity;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Api;

/// <summary>Every route the server has, asked by everybody.</summary>
[TestClass]
public sealed class AccessTests
{
    // Where each door stands; a new route must be written here too, so that nobody opens one in passing.
    private const string Doors =
        """
        DELETE /api/v1/channels/{id} admin
        DELETE /api/v1/devices/{id} admin
        DELETE /api/v1/devices/{id}/update admin
        DELETE /api/v1/firmware/{version} admin
        DELETE /api/v1/geofences/{id} supervisor
        DELETE /api/v1/me/sign-ins/{id} viewer
        DELETE /api/v1/policies/{id} admin
        DELETE /api/v1/tokens/{id} admin
        DELETE /api/v1/users/{id} admin
        DELETE /api/v1/users/{id}/sign-ins admin
        DELETE /api/v1/wearers/{id} admin
        GET / anyone
        GET /api/v1/alerts viewer
        GET /api/v1/alerts/export admin
        GET /api/v1/alerts/{id} viewer
        GET /api/v1/audit admin
        GET /api/v1/audit/export admin
        GET /api/v1/channels admin
        GET /api/v1/channels/{id} admin
        GET /api/v1/configuration viewer
        GET /api/v1/counters operator
        GET /api/v1/deliveries supervisor
        GET /api/v1/devices viewer
        GET /api/v1/devices/{id} viewer
        GET /api/v1/devices/{id}/activity viewer
        GET /api/v1/devices/{id}/buffer viewer
        GET /api/v1/devices/{id}/commands viewer
        GET /api/v1/devices/{id}/configuration viewer
        GET /api/v1/devices/{id}/positions viewer
        GET /api/v1/devices/{id}/trips viewer
        GET /api/v1/firmware admin
        GET /api/v1/fleet viewer
        GET /api/v1/geofences viewer
        GET /api/v1/geofences/{id} viewer
        GET /api/v1/live viewer
        GET /api/v1/map viewer
        GET /api/v1/me viewer
        GET /api/v1/me/sign-ins viewer
        GET /api/v1/openapi.json anyone
        GET /api/v1/organisation viewer
        GET /api/v1/organisations operator
        GET /api/v1/organisations/{id} operator
        GET /api/v1/policies supervisor
        GET /api/v1/policies/{id} supervisor
        GET /api/v1/positions/latest viewer
        GET /api/v1/rejected admin
        GET /api/v1/rules viewer
        GET /api/v1/rules/catalogue viewer
        GET /api/v1/setup anyone
        GET /api/v1/templates admin
        GET /api/v1/tokens admin
        GET /api/v1/users responder
        GET /api/v1/users/{id} responder
        GET /api/v1/users/{id}/sign-ins admin
        GET /api/v1/wearers viewer
        GET /api/v1/wearers/{id} viewer
        GET /api/v1/wearers/{id}/assignments viewer
        GET /api/v1/wearers/{id}/day viewer
        GET /api/v1/wearers/{id}/positions viewer
        GET /assets/{file} anyone
        GET /health/details operator
        GET /health/live anyone
        GET /health/ready anyone
        GET /icon-alarm.svg anyone
        GET /icon.svg anyone
        GET /metrics operator
        GET /mqtt anyone
        PATCH /api/v1/channels/{id} admin
        PATCH /api/v1/organisation admin
        PATCH /api/v1/organisations/{id} operator
        PATCH /api/v1/users/{id} admin
        PATCH /api/v1/wearers/{id} supervisor
        POST /api/v1/alerts/{id}/acknowledge responder
        POST /api/v1/alerts/{id}/assign responder
        POST /api/v1/alerts/{id}/comments responder
        POST /api/v1/alerts/{id}/resolve responder
        POST /api/v1/channels admin
        POST /api/v1/channels/{id}/test admin
        POST /api/v1/deliveries/{id:long}/retry supervisor
        POST /api/v1/devices admin
        POST /api/v1/devices/{id}/commands supervisor
        POST /api/v1/devices/{id}/secret admin
        POST /api/v1/devices/{id}/update admin
        POST /api/v1/firmware admin
        POST /api/v1/geofences supervisor
        POST /api/v1/me/password viewer
        POST /api/v1/organisations operator
        POST /api/v1/password-by-link anyone
        POST /api/v1/policies admin
        POST /api/v1/policies/{id}/dry-run supervisor
        POST /api/v1/setup anyone
        POST /api/v1/sign-in anyone
        POST /api/v1/sign-out anyone
        POST /api/v1/tokens admin
        POST /api/v1/users admin
        POST /api/v1/users/{id}/password-link admin
        POST /api/v1/wearers supervisor
        POST /api/v1/wearers/{id}/check-in responder
        POST /api/v1/wearers/{id}/consent viewer
        POST /api/v1/wearers/{id}/erase admin
        POST /api/v1/wearers/{id}/export viewer
        PUT /api/v1/configuration supervisor
        PUT /api/v1/devices/{id}/configuration supervisor
        PUT /api/v1/geofences/{id} supervisor
        PUT /api/v1/policies/{id} admin
        PUT /api/v1/rules admin
        PUT /api/v1/templates admin
        PUT /api/v1/wearers/{id}/device supervisor
        """;

    [TestMethod]
    public async Task Every_route_stands_behind_the_door_it_is_meant_to()
    {
        await using var server = await TestServer.StartAsync();
        var found = server.Host.Routes.SelectMany(route => MethodsOf(route).Select(method =>
            $"{method} {PathOf(route)} {DoorOf(route)}")).Order(StringComparer.Ordinal);
        Assert.AreEqual(Doors.ReplaceLineEndings("\n"), string.Join('\n', found));
    }

    [TestMethod]
    public async Task Every_closed_route_refuses_the_stranger_the_forged_token_and_the_role_too_low()
    {
        await using var server = await TestServer.StartAsync();
        using var stranger = new HttpClient { BaseAddress = server.Host.ApiAddress };
        var roles = Enum.GetValues<Role>().ToDictionary(Roles.WordOf, server.As, StringComparer.Ordinal);
        using var forged = new HttpClient { BaseAddress = server.Host.ApiAddress };
        var token = server.Host.AdminToken!;
        forged.DefaultRequestHeaders.Add("Authorization", $"Bearer {token[..^1]}{(token[^1] == 'A' ? 'B' : 'A')}");
        var asked = 0;
        foreach (var route in server.Host.Routes)
        {
            if (DoorOf(route) == "anyone") continue;
            foreach (var method in MethodsOf(route))
            {
                var path = PathOf(route).Replace("{id:long}", "1").Replace("{id}", "nothing");
                await Expect(401, stranger, method, path);
                await Expect(401, forged, method, path);
                Assert.IsTrue(Roles.TryParse(DoorOf(route), out var needed));
                foreach (var (_, client) in roles.Where(pair => Roles.TryParse(pair.Key, out var role) && role < needed)) await Expect(403, client, method, path);
                asked++;
            }
        }

        foreach (var client in roles.Values) client.Dispose();
        Assert.IsGreaterThan(25, asked);
    }

    [TestMethod]
    public async Task A_revoked_token_is_nobody()
    {
        await using var server = await TestServer.StartAsync();
        using var made = await server.Api.PostAsJsonAsync("/api/v1/tokens", new { name = "ben", role = "viewer", daysValid = 1 });
        Assert.AreEqual(HttpStatusCode.Created, made.StatusCode);
        var token = await made.Content.ReadFromJsonAsync<JsonElement>();
        using var ben = new HttpClient { BaseAddress = server.Host.ApiAddress };
        ben.DefaultRequestHeaders.Add("Authorization", $"Bearer {token.GetProperty("token").GetString()}");
        await Expect(200, ben, "GET", "/api/v1/me");
        (await server.Api.DeleteAsync($"/api/v1/tokens/{token.GetProperty("id").GetString()}")).Dispose();
        await Expect(401, ben, "GET", "/api/v1/me");
    }

    private static async Task Expect(int status, HttpClient client, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "POST" or "PUT" or "PATCH") request.Content = JsonContent.Create(new { });
        using var response = await client.SendAsync(request);
        Assert.AreEqual(status, (int)response.StatusCode, $"{method} {path}");
        if (status >= 400) Assert.AreEqual("application/problem+json", response.Content.Headers.ContentType?.MediaType, $"{method} {path}");
    }

    private static IReadOnlyList<string> MethodsOf(RouteEndpoint route) =>
        route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["ANY"];

    private static string PathOf(RouteEndpoint route) => route.RoutePattern.RawText is { Length: > 1 } path ? path.TrimEnd('/') : "/";

    private static string DoorOf(RouteEndpoint route) => route.Metadata.GetMetadata<AccessGate.Access>() switch
    {
        null => "nobody",
        { Role: { } role } => Roles.WordOf(role),
        _ => "anyone",
    };
}
