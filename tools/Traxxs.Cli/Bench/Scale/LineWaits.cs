using Npgsql;

namespace Traxxs.Cli.Bench.Scale;

/// <summary>Looks again and again whether a writer of PostgreSQL waits for another's commit: the one line all of them stand in.</summary>
internal sealed class LineWaits : IAsyncDisposable
{
    private const string Question = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'traxxs reports' AND wait_event_type = 'Lock'";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _looking;
    private int _looks, _waits;

    /// <summary>Begins to look, over a connection of its own that it closes.</summary>
    public LineWaits(NpgsqlConnection connection) => _looking = Task.Run(() => LookAsync(connection));

    /// <summary>Share of the looks that found one waiting, %.</summary>
    public double Percent => _looks == 0 ? 0 : Math.Round(100.0 * _waits / _looks, 1);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _looking;
        _stop.Dispose();
    }

    private async Task LookAsync(NpgsqlConnection connection)
    {
        using var _ = connection;
        while (!_stop.IsCancellationRequested)
        {
            _looks++;
            if (ScaleAccount.Number(connection, Question) > 0) _waits++;
            await Task.Delay(Interval, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }
}
