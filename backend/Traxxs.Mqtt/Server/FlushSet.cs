using System.Collections.Concurrent;
using Traxxs.Mqtt.Transport;

namespace Traxxs.Mqtt.Server;

/// <summary>
/// The connections that got bytes while one batch of packets was handled; each is flushed once, at the end of the batch.
/// </summary>
internal sealed class FlushSet
{
    private List<IBatchEnd>? _connections; // most connections never publish to another

    /// <summary>Called under the gate of the link's session.</summary>
    public void Add(OutboundLink? link)
    {
        if (link is null || link.FlushQueued || link.Owner is null || link.Buffer.Length == 0) return;
        link.FlushQueued = true;
        (_connections ??= []).Add(link.Owner);
    }

    /// <summary>Flushes; on a socket loop with what the other sockets of its batch bring, so that a thousand publishers cost their one subscriber few sends.</summary>
    public void Flush()
    {
        if (_connections is not { Count: > 0 }) return;
        foreach (var connection in _connections)
        {
            if (!EpollLoop.TryDefer(connection)) connection.OnBatchEnd();
        }

        _connections.Clear();
    }

    /// <summary>Leaves the flushing to the thread pool.</summary>
    public void FlushLater(FlushScheduler scheduler)
    {
        if (_connections is null) return;
        foreach (var connection in _connections) scheduler.Enqueue(connection);
        _connections.Clear();
    }
}

/// <summary>
/// Flushes on the thread pool what threads that are not of a connection wrote: a commit that completes twenty publishes of a
/// connection costs one write, because all twenty are there before the work item runs.
/// </summary>
internal sealed class FlushScheduler : IThreadPoolWorkItem
{
    private readonly ConcurrentQueue<IBatchEnd> _connections = new();
    private int _scheduled;

    public void Enqueue(IBatchEnd connection)
    {
        _connections.Enqueue(connection);
        if (Interlocked.Exchange(ref _scheduled, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public void Execute()
    {
        Volatile.Write(ref _scheduled, 0);
        Interlocked.MemoryBarrier();
        while (_connections.TryDequeue(out var connection)) connection.OnBatchEnd();
    }
}
