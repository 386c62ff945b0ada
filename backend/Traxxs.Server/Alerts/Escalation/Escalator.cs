using System.Text.Json;
using Traxxs.Server.Notifications.Channels;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts.Escalation;

/// <summary>
/// Carries alerts through their policies: who is told when an alert is raised, who next, and that somebody has it. Works
/// within the transaction that changes the alert, so a telling is promised exactly when its cause is committed.
/// </summary>
/// <param name="standard">Policy of the first organisation where it chose none; the others have <see cref="EscalationPolicy.Standard"/>.</param>
/// <param name="recipients">Turns targets into tellings.</param>
public sealed class Escalator(EscalationPolicy standard, Recipients recipients)
{
    // What follows when nobody can be told by a policy: better everybody than nobody.
    private static readonly EscalationTarget[] Anybody = [EscalationTarget.EveryChannel];

    /// <summary>The policy of an organisation that chose none.</summary>
    public EscalationPolicy StandardOf(string org) => org == OrganisationId.First ? standard : EscalationPolicy.Standard;

    /// <summary>The policy an alert follows: its wearer's, else its organisation's, else, or where that cannot be read, the standard one.</summary>
    public EscalationPolicy PolicyOf(ServiceSession session, Alert alert)
    {
        return PolicyOf(session, alert, out _);
    }

    // One that was stored and cannot be read must not keep the alert from people, nor those of others that are committed with it.
    private EscalationPolicy PolicyOf(ServiceSession session, Alert alert, out string? unread)
    {
        unread = null;
        var record = (alert.PolicyId is { } id ? session.Policies.Find(alert.Org, id) : null) ?? session.Policies.Default(alert.Org);
        if (record is null) return StandardOf(alert.Org);
        try
        {
            return EscalationJson.Read(record.Definition);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            unread = $"policy \"{record.Name}\" cannot be read, the standard one is followed: {e.Message}";
            return StandardOf(alert.Org);
        }
    }

    /// <summary>A new alert as it begins its policy; its first tier is told once it stands.</summary>
    public Alert Begin(ServiceSession session, Alert alert, DateTimeOffset now)
    {
        var wearer = alert.WearerId is { } id ? session.Wearers.Find(alert.Org, id) : null;
        var begun = alert with { PolicyId = wearer?.Policy, Tier = 0, Told = 1, Step = 0, ToldAt = now };
        return begun with { EscalateAt = PolicyOf(session, begun).NextAt(EscalationStep.Of(begun), begun.Severity) };
    }

    /// <summary>Tells the tier an alert stands at, and gives the alert as it stands then: a tier nobody is in is passed over.</summary>
    public Alert Tell(ServiceSession session, Alert alert, string kind, DateTimeOffset now)
    {
        var policy = PolicyOf(session, alert, out var unread);
        if (unread is not null) session.Audit.Add(alert.Org, now, "rule:escalation", "alert.policy-unread", $"alert:{alert.Id}", unread);
        var tellings = recipients.Of(session, alert, policy.At(alert.Tier).Notify);
        while (tellings.Count == 0 && !policy.IsLast(alert.Tier))
        {
            session.Audit.Add(alert.Org, now, "rule:escalation", "alert.tier-empty", $"alert:{alert.Id}", $"nobody can be told in tier {alert.Tier}");
            alert = alert with { Tier = alert.Tier + 1, Told = 1, ToldAt = now };
            tellings = recipients.Of(session, alert, policy.At(alert.Tier).Notify);
        }

        if (tellings.Count == 0)
        {
            session.Audit.Add(alert.Org, now, "rule:escalation", "alert.tier-empty", $"alert:{alert.Id}", "nobody can be told by the policy: every channel is");
            tellings = recipients.Of(session, alert, Anybody);
        }

        var due = policy.DueAt(alert.Tier, alert.Severity, now);
        foreach (var telling in tellings) Put(session, alert, kind, telling, due, now);
        return alert with { EscalateAt = policy.NextAt(EscalationStep.Of(alert), alert.Severity) };
    }

