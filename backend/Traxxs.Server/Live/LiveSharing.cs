using Microsoft.Extensions.Logging;

namespace Traxxs.Server.Live;

/// <summary>
/// Brings the events of this instance into the numbering all instances share: each says what happened to the log, by a key
/// that is the same everywhere, and tells its watchers what it reads there. While the log is away, and where there is none,
/// this instance tells its own watchers under a numbering of its own; at each change between the two they read the state anew.
/// </summary>
internal sealed class LiveSharing : IAsyncDisposable
{
    /// <summary>Events that wait to be said: what comes while the log is asked; more, and it is as good as away.</summary>
    public const int WaitingMax = 4096;

    /// <summary>How long it is tried again before it counts as away: watchers wait as long for an event.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // A bell may be missed; behind it the log is looked at as often.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);

    // Between two steps under load: what comes meanwhile goes in one.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan TryAgain = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan JoinAgain = TimeSpan.FromSeconds(1);

    private readonly LiveFeed _feed;
    private readonly ILiveLog? _log;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly LiveOutgoing _outgoing = new();
    private Task _running = Task.CompletedTask;
    private volatile bool _isJoined;
    private volatile string? _begun;
    private long? _failingSince;
    private long _steppedAt;

    /// <summary>Sharing that stands still until it is joined; with no log, this instance's events are its own.</summary>
    /// <param name="feed">The watchers of this instance.</param>
    /// <param name="log">The log instances share; null for none.</param>
    /// <param name="time">The machine's time.</param>
    /// <param name="logger">Where changes are told.</param>
    public LiveSharing(LiveFeed feed, ILiveLog? log, TimeProvider time, ILogger logger)
    {
        (_feed, _log, _time, _logger) = (feed, log, time, logger);
        if (log is not null) log.Rung += _wake.ReleaseOnce;
    }

    /// <summary>A numbering was taken up: whether this instance began it.</summary>
    public event Action<bool>? Joined;

    /// <summary>Whether the numbering is shared now.</summary>
    public bool IsJoined => _isJoined;

    /// <summary>Why events are not shared, for a person; null where they are, or where nothing is configured for it.</summary>
    public string? Trouble => _log is null || _isJoined ? null : "the shared log of live events is away: watchers that change the process read the state anew";

