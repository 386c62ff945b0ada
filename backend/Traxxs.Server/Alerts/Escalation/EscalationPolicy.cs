using System.Collections.Immutable;
using Traxxs.Server.Alerts.Schedules;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts.Escalation;

/// <summary>
/// Who is told of an alert, and who next when nobody acknowledges. The last tier is told again and again until somebody
/// does, and no quiet hours hold it back: an alert that people ignore does not fall silent.
/// </summary>
/// <param name="Name">For people.</param>
/// <param name="Tiers">In order; the first is told at once.</param>
public sealed record EscalationPolicy(string Name, ImmutableArray<EscalationTier> Tiers)
{
    /// <summary>Times the last tier is told at its own pace; 96 × 15 min = a day. From then on <see cref="Afterwards"/>.</summary>
    public const int RepeatsMax = 96;

    /// <summary>Pace of the last tier after <see cref="RepeatsMax"/> times: a forgotten test device must not write without end, nor may it be forgotten.</summary>
    public static readonly TimeSpan Afterwards = TimeSpan.FromDays(1);

    /// <summary>Where an organisation chose none: every channel and who responds, then everybody who may act.</summary>
    public static EscalationPolicy Standard { get; } = new("Standard",
    [
        new([EscalationTarget.EveryChannel, new(TargetKind.Role, "responder")], TimeSpan.FromMinutes(5), 0),
        new([EscalationTarget.EveryChannel, new(TargetKind.Role, "responder"), new(TargetKind.Role, "supervisor"), new(TargetKind.Role, "admin")], TimeSpan.FromMinutes(15), 0),
    ]);

    /// <summary>Alerts less urgent are told once: a low battery at night wakes nobody twice.</summary>
    public AlertSeverity EscalateFrom { get; init; } = AlertSeverity.High;

    /// <summary>When less urgent news waits.</summary>
    public ImmutableArray<QuietHours> Quiet { get; init; } = [];

    /// <summary>The tier with a number; beyond the last it is the last.</summary>
    public EscalationTier At(int tier) => Tiers[Math.Min(tier, Tiers.Length - 1)];

    /// <summary>Whether a tier is the last.</summary>
    public bool IsLast(int tier) => tier >= Tiers.Length - 1;

    /// <summary>The step after one, told now: the same tier again where it repeats, else the next.</summary>
    public EscalationStep After(EscalationStep step, DateTimeOffset now)
    {
        if (IsLast(step.Tier)) return new EscalationStep(Tiers.Length - 1, step.Told + 1, step.Number + 1, now);
        return step.Told <= At(step.Tier).Repeat
            ? new EscalationStep(step.Tier, step.Told + 1, step.Number + 1, now)
            : new EscalationStep(step.Tier + 1, 1, step.Number + 1, now);
    }

    /// <summary>When the step after one is due, if the alert still stands unacknowledged; null for never.</summary>
    public DateTimeOffset? NextAt(EscalationStep step, AlertSeverity severity)
    {
        if (severity < EscalateFrom) return null;
        return step.At + (IsLast(step.Tier) && step.Told > RepeatsMax ? Afterwards : At(step.Tier).AcknowledgeWithin);
    }

    /// <summary>When a tier told now is told: at once, or when quiet hours end.</summary>
    public DateTimeOffset DueAt(int tier, AlertSeverity severity, DateTimeOffset now)
    {
        if (IsLast(tier) && severity >= EscalateFrom) return now;
        var due = now;
        // One quiet time may begin as another ends; more than a day of them in a row is told in their midst.
        for (var i = 0; i < Quiet.Length && due - now < TimeSpan.FromDays(1); i++)
        {
            foreach (var quiet in Quiet.Where(quiet => severity < quiet.Below)) due = quiet.EndsAt(due) ?? due;
        }

        return due;
    }
}

/// <summary>One tier of a policy.</summary>
/// <param name="Notify">Who is told.</param>
/// <param name="AcknowledgeWithin">Time for a person to acknowledge before the next step.</param>
/// <param name="Repeat">How often the tier is told again before the next one; the last repeats anyway.</param>
public sealed record EscalationTier(ImmutableArray<EscalationTarget> Notify, TimeSpan AcknowledgeWithin, int Repeat);

/// <summary>Who is told.</summary>
/// <param name="Kind">What it names.</param>
/// <param name="Value">A user's id, a role's word, or a channel's id.</param>
public sealed record EscalationTarget(TargetKind Kind, string Value)
{
    /// <summary>Every channel of the organisation, each to whoever it reaches by itself.</summary>
    public static EscalationTarget EveryChannel { get; } = new(TargetKind.Channel, "*");
}

/// <summary>What a target names.</summary>
public enum TargetKind
{
    /// <summary>A user, over every channel that reaches people by address.</summary>
    User,

    /// <summary>Every user with a role, likewise.</summary>
    Role,

    /// <summary>A channel, to whoever it reaches by itself.</summary>
    Channel,
}

/// <summary>A time of day in which news below a severity waits.</summary>
/// <param name="Below">More urgent news is told all the same.</param>
/// <param name="Times">When.</param>
/// <param name="Text">The times as written: from, to and time zone.</param>
public sealed record QuietHours(AlertSeverity Below, Schedule Times, (string From, string To, string TimeZone) Text)
{
    /// <summary>When they end, where they are on at a time.</summary>
    public DateTimeOffset? EndsAt(DateTimeOffset at) => Times.IsActive(at) ? Times.Between(at, at.AddDays(2)).First().To : null;
}

/// <summary>Where an alert stands in a policy.</summary>
/// <param name="Tier">The tier last told, 0 = the first.</param>
/// <param name="Told">How often it was told, 1 = once.</param>
/// <param name="Number">How often anybody was told beyond the first time.</param>
/// <param name="At">When it was told.</param>
public readonly record struct EscalationStep(int Tier, int Told, int Number, DateTimeOffset At)
{
    /// <summary>Where an alert stands.</summary>
    public static EscalationStep Of(Alert alert) => new(alert.Tier, alert.Told, alert.Step, alert.ToldAt ?? alert.RaisedAt);
}
