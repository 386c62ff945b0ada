using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Traxxs.Server.Notifications.Texts;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Server.Notifications;

/// <summary>
/// Delivers what stands in the outbox. One loop a channel, so that a webhook that hangs holds up nothing else. What a
/// crash cuts off is delivered again: at least once, never not at all. Channels come and go while it runs. Whatever fails, its loop goes on;
/// an entry of which it cannot be written what became of it is put off like one that failed, and holds up nothing behind it.
/// </summary>
public sealed class OutboxWorker : IAsyncDisposable
{
    private const int PageMax = 32;

    // Longest a single attempt may take; a receiver that needs longer is not one to wait for in an emergency.
    private static readonly TimeSpan AttemptMax = TimeSpan.FromSeconds(10);

    private readonly ServiceDatabase _database;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, ChannelLoop> _loops = new(StringComparer.Ordinal);
    private readonly Lock _changing = new();
    private readonly List<Task> _dropped = [];
    private bool _started;
    private readonly LoopTrouble _releasing;
    private volatile bool _holding = true; // until a look says otherwise

    /// <summary>A worker for these channels; it stands still until <see cref="Start"/>.</summary>
    public OutboxWorker(ServiceDatabase database, IEnumerable<INotificationChannel> channels, TimeProvider clock, ILogger log)
    {
        _database = database;
        _clock = clock;
        _log = log;
        _releasing = new LoopTrouble(log, "what was held back by a limit waits");
        foreach (var channel in channels) Use(channel);
    }

    /// <summary>An alert changed because a channel took its notification. Called after the commit.</summary>
    public event Action<Alert>? Changed;

    /// <summary>A notification was given up. Called within the transaction that says so.</summary>
    public Action<ServiceSession, OutboxEntry, DateTimeOffset>? GivenUp { get; set; }

    /// <summary>Why something is not delivered, other than by its channel's own failures, for a person; null where all goes on.</summary>
    public string? Trouble => _loops.Values.Select(loop => loop.Trouble.Reason is { } reason ? $"{loop.Channel.Name}: {reason}" : null).FirstOrDefault(reason => reason is not null)
        ?? _releasing.Reason;

    /// <summary>Starts to deliver, beginning with what was left from before. What waits for a channel that is no more is given up, for people to see.</summary>
    public void Start()
    {
        lock (_changing)
        {
            GiveUpOrphans();
            _started = true;
            foreach (var loop in _loops.Values) Run(loop);
        }
    }

    /// <summary>Puts a channel to work, in the place of an earlier one of its name.</summary>
    public void Use(INotificationChannel channel)
    {
        lock (_changing)
        {
            if (_loops.TryGetValue(channel.Name, out var known))
            {
                known.Channel = channel;
                known.Wake();
                return;
            }

            var loop = _loops[channel.Name] = new ChannelLoop(channel, _log);
            if (_started) Run(loop);
        }
    }

    /// <summary>Takes a channel out of work; an attempt under way is cut off.</summary>
    public void Drop(string name)
    {
        lock (_changing)
        {
            if (!_loops.TryRemove(name, out var loop)) return;
            loop.Stop.Cancel();
            _dropped.RemoveAll(task => task.IsCompleted);
            _dropped.Add(loop.Running);
        }
    }

    /// <summary>Something was put in: look at once.</summary>
    public void Wake()
    {
        foreach (var loop in _loops.Values) loop.Wake();
    }

    /// <summary>Time has passed: wakes the channels something falls due for, and tells what was held back.</summary>
    public void Tick(DateTimeOffset now)
    {
        try
        {
            if (_holding && _database.Read(session => session.Outbox.HeldUntil(now)).Count > 0)
            {
                _holding = _database.Write(session => OutboxAdmission.Release(session, now));
                Wake();
            }

            _releasing.Worked();
        }
        catch (Exception e)
        {
            _releasing.Failed(e); // the next tick looks again
        }

        foreach (var loop in _loops.Values)
        {
            if (now >= loop.NextDue) loop.Wake();
        }
    }

