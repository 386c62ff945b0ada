using System.Data;
using Npgsql;
using Traxxs.Store.Sqlite;

namespace Traxxs.Store.Postgres;

public sealed partial class PostgresReportStore
{
    /// <summary>The writer: one loop, one group a turn.</summary>
    private void Write()
    {
        var group = new List<PendingAppend>();
        var retryDelay = _options.RetryDelay;
        while (true)
        {
            if (_queue.Count is > 0 and < GatherMax) _queue.Pause(GatherTime);
            // While the server is away an empty group is an attempt too, so that it heals without traffic.
            if (!_queue.Take(ref group, _failure is null ? _options.Heartbeat : TimeSpan.Zero)) break;
            var failed = !CommitAll(group);
            group.Clear();
            if (!failed)
            {
                retryDelay = _options.RetryDelay;
                continue;
            }

            _queue.Pause(retryDelay);
            retryDelay = TimeSpan.FromTicks(Math.Min(retryDelay.Ticks * 2, _options.RetryDelayMax.Ticks));
        }

        _connection?.Dispose();
    }

    /// <summary>Commits what gathered, in groups of a bounded size, and tells their waiters; false where one failed.</summary>
    private bool CommitAll(List<PendingAppend> gathered)
    {
        if (gathered.Count == 0) return Attempt(Probe);
        string? failure = null;
        foreach (var group in gathered.Chunk(_options.GroupMax))
        {
            List<AppendResult> results = [];
            // Where one failed the rest does not wait for as many more time-outs.
            if (failure is null && !Attempt(() => results = Commit(group))) failure = _failure;
            AppendQueue.Tell(group, results, failure is null ? null : new StoreUnavailableException($"the report store cannot commit: {failure}"));
            foreach (var append in group)
            {
                if (append.Erasure is { } slice) Erase(slice);
            }
        }

        return failure is null;
    }

    /// <summary>Does something on the writer's connection; after a failure it begins with a new one and believes nothing in memory.</summary>
    private bool Attempt(Action work)
    {
        try
        {
            // Whatever found it dead since the last group.
            if (_connection is { FullState: not ConnectionState.Open }) Forget();
            _connection ??= Connect();
            work();
            _failure = null;
            return true;
        }
        catch (Exception error) when (error is NpgsqlException or StoreUnavailableException or IOException or InvalidOperationException or TimeoutException)
        {
            // A connection lost inside COMMIT may have committed: then the reports, sent again, are duplicates.
            _failure = $"the last commit failed: {PostgresConnection.WordsOf(error)}";
            Forget();
            return false;
        }
    }

    private void Forget()
    {
        _connection?.Dispose();
        _connection = null;
        _writing.Clear();
    }

    private NpgsqlConnection Connect()
    {
        var connection = _writing.OpenConnection();
        try
        {
            PostgresSchema.Upgrade(connection);
            _partitions.Load(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Asks the server whether it is there. After a failure it must write too, some pages that are taken back: a full disk takes what
    /// needs no page.
    /// </summary>
    private void Probe()
    {
        const string Pages = "INSERT INTO report_rejected SELECT -n, 0, '', 'probe', decode(repeat(md5(n::text), 60), 'hex') FROM generate_series(1, 64) AS n";
        using var transaction = _connection!.BeginTransaction(IsolationLevel.ReadCommitted);
        using var command = new NpgsqlCommand(_failure is null ? "SELECT 1" : Pages, _connection, transaction);
        command.ExecuteNonQuery();
        transaction.Rollback();
    }

    private List<AppendResult> Commit(PendingAppend[] group)
    {
        var results = new List<AppendResult>(group.Length);
        if (group.All(append => append.Erasure is not null)) return [.. group.Select(_ => default(AppendResult))];
        var log = new PostgresLog(_connection!, _partitions, _options.RejectedMax);
        var reports = group.Where(append => append.Report is not null).Select(append => append.Report!).ToList();
        log.Begin(reports);
        log.ReadEarlier(reports);
        foreach (var append in group)
        {
            if (append.Report is { } report) results.Add(log.Append(report));
            else results.Add(default);
            if (append.Rejected is { } frame) log.AppendRejected(frame.DeviceId, frame.ServerTimeMs, frame.Reason, frame.Payload);
        }

        log.Commit();
        // What others committed since is not in this process' memory: it begins anew behind it.
        if (log.FoundPosition != _recent.LastPosition) _recent.Reset(log.FoundPosition);
        _recent.Add(group.ToList(), results);
        return results;
    }

    private void Erase(PendingErasure slice)
    {
        EraseProgress progress = default;
        if (Attempt(() => progress = new PostgresEraser(_connection!).Erase(slice.What, slice.After, slice.Limit)))
        {
            if (progress.Erased > 0) _recent.Reset(_recent.LastPosition);
            slice.Done.SetResult(progress);
        }
        else
        {
            slice.Done.SetException(new StoreUnavailableException($"the report store cannot erase: {_failure}"));
        }
    }
}
