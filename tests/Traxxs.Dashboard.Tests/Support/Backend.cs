using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Traxxs.Server.Hosting;
using Traxxs.Server.Identity;

namespace Traxxs.Dashboard.Tests.Support;

/// <summary>A real server on free loopback ports in a folder of its own; can be stopped and started again where it was.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traxxs-page-").FullName;
    private ServerOptions _options;

    private Backend() => _options = new ServerOptions { DataFolder = _folder, MqttPort = 0, HttpPort = 0 };

    public ServerHost Host { get; private set; } = null!;

    public HttpClient Api { get; private set; } = null!;

    public static async Task<Backend> StartAsync(Func<ServerOptions, ServerOptions>? change = null)
    {
        if (!Page.IsBuilt) Assert.Inconclusive("skipped: the server was built without its page; install Node 20, run 'npm ci' in backend/dashboard and build again");
        var backend = new Backend();
        backend._options = change?.Invoke(backend._options) ?? backend._options;
        await backend.RunAsync();
        return backend;
    }

    /// <summary>A key with a role.</summary>
    public string Key(Role role) => Host.Tokens.Create("main", $"test {role}", role, null, "test").Text;

    public Task StopAsync() => Host.DisposeAsync().AsTask();

    /// <summary>Starts again on the same ports and data.</summary>
    public async Task RunAsync()
    {
        Host = await ServerHost.StartAsync(_options);
        _options = _options with { HttpPort = Host.ApiAddress.Port, MqttPort = Host.MqttEndpoint.Port };
        Api?.Dispose();
        Api = new HttpClient { BaseAddress = Host.ApiAddress };
        Api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Host.AdminToken);
    }

    public async Task<JsonElement> GetAsync(string path) => await Api.GetFromJsonAsync<JsonElement>(path);

    /// <summary>What the first run asks for.</summary>
    public async Task<string> SetupCodeAsync() => (await File.ReadAllTextAsync(Path.Combine(_folder, "setup.code"))).Trim();

    /// <summary>Ends every sign-in of a user, as an administrator may.</summary>
    public async Task EndSignInsAsync(string email)
    {
        var user = (await GetAsync("/api/v1/users")).GetProperty("users").EnumerateArray().Single(item => item.GetProperty("email").GetString() == email);
        using var answer = await Api.DeleteAsync($"/api/v1/users/{user.GetProperty("id").GetString()}/sign-ins");
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>A wearer with consent, wearing a device.</summary>
    public async Task<string> WearerAsync(string name, string deviceId)
    {
        using var made = await Api.PostAsJsonAsync("/api/v1/wearers", new { name });
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        using var consent = await Api.PostAsJsonAsync($"/api/v1/wearers/{id}/consent", new { given = true });
        using var device = await Api.PutAsJsonAsync($"/api/v1/wearers/{id}/device", new { deviceId });
        consent.EnsureSuccessStatusCode();
        device.EnsureSuccessStatusCode();
        return id;
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