    /// <summary>Stops; an attempt under way is cut off and made again after the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll([.. _loops.Values.Select(loop => loop.Running), .. _dropped]);
        _stop.Dispose();
    }

    /// <summary>Delivers what is due on one channel, and returns when nothing is.</summary>
    public async Task DeliverDueAsync(INotificationChannel channel, CancellationToken cancellationToken)
    {
        while (true)
        {
            var due = _database.Read(session => session.Outbox.Due(channel.Name, _clock.GetUtcNow(), PageMax));
            if (due.Count == 0) return;
            var now = channel.Limit is null ? due : Admit(channel, due);
            await Parallel.ForEachAsync(now, new ParallelOptions { MaxDegreeOfParallelism = channel.AtOnce, CancellationToken = cancellationToken },
                async (entry, token) => await DeliverAsync(channel, entry, token));
            if (due.Count < PageMax) return;
        }
    }

    private IReadOnlyList<OutboxEntry> Admit(INotificationChannel channel, IReadOnlyList<OutboxEntry> due)
    {
        var (now, held) = _database.Write(session => OutboxAdmission.Admit(session, channel, due, _clock.GetUtcNow()));
        if (held > 0)
        {
            _holding = true;
            _log.LogWarning("{Count} notifications over {Channel} are held back by its limit", held, channel.Name);
        }

        return now;
    }

    private void GiveUpOrphans() => _database.Write(session =>
    {
        foreach (var channel in session.Outbox.WaitingChannels().Where(name => !_loops.ContainsKey(name)))
        {
            var count = session.Outbox.GiveUp(channel, "there is no such channel any more", _clock.GetUtcNow());
            _log.LogError("{Count} notifications wait for the channel {Channel}, which is no more: they are among the dead letters", count, channel);
        }
    });

    private void Run(ChannelLoop loop) => loop.Running = Task.Run(async () =>
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, loop.Stop.Token);
        await RunAsync(loop, either.Token);
    });

    private async Task RunAsync(ChannelLoop loop, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await DeliverDueAsync(loop.Channel, cancellationToken);
                loop.NextDue = _database.Read(session => session.Outbox.NextDue(loop.Channel.Name)) ?? DateTimeOffset.MaxValue;
                loop.Trouble.Worked();
                await loop.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                loop.Trouble.Failed(e);
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    private async Task DeliverAsync(INotificationChannel channel, OutboxEntry entry, CancellationToken cancellationToken)
    {
        foreach (var changed in await TryDeliverAsync(channel, entry, cancellationToken)) Changed?.Invoke(changed);
    }

    private async Task<IReadOnlyList<Alert>> TryDeliverAsync(INotificationChannel channel, OutboxEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            var alert = entry.AlertId is { } id ? _database.Read(session => session.Alerts.Find(null, id)) : null;
            var delivery = IsOvertaken(entry, alert)
                ? Delivery.Skipped("somebody has it by now")
                : await AttemptAsync(channel, entry, alert, cancellationToken);
            return Record(channel, entry, delivery);
        }
        catch (Exception e) when (e is not (StoreUnavailableException or OperationCanceledException))
        {
            _log.LogError(e, "{Kind} {Entry} over {Channel}: what became of it cannot be written; it is put off", entry.Kind, entry.Id, channel.Name);
            PutOff(channel, entry, e.Message);
            return [];
        }
    }

    // As little as can be written: what else hangs on an entry may be what failed.
    private void PutOff(INotificationChannel channel, OutboxEntry entry, string reason) => _database.Write(session =>
    {
        var now = _clock.GetUtcNow();
        var after = After(channel, entry with { Attempts = entry.Attempts + 1, LastError = reason }, Delivery.Failed(reason), now);
        if (session.Outbox.Update(after) && after.State == OutboxState.Dead) session.Audit.Add(entry.Org, now, $"channel:{channel.Name}", "notification.given-up", SubjectOf(entry), reason);
    });

    // Another call for help that somebody answered, or news that waited for the end of quiet hours and is none any more.
    private static bool IsOvertaken(OutboxEntry entry, Alert? alert) => alert is { State: >= AlertState.Acknowledged }
        && (entry.Kind == "escalated" || (entry is { Kind: "raised", Attempts: 0 } && entry.DueAt > entry.CreatedAt));

    /// <summary>Tries once, within a limit of time; whatever goes wrong is a failure with a reason.</summary>
    internal static async Task<Delivery> AttemptAsync(INotificationChannel channel, OutboxEntry entry, Alert? alert, CancellationToken cancellationToken)
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

    private IReadOnlyList<Alert> Record(INotificationChannel channel, OutboxEntry entry, Delivery delivery) => _database.Write<IReadOnlyList<Alert>>(session =>
    {
        var now = _clock.GetUtcNow();
        var after = After(channel, entry with { Attempts = entry.Attempts + 1, LastError = delivery.Reason }, delivery, now);
        if (!session.Outbox.Update(after)) return []; // another was first: what became of it there stands
        if (after.State == OutboxState.Dead)
        {
            session.Audit.Add(entry.Org, now, $"channel:{channel.Name}", "notification.given-up", SubjectOf(entry), delivery.Reason);
            _log.LogError("{Kind} {Entry} over {Channel} given up after {Attempts} attempts: {Reason}", entry.Kind, entry.Id, channel.Name, after.Attempts, delivery.Reason);
            GivenUp?.Invoke(session, after, now);
        }

        if (delivery.Outcome != DeliveryOutcome.Taken || entry.Kind == "command") return [];
        var told = NotificationWriter.AlertsOf(entry) is { Count: > 0 } held ? held : entry.AlertId is { } id ? [id] : [];
        return told.Select(one => Notified(session, one, channel, entry, now)).OfType<Alert>().ToList();
    });

    private static Alert? Notified(ServiceSession session, string alertId, INotificationChannel channel, OutboxEntry entry, DateTimeOffset now)
    {
        if (session.Alerts.Find(null, alertId) is not { } alert) return null;
        session.Audit.Add(alert.Org, now, $"channel:{channel.Name}", "alert.notified", $"alert:{alertId}", entry.Kind);
        if (alert.State != AlertState.Raised && alert.NotifiedAt is not null) return null;
        var told = alert with
        {
            State = alert.State == AlertState.Raised ? AlertState.Notified : alert.State,
            NotifiedAt = alert.NotifiedAt ?? now,
        };
        session.Alerts.Update(told);
        return told;
    }

    private static OutboxEntry After(INotificationChannel channel, OutboxEntry entry, Delivery delivery, DateTimeOffset now) => delivery.Outcome switch
    {
        DeliveryOutcome.Taken => entry with { State = OutboxState.Sent, FinishedAt = now, LastError = null },
        DeliveryOutcome.Skipped => entry with { State = OutboxState.Skipped, FinishedAt = now },
        DeliveryOutcome.Refused => entry with { State = OutboxState.Dead, FinishedAt = now },
        _ when entry.Attempts >= channel.Retry.AttemptsMax => entry with { State = OutboxState.Dead, FinishedAt = now },
        _ => entry with { DueAt = now + channel.Retry.After(entry.Attempts) },
    };

    private static string SubjectOf(OutboxEntry entry) => entry.AlertId is { } id ? $"alert:{id}" : $"device:{entry.DeviceId}";

    private sealed class ChannelLoop(INotificationChannel channel, ILogger log)
    {
        private readonly SemaphoreSlim _wake = new(0, 1);
        private long _nextDueTicks = DateTimeOffset.MaxValue.UtcTicks;

        private volatile INotificationChannel _channel = channel;

        public INotificationChannel Channel
        {
            get => _channel;
            set => _channel = value;
        }

        public LoopTrouble Trouble { get; } = new(log, $"notifications over {channel.Name} wait");

        public CancellationTokenSource Stop { get; } = new();

        public Task Running { get; set; } = Task.CompletedTask;

        public DateTimeOffset NextDue
        {
            get => new(Interlocked.Read(ref _nextDueTicks), TimeSpan.Zero);
            set => Interlocked.Exchange(ref _nextDueTicks, value.UtcTicks);
        }

        public void Wake() => _wake.ReleaseOnce();

        public Task WaitAsync(CancellationToken cancellationToken) => _wake.WaitAsync(cancellationToken);
    }
}
