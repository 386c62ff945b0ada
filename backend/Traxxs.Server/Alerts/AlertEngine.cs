using Traxxs.Server.Ingest;
using Traxxs.Store;

namespace Traxxs.Server.Alerts;

/// <summary>
/// Turns stored reports and passing time into alerts. Synchronous and pure: it takes reports in order of arrival and the
/// time as a value, and gives batches. A batch takes effect here only by <see cref="Confirm"/>, after its commit; without
/// it the same reports may be evaluated again and give the same alerts.
/// </summary>
public sealed class AlertEngine
{
    private readonly IReadOnlyList<IAlertRule> _rules;
    private readonly Dictionary<string, DeviceRuleState> _states;

    /// <summary>An engine that goes on where the given states and cursor were committed.</summary>
    public AlertEngine(IReadOnlyList<IAlertRule> rules, IEnumerable<KeyValuePair<string, DeviceRuleState>> states, long cursor)
    {
        _rules = rules;
        _states = new Dictionary<string, DeviceRuleState>(states, StringComparer.Ordinal);
        Cursor = cursor;
    }

    /// <summary>Position of the last report taken in and committed.</summary>
    public long Cursor { get; private set; }

    /// <summary>What is remembered of a device.</summary>
    public DeviceRuleState StateOf(string deviceId) => _states.GetValueOrDefault(deviceId, DeviceRuleState.Empty);

    /// <summary>
    /// Evaluates reports behind the cursor, in order of arrival. With this the rules have read to <paramref name="through"/>,
    /// which may be behind the last report of the group where others could not be decoded.
    /// </summary>
    public AlertBatch Evaluate(IReadOnlyList<AcceptedReport> group, long through, DateTimeOffset now)
    {
        var batch = new AlertBatch(now, Cursor);
        foreach (var report in group)
        {
            if (report.Position <= batch.Cursor) continue;
            batch.Cursor = report.Position;
            var before = batch.TryGet(report.DeviceId, out var pending) ? pending : StateOf(report.DeviceId);
            var after = before;
            foreach (var rule in _rules) after = rule.Evaluate(after, report, batch);
            if (!ReferenceEquals(before, after)) batch.Put(report.DeviceId, after);
        }

        batch.Cursor = Math.Max(batch.Cursor, through);
        return batch;
    }

    /// <summary>Forgets where devices were, since those places were erased; what is open, and their contracts, stand.</summary>
    public AlertBatch ForgetPlaces(IEnumerable<string> deviceIds, DateTimeOffset now)
    {
        var batch = new AlertBatch(now, Cursor);
        foreach (var deviceId in deviceIds)
        {
            if (_states.TryGetValue(deviceId, out var state)) batch.Put(deviceId, Forgotten(state));
        }

        return batch;
    }

    // A run that is still too fast keeps its place until it ends: it is an open alert's.
    private static DeviceRuleState Forgotten(DeviceRuleState state) => state with
    {
        LastPosition = null,
        Fences = state.Fences.Clear(),
        Speed = state.Speed?.Runs.Any(run => !run.Ended) == true ? state.Speed : null,
    };

    /// <summary>Evaluates that time has passed. Call it only with everything received already evaluated.</summary>
    public AlertBatch Tick(DateTimeOffset now, DateTimeOffset listeningSince)
    {
        var batch = new AlertBatch(now, Cursor);
        var context = new TickContext(now, listeningSince);
        foreach (var (deviceId, before) in _states)
        {
            var mark = batch.Mark();
            try
            {
                var after = before;
                foreach (var rule in _rules) after = rule.Tick(after, deviceId, context, batch);
                if (!ReferenceEquals(before, after)) batch.Put(deviceId, after);
            }
            catch (Exception e) when (e is not StoreUnavailableException)
            {
                // It costs this device this tick, and no other device its silence.
                batch.Back(mark);
                batch.Failed.Add((deviceId, e));
            }
        }

        return batch;
    }

    /// <summary>The batch was committed: go on from it.</summary>
    public void Confirm(AlertBatch batch)
    {
        if (batch.CursorBefore != Cursor) throw new InvalidOperationException($"batch begins at {batch.CursorBefore}, the engine stands at {Cursor}");
        foreach (var (deviceId, state) in batch.States) _states[deviceId] = state;
        Cursor = batch.Cursor;
    }
}
