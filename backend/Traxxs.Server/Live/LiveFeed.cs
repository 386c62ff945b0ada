using System.Text;
using System.Text.Json;

namespace Traxxs.Server.Live;

/// <summary>
/// What happens, as it happens, to whoever watches. Each event has an id; the last ones are kept so that a watcher who
/// was cut off goes on where it stopped. Publishing never waits: a watcher too slow for its queue is let go with a reason.
/// The numbering is this instance's own, or one that instances share (<see cref="LiveSharing"/>).
/// </summary>
public sealed class LiveFeed(TimeProvider clock)
{
    /// <summary>Events kept for those who come back. At 100 events a second, 40 s: a reconnect, not a coffee break.</summary>
    public const int KeptMax = 4096;

    /// <summary>Events a watcher may lag behind.</summary>
    public const int QueueMax = 1024;

    private readonly Lock _lock = new();
    private readonly Queue<LiveEvent> _kept = new();
    private readonly HashSet<LiveWatcher> _watchers = [];
    private LivePlace _last = new(LivePlace.NewRun(), 0);
    private bool _isShared;
    private byte[]? _note;

    /// <summary>Watchers now.</summary>
    public int Watchers
    {
        get
        {
            lock (_lock) return _watchers.Count;
        }
    }

    /// <summary>Watchers of an organisation now; all, where it is null.</summary>
    internal int WatchersOf(string? org)
    {
        lock (_lock) return _watchers.Count(watcher => org is null || watcher.Org == org);
    }

    /// <summary>Watchers let go because they were too slow.</summary>
    public long Dropped { get; private set; }

    /// <summary>The last event told.</summary>
    internal LivePlace Last
    {
        get
        {
            lock (_lock) return _last;
        }
    }

    /// <summary>
    /// Tells those who watch an organisation, or everybody where it is null, under this instance's own numbering; gives the
    /// number told.
    /// </summary>
    public int Publish(string? org, string type, object data) => Publish(org, BodyOf(type, data));

    /// <summary>As above, of an event that has its body already.</summary>
    /// <exception cref="InvalidOperationException">The numbering is shared: only its log gives numbers.</exception>
    internal int Publish(string? org, byte[] body)
    {
        lock (_lock)
        {
            if (_isShared) throw new InvalidOperationException("the numbering is shared: what is published must be said to its log");
            return Tell(_last.Number + 1, org, body);
        }
    }

    /// <summary>Tells an event of the shared numbering, the next one of it.</summary>
    internal int Take(LoggedEvent logged)
    {
        lock (_lock)
        {
            if (logged.Event.Forgets) _kept.Clear();
            return Tell(logged.Number, logged.Event.Org, logged.Event.Body);
        }
    }

    /// <summary>
    /// Tells everybody how something stands. It has no number of its own: the newest is told again to whoever comes back,
    /// since each instance sees it in its own way.
    /// </summary>
    public void Note(string type, object data)
    {
        lock (_lock)
        {
            _note = BodyOf(type, data);
            foreach (var watcher in _watchers.ToArray()) TellNote(watcher);
        }
    }

    /// <summary>An event's JSON object without the id.</summary>
    internal byte[] BodyOf(string type, object data) => JsonSerializer.SerializeToUtf8Bytes(
        new { type, time = clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0, data }, JsonSerializerOptions.Web);

    /// <summary>
    /// Goes on under another numbering, an own one or, with <paramref name="page"/>, a shared one of which that is kept. Who
    /// watches is told to read the state anew; who comes back from before too.
    /// </summary>
    internal void Begin(LivePage? page = null)
    {
        lock (_lock)
        {
            _isShared = page is not null;
            _kept.Clear();
            _last = page is null ? new LivePlace(LivePlace.NewRun(), 0) : new LivePlace(page.Run, page.Last);
            foreach (var logged in page?.Events ?? [])
            {
                if (logged.Event.Forgets) _kept.Clear();
                Keep(Numbered(logged.Number, logged.Event.Org, logged.Event.Body));
            }

            foreach (var watcher in _watchers.ToArray())
            {
                watcher.Had = 0;
                TellReset(watcher);
            }
        }
    }

