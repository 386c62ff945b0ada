using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Traxxs.Server.Api;

namespace Traxxs.Server.Tests.Support;

/// <summary>Our own page in a browser: keeps cookies and sends the header our page sends.</summary>
internal sealed class Browser : IDisposable
{
    private readonly CookieContainer _cookies = new();
    private readonly Uri _address;

    public Browser(Uri address)
    {
        _address = address;
        Client = new HttpClient(new SocketsHttpHandler { CookieContainer = _cookies, AllowAutoRedirect = false }) { BaseAddress = address };
        Client.DefaultRequestHeaders.Add(Doorkeeper.RequestHeader, "1");
        Client.DefaultRequestHeaders.UserAgent.ParseAdd("Test/1");
    }

    public HttpClient Client { get; }

    public string? Cookie => _cookies.GetCookies(_address)[Doorkeeper.Cookie]?.Value;

    public Task<HttpResponseMessage> SignInAsync(string email, string password) => Client.PostAsJsonAsync("/api/v1/sign-in", new { email, password });

    /// <summary>Asks and gives the answer's status, code where it is a problem, and body.</summary>
    public async Task<(int Status, string? Code, JsonElement Body)> AskAsync(string method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var json = text.Length > 0 && text[0] == '{' ? JsonSerializer.Deserialize<JsonElement>(text) : default;
        return ((int)response.StatusCode, json.ValueKind == JsonValueKind.Object && json.TryGetProperty("code", out var code) ? code.GetString() : null, json);
    }

    public async Task<ClientWebSocket> WatchAsync(string? origin = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.Cookies = _cookies;
        socket.Options.AddSubProtocol("traxxs.v1");
        socket.Options.SetRequestHeader("Origin", origin ?? _address.GetLeftPart(UriPartial.Authority));
        await socket.ConnectAsync(new UriBuilder(_address) { Scheme = "ws", Path = "/api/v1/live" }.Uri, CancellationToken.None);
        return socket;
    }

    public void Dispose() => Client.Dispose();
}
