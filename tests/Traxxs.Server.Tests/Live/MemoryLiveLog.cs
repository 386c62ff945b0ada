using Traxxs.Server.Live;

namespace Traxxs.Server.Tests.Live;

/// <summary>A log that feeds of one test share, which can be away and can lose all it had. Held to the same contract as Redis.</summary>
internal sealed class MemoryLiveLog : ILiveLog
{
    private readonly Lock _lock = new();
    private readonly List<LoggedEvent> _events = [];
    private readonly HashSet<string> _said = [];
    private string? _run;
    private long _last;
    private long _position;
    private volatile bool _isAway;

    public event Action? Rung;

    /// <summary>Whether it answers nobody.</summary>
    public bool IsAway
    {
        get => _isAway;
        set => _isAway = value;
    }

    /// <summary>Whether what is said arrives and the answer does not.</summary>
    public bool SwallowsAnswers { get; set; }

    /// <summary>The numbering; null for none.</summary>
    public string? Run
    {
        get
        {
            lock (_lock) return _run;
        }
    }

    /// <summary>Events and numberings are gone.</summary>
    public void Lose()
    {
        lock (_lock) Begin(null);
    }

    public Task<LivePage> ExchangeAsync(LivePlace? place, IReadOnlyList<SaidEvent> events, CancellationToken cancellationToken)
    {
        if (_isAway) throw new LiveLogException("away");
        LivePage page;
        var added = false;
        lock (_lock)
        {
            var isNew = _run is null;
            if (isNew) Begin(LivePlace.NewRun());
            if (place is { } known && known.Run != _run) return Task.FromResult(new LivePage(_run!, _last, []));
            foreach (var said in events.Where(said => _said.Add(said.Key)))
            {
                _events.Add(new LoggedEvent(++_last, said));
                _position = Math.Max(_position, said.Position ?? 0);
                added = true;
            }

            var after = place?.Number ?? Math.Max(0, _last - LiveFeed.KeptMax);
            page = new LivePage(_run!, _last, [.. _events.Where(one => one.Number > after)]) { Position = _position > 0 ? _position : null, IsNew = isNew };
        }

        if (added) Rung?.Invoke();
        if (SwallowsAnswers) throw new LiveLogException("no answer");
        return Task.FromResult(page);
    }

    public Task<bool> BeginAnewAsync(string run, string next, CancellationToken cancellationToken)
    {
        if (_isAway) throw new LiveLogException("away");
        lock (_lock)
        {
            if (_run != run) return Task.FromResult(false);
            Begin(next);
        }

        Rung?.Invoke();
        return Task.FromResult(true);
    }

    private void Begin(string? run)
    {
        (_run, _last, _position) = (run, 0, 0);
        _events.Clear();
        _said.Clear();
    }
}
