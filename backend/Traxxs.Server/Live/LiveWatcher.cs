using System.Threading.Channels;

namespace Traxxs.Server.Live;

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

    /// <summary>Number of the last event it had elsewhere: another instance may have been a moment ahead of this one.</summary>
    internal long Had { get; set; }

    internal bool Sees(LiveEvent item) => item.Number > Had && (item.Org is null || item.Org == Org);

    internal bool TryTell(LiveEvent item) => _queue.Writer.TryWrite(item);
}

/// <summary>One event.</summary>
/// <param name="Number">Its place.</param>
/// <param name="Org">Whom it concerns; null for everybody.</param>
/// <param name="Text">Its JSON, UTF-8.</param>
public sealed record LiveEvent(long Number, string? Org, byte[] Text);
