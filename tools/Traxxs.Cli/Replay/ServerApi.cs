using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Traxxs.Cli.Replay;

/// <summary>A position as the API tells it.</summary>
internal readonly record struct ApiPosition(uint TimeS, int LatitudeE5, int LongitudeE5, int Epoch, long Sequence);

/// <summary>An alert as the API tells it, as far as a check needs it.</summary>
internal readonly record struct ApiAlert(string DeviceId, string Rule, double RaisedAt);

/// <summary>What a replay asks of the server's HTTP API.</summary>
internal sealed class ServerApi : IDisposable
{
    private const int PageSize = 10_000;
    private const int AlertPageSize = 500;

    private readonly HttpClient _http;

    /// <summary>The API at an address, as whoever the token says.</summary>
    public ServerApi(Uri address, string token)
    {
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Makes a device known and gives its secret; of one known already the secret is replaced.</summary>
    public async Task<string> ProvisionAsync(string deviceId, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(() => _http.PostAsJsonAsync("/api/v1/devices", new { id = deviceId, name = "replay" }, cancellationToken));
        if (answer.StatusCode == HttpStatusCode.Conflict)
            answer = await CallAsync(() => _http.PostAsync($"/api/v1/devices/{deviceId}/secret", null, cancellationToken));
        using var json = await ReadAsync(answer, cancellationToken);
        return json.RootElement.GetProperty("secret").GetString()!;
    }

    /// <summary>Every position of a device.</summary>
    public async Task<List<ApiPosition>> PositionsAsync(string deviceId, CancellationToken cancellationToken)
    {
        var positions = new List<ApiPosition>();
        string? cursor = null;
        do
        {
            var address = $"/api/v1/devices/{deviceId}/positions?limit={PageSize}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}";
            using var json = await ReadAsync(await CallAsync(() => _http.GetAsync(address, cancellationToken)), cancellationToken);
            foreach (var position in json.RootElement.GetProperty("positions").EnumerateArray()) positions.Add(Read(position));
            cursor = json.RootElement.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);

        return positions;
    }

    /// <summary>Every alert there is: its device, its rule, and when it was raised, s since 1970 UTC.</summary>
    public async Task<List<ApiAlert>> AlertsAsync(CancellationToken cancellationToken)
    {
        var alerts = new List<ApiAlert>();
        string? cursor = null;
        do
        {
            var address = $"/api/v1/alerts?limit={AlertPageSize}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}";
            using var json = await ReadAsync(await CallAsync(() => _http.GetAsync(address, cancellationToken)), cancellationToken);
            foreach (var alert in json.RootElement.GetProperty("alerts").EnumerateArray())
                alerts.Add(new ApiAlert(alert.GetProperty("deviceId").GetString()!, alert.GetProperty("rule").GetString()!, alert.GetProperty("raisedAt").GetDouble()));
            cursor = json.RootElement.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);

        return alerts;
    }

    private static ApiPosition Read(JsonElement position) => new(
        position.GetProperty("time").GetUInt32(),
        (int)Math.Round(position.GetProperty("latitude").GetDouble() * 1e5),
        (int)Math.Round(position.GetProperty("longitude").GetDouble() * 1e5),
        position.GetProperty("epoch").GetInt32(),
        position.GetProperty("sequence").GetInt64());

    private async Task<HttpResponseMessage> CallAsync(Func<Task<HttpResponseMessage>> call)
    {
        try
        {
            return await call();
        }
        catch (HttpRequestException error)
        {
            throw new ReplayException($"{_http.BaseAddress}: {error.Message}", error);
        }
    }

    private async Task<JsonDocument> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        using (answer)
        {
            if (!answer.IsSuccessStatusCode)
            {
                var hint = answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? ": is the token an administrator's?" : "";
                throw new ReplayException($"{_http.BaseAddress} answered {(int)answer.StatusCode} {answer.ReasonPhrase}{hint}");
            }

            return await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
        }
    }
}
