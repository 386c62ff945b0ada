using Traxxs.Store.Service;

namespace Traxxs.Server.Notifications;

/// <summary>A way to reach people or devices. Delivery is at least once: a receiver tells repeats by the entry's id.</summary>
public interface INotificationChannel
{
    /// <summary>Its name in policies and in the outbox.</summary>
    string Name { get; }

    /// <summary>How often and how long it is tried.</summary>
    RetryPolicy Retry => RetryPolicy.Default;

    /// <summary>Deliveries tried beside each other: more than one where a receiver may be slow, so that one does not hold up the next.</summary>
    int AtOnce => 1;

    /// <summary>How many notifications a recipient gets; null for as many as there are.</summary>
    RateLimit? Limit => null;

    /// <summary>Tries once. An exception counts as a failed attempt.</summary>
    Task<Delivery> DeliverAsync(OutboxEntry entry, Alert? alert, CancellationToken cancellationToken);
}

/// <summary>What came of an attempt.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Reason">Why not, for people; holds no secret.</param>
public readonly record struct Delivery(DeliveryOutcome Outcome, string? Reason = null)
{
    /// <summary>The channel took it.</summary>
    public static Delivery Taken => new(DeliveryOutcome.Taken);

    /// <summary>There is nothing to do here, now or later.</summary>
    public static Delivery Skipped(string reason) => new(DeliveryOutcome.Skipped, reason);

    /// <summary>It was refused for good; it stands among the dead letters at once.</summary>
    public static Delivery Refused(string reason) => new(DeliveryOutcome.Refused, reason);

    /// <summary>It did not work; it is tried again.</summary>
    public static Delivery Failed(string reason) => new(DeliveryOutcome.Failed, reason);
}

/// <summary>What came of an attempt.</summary>
public enum DeliveryOutcome
{
    /// <summary>The channel took it.</summary>
    Taken,

    /// <summary>Nothing to do, now or later.</summary>
    Skipped,

    /// <summary>It did not work; it is tried again.</summary>
    Failed,

    /// <summary>Refused for good.</summary>
    Refused,
}

/// <summary>
/// Most notifications a recipient gets over a channel within a span. Only what is at least as urgent counts, so a flood of
/// warnings never holds back what is more urgent; a critical alert that is new is never held back at all. What is held back
/// is told in one summary when the limit lifts.
/// </summary>
/// <param name="Count">How many.</param>
/// <param name="Within">The span.</param>
public sealed record RateLimit(int Count, TimeSpan Within);

/// <summary>How often and how long a delivery is tried: the wait doubles from first to longest.</summary>
/// <param name="First">Wait after the first failure.</param>
/// <param name="Longest">Longest wait.</param>
/// <param name="AttemptsMax">Attempts before it is given up and stands among the dead letters.</param>
public sealed record RetryPolicy(TimeSpan First, TimeSpan Longest, int AttemptsMax)
{
    /// <summary>5 s, 10 s, 20 s … 10 min; 20 attempts are about two hours: longer than a gateway restart, short enough to be noticed.</summary>
    public static RetryPolicy Default { get; } = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10), 20);

    /// <summary>Wait after so many failures.</summary>
    public TimeSpan After(int failures)
    {
        var doublings = Math.Min(failures - 1, 30);
        var wait = First * Math.Pow(2, doublings);
        return wait < Longest ? wait : Longest;
    }
}
