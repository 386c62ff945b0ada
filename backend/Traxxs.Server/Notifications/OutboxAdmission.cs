using System.Globalization;
using System.Text.Json;
using Traxxs.Store.Service;

namespace Traxxs.Server.Notifications;

/// <summary>
/// Decides what of a channel's due entries is tried now: what came to nothing meanwhile is skipped, what goes beyond a rate
/// limit is held back, and what was held back is told in one summary when the limit lifts.
/// </summary>
internal static class OutboxAdmission
{
    /// <summary>Entries told in one summary at most; what is beyond is told in the next.</summary>
    public const int SummaryMax = 200;

    private static readonly string[] NeverHeld = ["summary", "test", "command"];

    /// <summary>The entries to be tried now. What is held back is written so, and counted.</summary>
    public static (IReadOnlyList<OutboxEntry> Now, int Held) Admit(ServiceSession session, INotificationChannel channel, IReadOnlyList<OutboxEntry> due, DateTimeOffset now)
    {
        if (channel.Limit is not { } limit) return (due, 0);
        var admitted = new List<OutboxEntry>();
        var counted = new List<(string? Recipient, AlertSeverity Severity)>();
        var held = 0;
        foreach (var entry in due)
        {
            var severity = entry.AlertId is { } id ? session.Alerts.Find(null, id)?.Severity : null;
            if (severity is not { } known || NeverHeld.Contains(entry.Kind) || (entry.Kind == "raised" && known == AlertSeverity.Critical))
            {
                admitted.Add(entry);
                if (severity is { } urgent) counted.Add((entry.Recipient, urgent));
                continue;
            }

            var taken = session.Outbox.TakenSince(channel.Name, entry.Recipient, known, now - limit.Within);
            var counts = taken.Count + counted.Count(item => item.Recipient == entry.Recipient && item.Severity >= known);
            if (counts < limit.Count)
            {
                admitted.Add(entry);
                counted.Add((entry.Recipient, known));
                continue;
            }

            // The limit lifts when so many have left the span that one more has room.
            var last = Math.Min(counts - limit.Count, taken.Count - 1);
            var isHeld = session.Outbox.Update(entry with
            {
                State = OutboxState.Held,
                DueAt = (last >= 0 ? taken[last] : now) + limit.Within,
                LastError = string.Create(CultureInfo.InvariantCulture, $"held back: {limit.Count} notifications within {limit.Within.TotalSeconds} s"),
            });
            if (isHeld) held++;
        }

        return (admitted, held);
    }

    /// <summary>Tells what was held back from recipients whose limit has lifted; gives whether anything is held back still.</summary>
    public static bool Release(ServiceSession session, DateTimeOffset now)
    {
        foreach (var (channel, recipient) in session.Outbox.HeldUntil(now))
        {
            var held = session.Outbox.HeldFor(channel, recipient, SummaryMax);
            if (held.Count == 1)
            {
                session.Outbox.Update(held[0] with { State = OutboxState.Pending, DueAt = now });
                continue;
            }

            session.Outbox.TryAdd(new OutboxEntry
            {
                Key = string.Create(CultureInfo.InvariantCulture, $"summary/{channel}/{recipient}/{held.Min(entry => entry.Id)}-{held.Max(entry => entry.Id)}"),
                Channel = channel,
                Recipient = recipient,
                Kind = "summary",
                AlertId = held[0].AlertId,
                Payload = JsonSerializer.Serialize(held.Select(entry => entry.AlertId).Distinct()),
                DueAt = now,
                CreatedAt = now,
            });
            foreach (var entry in held) session.Outbox.Update(entry with { State = OutboxState.Skipped, FinishedAt = now, LastError = "told in a summary" });
        }

        return session.Outbox.CountByState(null).GetValueOrDefault(OutboxState.Held) > 0;
    }
}
