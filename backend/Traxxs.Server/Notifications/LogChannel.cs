using Microsoft.Extensions.Logging;
using Traxxs.Server.Alerts;
using Traxxs.Store.Service;

namespace Traxxs.Server.Notifications;

/// <summary>A line in the log for each notification: what a log watcher can wake people by. Without position.</summary>
public sealed class LogChannel(ILogger log) : INotificationChannel
{
    /// <inheritdoc/>
    public string Name => "log";

    /// <inheritdoc/>
    public Task<Delivery> DeliverAsync(OutboxEntry entry, Alert? alert, CancellationToken cancellationToken)
    {
        if (alert is null) return Task.FromResult(Delivery.Skipped("no such alert"));
        log.LogWarning("ALERT {Kind} {Id} {Severity}: {Summary}, {Age} s old", entry.Kind, alert.Id, AlertWords.Of(alert.Severity), alert.Summary,
            (long)(alert.Age?.TotalSeconds ?? 0));
        return Task.FromResult(Delivery.Taken);
    }
}
