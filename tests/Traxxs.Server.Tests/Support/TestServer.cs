using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Traxxs.Server.Hosting;
using Traxxs.Server.Identity;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Support;

/// <summary>A server on free loopback ports in a folder of its own, with a client for its API.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly TemporaryFolder _folder = new();
    private ServerOptions _options = null!;

    public ServerHost Host { get; private set; } = null!;

    public HttpClient Api { get; private set; } = null!;

    public string Folder => _folder.Path;

    public static async Task<TestServer> StartAsync(Func<ServerOptions, ServerOptions>? change = null, IReportStore? store = null)
    {
        var server = new TestServer();
        var options = new ServerOptions { DataFolder = server._folder.Path, MqttPort = 0, HttpPort = 0 };
        server._options = change?.Invoke(options) ?? options;
        await server.RunAsync(store);
        return server;
    }

    public async Task RestartAsync()
    {
        Api.Dispose();
        await Host.DisposeAsync();
        await RunAsync(null);
    }

    public async Task<TestDevice> ConnectAsync(string deviceId, string org = OrganisationId.First) =>
        await TestDevice.ConnectAsync(Host, deviceId, Host.Provision(deviceId, org: org));

    /// <summary>A client with a role of its own.</summary>
    public HttpClient As(Role role) => As(role, OrganisationId.First);

    /// <summary>A client with a role in an organisation.</summary>
    public HttpClient As(Role role, string org) => Client(TokenOf(role, org));

    /// <summary>A new token's text.</summary>
    public string TokenOf(Role role, string org) => Host.Tokens.Create(org, Roles.WordOf(role), role, null, "test").Text;

    /// <summary>Makes an organisation.</summary>
    public void AddOrganisation(string org) => Host.Database.Write(session =>
        session.Organisations.Put(new Organisation(org, org, Host.Options.Clock.GetUtcNow(), null, new OrganisationSettings())));

    /// <summary>Somebody who consents and wears a device since long ago.</summary>
    public void AddWearer(string id, string name, string deviceId, string org = OrganisationId.First) => Host.Database.Write(session =>
    {
        var longAgo = DateTimeOffset.FromUnixTimeSeconds(1_000_000_000);
        session.Wearers.Put(new Wearer { Id = id, Org = org, Name = name, CreatedAt = longAgo, ConsentAt = longAgo });
        session.Assignments.Assign(deviceId, id, longAgo);
    });

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Api.GetAsync(path);
        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode, $"{path}: {await response.Content.ReadAsStringAsync()}");
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>Asks until the answer is as wanted; a test fails when it never is.</summary>
    public async Task<JsonElement> UntilAsync(string path, Func<JsonElement, bool> wanted)
    {
        var started = Environment.TickCount64;
        while (true)
        {
            var answer = await GetAsync(path);
            if (wanted(answer)) return answer;
            Assert.IsLessThan((long)Patience.TotalMilliseconds, Environment.TickCount64 - started, $"{path} never became as wanted: {answer}");
            await Task.Delay(20);
        }
    }

    public async Task<ClientWebSocket> WatchAsync(string? after = null, string? token = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("traxxs.v1");
        socket.Options.AddSubProtocol($"bearer.{token ?? Host.AdminToken}");
        var address = new UriBuilder(Host.ApiAddress) { Scheme = "ws", Path = "/api/v1/live", Query = after is null ? "" : $"after={after}" };
        await socket.ConnectAsync(address.Uri, CancellationToken.None);
        return socket;
    }

    /// <summary>The next event that is wanted; others are passed over.</summary>
    public static async Task<JsonElement> NextAsync(WebSocket socket, Func<JsonElement, bool> wanted)
    {
        using var limit = new CancellationTokenSource(Patience);
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(length), limit.Token);
                Assert.AreNotEqual(WebSocketMessageType.Close, part.MessageType, $"closed: {socket.CloseStatusDescription}");
                length += part.Count;
            }
            while (!part.EndOfMessage);

            var item = JsonSerializer.Deserialize<JsonElement>(buffer.AsSpan(0, length));
            if (wanted(item)) return item;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Host.DisposeAsync();
        _folder.Dispose();
    }

    private async Task RunAsync(IReportStore? store)
    {
        Host = await ServerHost.StartAsync(_options, store);
        Api = Client(Host.AdminToken!);
    }

    private HttpClient Client(string token)
    {
        var client = new HttpClient { BaseAddress = Host.ApiAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}
