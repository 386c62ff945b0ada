namespace Traxxs.Store.Sqlite;

/// <summary>One thing the writer is asked to keep: a report or a refused frame, and whom to tell; or what to erase.</summary>
internal readonly record struct PendingAppend(ReportRecord? Report, RejectedFrame? Rejected, Action<object?, AppendResult, Exception?> Completed, object? State)
{
    /// <summary>What is to be erased, in the place of anything to keep.</summary>
    public PendingErasure? Erasure { get; init; }
}

/// <summary>One slice of an erasure, and its waiter.</summary>
internal sealed record PendingErasure(ReportErasure What, string? After, int Limit)
{
    public TaskCompletionSource<EraseProgress> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>
/// Appends waiting for the writer, in order and bounded. The writer takes all that gathered while its last commit ran,
/// which makes the groups as large as the load needs and no larger.
/// </summary>
internal sealed class AppendQueue(int capacity)
{
    private readonly object _lock = new();
    private readonly ManualResetEventSlim _closing = new(false, spinCount: 0); // waited for a thousand times a second under load
    private List<PendingAppend> _waiting = [];
    private TaskCompletionSource? _spaceWanted;
    private bool _closed;

    public int Count
    {
        get
        {
            lock (_lock) return _waiting.Count;
        }
    }

    /// <summary>False where the queue is full.</summary>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    public bool TryAdd(in PendingAppend append)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(IReportStore));
            if (_waiting.Count >= capacity) return false;
            _waiting.Add(append);
            if (_waiting.Count == 1) Monitor.Pulse(_lock);
            return true;
        }
    }

    /// <summary>Asks for a report or a refused frame to be kept, as soon as there is room; completes when it is.</summary>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    /// <exception cref="StoreUnavailableException">It could not be committed.</exception>
    public async Task<AppendResult> AppendAsync(ReportRecord? report, RejectedFrame? frame, CancellationToken cancellationToken)
    {
        var waiter = new TaskCompletionSource<AppendResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        await AddAsync(new PendingAppend(report, frame, Complete, waiter), cancellationToken).ConfigureAwait(false);
        return await waiter.Task.WaitAsync(cancellationToken).ConfigureAwait(false);

        static void Complete(object? state, AppendResult result, Exception? error)
        {
            var waiter = (TaskCompletionSource<AppendResult>)state!;
            if (error is null) waiter.SetResult(result);
            else waiter.SetException(error);
        }
    }

    /// <summary>Asks for a slice of an erasure, which has its turn after the appends that stand before it; completes when it is done.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is below 1.</exception>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    /// <exception cref="StoreUnavailableException">It could not be committed.</exception>
    public async Task<EraseProgress> EraseAsync(ReportErasure what, string? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var slice = new PendingErasure(what, after, limit);
        await AddAsync(new PendingAppend(null, null, static (_, _, _) => { }, null) { Erasure = slice }, cancellationToken).ConfigureAwait(false);
        return await slice.Done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells the waiters of a group, in order, what became of it: of each its own result, or the one error.</summary>
    public static void Tell(ReadOnlySpan<PendingAppend> group, List<AppendResult> results, Exception? error)
    {
        for (var i = 0; i < group.Length; i++)
        {
            try
            {
                group[i].Completed(group[i].State, error is null ? results[i] : default, error);
            }
            catch (Exception fault)
            {
                // One waiter's fault is not the store's: the others must still be told.
                System.Diagnostics.Debug.Fail($"a waiter of the store threw {fault}");
            }
        }
    }

    /// <summary>Completes when there may be space again.</summary>
    public Task SpaceAsync()
    {
        lock (_lock)
        {
            if (_waiting.Count < capacity || _closed) return Task.CompletedTask;
            _spaceWanted ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _spaceWanted.Task;
        }
    }

    /// <summary>
    /// Exchanges an empty list for everything that waits; blocks for up to <paramref name="timeout"/> while nothing does.
    /// False when closed and empty.
    /// </summary>
    public bool Take(ref List<PendingAppend> group, TimeSpan timeout)
    {
        TaskCompletionSource? spaceWanted;
        lock (_lock)
        {
            if (_waiting.Count == 0 && !_closed) Monitor.Wait(_lock, timeout);
            (group, _waiting) = (_waiting, group);
            (spaceWanted, _spaceWanted) = (_spaceWanted, null);
            if (group.Count == 0 && _closed) return false;
        }

        spaceWanted?.TrySetResult();
        return true;
    }

    /// <summary>Lets a time pass, or less where the queue is closed meanwhile.</summary>
    public void Pause(TimeSpan time) => _closing.Wait(time);

    /// <summary>Takes nothing more; what waits is still handed out.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            _spaceWanted?.TrySetResult();
            Monitor.PulseAll(_lock);
        }

        _closing.Set();
    }

    private async Task AddAsync(PendingAppend append, CancellationToken cancellationToken)
    {
        while (!TryAdd(append)) await SpaceAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
