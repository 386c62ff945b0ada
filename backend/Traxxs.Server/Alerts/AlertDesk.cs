using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts;

/// <summary>
/// What people do with alerts. Each act is one transaction with its audit entry; the first acknowledgement wins and
/// reaches the wearer.
/// </summary>
public sealed class AlertDesk(ServiceDatabase database, TimeProvider clock)
{
    /// <summary>Most characters of a comment.</summary>
    public const int CommentMax = 2000;

    /// <summary>An alert was changed by a person. Called after the commit.</summary>
    public event Action<Alert>? Changed;

    /// <summary>A person takes the alert.</summary>
    public DeskResult Acknowledge(string org, string id, string who, string? comment) => Act(org, id, (session, alert, now) =>
    {
        if (alert.State == AlertState.Resolved) return new DeskResult(DeskOutcome.AlreadyResolved, alert);
        if (alert.State == AlertState.Acknowledged)
        {
            return new DeskResult(alert.AcknowledgedBy == who ? DeskOutcome.Done : DeskOutcome.AlreadyAcknowledged, alert);
        }

        var next = alert with { State = AlertState.Acknowledged, AcknowledgedAt = now, AcknowledgedBy = who, EscalateAt = null, Assignee = alert.Assignee ?? who };
        session.Alerts.Update(next);
        session.Audit.Add(org, now, who, "alert.acknowledged", $"alert:{id}");
        if (DeviceCommands.AlarmAcknowledged(next, now) is { } command) session.Outbox.TryAdd(command);
        AddComment(session, org, id, who, comment, now);
        return new DeskResult(DeskOutcome.Done, next);
    });

    /// <summary>A person ends the alert, and says why.</summary>
    public DeskResult Resolve(string org, string id, string who, string? reason) => Act(org, id, (session, alert, now) =>
    {
        if (alert.State == AlertState.Resolved) return new DeskResult(DeskOutcome.AlreadyResolved, alert);
        var next = alert with { State = AlertState.Resolved, ResolvedAt = now, ResolvedBy = who, Resolution = reason, EscalateAt = null };
        session.Alerts.Update(next);
        session.Audit.Add(org, now, who, "alert.resolved", $"alert:{id}", reason);
        return new DeskResult(DeskOutcome.Done, next);
    });

    /// <summary>A person hands the alert to somebody, or to nobody.</summary>
    public DeskResult Assign(string org, string id, string who, string? assignee) => Act(org, id, (session, alert, now) =>
    {
        if (alert.State == AlertState.Resolved) return new DeskResult(DeskOutcome.AlreadyResolved, alert);
        var next = alert with { Assignee = assignee };
        session.Alerts.Update(next);
        session.Audit.Add(org, now, who, "alert.assigned", $"alert:{id}", assignee);
        return new DeskResult(DeskOutcome.Done, next);
    });

    /// <summary>A person writes something down.</summary>
    public DeskResult Comment(string org, string id, string who, string text) => Act(org, id, (session, alert, now) =>
    {
        AddComment(session, org, id, who, text, now);
        return new DeskResult(DeskOutcome.Done, alert);
    });

    private static void AddComment(ServiceSession session, string org, string id, string who, string? text, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(text)) return;
        session.Alerts.AddComment(id, new AlertComment(now, who, text.Trim()));
        session.Audit.Add(org, now, who, "alert.commented", $"alert:{id}");
    }

    private DeskResult Act(string org, string id, Func<ServiceSession, Alert, DateTimeOffset, DeskResult> act)
    {
        var result = database.Write(session => session.Alerts.Find(org, id) is { } alert
            ? act(session, alert, clock.GetUtcNow())
            : new DeskResult(DeskOutcome.NotFound, null));
        if (result is { Outcome: DeskOutcome.Done, Alert: { } changed }) Changed?.Invoke(changed);
        return result;
    }
}

/// <summary>What came of an act.</summary>
public enum DeskOutcome
{
    /// <summary>It is as asked.</summary>
    Done,

    /// <summary>There is no such alert.</summary>
    NotFound,

    /// <summary>Somebody else was first.</summary>
    AlreadyAcknowledged,

    /// <summary>It has ended.</summary>
    AlreadyResolved,
}

/// <summary>What came of an act, and the alert as it stands.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Alert">As it stands; null where there is none.</param>
public sealed record DeskResult(DeskOutcome Outcome, Alert? Alert);
