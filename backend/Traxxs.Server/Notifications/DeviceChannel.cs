using Traxxs.Server.Alerts;
using Traxxs.Server.Ingest;
using Traxxs.Store.Service;

namespace Traxxs.Server.Notifications;

/// <summary>
/// Commands to devices: the proof that an alarm is received, that a person has it, and what people ask of a device. A
/// device that is away gets them when it is back; until then they stand in the outbox, which survives a restart.
/// </summary>
public sealed class DeviceChannel(ServiceDatabase database, IDownlink downlink, Func<string, bool> isListening, TimeProvider clock)
    : INotificationChannel, IReportConsumer, IDisposable
{
    // A device subscribes some time after CONNACK; a command sent before that would reach no subscription and be lost. Looked at
    // often at first, since a contact lasts a second or two, and for as long as a slow link may take.
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SubscribeWithin = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();

    /// <summary>A device is back and something waits for it.</summary>
    public event Action? Hastened;

    /// <inheritdoc/>
    public string Name => AlertJournal.DeviceChannel;

    /// <summary>2 s, 4 s … 10 min, for about three days: longer says a proof nobody waits for any more.</summary>
    public RetryPolicy Retry { get; } = new(TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(10), 440);

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxEntry entry, Alert? alert, CancellationToken cancellationToken)
    {
        if (entry.DeviceId is not { } deviceId || DeviceCommands.Read(entry) is not { } command) return Delivery.Skipped("not a command");
        // It may have ended while an earlier attempt was under way: what is void is never sent.
        var asked = database.Read(session => session.Commands.Find(entry.Id));
        if (asked is { EndedAt: not null }) return Delivery.Skipped("the command has ended");
        if (!isListening(deviceId)) return Delivery.Failed("the device is not connected");
        await downlink.SendCommandAsync(deviceId, command, asked?.ExpiresAt - clock.GetUtcNow(), cancellationToken);
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
        if (connected) _ = HastenAsync(deviceId);
    }

    /// <summary>Stops to hasten.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task HastenAsync(string deviceId)
    {
        try
        {
            var waited = TimeSpan.Zero;
            for (var look = FirstLook; waited < SubscribeWithin; look = look * 2 < LongestLook ? look * 2 : LongestLook)
            {
                await Task.Delay(look, _stop.Token);
                waited += look;
                if (!database.Read(session => session.Outbox.IsPending(Name, deviceId))) return;
                if (!isListening(deviceId)) continue;
                // Again until it is gone: an attempt under way, begun when nobody listened, may write its own later time over this one.
                database.Write(session => session.Outbox.Hasten(Name, deviceId, clock.GetUtcNow()));
                Hastened?.Invoke();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or Traxxs.Store.StoreUnavailableException)
        {
            // The server stops or cannot write: the entry is tried in its own time.
        }
    }
}