    /// <summary>Nobody acknowledged in time: the next step.</summary>
    public Alert Next(ServiceSession session, Alert alert, DateTimeOffset now)
    {
        var step = PolicyOf(session, alert).After(EscalationStep.Of(alert), now);
        var next = Tell(session, alert with { Tier = step.Tier, Told = step.Told, Step = step.Number, ToldAt = now }, "escalated", now);
        session.Alerts.Update(next);
        session.Audit.Add(alert.Org, now, "rule:escalation", "alert.escalated", $"alert:{alert.Id}", $"tier {next.Tier}, told {next.Told} times");
        return next;
    }

    /// <summary>
    /// A notification was given up. Where nobody took what an alert's present step told, the next one need not wait for an
    /// acknowledgement that cannot come. The last tier keeps its pace: it is all there is.
    /// </summary>
    public void GaveUp(ServiceSession session, OutboxEntry entry, DateTimeOffset now)
    {
        if (entry.AlertId is not { } id || session.Alerts.Find(null, id) is not { State: < AlertState.Acknowledged, EscalateAt: { } next } alert || next <= now) return;
        if (PolicyOf(session, alert).IsLast(alert.Tier)) return;
        var step = session.Outbox.OfAlert(id).Where(other => other.Key.StartsWith($"{id}/{entry.Kind}/{alert.Step}/", StringComparison.Ordinal)).ToList();
        if (step.Count > 0 && step.All(other => other.State is OutboxState.Dead or OutboxState.Skipped)) session.Alerts.Update(alert with { EscalateAt = now });
    }

    /// <summary>Somebody has the alert, or it ended: programs that were told of it hear that too.</summary>
    public void FollowUp(ServiceSession session, Alert alert, string kind, DateTimeOffset now)
    {
        var told = session.Outbox.OfAlert(alert.Id).Where(entry => entry.Kind is "raised" or "escalated").Select(entry => entry.Channel).Distinct().ToList();
        foreach (var channel in session.Channels.List(alert.Org))
        {
            if (!channel.Disabled && ChannelKinds.FollowsUp(channel.Kind) && told.Contains(channel.Id)) Put(session, alert, kind, new Telling(channel.Id, null), now, now);
        }
    }

    /// <summary>Tells a user that an alert is theirs now.</summary>
    public void TellAssignee(ServiceSession session, Alert alert, User assignee, DateTimeOffset now)
    {
        var channels = session.Channels.List(alert.Org).Where(channel => !channel.Disabled);
        foreach (var telling in Recipients.To(assignee, channels)) Put(session, alert, $"assigned-{now.ToUnixTimeMilliseconds()}", telling, now, now);
    }

    /// <summary>
    /// Policies of an organisation changed: alerts under way stay at their tier, and their time runs as if the new policy had
    /// held since that was told. What is overdue by it is told with the next look, not before.
    /// </summary>
    public void Reckon(ServiceSession session, string org)
    {
        foreach (var alert in session.Alerts.Unacknowledged(org))
        {
            var next = PolicyOf(session, alert).NextAt(EscalationStep.Of(alert), alert.Severity);
            if (next != alert.EscalateAt) session.Alerts.Update(alert with { EscalateAt = next });
        }
    }

    private static void Put(ServiceSession session, Alert alert, string kind, Telling telling, DateTimeOffset due, DateTimeOffset now) =>
        session.Outbox.TryAdd(new OutboxEntry
        {
            Key = $"{alert.Id}/{kind}/{alert.Step}/{telling.Channel}/{telling.Recipient}",
            Channel = telling.Channel,
            Recipient = telling.Recipient,
            Kind = kind.Split('-')[0],
            AlertId = alert.Id,
            DueAt = due,
            CreatedAt = now,
        });
}
