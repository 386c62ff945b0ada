using Traxxs.Server.Notifications;
using Traxxs.Store.Service;

namespace Traxxs.Simulation.Soak;

/// <summary>Where notifications arrive: outside of the server, so nothing that dies takes them away.</summary>
internal sealed class SoakInbox
{
    private readonly Dictionary<string, int> _told = new(StringComparer.Ordinal);

    /// <summary>How often somebody was told that an alert was raised.</summary>
    public int ToldOf(string alertId) => _told.GetValueOrDefault(alertId);

    /// <summary>A channel into it. <paramref name="fails"/> says whether it refuses now.</summary>
    public INotificationChannel Channel(string name, Func<bool> fails) => new Way(this, name, fails);

    private sealed class Way(SoakInbox inbox, string name, Func<bool> fails) : INotificationChannel
    {
        public string Name => name;

        public Task<Delivery> DeliverAsync(OutboxEntry entry, Alert? alert, CancellationToken cancellationToken)
        {
            if (alert is null) return Task.FromResult(Delivery.Skipped("no such alert"));
            if (fails()) return Task.FromResult(Delivery.Failed("the channel does not answer"));
            inbox._told[alert.Id] = inbox.ToldOf(alert.Id) + 1;
            return Task.FromResult(Delivery.Taken);
        }
    }
}
