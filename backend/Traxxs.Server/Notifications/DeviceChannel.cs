using Traxxs.Server.Alerts;
using Traxxs.Server.Ingest;
using Traxxs.Store.Service;

namespace Traxxs.Server.Notifications;

/// <summary>
/// Commands to devices: the proof that an alarm is received, that a person has it, and what people ask of a device. A
/// device that is away gets them when it is back; until then they stand in the outbox, which survives a restart.
/// </summary>
public sealed class DeviceChannel : INotificationChannel, IReportConsumer, IDisposable
{
    private readonly ServiceDatabase _database;
    private readonly IDownlink _downlink;
    private readonly Func<string, bool> _isListening;
    private readonly TimeProvider _clock;
    private readonly Hastener _hastener;

    /// <summary>A channel over a way to devices.</summary>
    public DeviceChannel(ServiceDatabase database, IDownlink downlink, Func<string, bool> isListening, TimeProvider clock)
    {
        (_database, _downlink, _isListening, _clock) = (database, downlink, isListening, clock);
        _hastener = new Hastener(database, AlertJournal.DeviceChannel, isListening, clock);
    }

    /// <summary>A device is back and something waits for it.</summary>
    public event Action? Hastened
    {
        add => _hastener.Hastened += value;
        remove => _hastener.Hastened -= value;
    }

    /// <inheritdoc/>
    public string Name => AlertJournal.DeviceChannel;

    /// <summary>2 s, 4 s … 10 min, for about three days: longer says a proof nobody waits for any more.</summary>
    public RetryPolicy Retry { get; } = new(TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(10), 440);

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxEntry entry, Alert? alert, CancellationToken cancellationToken)
    {
        if (entry.DeviceId is not { } deviceId || DeviceCommands.Read(entry) is not { } command) return Delivery.Skipped("not a command");
        // It may have ended while an earlier attempt was under way: what is void is never sent.
        var asked = _database.Read(session => session.Commands.Find(entry.Id));
        if (asked is { EndedAt: not null }) return Delivery.Skipped("the command has ended");
        if (!_isListening(deviceId)) return Delivery.Failed("the device is not connected");
        await _downlink.SendCommandAsync(deviceId, command, asked?.ExpiresAt - _clock.GetUtcNow(), cancellationToken);
        return Delivery.Taken;
    }

    /// <inheritdoc/>
    public void Accept(AcceptedReport report)
    {
        // Reports need nothing from here.
    }

    /// <inheritdoc/>
    public void ContactChanged(string deviceId, bool connected, DateTimeOffset serverTime)
    {
        if (connected) _hastener.Arrived(deviceId);
    }

    /// <summary>Stops to hasten.</summary>
    public void Dispose() => _hastener.Dispose();
}
