using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Traxxs.Server.Ingest;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts;

/// <summary>
/// Runs the engine behind the report store. It reads reports from the store in order of arrival, live and after a
/// restart alike, so there is one path and nothing to fall between; ingest only wakes it. Where it is behind, calls for help are raised
/// ahead of the rest (<see cref="CallsAhead"/>). A report no rule can digest costs itself: it is logged, counted and passed over. Where another
/// commit has moved the cursor it ends (<see cref="Overtaken"/>), and a new one is to be made.
/// </summary>
public sealed class AlertWorker : IReportConsumer, IRuleStanding, IAsyncDisposable
{
    private const int GroupMax = 256;
    private const int FailedMax = 1000; // what was logged once is forgotten then, and may be logged again

    private readonly IReportStore _store;
    private readonly Func<StoredReport, AcceptedReport?> _decode;
    private readonly AlertJournal _journal;
    private readonly AlertEngine _engine;
    private readonly CallsAhead _ahead;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Func<string?>? _deaf;
    private readonly ConcurrentQueue<string> _toForget = new();
    private readonly HashSet<string> _failed = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _overtaken = new();
    private DateTimeOffset _listeningSince;
    private Task _running = Task.CompletedTask;
    private volatile string? _trouble, _failing;
    private string? _failingNow;
    private long _position;

    /// <summary>
    /// A worker that goes on where the journal stands; it stands still until <see cref="Start"/>. <paramref name="deaf"/> says
    /// why devices may have spoken without being heard; null, or an answer of null, where all they said is in the store.
    /// </summary>
    public AlertWorker(
        IReportStore store, Func<StoredReport, AcceptedReport?> decode, AlertJournal journal, IReadOnlyList<IAlertRule> rules, TimeProvider clock, ILogger log,
        Func<string?>? deaf = null)
    {
        (_store, _decode, _journal, _clock, _log, _deaf) = (store, decode, journal, clock, log, deaf);
        _engine = journal.Resume(rules);
        _ahead = new CallsAhead(store, decode, journal, [.. rules.OfType<AlarmEventRule>()]);
        _position = _engine.Cursor;
        _listeningSince = clock.GetUtcNow();
        Overtaken = _overtaken.Token;
    }

    /// <summary>Alerts are new or changed. Called after the commit, from the worker.</summary>
    public event Action<IReadOnlyList<Alert>>? Changed;

    /// <summary>Position of the last report the rules have taken in and committed.</summary>
    public long Position => Interlocked.Read(ref _position);

    /// <summary>Reports passed over because a rule failed on them.</summary>
    public long PassedOver { get; private set; }

    /// <summary>Why evaluation stands still, for a person; null where it goes on.</summary>
    public string? Trouble => _trouble ?? _failing;

    /// <summary>Cancelled when another commit has moved the cursor and this worker has ended: what it remembers is old.</summary>
    public CancellationToken Overtaken { get; }

    /// <summary>When the rules judge a device's silence: its contract, as of the last report taken in.</summary>
    public ContactState? ContactOf(string deviceId)
    {
        lock (_engine) return _engine.StateOf(deviceId).Contact;
    }

    /// <summary>The last place the rules remember of a device; null where they remember none.</summary>
    public AlertPosition? PlaceOf(string deviceId)
    {
        lock (_engine) return _engine.StateOf(deviceId).LastPosition;
    }

    /// <summary>Starts with what is stored and not yet evaluated.</summary>
    public void Start() => _running = Task.Run(() => RunAsync(_stop.Token));

    /// <inheritdoc/>
    public void Accept(AcceptedReport report) => Wake();

    /// <inheritdoc/>
    public void ContactChanged(string deviceId, bool connected, DateTimeOffset serverTime)
    {
        // A connection is no word of the device: only reports keep the contract of silence.
    }

    /// <summary>Where a device was is to be forgotten. Done by the worker, which alone changes what the rules remember.</summary>
    public void ForgetPlaces(string deviceId)
    {
        _toForget.Enqueue(deviceId);
        Wake();
    }

    /// <summary>Something came or time passed: look.</summary>
    public void Wake() => _wake.ReleaseOnce();

