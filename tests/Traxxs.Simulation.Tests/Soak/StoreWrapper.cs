using Traxxs.Store;

namespace Traxxs.Simulation.Tests.Soak;

/// <summary>A store that does what another does, but for what a test makes it do wrong.</summary>
internal abstract class StoreWrapper(IReportStore store) : IReportStore
{
    public virtual long LastPosition => Store.LastPosition;

    public StoreHealth Health => Store.Health;

    protected IReportStore Store { get; } = store;

    public abstract bool TryAppend(ReportRecord report, Action<object?, AppendResult, Exception?> completed, object? state);

    public virtual ValueTask<AppendResult> AppendAsync(ReportRecord report, CancellationToken cancellationToken = default) => Store.AppendAsync(report, cancellationToken);

    public ValueTask AppendRejectedAsync(string deviceId, long serverTimeMs, string reason, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default)
        => Store.AppendRejectedAsync(deviceId, serverTimeMs, reason, payload, cancellationToken);

    public ValueTask<EraseProgress> EraseAsync(ReportErasure what, string? after, int limit, CancellationToken cancellationToken = default) => Store.EraseAsync(what, after, limit, cancellationToken);

    public virtual IReadOnlyList<StoredReport> ReadAfter(long position, int limit) => Store.ReadAfter(position, limit);

    public IReadOnlyList<StoredReport> ReadByFixTime(string deviceId, long fromS, long toS, (long FirstFixTimeS, long Position)? after, int limit)
        => Store.ReadByFixTime(deviceId, fromS, toS, after, limit);

    public IReadOnlyList<StoredReport> ReadNewest(string deviceId, int limit) => Store.ReadNewest(deviceId, limit);

    public IReadOnlyList<StoredReport> ReadBySequence(string deviceId, int epoch, long fromSequence, int limit) => Store.ReadBySequence(deviceId, epoch, fromSequence, limit);

    public IReadOnlyList<Numbering> ReadNumberings(string deviceId) => Store.ReadNumberings(deviceId);

    public IReadOnlyList<StoredReport> ReadNewestOfEachDevice() => Store.ReadNewestOfEachDevice();

    public IReadOnlyList<RejectedFrame> ReadRejected(int limit) => Store.ReadRejected(limit);

    public long Count() => Store.Count();

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}

/// <summary>Says "stored" as soon as a report is queued, and lets the commit come when it comes.</summary>
internal sealed class EarlyStore(IReportStore store) : StoreWrapper(store)
{
    public override bool TryAppend(ReportRecord report, Action<object?, AppendResult, Exception?> completed, object? state)
    {
        if (!Store.TryAppend(report, static (_, _, _) => { }, null)) return false;
        completed(state, new AppendResult(AppendOutcome.Stored, 0), null);
        return true;
    }
}

/// <summary>Takes a commit that failed for one that worked.</summary>
internal sealed class CarelessStore(IReportStore store) : StoreWrapper(store)
{
    public override bool TryAppend(ReportRecord report, Action<object?, AppendResult, Exception?> completed, object? state)
        => Store.TryAppend(report, (told, result, _) => completed(told, result, null), state);
}

/// <summary>Never takes anything.</summary>
internal sealed class ClosedStore(IReportStore store) : StoreWrapper(store)
{
    public override bool TryAppend(ReportRecord report, Action<object?, AppendResult, Exception?> completed, object? state) => false;
}

/// <summary>A disk that looks for no report it has: it keeps each one that comes.</summary>
internal sealed class ForgetfulStore() : StoreWrapper(new MemoryReportStore())
{
    private readonly List<StoredReport> _kept = [];

    public override long LastPosition => _kept.Count;

    public override bool TryAppend(ReportRecord report, Action<object?, AppendResult, Exception?> completed, object? state)
    {
        completed(state, Keep(report), null);
        return true;
    }

    public override ValueTask<AppendResult> AppendAsync(ReportRecord report, CancellationToken cancellationToken = default) => ValueTask.FromResult(Keep(report));

    public override IReadOnlyList<StoredReport> ReadAfter(long position, int limit) => [.. _kept.Skip((int)position).Take(limit)];

    private AppendResult Keep(ReportRecord report)
    {
        _kept.Add(new StoredReport(_kept.Count + 1, report));
        return new AppendResult(AppendOutcome.Stored, _kept.Count);
    }
}
