using System.Net.Http.Headers;
using System.Text.Json;
using Traxxs.Server.Notifications.Channels;
using Traxxs.Server.Notifications.Texts;
using Traxxs.Store.Service;

namespace Traxxs.Server.Notifications.Sms;

/// <summary>
/// Text messages over any gateway that takes JSON: <c>POST {to, text, encoding: "gsm7"|"ucs2", segments, delivery}</c> with
/// <c>Authorization: Bearer SECRET</c>. <c>delivery</c> is the same in every attempt of one delivery.
/// </summary>
internal sealed class SmsWebhookChannel(string name, SmsWebhookSettings settings, string secret, HttpClient client, NotificationWriter writer) : INotificationChannel
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public int AtOnce => 4;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxEntry entry, Alert? alert, CancellationToken cancellationToken)
    {
        if (alert is null) return Delivery.Skipped("no such alert");
        if (writer.Write(entry, alert, channelKind: "sms", settings.SegmentsMax) is not { Address: { } to } text) return Delivery.Skipped("the recipient has no number any more");
        var count = SmsText.Of(text.Sms);
        var body = new { to, text = text.Sms, encoding = count.IsGsm7 ? "gsm7" : "ucs2", segments = count.Segments, delivery = entry.Id };
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Url)
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, JsonSerializerOptions.Web)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode) return Delivery.Taken;
        var reason = $"the gateway answered {(int)response.StatusCode}";
        return (int)response.StatusCode is 400 or 422 ? Delivery.Refused(reason) : Delivery.Failed(reason);
    }
}
