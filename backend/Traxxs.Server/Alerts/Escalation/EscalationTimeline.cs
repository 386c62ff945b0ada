using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts.Escalation;

/// <summary>What a policy would do with an alert nobody acknowledges: the dry run.</summary>
public static class EscalationTimeline
{
    /// <summary>Steps shown at most; the last tier goes on for ever.</summary>
    public const int StepsMax = 40;

    /// <summary>The steps of the first day, at most <see cref="StepsMax"/>.</summary>
    public static IReadOnlyList<TimelineStep> Of(EscalationPolicy policy, AlertSeverity severity, DateTimeOffset at)
    {
        var steps = new List<TimelineStep>();
        var step = new EscalationStep(0, 1, 0, at);
        while (true)
        {
            var next = policy.NextAt(step, severity);
            steps.Add(new TimelineStep(step, policy.DueAt(step.Tier, severity, step.At), policy.At(step.Tier), next));
            if (next is not { } time || steps.Count == StepsMax || time > at.AddDays(1)) return steps;
            step = policy.After(step, time);
        }
    }
}

/// <summary>One step of a dry run.</summary>
/// <param name="Step">Where the alert stands then.</param>
/// <param name="DueAt">When it is told: later than the step where quiet hours hold it back.</param>
/// <param name="Tier">Who is told.</param>
/// <param name="NextAt">When the next step follows; null for never.</param>
public sealed record TimelineStep(EscalationStep Step, DateTimeOffset DueAt, EscalationTier Tier, DateTimeOffset? NextAt);
