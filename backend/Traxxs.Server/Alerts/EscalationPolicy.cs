using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts;

/// <summary>
/// Who is told of an alert, and who next when nobody acknowledges. The last tier repeats until somebody does: an alert
/// that people ignore does not fall silent.
/// </summary>
/// <param name="Tiers">In order; the first is told at once.</param>
public sealed record EscalationPolicy(IReadOnlyList<EscalationTier> Tiers)
{
    /// <summary>Times the last tier is told again; a bound, so that a forgotten test device does not write for ever. 96 × 15 min = a day.</summary>
    public const int RepeatsMax = 96;

    /// <summary>The tier that is told when an alert has reached a number; beyond the last it is the last, again.</summary>
    public EscalationTier At(int tier) => Tiers[Math.Min(tier, Tiers.Count - 1)];

    /// <summary>When the tier after this number is told, if the alert still stands unacknowledged.</summary>
    public DateTimeOffset? NextAfter(int tier, AlertSeverity severity, DateTimeOffset now)
    {
        // Warnings and below are told once: a low battery at night wakes nobody.
        if (severity < AlertSeverity.High || tier >= Tiers.Count - 1 + RepeatsMax) return null;
        return now + TimeSpan.FromMinutes(At(tier).AcknowledgeWithinMinutes);
    }
}

/// <summary>One step of a policy.</summary>
/// <param name="Channels">Names of the channels that are told.</param>
/// <param name="AcknowledgeWithinMinutes">Time for a person to acknowledge before the next tier is told, min.</param>
public sealed record EscalationTier(IReadOnlyList<string> Channels, int AcknowledgeWithinMinutes);
