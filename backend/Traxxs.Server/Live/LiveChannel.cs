using Traxxs.Server.Api;
using Traxxs.Server.Notifications;
using Traxxs.Store.Service;

namespace Traxxs.Server.Live;

/// <summary>Notifications to whoever has the page open. Where nobody has, there is nothing to try again: the page shows open alerts when it comes.</summary>
public sealed class LiveChannel(LiveFeed feed, AlertViews views) : INotificationChannel
{
    /// <inheritdoc/>
    public string Name => "live";

    /// <inheritdoc/>
    public Task<Delivery> DeliverAsync(OutboxEntry entry, Alert? alert, CancellationToken cancellationToken)
    {
        if (alert is null) return Task.FromResult(Delivery.Skipped("no such alert"));
        var told = feed.Publish(alert.Org, "notification", new { kind = entry.Kind, alert = views.Of(alert) });
        return Task.FromResult(told > 0 ? Delivery.Taken : Delivery.Skipped("nobody is watching"));
    }
}
