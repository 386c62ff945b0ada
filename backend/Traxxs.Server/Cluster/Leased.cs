using Microsoft.Extensions.Logging;

namespace Traxxs.Server.Cluster;

/// <summary>
/// Work that one process at a time does: begun anew with each lease, from what is stored, and ended when the lease is lost or the work
/// itself says that it is over; the lease is then given back and asked for anew. Who has no lease asks again every second.
/// </summary>
/// <param name="name">Of the lease.</param>
/// <param name="leases">Who has it.</param>
/// <param name="begin">Begins the work; it runs when this returns.</param>
/// <param name="time">The machine's time.</param>
/// <param name="log">Where changes are told.</param>
/// <param name="over">Cancelled when the work cannot go on and must be begun anew; null where it always can.</param>
internal sealed class Leased<T>(string name, IRoleLeases leases, Func<T> begin, TimeProvider time, ILogger log, Func<T, CancellationToken>? over = null) : IAsyncDisposable
    where T : class, IAsyncDisposable
{
    /// <summary>How others say that they wait for the lease.</summary>
    public const string Standby = "standby: another process does it";

    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly BackOff _backOff = new();
    private IRoleLease? _lease;
    private volatile T? _current;
    private volatile string? _idle = "not begun yet";
    private long _begunAnew;
    private Task _running = Task.CompletedTask;

    /// <summary>The work while this process does it; null while it does not.</summary>
    public T? Current => _current;

    /// <summary>Why this process does not do it, for a person; null where it does.</summary>
    public string? Idle => _idle;

    /// <summary>How often the work was over by itself and was begun anew.</summary>
    public long BegunAnew => Interlocked.Read(ref _begunAnew);

    /// <summary>Tries once, so that a server that is alone works when this returns; then goes on by itself. What fails the first time is thrown.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryBeginAsync(cancellationToken);
        _running = Task.Run(() => RunAsync(_stop.Token), CancellationToken.None);
    }

    /// <summary>Ends the work and gives the lease back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync();
        await _running;
        await EndAsync("stopped");
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (_lease is { } held) await WorkAsync(held.Lost, cancellationToken);

                await TryBeginAsync(cancellationToken);
                _backOff.Worked();
                if (_lease is null) await Task.Delay(AskAgain, time, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                await EndAsync(e.Message);
                log.LogWarning("{Name} waits: {Reason}", name, e.Message);
                await Task.Delay(_backOff.Failed(), time, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    private async Task WorkAsync(CancellationToken lost, CancellationToken cancellationToken)
    {
        var done = over is null || _current is not { } work ? CancellationToken.None : over(work);
        await UntilAsync(lost, done, cancellationToken);
        if (lost.IsCancellationRequested)
        {
            log.LogWarning("{Name}: the lease is lost, another process may take over", name);
            await EndAsync("the lease was lost");
            return;
        }

        Interlocked.Increment(ref _begunAnew);
        log.LogWarning("{Name}: cannot go on and begins anew from what is stored", name);
        await EndAsync("begins anew from what is stored");
        await Task.Delay(_backOff.Failed(), time, cancellationToken); // two that overtake each other by turns must not do so without a pause
    }

    private async Task TryBeginAsync(CancellationToken cancellationToken)
    {
        _lease = await leases.TryAcquireAsync(name, cancellationToken);
        if (_lease is null)
        {
            _idle = Standby;
            return;
        }

        _current = begin();
        _idle = null;
    }

    private async Task EndAsync(string why)
    {
        _idle = why;
        var (work, lease) = (_current, _lease);
        (_current, _lease) = (null, null);
        if (work is not null) await work.DisposeAsync();
        if (lease is not null) await lease.DisposeAsync();
    }

    private static async Task UntilAsync(CancellationToken lost, CancellationToken over, CancellationToken stop)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var first = lost.Register(() => ended.TrySetResult());
        await using var second = over.Register(() => ended.TrySetResult());
        await using var third = stop.Register(() => ended.TrySetCanceled(stop));
        await ended.Task;
    }
}
