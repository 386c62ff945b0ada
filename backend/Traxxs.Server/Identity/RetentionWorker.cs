using System.Globalization;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Server.Identity;

/// <summary>
/// Lets go of what has been kept long enough, as each organisation chose, and does the erasures people asked for. In the
/// background and in slices: the store's writer takes reports between any two of them.
/// </summary>
public sealed class RetentionWorker(ServiceDatabase database, IReportStore store, WearerEraser eraser, TimeProvider clock, ILogger log) : IAsyncDisposable
{
    /// <summary>How often it is looked what is old enough.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private const int SliceReports = 1024;
    private const int SliceAlerts = 100;
    private const int SliceSignIns = 500;

    // Ended sign-ins are kept as long as one may last: so that people can look at when somebody was in.
    private static readonly TimeSpan SignInsKept = SignIns.Longest;

    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly LoopTrouble _trouble = new(log, "retention waits");
    private Task _running = Task.CompletedTask;
    private DateTimeOffset _nextSweep;
    private string? _held;

    /// <summary>Why nothing is let go, for a person; null where it is.</summary>
    public string? Trouble => _trouble.Reason;

    /// <summary>Begins, with what waits from before.</summary>
    public void Start() => _running = Task.Run(() => RunAsync(_stop.Token));

    /// <summary>Time has passed.</summary>
    public void Tick(DateTimeOffset now)
    {
        if (now >= _nextSweep) Wake();
    }

    /// <summary>An erasure was asked for.</summary>
    public void Wake() => _wake.ReleaseOnce();

    /// <summary>Stops after the slice under way; the next start goes on there.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    /// <summary>Lets go of what is old enough by now, of every organisation.</summary>
    public async Task SweepAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        eraser.SweepLate(now);
        var organisations = database.Read(session => session.Organisations.List());
        DropWhatNobodyKeeps(organisations, now);
        var failed = new List<Exception>();
        foreach (var organisation in organisations)
        {
            await EachByItselfAsync(() => SweepAsync(organisation, now, cancellationToken), failed);
        }

        while (database.Write(session => session.SignIns.Forget(now - SignInsKept, SliceSignIns)) == SliceSignIns) cancellationToken.ThrowIfCancellationRequested();
        if (failed.Count > 0) ExceptionDispatchInfo.Throw(failed[0]);
    }

    private async Task SweepAsync(Organisation organisation, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var reports = await LetReportsGoAsync(organisation, now, cancellationToken);
        var alerts = LetAlertsGo(organisation, now, cancellationToken);
        if (reports + alerts == 0) return;
        database.Write(session => session.Audit.Add(
            organisation.Id, now, "system", "retention.applied", $"organisation:{organisation.Id}", string.Create(CultureInfo.InvariantCulture, $"{reports} reports, {alerts} alerts")));
        log.LogInformation("retention of {Organisation}: {Reports} reports and {Alerts} alerts let go", organisation.Id, reports, alerts);
    }

    // What fails of one keeps no other from its turn, and is told when all have had theirs.
    private static async Task EachByItselfAsync(Func<Task> work, List<Exception> failed)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (e is not (StoreUnavailableException or OperationCanceledException))
        {
            failed.Add(e);
        }
    }

    // What even the organisation that keeps longest need not keep goes at one stroke; the rest report by report.
    private void DropWhatNobodyKeeps(IReadOnlyList<Organisation> organisations, DateTimeOffset now)
    {
        if (store is not IDropsByTime drops || organisations.Any(organisation => organisation.Settings.RetentionDays is null)) return;
        var (gone, held) = drops.DropBefore(now.AddDays(-organisations.Max(organisation => organisation.Settings.RetentionDays!.Value)).ToUnixTimeMilliseconds());
        if (gone.Count > 0) log.LogInformation("retention dropped {Spans}", string.Join(", ", gone));
        // Said once. Its rows go all the same, report by report, and with them what is kept too long.
        if (held is not null && held != _held) log.LogWarning("retention leaves {Span} for now: a backup or another session reads it; tried again every hour", held);
        _held = held;
    }

    private async Task<long> LetReportsGoAsync(Organisation organisation, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (organisation.Settings.RetentionDays is not { } days) return 0;
        var before = now.AddDays(-days).ToUnixTimeMilliseconds();
        long erased = 0;
        foreach (var device in database.Read(session => session.Devices.List(organisation.Id)))
        {
            string? next = null;
            do
            {
                var slice = await store.EraseAsync(new ReportErasure(device.Id) { ReceivedBeforeMs = before }, next, SliceReports, cancellationToken);
                (erased, next) = (erased + slice.Erased, slice.Next);
            }
            while (next is not null);
        }

        return erased;
    }

    private long LetAlertsGo(Organisation organisation, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (organisation.Settings.AlertRetentionDays is not { } days) return 0;
        long deleted = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var slice = database.Write(session => session.Erasures.DeleteResolvedAlerts(organisation.Id, now.AddDays(-days), SliceAlerts));
            deleted += slice;
            if (slice < SliceAlerts) return deleted;
        }
    }

    private async Task EraseAsync(CancellationToken cancellationToken)
    {
        while (await eraser.StepAsync(cancellationToken)) cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var failed = new List<Exception>();
                await EachByItselfAsync(() => EraseAsync(cancellationToken), failed);
                if (clock.GetUtcNow() is var now && now >= _nextSweep)
                {
                    _nextSweep = now + Interval;
                    await SweepAsync(now, cancellationToken);
                }

                if (failed.Count > 0) ExceptionDispatchInfo.Throw(failed[0]);
                _trouble.Worked();
                await _wake.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // What could not be let go now is let go at the next look.
                _trouble.Failed(e);
                _nextSweep = clock.GetUtcNow() + TimeSpan.FromMinutes(1);
                await _wake.WaitAsync(cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }
}