    /// <summary>Stops after the group under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        _overtaken.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                _failingNow = null;
                Work(cancellationToken);
                (_trouble, _failing) = (null, _failingNow);
                await _wake.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (RulesOvertakenException e)
            {
                _log.LogWarning("alerts: {Reason}", e.Message);
                _trouble = e.Message;
                await _overtaken.CancelAsync();
                return;
            }
            catch (Exception e)
            {
                // Whatever it is, it is tried again: alerts that stopped for good would be the worst of outcomes.
                if (_trouble != e.Message) _log.LogError("alerts wait: {Reason}", e.Message);
                _trouble = e.Message;
                _listeningSince = _clock.GetUtcNow();
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    // What stands escalates whatever keeps the rules from going on.
    private void Work(CancellationToken cancellationToken)
    {
        try
        {
            CatchUp(cancellationToken);
            Forget();
            PassTime();
        }
        finally
        {
            Tell(_journal.Escalate(_clock.GetUtcNow(), (alert, e) => Failed($"alert {alert.Id} cannot be escalated", e)));
        }
    }

    // Of one device or alert, while the others go on: told while it lasts, and logged once.
    private void Failed(string what, Exception e)
    {
        _failingNow ??= $"{what}: {e.Message}";
        if (_failed.Count > FailedMax) _failed.Clear();
        if (_failed.Add(what)) _log.LogError(e, "{What}", what);
    }

    private void CatchUp(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var stored = _store.ReadAfter(_engine.Cursor, GroupMax);
            if (stored.Count == 0) return;
            if (stored.Count == GroupMax) Tell(_ahead.Raise(stored[^1].Position, _engine.StateOf, _clock.GetUtcNow()));
            var reports = stored.Select(Decode).OfType<AcceptedReport>().ToList();
            if (TryEvaluate(reports, stored[^1].Position, out var batch)) Commit(batch);
            else OneByOne(reports, stored[^1].Position);
        }
    }

    private AcceptedReport? Decode(StoredReport stored)
    {
        try
        {
            return _decode(stored);
        }
        catch (Exception e) when (e is not StoreUnavailableException)
        {
            PassedOver++;
            _log.LogError(e, "report {Position} of {Device} cannot be decoded and is passed over by the rules", stored.Position, stored.Report.DeviceId);
            return null;
        }
    }

    // Only the rules may fail on a report; a commit that fails is tried again, never passed over.
    private bool TryEvaluate(IReadOnlyList<AcceptedReport> reports, long through, [NotNullWhen(true)] out AlertBatch? batch)
    {
        try
        {
            batch = _engine.Evaluate(reports, through, _clock.GetUtcNow());
            return true;
        }
        catch (Exception e) when (e is not StoreUnavailableException)
        {
            if (reports.Count == 1) _log.LogError(e, "report {Position} of {Device} passed over by the rules", reports[0].Position, reports[0].DeviceId);
            batch = null;
            return false;
        }
    }

    private void OneByOne(List<AcceptedReport> reports, long through)
    {
        foreach (var report in reports)
        {
            if (TryEvaluate([report], report.Position, out var batch))
            {
                Commit(batch);
                continue;
            }

            Commit(_engine.Evaluate([], report.Position, _clock.GetUtcNow()));
            PassedOver++;
        }

        Commit(_engine.Evaluate([], through, _clock.GetUtcNow()));
    }

    private void Forget()
    {
        var devices = new HashSet<string>(StringComparer.Ordinal);
        while (_toForget.TryDequeue(out var deviceId)) devices.Add(deviceId);
        if (devices.Count > 0) Commit(_engine.ForgetPlaces(devices, _clock.GetUtcNow()));
    }

    private void PassTime()
    {
        var now = _clock.GetUtcNow();
        if (!_store.Health.Available || _deaf?.Invoke() is not null) _listeningSince = now; // a device we refuse to acknowledge is not silent
        var batch = _engine.Tick(now, _listeningSince);
        foreach (var (deviceId, e) in batch.Failed) Failed($"the silence of {deviceId} cannot be judged", e);
        Commit(batch);
    }

    private void Commit(AlertBatch batch)
    {
        var changed = _journal.Commit(batch);
        lock (_engine) _engine.Confirm(batch);
        Interlocked.Exchange(ref _position, _engine.Cursor);
        Tell(changed);
    }

    private void Tell(IReadOnlyList<Alert> changed)
    {
        if (changed.Count > 0) Changed?.Invoke(changed);
    }
}