    /// <summary>
    /// Begins to watch an organisation, behind the event with an id where what came after it is still known. Where it is not,
    /// the first event is <c>reset</c>: read the state over HTTP, then follow.
    /// </summary>
    public LiveWatcher Watch(string org, string? after, string? credential = null, string? who = null)
    {
        lock (_lock)
        {
            var watcher = new LiveWatcher(this, org) { Credential = credential, Who = who };
            _watchers.Add(watcher);
            if (after is null) return watcher;
            if (LivePlace.TryRead(after, out var place) && Knows(place))
            {
                watcher.Had = place.Number;
                foreach (var item in _kept)
                {
                    if (watcher.Sees(item)) watcher.TryTell(item);
                }
            }
            else
            {
                TellReset(watcher);
            }

            TellNote(watcher);
            return watcher;
        }
    }

    /// <summary>Forgets the events kept for those who come back: they may give away what is hidden by now. They read the state anew.</summary>
    public void ForgetKept()
    {
        lock (_lock) _kept.Clear();
    }

    /// <summary>Ends the watches that are meant.</summary>
    public void LetGo(Predicate<LiveWatcher> which, string reason)
    {
        lock (_lock)
        {
            foreach (var watcher in _watchers.Where(watcher => which(watcher)).ToList())
            {
                watcher.LetGo(reason);
                _watchers.Remove(watcher);
            }
        }
    }

    /// <summary>Ends every watch.</summary>
    public void LetAllGo(string reason) => LetGo(_ => true, reason);

    internal void Leave(LiveWatcher watcher)
    {
        lock (_lock) _watchers.Remove(watcher);
    }

    private int Tell(long number, string? org, byte[] body)
    {
        _last = _last with { Number = number };
        var item = Numbered(number, org, body);
        Keep(item);
        var told = 0;
        foreach (var watcher in _watchers.ToArray())
        {
            if (watcher.Sees(item) && TellOrLetGo(watcher, item)) told++;
        }

        return told;
    }

    private void Keep(LiveEvent item)
    {
        _kept.Enqueue(item);
        if (_kept.Count > KeptMax) _kept.Dequeue();
    }

    private void TellReset(LiveWatcher watcher) =>
        TellOrLetGo(watcher, new LiveEvent(_last.Number, null, JsonSerializer.SerializeToUtf8Bytes(new { id = _last.ToString(), type = "reset" }, JsonSerializerOptions.Web)));

    private void TellNote(LiveWatcher watcher)
    {
        if (_note is { } note) TellOrLetGo(watcher, Numbered(Math.Max(_last.Number, watcher.Had), null, note));
    }

    private bool TellOrLetGo(LiveWatcher watcher, LiveEvent item)
    {
        if (watcher.TryTell(item)) return true;
        _watchers.Remove(watcher);
        Dropped++;
        watcher.LetGo("too slow: reconnect with ?after= the last id you have");
        return false;
    }

    // {"id":"…", and the body without its brace.
    private LiveEvent Numbered(long number, string? org, byte[] body) =>
        new(number, org, [.. "{\"id\":\""u8, .. Encoding.UTF8.GetBytes((_last with { Number = number }).ToString()), .. "\","u8, .. body.AsSpan(1)]);

    // All behind it is kept, in a stretch the watcher's queue can hold. Of a shared numbering it may be a little ahead of us.
    private bool Knows(LivePlace place)
    {
        if (place.Run != _last.Run) return false;
        if (place.Number > _last.Number) return _isShared && place.Number - _last.Number <= KeptMax;
        return place.Number >= _last.Number - _kept.Count && _last.Number - place.Number < QueueMax;
    }
}
