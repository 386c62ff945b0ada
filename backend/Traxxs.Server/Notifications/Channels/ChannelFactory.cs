using Traxxs.Server.Api;
using Traxxs.Server.Notifications.Mail;
using Traxxs.Server.Notifications.Sms;
using Traxxs.Server.Notifications.Texts;
using Traxxs.Store.Service;

namespace Traxxs.Server.Notifications.Channels;

/// <summary>Makes a channel of its record.</summary>
internal sealed class ChannelFactory(
    OutboundGuard guard, HttpClient client, NotificationWriter writer, AlertViews views, Func<string, byte[], CancellationToken, ValueTask> publish, TimeProvider clock)
{
    /// <summary>The channel of a record.</summary>
    public INotificationChannel Make(ChannelRecord record)
    {
        var settings = ChannelSettings.Parse(record.Kind, record.Settings);
        var secret = record.Secret ?? "";
        INotificationChannel channel = settings switch
        {
            MailSettings mail => new MailChannel(record.Id, mail, record.Secret, guard, writer, clock),
            TwilioSettings twilio => new TwilioChannel(record.Id, twilio, secret, client, writer),
            SmsWebhookSettings sms => new SmsWebhookChannel(record.Id, sms, secret, client, writer),
            WebhookSettings webhook => new WebhookChannel(record.Id, webhook.Url, secret, client, views, clock),
            _ => new MqttAlertChannel(record.Id, record.Org, publish, views),
        };
        return record.LimitCount is { } count ? new LimitedChannel(channel, new RateLimit(count, record.LimitSpan)) : channel;
    }

    /// <summary>A channel with an organisation's limit.</summary>
    private sealed class LimitedChannel(INotificationChannel inner, RateLimit limit) : INotificationChannel
    {
        public string Name => inner.Name;

        public RetryPolicy Retry => inner.Retry;

        public int AtOnce => inner.AtOnce;

        public RateLimit? Limit => limit;

        public Task<Delivery> DeliverAsync(OutboxEntry entry, Alert? alert, CancellationToken cancellationToken) => inner.DeliverAsync(entry, alert, cancellationToken);
    }
}
