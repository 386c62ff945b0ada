namespace Traxxs.Store;

/// <summary>
/// The same contract in memory, without a thread: an append is complete when the call returns. For tests and for the
/// simulator, which also makes it fail (<see cref="Fail"/>) and come back (<see cref="Heal"/>).
/// </summary>
public sealed class MemoryReportStore : IReportStore
{
    private readonly Lock _lock = new();
    private readonly List<StoredReport> _reports = [];
    private readonly Dictionary<(string DeviceId, int Epoch, long Sequence), StoredReport> _byIdentity = [];
    private readonly List<RejectedFrame> _rejected = [];
    private readonly HashSet<long> _erased = [];
    private long _rejectedId;
    private string? _failure;

    /// <summary>From now on nothing can be committed.</summary>
    public void Fail(string reason) => Volatile.Write(ref _failure, reason);

    /// <summary>Commits work again.</summary>
    public void Heal() => Volatile.Write(ref _failure, null);

    /// <inheritdoc/>
    public long LastPosition
    {
        get
        {
            lock (_lock) return _reports.Count;
        }
    }

    /// <inheritdoc/>
    public StoreHealth Health => new(_failure is null, _failure, 0);

    /// <inheritdoc/>
    public long Count() => LastPosition;

    /// <inheritdoc/>
    public bool TryAppend(ReportRecord report, Action<object?, AppendResult, Exception?> completed, object? state)
    {
        ReportRecords.Require(report, int.MaxValue);
        if (_failure is { } reason) completed(state, default, new StoreUnavailableException(reason));
        else completed(state, Append(report), null);
        return true;
    }

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(ReportRecord report, CancellationToken cancellationToken = default)
    {
        ReportRecords.Require(report, int.MaxValue);
        return _failure is { } reason
            ? ValueTask.FromException<AppendResult>(new StoreUnavailableException(reason))
            : ValueTask.FromResult(Append(report));
    }

    /// <inheritdoc/>
    public ValueTask AppendRejectedAsync(string deviceId, long serverTimeMs, string reason, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default)
    {
        if (_failure is { } failure) return ValueTask.FromException(new StoreUnavailableException(failure));
        lock (_lock) AddRejected(deviceId, serverTimeMs, reason, payload.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<EraseProgress> EraseAsync(ReportErasure what, string? after, int limit, CancellationToken cancellationToken = default)
    {
        if (_failure is { } failure) return ValueTask.FromException<EraseProgress>(new StoreUnavailableException(failure));
        lock (_lock)
        {
            if (after is null) _rejected.RemoveAll(frame => frame.DeviceId == what.DeviceId && what.MeansRejected(frame.ServerTimeMs));
            var from = after is null ? 0 : int.Parse(after, System.Globalization.CultureInfo.InvariantCulture);
            var to = Math.Min(_reports.Count, from + limit);
            var erased = 0;
            for (var i = from; i < to; i++)
            {
                var report = _reports[i].Report;
                if (report.DeviceId != what.DeviceId || !_erased.Add(i + 1)) continue;
                if (!what.Means(report.ServerTimeMs, report.DeviceTimeS, report.FirstFixTimeS, report.LastFixTimeS))
                {
                    _erased.Remove(i + 1);
                    continue;
                }

                _byIdentity[(report.DeviceId, report.Epoch, report.Sequence)] = _reports[i] = new StoredReport(i + 1, report with { Payload = default, FirstFixTimeS = null, LastFixTimeS = null, DeviceTimeS = null, FixCount = 0, Decoded = null });
                erased++;
            }

            return ValueTask.FromResult(new EraseProgress(erased, to == _reports.Count ? null : to.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadAfter(long position, int limit)
    {
        lock (_lock) return _reports.Skip((int)Math.Max(0, position)).Where(IsThere).Take(limit).ToList();
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadByFixTime(string deviceId, long fromS, long toS, (long FirstFixTimeS, long Position)? after, int limit)
    {
        lock (_lock)
        {
            return _reports.Where(IsThere)
                .Where(stored => stored.Report.DeviceId == deviceId && stored.Report.FirstFixTimeS <= toS && stored.Report.LastFixTimeS >= fromS)
                .Where(stored => after is not { } cursor || (stored.Report.FirstFixTimeS!.Value, stored.Position).CompareTo(cursor) > 0)
                .OrderBy(stored => stored.Report.FirstFixTimeS).ThenBy(stored => stored.Position)
                .Take(limit).ToList();
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadNewest(string deviceId, int limit)
    {
        lock (_lock) return _reports.Where(stored => stored.Report.DeviceId == deviceId && IsThere(stored)).Reverse().Take(limit).ToList();
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadBySequence(string deviceId, int epoch, long fromSequence, int limit)
    {
        lock (_lock)
        {
            return _reports.Where(IsThere).Where(stored => stored.Report.DeviceId == deviceId && stored.Report.Epoch == epoch && stored.Report.Sequence >= fromSequence)
                .OrderBy(stored => stored.Report.Sequence).Take(limit).ToList();
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<Numbering> ReadNumberings(string deviceId)
    {
        lock (_lock)
        {
            return _reports.Where(IsThere).Where(stored => stored.Report.DeviceId == deviceId).GroupBy(stored => stored.Report.Epoch)
                .Select(group => new Numbering(group.Key, group.Min(stored => stored.Report.Sequence), group.Max(stored => stored.Report.Sequence)))
                .ToList();
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredReport> ReadNewestOfEachDevice()
    {
        lock (_lock)
        {
            return _reports.Where(IsThere).GroupBy(stored => stored.Report.DeviceId)
                .Select(group => group.MaxBy(stored => (stored.Report.LastFixTimeS ?? long.MinValue, stored.Position))!)
                .ToList();
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<RejectedFrame> ReadRejected(int limit)
    {
        lock (_lock) return Enumerable.Reverse(_rejected).Take(limit).ToList();
    }

    /// <summary>Does nothing: what is in memory stays readable.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private bool IsThere(StoredReport stored) => !_erased.Contains(stored.Position);

    private AppendResult Append(ReportRecord report)
    {
        lock (_lock)
        {
            var identity = (report.DeviceId, report.Epoch, report.Sequence);
            if (!_byIdentity.TryGetValue(identity, out var earlier))
            {
                var stored = new StoredReport(_reports.Count + 1, report);
                _reports.Add(stored);
                _byIdentity.Add(identity, stored);
                return new AppendResult(AppendOutcome.Stored, stored.Position);
            }

            if ((_erased.Contains(earlier.Position) || earlier.Report.Payload.Span.SequenceEqual(report.Payload.Span))) return new AppendResult(AppendOutcome.Duplicate, earlier.Position);
            AddRejected(report.DeviceId, report.ServerTimeMs, nameof(AppendOutcome.Conflict), report.Payload.Span);
            return new AppendResult(AppendOutcome.Conflict, earlier.Position);
        }
    }

    private void AddRejected(string deviceId, long serverTimeMs, string reason, ReadOnlySpan<byte> payload)
    {
        _rejected.Add(new RejectedFrame(++_rejectedId, deviceId, serverTimeMs, reason, RejectedFrames.Cut(payload).ToArray()));
        if (_rejected.Count > RejectedFrames.CountMax) _rejected.RemoveAt(0);
    }
}