    /// <summary>Takes up the numbering, if the log is there; null where it is not. Before anybody watches.</summary>
    public async Task<LivePage?> TryJoinAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _log is null ? null : await JoinAsync(cancellationToken);
        }
        catch (LiveLogException e)
        {
            _logger.LogWarning("live events are told by this process alone: {Reason}", e.Message);
            return null;
        }
    }

    /// <summary>Begins to say and to read.</summary>
    public void Start()
    {
        if (_log is not null) _running = Task.Run(() => RunAsync(_stop.Token));
    }

    /// <summary>An event happened. Never waits, from any thread. <paramref name="told"/> hears how many watchers of this instance were told.</summary>
    /// <param name="said">The event; its key the same at every instance.</param>
    /// <param name="told">Called once, soon, from any thread; null where nobody asks.</param>
    public void Tell(SaidEvent said, Action<int>? told = null)
    {
        lock (_lock)
        {
            if (!_isJoined)
            {
                TellHere(said, told);
                return;
            }

            _outgoing.Add(said, told);
            if (_outgoing.Count > WaitingMax) GoAlone($"more than {WaitingMax} events wait for it");
        }

        _wake.ReleaseOnce();
    }

    /// <summary>Calls back when all that was told before is in the log; never, where it goes away before.</summary>
    public void AfterSaid(Action action)
    {
        lock (_lock)
        {
            if (_isJoined) _outgoing.After(action);
        }

        _wake.ReleaseOnce();
    }

    /// <summary>
    /// Begins another shared numbering: something may be missing in this one. Whoever watches, at any instance, reads the state
    /// anew. Where the log is away nothing is begun: that begins anew by itself when it is back.
    /// </summary>
    public async Task BeginAnewAsync()
    {
        if (!_isJoined) return;
        try
        {
            _begun = LivePlace.NewRun(); // known before anybody can take it up
            await _log!.BeginAnewAsync(_feed.Last.Run, _begun, _stop.Token);
            _wake.ReleaseOnce();
        }
        catch (Exception e) when (e is LiveLogException or OperationCanceledException)
        {
            // Whoever says and reads finds out as well.
        }
    }

    /// <summary>Where this instance tells by itself: something may have been missed, who watches reads the state anew.</summary>
    public void BeginAnewAlone()
    {
        lock (_lock)
        {
            if (!_isJoined) _feed.Begin();
        }
    }

    /// <summary>Stops; what was not said is said by others, or its loss is noticed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (_isJoined) await StepAsync(cancellationToken);
                else await JoinAsync(cancellationToken);
                _failingSince = null;
                await _wake.WaitAsync(LookAgain, cancellationToken);
                await PauseAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever else it is, it must not end this for good: watchers would wait for ever.
                if (e is not LiveLogException) _logger.LogError(e, "saying and reading live events failed");
                await Task.Delay(Failed(e), _time, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    private async Task<LivePage> JoinAsync(CancellationToken cancellationToken)
    {
        var page = await _log!.ExchangeAsync(null, [], cancellationToken);
        lock (_lock)
        {
            _feed.Begin(page);
            _isJoined = true;
            _outgoing.Forget();
            foreach (var logged in page.Events) _outgoing.Told(logged.Event.Key, _feed.WatchersOf(logged.Event.Org));
        }

        _logger.LogInformation("live events are shared from {Place} on", _feed.Last);
        Joined?.Invoke(page.IsNew || page.Run == _begun);
        return page;
    }

    // Says what waits and tells what is new. What was said counts as said when it was read back: nothing is between two chairs.
    private async Task StepAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<SaidEvent> batch;
        lock (_lock) batch = _outgoing.Next(ILiveLog.BatchMax);
        var place = _feed.Last;
        var page = await _log!.ExchangeAsync(place, batch, cancellationToken);
        if (page.Run != place.Run || IsGap(place, page))
        {
            await JoinAsync(cancellationToken);
            return;
        }

        lock (_lock)
        {
            if (!_isJoined) return;
            foreach (var logged in page.Events) _outgoing.Told(logged.Event.Key, _feed.Take(logged));
            _outgoing.Said(batch.Count);
        }

        if (page.Last > _feed.Last.Number || batch.Count == ILiveLog.BatchMax) _wake.ReleaseOnce();
    }

    // What comes right behind a step goes in the next one, together.
    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        var since = _time.GetElapsedTime(_steppedAt);
        if (since < Pause) await Task.Delay(Pause - since, _time, cancellationToken);
        _steppedAt = _time.GetTimestamp();
    }

    // What this instance has not read yet made room already: it was too slow.
    private static bool IsGap(LivePlace place, LivePage page) =>
        page.Last < place.Number || (page.Last > place.Number && (page.Events.Count == 0 || page.Events[0].Number != place.Number + 1));

    private TimeSpan Failed(Exception e)
    {
        if (!_isJoined) return JoinAgain;
        _failingSince ??= _time.GetTimestamp();
        if (_time.GetElapsedTime(_failingSince.Value) < Patience) return TryAgain;
        lock (_lock) GoAlone(e.Message);
        return JoinAgain;
    }

    private void GoAlone(string why)
    {
        if (!_isJoined) return;
        _logger.LogWarning("live events are told by this process alone, watchers read the state anew: {Reason}", why);
        _isJoined = false;
        _failingSince = null;
        _feed.Begin();
        foreach (var (said, told) in _outgoing.TakeAll()) TellHere(said, told);
    }

    private void TellHere(SaidEvent said, Action<int>? told)
    {
        if (said.Forgets) _feed.ForgetKept();
        var count = _feed.Publish(said.Org, said.Body);
        told?.Invoke(count);
    }
}
