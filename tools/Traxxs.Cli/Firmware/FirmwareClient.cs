using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Traxxs.Cli.Firmware;

/// <summary>What came of an offer.</summary>
/// <param name="Device">To whom.</param>
/// <param name="State">How the update stands; null where it was not offered.</param>
/// <param name="Code">The server's name for why not.</param>
/// <param name="Reason">Its sentence.</param>
internal sealed record OfferResult(string Device, string? State, string? Code, string? Reason)
{
    /// <summary>Whether it stands.</summary>
    public bool IsOffered => State is not null;
}

/// <summary>The server's API as far as images go.</summary>
internal sealed class FirmwareClient : IDisposable
{
    private const int PageMax = 1000;

    private readonly HttpClient _http;

    /// <summary>The API at an address, as whoever the token says.</summary>
    public FirmwareClient(Uri address, string token, string? org)
    {
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (org is not null) _http.DefaultRequestHeaders.Add("X-Traxxs-Organisation", org);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Uploads a file; false where the very same was there.</summary>
    public async Task<bool> UploadAsync(byte[] file, CancellationToken cancellationToken)
    {
        using var body = new ByteArrayContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        var (status, json) = await CallAsync(() => _http.PostAsync("/api/v1/firmware", body, cancellationToken), cancellationToken);
        return IsWell(status) ? status == HttpStatusCode.Created : throw new FirmwareFileException(ReasonOf(status, json));
    }

    /// <summary>Ids of the devices that may connect.</summary>
    public async Task<IReadOnlyList<string>> DevicesAsync(CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        string? cursor = null;
        do
        {
            var address = $"/api/v1/devices?limit={PageMax}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}";
            var (status, json) = await CallAsync(() => _http.GetAsync(address, cancellationToken), cancellationToken);
            if (!IsWell(status)) throw new FirmwareFileException(ReasonOf(status, json));
            ids.AddRange(json.GetProperty("devices").EnumerateArray().Select(one => one.GetProperty("device"))
                .Where(device => !device.GetProperty("revoked").GetBoolean()).Select(device => device.GetProperty("id").GetString()!));
            cursor = json.GetProperty("next").GetString();
        }
        while (cursor is not null);

        return ids;
    }

    /// <summary>Offers a device an image.</summary>
    public async Task<OfferResult> OfferAsync(string deviceId, string version, CancellationToken cancellationToken)
    {
        var (status, json) = await CallAsync(() => _http.PostAsJsonAsync($"/api/v1/devices/{Uri.EscapeDataString(deviceId)}/update", new { version }, cancellationToken), cancellationToken);
        return IsWell(status)
            ? new OfferResult(deviceId, json.GetProperty("state").GetString(), null, null)
            : new OfferResult(deviceId, null, Text(json, "code"), ReasonOf(status, json));
    }

    private static bool IsWell(HttpStatusCode status) => (int)status is >= 200 and < 300;

    private string ReasonOf(HttpStatusCode status, JsonElement problem) => Text(problem, "detail") ?? $"{_http.BaseAddress} answered {(int)status}";

    private static string? Text(JsonElement json, string name) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private async Task<(HttpStatusCode Status, JsonElement Json)> CallAsync(Func<Task<HttpResponseMessage>> call, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await call();
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            return (answer.StatusCode, JsonSerializer.Deserialize<JsonElement>(text.Length > 0 ? text : "null"));
        }
        catch (HttpRequestException e)
        {
            throw new FirmwareFileException($"{_http.BaseAddress}: {e.Message}");
        }
        catch (JsonException)
        {
            throw new FirmwareFileException($"{_http.BaseAddress} answers, but not as a TRAXXs server: is the address right?");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FirmwareFileException($"{_http.BaseAddress} does not answer");
        }
    }
}
