using Traxxs.Simulation.Randomness;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.Time;
using Traxxs.Store;

namespace Traxxs.Simulation.Soak;

/// <summary>
/// A report store as its process sees it: a bounded queue, commits in groups that take simulated time, fail, or are cut off by the
/// process's death. What is committed is in the store underneath.
/// </summary>
internal sealed class FaultyReportStore : IReportStore
{
    /// <summary>Most appends waiting for their commit: few, so that a slow disk fills it.</summary>
    public const int QueueMax = 64;

    // A commit on a card, ms, and how soon its waiters hear of it.
    private const int CommitMinMs = 2;
    private const int CommitMaxMs = 40;
    private const int TellMs = 1;

    // How soon a store that failed tries whether it can again, ms: as the store in files does at the longest.
    private const int ProbeMs = 2000;

    // For a store with a thread of its own; far beyond any commit.
    private static readonly TimeSpan RealCommitMax = TimeSpan.FromSeconds(60);

    private readonly SoakDisk _disk;
    private readonly Scheduler _scheduler;
    private readonly SoakFaults _faults;
    private readonly DeterministicRandom _random;
    private readonly Func<CrashMoment, bool> _passes;
    private readonly List<Pending> _waiting = [];
    private bool _committing;
    private bool _dead;
    private string? _failure;

    /// <summary>A store of one process. <paramref name="passes"/> is told where it comes to, and answers false where the process has died there.</summary>
    public FaultyReportStore(SoakDisk disk, Scheduler scheduler, SoakFaults faults, DeterministicRandom random, Func<CrashMoment, bool> passes)
        => (_disk, _scheduler, _faults, _random, _passes) = (disk, scheduler, faults, random, passes);

    /// <inheritdoc/>
    public long LastPosition => _disk.Reports.LastPosition;

    /// <inheritdoc/>
    public StoreHealth Health => _failure is null && IsFull ? new(false, "the queue is full", _waiting.Count) : new(_failure is null, _failure, _waiting.Count);

    private bool IsFull => _waiting.Count >= QueueMax || _faults.Find(FaultKind.StoreFull, _scheduler.Clock.NowMs) is not null;

    /// <summary>The process is gone: what waits is forgotten and nobody is told anything any more.</summary>
    public void Die()
    {
        _dead = true;
        _waiting.Clear();
    }

    /// <inheritdoc/>
    public bool TryAppend(ReportRecord report, Action<object?, AppendResult, Exception?> completed, object? state)
        => TryQueue(new Pending(report, null, (result, error) => completed(state, result, error)));

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(ReportRecord report, CancellationToken cancellationToken = default) => QueueAsync(report, null);

    /// <inheritdoc/>
    public async ValueTask AppendRejectedAsync(string deviceId, long serverTimeMs, string reason, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default)
        => await QueueAsync(null, new RejectedFrame(0, deviceId, serverTimeMs, reason, RejectedFrames.Cut(payload.Span).ToArray())).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<EraseProgress> EraseAsync(ReportErasure what, string? after, int limit, CancellationToken cancellationToken = default)
        => _disk.Reports.EraseAsync(what, after, limit, cancellationToken);

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadAfter(long position, int limit) => _disk.Reports.ReadAfter(position, limit);

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadByFixTime(string deviceId, long fromS, long toS, (long FirstFixTimeS, long Position)? after, int limit)
        => _disk.Reports.ReadByFixTime(deviceId, fromS, toS, after, limit);

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadNewest(string deviceId, int limit) => _disk.Reports.ReadNewest(deviceId, limit);

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadBySequence(string deviceId, int epoch, long fromSequence, int limit) => _disk.Reports.ReadBySequence(deviceId, epoch, fromSequence, limit);

    /// <inheritdoc/>
    public IReadOnlyList<Numbering> ReadNumberings(string deviceId) => _disk.Reports.ReadNumberings(deviceId);

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadNewestOfEachDevice() => _disk.Reports.ReadNewestOfEachDevice();

    /// <inheritdoc/>
    public IReadOnlyList<RejectedFrame> ReadRejected(int limit) => _disk.Reports.ReadRejected(limit);

    /// <inheritdoc/>
    public long Count() => _disk.Reports.Count();

    /// <summary>Does nothing: the files are the disk's.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private bool TryQueue(Pending pending)
    {
        ObjectDisposedException.ThrowIf(_dead, this);
        if (IsFull) return false;
        _waiting.Add(pending);
        BeginCommit();
        return true;
    }

    private ValueTask<AppendResult> QueueAsync(ReportRecord? report, RejectedFrame? frame)
    {
        // Continues where it is completed, in simulated time, and on no other thread.
        var waiter = new TaskCompletionSource<AppendResult>();
        var queued = TryQueue(new Pending(report, frame, (result, error) =>
        {
            if (error is null) waiter.SetResult(result);
            else waiter.SetException(error);
        }));
        if (!queued) waiter.SetException(new StoreUnavailableException("the queue is full"));
        return new ValueTask<AppendResult>(waiter.Task);
    }

    private void BeginCommit()
    {
        if (_committing || _waiting.Count == 0) return;
        _committing = true;
        _scheduler.After(_random.Between(CommitMinMs, CommitMaxMs) + _faults.DelayMs(FaultKind.SlowDisk, _scheduler.Clock.NowMs), Commit);
    }

    private void Commit()
    {
        if (_dead || !_passes(CrashMoment.BeforeCommit)) return;
        List<Pending> group = [.. _waiting];
        _waiting.Clear();
        if (_faults.Strikes(FaultKind.StoreFails, _scheduler.Clock.NowMs))
        {
            _failure = "the disk refused a commit";
            _scheduler.After(ProbeMs, Probe);
            Tell(group, null, new StoreUnavailableException(_failure));
            return;
        }

        _failure = null;
        _disk.MarkReports();
        var results = Write(group);
        if (!_passes(CrashMoment.TornCommit) || !_passes(CrashMoment.AfterCommit)) return;
        Tell(group, results, null);
    }

    // All at once, so that the store underneath makes one commit of them where it can.
    private AppendResult[] Write(List<Pending> group)
    {
        var results = new AppendResult[group.Count];
        var underWay = new List<Task>();
        for (var i = 0; i < group.Count; i++)
        {
            var (at, pending) = (i, group[i]);
            underWay.Add(pending.Frame is { } frame
                ? _disk.Reports.AppendRejectedAsync(frame.DeviceId, frame.ServerTimeMs, frame.Reason, frame.Payload).AsTask()
                : Keep(pending.Report!, at));
        }

        if (!Task.WaitAll([.. underWay], RealCommitMax)) throw new TimeoutException("the store underneath did not commit");
        return results;

        async Task Keep(ReportRecord report, int at) => results[at] = await _disk.Reports.AppendAsync(report).ConfigureAwait(false);
    }

    private void Tell(List<Pending> group, AppendResult[]? results, StoreUnavailableException? error) => _scheduler.After(TellMs, () =>
    {
        if (_dead) return;
        _committing = false;
        for (var i = 0; i < group.Count && !_dead; i++) group[i].Completed(results is null ? default : results[i], error);
        if (!_dead) BeginCommit();
    });

    private void Probe()
    {
        if (_dead || _failure is null) return;
        if (_faults.Find(FaultKind.StoreFails, _scheduler.Clock.NowMs) is null) _failure = null;
        else _scheduler.After(ProbeMs, Probe);
    }

    private sealed record Pending(ReportRecord? Report, RejectedFrame? Frame, Action<AppendResult, Exception?> Completed);
}
