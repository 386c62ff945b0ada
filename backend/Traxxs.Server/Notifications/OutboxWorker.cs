using Microsoft.Extensions.Logging;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Server.Notifications;

/// <summary>
/// Delivers what stands in the outbox. One loop a channel, so that a webhook that hangs holds up nothing else. What a
/// crash cuts off is delivered again: at least once, never not at all.
/// </summary>
public sealed class OutboxWorker : IAsyncDisposable
{
    private const int AtOnce = 32;

    // Longest a single attempt may take; a receiver that needs longer is not one to wait for in an emergency.
    private static readonly TimeSpan AttemptMax = TimeSpan.FromSeconds(10);

    private readonly ServiceDatabase _database;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<ChannelLoop> _loops;

    /// <summary>A worker for these channels; it stands still until <see cref="Start"/>.</summary>
    public OutboxWorker(ServiceDatabase database, IEnumerable<INotificationChannel> channels, TimeProvider clock, ILogger log)
    {
        _database = database;
        _clock = clock;
        _log = log;
        _loops = [.. channels.Select(channel => new ChannelLoop(channel))];
    }

    /// <summary>An alert changed because a channel took its notification. Called after the commit.</summary>
    public event Action<Alert>? Changed;

    /// <summary>Starts to deliver, beginning with what was left from before.</summary>
    public void Start()
    {
        foreach (var loop in _loops) loop.Running = Task.Run(() => RunAsync(loop, _stop.Token));
    }

    /// <summary>Something was put in: look at once.</summary>
    public void Wake()
    {
        foreach (var loop in _loops) loop.Wake();
    }

    /// <summary>Time has passed: wakes the channels something falls due for.</summary>
    public void Tick(DateTimeOffset now)
    {
        foreach (var loop in _loops)
        {
            if (now >= loop.NextDue) loop.Wake();
        }
    }

    /// <summary>Stops; an attempt under way is cut off and made again after the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var loop in _loops) await loop.Running;
        _stop.Dispose();
    }

    /// <summary>Delivers what is due on one channel, and returns when nothing is.</summary>
    public async Task DeliverDueAsync(INotificationChannel channel, CancellationToken cancellationToken)
    {
        while (true)
        {
            var due = _database.Read(session => session.Outbox.Due(channel.Name, _clock.GetUtcNow(), AtOnce));
            foreach (var entry in due) await DeliverAsync(channel, entry, cancellationToken);
            if (due.Count < AtOnce) return;
        }
    }

    private async Task RunAsync(ChannelLoop loop, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await DeliverDueAsync(loop.Channel, cancellationToken);
                loop.NextDue = _database.Read(session => session.Outbox.NextDue(loop.Channel.Name)) ?? DateTimeOffset.MaxValue;
                await loop.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (StoreUnavailableException e)
            {
                _log.LogError("notifications wait: {Reason}", e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    private async Task DeliverAsync(INotificationChannel channel, OutboxEntry entry, CancellationToken cancellationToken)
    {
        var alert = entry.AlertId is { } id ? _database.Read(session => session.Alerts.Find(null, id)) : null;
        var delivery = entry.Kind == "escalated" && alert is { State: >= AlertState.Acknowledged }
            ? Delivery.Skipped("somebody has it by now")
            : await AttemptAsync(channel, entry, alert, cancellationToken);
        if (Record(channel, entry, delivery) is { } changed) Changed?.Invoke(changed);
    }

    private static async Task<Delivery> AttemptAsync(INotificationChannel channel, OutboxEntry entry, Alert? alert, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AttemptMax);
        try
        {
            return await channel.DeliverAsync(entry, alert, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Delivery.Failed($"no answer within {AttemptMax.TotalSeconds} s");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return Delivery.Failed(e.Message);
        }
    }

    private Alert? Record(INotificationChannel channel, OutboxEntry entry, Delivery delivery) => _database.Write(session =>
    {
        var now = _clock.GetUtcNow();
        var after = After(channel, entry with { Attempts = entry.Attempts + 1, LastError = delivery.Reason }, delivery, now);
        session.Outbox.Update(after);
        if (after.State == OutboxState.Dead)
        {
            session.Audit.Add(entry.Org, now, $"channel:{channel.Name}", "notification.given-up", SubjectOf(entry), delivery.Reason);
            _log.LogError("{Kind} {Entry} over {Channel} given up after {Attempts} attempts: {Reason}", entry.Kind, entry.Id, channel.Name, after.Attempts, delivery.Reason);
        }

        if (delivery.Outcome != DeliveryOutcome.Taken || entry.AlertId is not { } id || entry.Kind == "command") return null;
        if (session.Alerts.Find(null, id) is not { } alert) return null;
        session.Audit.Add(alert.Org, now, $"channel:{channel.Name}", "alert.notified", SubjectOf(entry), entry.Kind);
        if (alert.State != AlertState.Raised && alert.NotifiedAt is not null) return null;
        var told = alert with
        {
            State = alert.State == AlertState.Raised ? AlertState.Notified : alert.State,
            NotifiedAt = alert.NotifiedAt ?? now,
        };
        session.Alerts.Update(told);
        return told;
    });

    private static OutboxEntry After(INotificationChannel channel, OutboxEntry entry, Delivery delivery, DateTimeOffset now) => delivery.Outcome switch
    {
        DeliveryOutcome.Taken => entry with { State = OutboxState.Sent, FinishedAt = now, LastError = null },
        DeliveryOutcome.Skipped => entry with { State = OutboxState.Skipped, FinishedAt = now },
        _ when entry.Attempts >= channel.Retry.AttemptsMax => entry with { State = OutboxState.Dead, FinishedAt = now },
        _ => entry with { DueAt = now + channel.Retry.After(entry.Attempts) },
    };

    private static string SubjectOf(OutboxEntry entry) => entry.AlertId is { } id ? $"alert:{id}" : $"device:{entry.DeviceId}";

    private sealed class ChannelLoop(INotificationChannel channel)
    {
        private readonly SemaphoreSlim _wake = new(0, 1);
        private long _nextDueTicks = DateTimeOffset.MaxValue.UtcTicks;

        public INotificationChannel Channel { get; } = channel;

        public Task Running { get; set; } = Task.CompletedTask;

        public DateTimeOffset NextDue
        {
            get => new(Interlocked.Read(ref _nextDueTicks), TimeSpan.Zero);
            set => Interlocked.Exchange(ref _nextDueTicks, value.UtcTicks);
        }

        public void Wake()
        {
            try
            {
                if (_wake.CurrentCount == 0) _wake.Release();
            }
            catch (SemaphoreFullException)
            {
                // Two woke it at once: once is enough.
            }
        }

        public Task WaitAsync(CancellationToken cancellationToken) => _wake.WaitAsync(cancellationToken);
    }
}
