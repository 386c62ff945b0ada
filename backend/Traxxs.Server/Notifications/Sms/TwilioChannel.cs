using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Traxxs.Server.Notifications.Channels;
using Traxxs.Server.Notifications.Texts;
using Traxxs.Store.Service;

namespace Traxxs.Server.Notifications.Sms;

/// <summary>
/// Text messages over a gateway that takes Twilio's form: <c>POST /2010-04-01/Accounts/SID/Messages.json</c>, basic
/// authentication, fields <c>To</c>, <c>From</c> or <c>MessagingServiceSid</c>, <c>Body</c>.
/// </summary>
internal sealed class TwilioChannel(string name, TwilioSettings settings, string token, HttpClient client, NotificationWriter writer) : INotificationChannel
{
    private const int AnswerBytesMax = 16 * 1024;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public int AtOnce => 4;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxEntry entry, Alert? alert, CancellationToken cancellationToken)
    {
        if (alert is null) return Delivery.Skipped("no such alert");
        if (writer.Write(entry, alert, channelKind: "sms", settings.SegmentsMax) is not { Address: { } to } text) return Delivery.Skipped("the recipient has no number any more");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(settings.Url, $"/2010-04-01/Accounts/{settings.AccountSid}/Messages.json"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{settings.AccountSid}:{token}")));
        request.Content = new FormUrlEncodedContent(
        [
            KeyValuePair.Create("To", to),
            KeyValuePair.Create(settings.From.StartsWith("MG", StringComparison.Ordinal) ? "MessagingServiceSid" : "From", settings.From),
            KeyValuePair.Create("Body", text.Sms),
        ]);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode) return Delivery.Taken;
        var reason = $"the gateway answered {(int)response.StatusCode}{await CodeOf(response, cancellationToken)}";
        // 400 is this number or this text; everything else may be another tomorrow: the account, the limit, the gateway.
        return (int)response.StatusCode == 400 ? Delivery.Refused(reason) : Delivery.Failed(reason);
    }

    // The gateway's own number for the error; its words may hold the recipient's number.
    private static async Task<string> CodeOf(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            if (response.Content.Headers.ContentLength is not (> 0 and <= AnswerBytesMax)) return "";
            using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            return json.RootElement.TryGetProperty("code", out var code) && code.TryGetInt32(out var number) ? $", error {number}" : "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "";
        }
    }
}
