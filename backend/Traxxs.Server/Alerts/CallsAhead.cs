using Traxxs.Protocol;
using Traxxs.Server.Ingest;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts;

/// <summary>
/// Calls for help do not wait behind a batch: where more reports are stored than the rules take in at once, the alarms among those behind
/// them are raised first. An alarm is its report's alone and its alert's id a hash of it, so that the rules, when they come to that report
/// in its turn, raise nothing a second time. Where this has looked to is not kept: a process that takes over looks again.
/// </summary>
/// <param name="store">Where reports are read.</param>
/// <param name="decode">Reads a stored report; null where it does not decode.</param>
/// <param name="journal">Where alerts are committed.</param>
/// <param name="rules">Rules whose alerts come of one report alone.</param>
public sealed class CallsAhead(IReportStore store, Func<StoredReport, AcceptedReport?> decode, AlertJournal journal, IReadOnlyList<IAlertRule> rules)
{
    // Reports looked through between two groups of the rules: some thirty groups. What is looked for goes ahead fast, and the rest goes on.
    private const int ReportsMax = 8192;

    private const int PageMax = 512;

    // Calls committed at once, as many as the rules would: the commit is one people wait for.
    private const int CallsMax = 256;

    private long _seen;

    /// <summary>Position up to which calls for help have been raised.</summary>
    public long Seen => _seen;

    /// <summary>
    /// Looks through some of the reports behind a position and gives the alerts that are new, after their commit. Fails with
    /// <see cref="StoreUnavailableException"/> where one of the stores is away; the next look begins where this one did.
    /// </summary>
    /// <param name="behind">Position up to which the rules are about to read themselves.</param>
    /// <param name="stateOf">What the rules remember of a device.</param>
    /// <param name="now">Server time.</param>
    public IReadOnlyList<Alert> Raise(long behind, Func<string, DeviceRuleState> stateOf, DateTimeOffset now)
    {
        var batch = new AlertBatch(now, behind);
        var seen = Math.Max(_seen, behind);
        for (var read = 0; read < ReportsMax && batch.Raised.Count < CallsMax;)
        {
            var page = store.ReadAfter(seen, PageMax);
            foreach (var stored in page) Look(stored, stateOf, batch);
            if (page.Count > 0) seen = page[^1].Position;
            if (page.Count < PageMax) break;
            read += page.Count;
        }

        var raised = batch.Raised.Count == 0 ? [] : journal.RaiseBeside(batch);
        _seen = seen;
        return raised;
    }

    private void Look(StoredReport stored, Func<string, DeviceRuleState> stateOf, AlertBatch batch)
    {
        try
        {
            if (decode(stored) is not { } report || !report.Events.Any(item => Alarm.Is(item.Code))) return;
            foreach (var rule in rules) rule.Evaluate(stateOf(report.DeviceId), report, batch);
        }
        catch (Exception e) when (e is not StoreUnavailableException)
        {
            // The rules come to it themselves, and tell and count what they cannot digest.
        }
    }
}
