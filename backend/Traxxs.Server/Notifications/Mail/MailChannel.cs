using Traxxs.Server.Notifications.Channels;
using Traxxs.Server.Notifications.Texts;
using Traxxs.Store.Service;

namespace Traxxs.Server.Notifications.Mail;

/// <summary>E-mail over SMTP, a connection a message: alerts are few, and a connection kept open is one more thing that breaks.</summary>
internal sealed class MailChannel(string name, MailSettings settings, string? password, OutboundGuard guard, NotificationWriter writer, TimeProvider clock)
    : INotificationChannel
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public int AtOnce => 4;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxEntry entry, Alert? alert, CancellationToken cancellationToken)
    {
        if (alert is null) return Delivery.Skipped("no such alert");
        if (writer.Write(entry, alert, channelKind: "smtp") is not { Address: { } to } text) return Delivery.Skipped("the recipient has no address any more");
        var message = new MailMessage(settings.From, settings.FromName, to, text.Subject, text.Text, text.Html, $"{name}.{entry.Id}", clock.GetUtcNow());
        var server = new SmtpServer(settings.Host, settings.Port, settings.Security, settings.User, password, settings.TrustedCertificate);
        try
        {
            await using var session = new SmtpSession(await guard.ConnectAsync(server.Host, server.Port, cancellationToken), server);
            await session.OpenAsync(cancellationToken);
            await session.SendAsync(message, cancellationToken);
            await session.QuitAsync(cancellationToken);
            return Delivery.Taken;
        }
        catch (SmtpException e) when (e.IsFinal)
        {
            return Delivery.Refused(e.Message);
        }
    }
}
