using System.Text.Json;
using System.Threading.Channels;

namespace Traxxs.Server.Live;

/// <summary>
/// What happens, as it happens, to whoever watches. Each event has an id; the last ones are kept so that a watcher who
/// was cut off goes on where it stopped. Publishing never waits: a watcher too slow for its queue is let go with a reason.
/// </summary>
public sealed class LiveFeed
{
    /// <summary>Events kept for those who come back. At 100 events a second, 40 s: a reconnect, not a coffee break.</summary>
    public const int KeptMax = 4096;

    /// <summary>Events a watcher may lag behind.</summary>
    public const int QueueMax = 1024;

    private readonly Lock _lock = new();
    private readonly Queue<LiveEvent> _kept = new();
    private readonly HashSet<LiveWatcher> _watchers = [];
    private readonly string _run;
    private readonly TimeProvider _clock;
    private readonly ILiveLog? _log;
    private long _last;

    /// <summary>
    /// A feed whose ids tell this run of the server from another; with a log that instances share, they are the log's, and
    /// watchers may come back to another instance.
    /// </summary>
    public LiveFeed(TimeProvider clock, ILiveLog? log = null)
    {
        (_clock, _log) = (clock, log);
        _run = Guid.NewGuid().ToString("N")[..8];
    }

    /// <summary>Watchers now.</summary>
    public int Watchers
    {
        get
        {
            lock (_lock) return _watchers.Count;
        }
    }

    /// <summary>Watchers let go because they were too slow.</summary>
    public long Dropped { get; private set; }

    /// <summary>Tells those who watch an organisation, or everybody where it is null; gives the number told.</summary>
    public int Publish(string? org, string type, object data)
    {
        var body = BodyOf(type, data);
        return Take(_log?.Add(org, body), org, body);
    }

    /// <summary>An event as instances hand it to each other: its JSON object without the id.</summary>
    public byte[] BodyOf(string type, object data) => JsonSerializer.SerializeToUtf8Bytes(
        new { type, time = _clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0, data }, JsonSerializerOptions.Web);

    /// <summary>
    /// Tells an event that got its id elsewhere; null where the shared log could not give it one: it gets one that only this
    /// instance knows. Gives the number of watchers told.
    /// </summary>
    public int Take(string? id, string? org, byte[] body)
    {
        lock (_lock)
        {
            var number = ++_last;
            var item = new LiveEvent(number, org, TextOf(id ?? IdOf(number), body));
            _kept.Enqueue(item);
            if (_kept.Count > KeptMax) _kept.Dequeue();
            var told = 0;
            foreach (var watcher in _watchers.ToArray())
            {
                if (!watcher.Sees(item)) continue;
                if (watcher.TryTell(item))
                {
                    told++;
                    continue;
                }

                _watchers.Remove(watcher);
                Dropped++;
                watcher.LetGo("too slow: reconnect with ?after= the last id you have");
            }

            return told;
        }
    }

    /// <summary>
    /// Begins to watch an organisation, behind the event with an id where it is still known. Where it is not, the first event
    /// is <c>reset</c>: read the state over HTTP, then follow. Events may come twice to who comes back to a shared log.
    /// </summary>
    public LiveWatcher Watch(string org, string? after, string? credential = null, string? who = null)
    {
        // The log is asked without holding anybody up; what comes meanwhile is told behind it.
        var before = Last;
        var logged = after is null ? null : _log?.After(after, QueueMax / 2);
        lock (_lock)
        {
            var watcher = new LiveWatcher(this, org) { Credential = credential, Who = who };
            if (logged is not null && _last - before < QueueMax / 2)
            {
                foreach (var missed in logged)
                {
                    var item = new LiveEvent(before, missed.Org, TextOf(missed.Id, missed.Body));
                    if (watcher.Sees(item)) watcher.TryTell(item);
                }

                TellKept(watcher, before);
            }
            else if (after is not null && TryNumber(after, out var from))
            {
                TellKept(watcher, from);
            }
            else if (after is not null)
            {
                watcher.TryTell(new LiveEvent(_last, org, JsonSerializer.SerializeToUtf8Bytes(new { id = IdOf(_last), type = "reset" }, JsonSerializerOptions.Web)));
            }

            _watchers.Add(watcher);
            return watcher;
        }
    }

    /// <summary>Forgets the events kept for those who come back: they may give away what is hidden by now. They read the state anew.</summary>
    public void ForgetKept()
    {
        _log?.Clear();
        lock (_lock)
        {
            _kept.Clear();
        }
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
    public void LetAllGo(string reason)
    {
        lock (_lock)
        {
            foreach (var watcher in _watchers) watcher.LetGo(reason);
            _watchers.Clear();
        }
    }

    internal void Leave(LiveWatcher watcher)
    {
        lock (_lock) _watchers.Remove(watcher);
    }

    private long Last
    {
        get
        {
            lock (_lock) return _last;
        }
    }

    private void TellKept(LiveWatcher watcher, long from)
    {
        foreach (var item in _kept)
        {
            if (item.Number > from && watcher.Sees(item)) watcher.TryTell(item);
        }
    }

    // {"id":"…", and the body without its brace.
    private static byte[] TextOf(string id, byte[] body) => [.. "{\"id\":\""u8, .. System.Text.Encoding.UTF8.GetBytes(id), .. "\","u8, .. body.AsSpan(1)];

    private string IdOf(long number) => $"{_run}-{number}";

    // Known and still kept up to the newest, in a stretch the watcher's queue can hold.
    private bool TryNumber(string id, out long number)
    {
        number = 0;
        return id.StartsWith(_run + "-", StringComparison.Ordinal)
            && long.TryParse(id.AsSpan(_run.Length + 1), System.Globalization.NumberStyles.None, null, out number)
            && number <= _last
            && number >= _last - _kept.Count
            && _last - number < QueueMax;
    }
}

/// <summary>One event.</summary>
/// <param name="Number">Its place.</param>
/// <param name="Org">Whom it concerns; null for everybody.</param>
/// <param name="Text">Its JSON, UTF-8.</param>
public sealed record LiveEvent(long Number, string? Org, byte[] Text);

/// <summary>Somebody who watches: a bounded queue.</summary>
public sealed class LiveWatcher : IDisposable
{
    private readonly LiveFeed _feed;
    private readonly Channel<LiveEvent> _queue = Channel.CreateBounded<LiveEvent>(
        new BoundedChannelOptions(LiveFeed.QueueMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    internal LiveWatcher(LiveFeed feed, string org) => (_feed, Org) = (feed, org);

    /// <summary>The organisation watched.</summary>
    public string Org { get; }

    /// <summary>What the watcher came in by, without its secret.</summary>
    public string? Credential { get; init; }

    /// <summary>Identity of the user or token that watches.</summary>
    public string? Who { get; init; }

    /// <summary>What there is to send; ends when the watcher is let go.</summary>
    public ChannelReader<LiveEvent> Events => _queue.Reader;

    /// <summary>Why the watcher was let go; null while it is not.</summary>
    public string? Reason { get; private set; }

    /// <summary>Ends the watch from the server's side.</summary>
    public void LetGo(string reason)
    {
        Reason = reason;
        _queue.Writer.TryComplete();
    }

    /// <summary>Stops watching.</summary>
    public void Dispose()
    {
        _feed.Leave(this);
        _queue.Writer.TryComplete();
    }

    internal bool Sees(LiveEvent item) => item.Org is null || item.Org == Org;

    internal bool TryTell(LiveEvent item) => _queue.Writer.TryWrite(item);
}
