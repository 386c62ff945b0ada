using System.Text.Json;
using Traxxs.Server.Alerts.Escalation;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts;

/// <summary>
/// Commits what the engine came to: alerts, audit, outbox, rule state and cursor in one transaction. After a crash at any
/// moment the engine goes on from the cursor, so nothing is raised twice and nothing is skipped.
/// </summary>
public sealed class AlertJournal(ServiceDatabase database, Escalator escalator)
{
    /// <summary>Name of the channel that carries commands to devices.</summary>
    public const string DeviceChannel = "device";

    private const int EscalatedAtOnce = 100;

    /// <summary>An engine that stands where the last commit left it.</summary>
    public AlertEngine Resume(IReadOnlyList<IAlertRule> rules)
    {
        var (cursor, rows) = database.Read(session => (session.Rules.Cursor, session.Rules.ReadAll()));
        return new AlertEngine(rules, rows.Select(row => KeyValuePair.Create(row.DeviceId, Parse(row.State))), cursor);
    }

    /// <summary>Commits a batch and gives the alerts that are new or changed.</summary>
    /// <exception cref="RulesOvertakenException">Another commit came between; nothing of the batch happened.</exception>
    public IReadOnlyList<Alert> Commit(AlertBatch batch) => batch.IsEmpty ? [] : database.Write(session =>
    {
        // Who was frozen may commit after another took over; and a commit may have happened though its answer was lost.
        if (session.Rules.Cursor is var stands && stands != batch.CursorBefore) throw new RulesOvertakenException(batch.CursorBefore, stands);

        var changed = new Dictionary<string, Alert>(StringComparer.Ordinal);
        foreach (var alert in batch.Raised) Raise(session, batch, alert, changed);
        foreach (var amendment in batch.Amended) Amend(session, batch, amendment, changed);
        foreach (var end in batch.Ended) End(session, batch, end, changed);
        foreach (var proof in batch.Proofs) session.Outbox.TryAdd(DeviceCommands.AlarmReceived(proof, batch.Now));
        foreach (var (deviceId, state) in batch.States) session.Rules.Put(deviceId, JsonSerializer.Serialize(state, JsonSerializerOptions.Web));
        session.Rules.Cursor = batch.Cursor;
        return changed.Values.ToList();
    });

    /// <summary>Commits alerts, and the proofs of them, that move no cursor, from whatever process, and gives those that are new.</summary>
    public IReadOnlyList<Alert> RaiseBeside(AlertBatch batch) => database.Write(session =>
    {
        var changed = new Dictionary<string, Alert>(StringComparer.Ordinal);
        foreach (var alert in batch.Raised) Raise(session, batch, alert, changed);
        foreach (var proof in batch.Proofs) session.Outbox.TryAdd(DeviceCommands.AlarmReceived(proof, batch.Now));
        return changed.Values.ToList();
    });

    /// <summary>
    /// Takes alerts nobody has acknowledged in time to their next step, and gives those alerts. One that fails is told to
    /// <paramref name="failed"/> and tried again with the next look; it holds up no other.
    /// </summary>
    public IReadOnlyList<Alert> Escalate(DateTimeOffset now, Action<Alert, Exception>? failed = null)
    {
        if (!database.Read(session => session.Alerts.DueToEscalate(now, 1)).Any()) return [];
        try
        {
            return database.Write(session => EscalateDue(session, now, _ => true));
        }
        catch (Exception e) when (e is not StoreUnavailableException)
        {
            return EscalateOneByOne(now, failed);
        }
    }

    private List<Alert> EscalateOneByOne(DateTimeOffset now, Action<Alert, Exception>? failed)
    {
        var escalated = new List<Alert>();
        foreach (var due in database.Read(session => session.Alerts.DueToEscalate(now, EscalatedAtOnce)).ToList())
        {
            try
            {
                escalated.AddRange(database.Write(session => EscalateDue(session, now, alert => alert.Id == due.Id)));
            }
            catch (Exception e) when (e is not StoreUnavailableException)
            {
                failed?.Invoke(due, e);
            }
        }

        return escalated;
    }

    private List<Alert> EscalateDue(ServiceSession session, DateTimeOffset now, Func<Alert, bool> isMeant)
    {
        var escalated = new List<Alert>();
        foreach (var alert in session.Alerts.DueToEscalate(now, EscalatedAtOnce).Where(isMeant)) escalated.Add(escalator.Next(session, alert, now));
        return escalated;
    }

    private void Raise(ServiceSession session, AlertBatch batch, Alert alert, Dictionary<string, Alert> changed)
    {
        var placed = alert with
        {
            Org = session.Devices.OrgOf(alert.DeviceId) ?? OrganisationId.First,
            WearerId = session.Assignments.At(alert.DeviceId, alert.EventTime ?? batch.Now)?.WearerId,
        };
        var standing = escalator.Begin(session, placed, batch.Now);
        if (!session.Alerts.TryAdd(standing)) return;
        session.Audit.Add(standing.Org, batch.Now, $"rule:{alert.Rule}", "alert.raised", $"alert:{alert.Id}", alert.Summary);
        var told = escalator.Tell(session, standing, "raised", batch.Now);
        if (told != standing) session.Alerts.Update(told);
        changed[alert.Id] = told;
    }

    private static void Amend(ServiceSession session, AlertBatch batch, AlertAmendment amendment, Dictionary<string, Alert> changed)
    {
        if (session.Alerts.Find(null, amendment.AlertId) is not { } alert) return;
        var better = alert with { EventTime = amendment.EventTime, Position = amendment.Position ?? alert.Position };
        session.Alerts.Update(better);
        session.Audit.Add(alert.Org, batch.Now, $"rule:{alert.Rule}", "alert.amended", $"alert:{alert.Id}",
            $"late fixes put it at {amendment.EventTime:yyyy-MM-dd HH:mm:ss}Z");
        changed[alert.Id] = better;
    }

    private void End(ServiceSession session, AlertBatch batch, AlertEnd end, Dictionary<string, Alert> changed)
    {
        if (session.Alerts.Find(null, end.AlertId) is not { State: not AlertState.Resolved } alert) return; // a person was first
        var ended = alert with
        {
            State = AlertState.Resolved,
            ResolvedAt = batch.Now,
            ResolvedBy = $"rule:{alert.Rule}",
            Resolution = end.Rule,
            EscalateAt = null,
        };
        session.Alerts.Update(ended);
        session.Audit.Add(alert.Org, batch.Now, $"rule:{alert.Rule}", "alert.resolved", $"alert:{alert.Id}", end.Rule);
        escalator.FollowUp(session, ended, "resolved", batch.Now);
        changed[alert.Id] = ended;
    }

    /// <summary>What the rules remember of a device, from its text.</summary>
    internal static DeviceRuleState Parse(string text) =>
        JsonSerializer.Deserialize<DeviceRuleState>(text, JsonSerializerOptions.Web) ?? DeviceRuleState.Empty;
}
