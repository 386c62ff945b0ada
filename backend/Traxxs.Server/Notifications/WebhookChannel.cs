using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Traxxs.Server.Api;
using Traxxs.Server.Notifications.Texts;
using Traxxs.Store.Service;

namespace Traxxs.Server.Notifications;

/// <summary>
/// POSTs each notification as JSON to an address, signed: <c>X-Traxxs-Signature: sha256=HEX</c> is the HMAC-SHA256 of
/// <c>TIMESTAMP.BODY</c> under the shared secret, TIMESTAMP as in <c>X-Traxxs-Timestamp</c> (s since 1970), so that a
/// receiver can refuse forgeries and old copies. <c>X-Traxxs-Delivery</c> is the same in every attempt of one delivery.
/// </summary>
public sealed class WebhookChannel(string name, Uri address, string secret, HttpClient client, AlertViews views, TimeProvider clock) : INotificationChannel
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public int AtOnce => 4;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxEntry entry, Alert? alert, CancellationToken cancellationToken)
    {
        if (alert is null) return Delivery.Skipped("no such alert");
        var body = JsonSerializer.SerializeToUtf8Bytes(new { delivery = entry.Id, kind = entry.Kind, alert = views.Of(alert), alerts = NotificationWriter.AlertsOf(entry) is { Count: > 0 } held ? held : null }, JsonSerializerOptions.Web);
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("X-Traxxs-Delivery", entry.Id.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("X-Traxxs-Timestamp", timestamp);
        request.Headers.Add("X-Traxxs-Signature", "sha256=" + Sign(secret, timestamp, body));
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return response.IsSuccessStatusCode ? Delivery.Taken : Delivery.Failed($"the receiver answered {(int)response.StatusCode}");
    }

    /// <summary>The signature a receiver computes too.</summary>
    public static string Sign(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.ASCII.GetBytes(timestamp), (byte)'.', .. body];
        return Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));
    }
}
