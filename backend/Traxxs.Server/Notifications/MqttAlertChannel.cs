using System.Text.Json;
using Traxxs.Server.Api;
using Traxxs.Server.Notifications.Texts;
using Traxxs.Store.Service;

namespace Traxxs.Server.Notifications;

/// <summary>
/// Notifications as JSON on the organisation's topic <c>xsole/v1/alerts/ORG</c>, QoS 1, the same as webhooks get. A program
/// subscribes with a service key of the organisation: user name <c>key</c>, the key as password.
/// </summary>
/// <param name="name">Id of the channel.</param>
/// <param name="org">Organisation.</param>
/// <param name="publish">Publishes a payload on a topic; completes when the broker has taken it.</param>
/// <param name="views">Writes alerts.</param>
public sealed class MqttAlertChannel(string name, string org, Func<string, byte[], CancellationToken, ValueTask> publish, AlertViews views) : INotificationChannel
{
    /// <summary>What stands before the organisation.</summary>
    public const string TopicRoot = "xsole/v1/alerts/";

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxEntry entry, Alert? alert, CancellationToken cancellationToken)
    {
        if (alert is null) return Delivery.Skipped("no such alert");
        var held = NotificationWriter.AlertsOf(entry);
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new { delivery = entry.Id, kind = entry.Kind, alert = views.Of(alert), alerts = held.Count > 0 ? held : null }, JsonSerializerOptions.Web);
        await publish(TopicRoot + org, body, cancellationToken);
        return Delivery.Taken;
    }
}
