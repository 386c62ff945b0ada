using Traxxs.Protocol;
using Traxxs.Server.Alerts.Escalation;
using Traxxs.Server.Identity;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts;

/// <summary>
/// What people do with alerts. Each act is one transaction with its audit entry; the first acknowledgement wins and
/// reaches the wearer. Nobody takes or ends an alert that speaks of themselves: it may be a call for help they cannot answer.
/// </summary>
public sealed class AlertDesk(ServiceDatabase database, Escalator escalator, TimeProvider clock)
{
    /// <summary>Most characters of a comment.</summary>
    public const int CommentMax = 2000;

    /// <summary>An alert was changed by a person. Called after the commit.</summary>
    public event Action<Alert>? Changed;

    /// <summary>A person takes the alert.</summary>
    public DeskResult Acknowledge(Actor actor, string id, string? comment) => Act(actor, id, (session, alert, now) =>
    {
        if (actor.IsWearer(alert.WearerId)) return new DeskResult(DeskOutcome.OwnAlert, alert);
        if (alert.State == AlertState.Resolved) return new DeskResult(DeskOutcome.AlreadyResolved, alert);
        if (alert.State == AlertState.Acknowledged)
        {
            return new DeskResult(alert.AcknowledgedBy == actor.Name ? DeskOutcome.Done : DeskOutcome.AlreadyAcknowledged, alert);
        }

        var assignee = alert.Assignee ?? (actor.Kind == ActorKind.User ? actor.Id : null);
        var next = alert with { State = AlertState.Acknowledged, AcknowledgedAt = now, AcknowledgedBy = actor.Name, EscalateAt = null, Assignee = assignee };
        session.Alerts.Update(next);
        session.Audit.Add(actor.Org, now, actor.Name, "alert.acknowledged", $"alert:{id}");
        if (DeviceCommands.AlarmAcknowledged(next, now) is { } command) session.Outbox.TryAdd(command);
        AddComment(session, actor, id, comment, now);
        escalator.FollowUp(session, next, "acknowledged", now);
        return new DeskResult(DeskOutcome.Done, next);
    });

    /// <summary>A person ends the alert, and says why.</summary>
    public DeskResult Resolve(Actor actor, string id, string? reason) => Act(actor, id, (session, alert, now) =>
    {
        if (actor.IsWearer(alert.WearerId)) return new DeskResult(DeskOutcome.OwnAlert, alert);
        return alert.State == AlertState.Resolved ? new DeskResult(DeskOutcome.AlreadyResolved, alert) : Resolve(session, actor, alert, reason, now);
    });

    /// <summary>A person hands the alert to a user, or to nobody.</summary>
    public DeskResult Assign(Actor actor, string id, string? assignee) => Act(actor, id, (session, alert, now) =>
    {
        if (alert.State == AlertState.Resolved) return new DeskResult(DeskOutcome.AlreadyResolved, alert);
        var user = assignee is null ? null : session.Users.Find(actor.Org, assignee);
        if (assignee is not null && !MayHave(user, alert)) return new DeskResult(DeskOutcome.NoSuchAssignee, alert);
        var next = alert with { Assignee = assignee };
        session.Alerts.Update(next);
        session.Audit.Add(actor.Org, now, actor.Name, "alert.assigned", $"alert:{id}", user?.Name);
        if (user is not null && user.Id != alert.Assignee && user.Id != actor.Id) escalator.TellAssignee(session, next, user, now);
        return new DeskResult(DeskOutcome.Done, next);
    });

    /// <summary>A person writes something down.</summary>
    public DeskResult Comment(Actor actor, string id, string text) => Act(actor, id, (session, alert, now) =>
    {
        AddComment(session, actor, id, text, now);
        return new DeskResult(DeskOutcome.Done, alert);
    });

    /// <summary>
    /// A person has spoken with a wearer: the check-in timer starts anew on the foot, and missed check-ins end. Gives the
    /// alerts that ended; null where the wearer is the person themselves, or there is none.
    /// </summary>
    public IReadOnlyList<Alert>? CheckIn(Actor actor, string wearerId)
    {
        var ended = database.Write<IReadOnlyList<Alert>?>(session =>
        {
            if (session.Wearers.Find(actor.Org, wearerId) is null || actor.IsWearer(wearerId)) return null;
            var now = clock.GetUtcNow();
            foreach (var assignment in session.Assignments.OfWearer(wearerId).Where(assignment => assignment.To is null))
                session.Outbox.TryAdd(DeviceCommands.Ask(assignment.DeviceId, CommandCode.CheckInReset, now));
            session.Audit.Add(actor.Org, now, actor.Name, "wearer.checked-in", $"wearer:{wearerId}");
            return [.. session.Alerts.OpenOfWearer(actor.Org, wearerId, AlertRuleName.CheckInMissed)
                .Select(alert => Resolve(session, actor, alert, "spoke with the wearer", now).Alert!)];
        });
        foreach (var alert in ended ?? []) Changed?.Invoke(alert);
        return ended;
    }

    private DeskResult Resolve(ServiceSession session, Actor actor, Alert alert, string? reason, DateTimeOffset now)
    {
        var next = alert with { State = AlertState.Resolved, ResolvedAt = now, ResolvedBy = actor.Name, Resolution = reason, EscalateAt = null };
        session.Alerts.Update(next);
        // The reason stands with the alert: what people write about people can be erased there, and in the log never.
        session.Audit.Add(actor.Org, now, actor.Name, "alert.resolved", $"alert:{alert.Id}");
        escalator.FollowUp(session, next, "resolved", now);
        return new DeskResult(DeskOutcome.Done, next);
    }

    private static bool MayHave(User? user, Alert alert) =>
        user is { DisabledAt: null } && Roles.TryParse(user.Role, out var role) && role >= Role.Responder && (alert.WearerId is null || user.WearerId != alert.WearerId);

    private static void AddComment(ServiceSession session, Actor actor, string id, string? text, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(text)) return;
        session.Alerts.AddComment(id, new AlertComment(now, actor.Name, text.Trim()));
        session.Audit.Add(actor.Org, now, actor.Name, "alert.commented", $"alert:{id}");
    }

    private DeskResult Act(Actor actor, string id, Func<ServiceSession, Alert, DateTimeOffset, DeskResult> act)
    {
        var result = database.Write(session => session.Alerts.Find(actor.Org, id) is { } alert
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

    /// <summary>It speaks of the person themselves.</summary>
    OwnAlert,

    /// <summary>The assignee is no user of the organisation who may deal with it.</summary>
    NoSuchAssignee,
}

/// <summary>What came of an act, and the alert as it stands.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Alert">As it stands; null where there is none.</param>
public sealed record DeskResult(DeskOutcome Outcome, Alert? Alert);
