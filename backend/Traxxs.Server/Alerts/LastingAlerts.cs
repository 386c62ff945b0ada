using System.Collections.Immutable;
using Traxxs.Server.Alerts.Schedules;

namespace Traxxs.Server.Alerts;

/// <summary>An alert for something that lasted too long.</summary>
/// <param name="Since">Since when it counted.</param>
/// <param name="AlertId">The alert.</param>
/// <param name="Ended">Whether it ended because that was over.</param>
public sealed record LastingAlert(DateTimeOffset Since, string AlertId, bool Ended);

/// <summary>A stretch of time in which something lasted.</summary>
/// <param name="From">Since when.</param>
/// <param name="To">Until when; null while it lasts.</param>
internal readonly record struct Stretch(DateTimeOffset From, DateTimeOffset? To);

/// <summary>
/// One alert for each stretch that lasted too long, counted within a schedule: a stretch that goes on over two shifts is
/// one in each. Stretches may change as late reports come: one that meets an alert already raised is the same, one that is
/// over ends its alert, and nothing raised is taken back.
/// </summary>
internal static class LastingAlerts
{
    /// <summary>Alerts remembered; the oldest make room.</summary>
    public const int Max = 16;

    // What has lasted for longer is looked at from here on.
    private static readonly TimeSpan LookBack = TimeSpan.FromDays(7);

    /// <summary>Since when a stretch under way has lasted too long; null where it has not. Cheap enough for every tick.</summary>
    public static DateTimeOffset? DueSince(DateTimeOffset from, TimeSpan atLeast, Schedule? schedule, DateTimeOffset now)
    {
        if (now - from < atLeast) return null;
        if (schedule is null) return from;
        if (schedule.ActiveSince(now) is not { } begun) return null;
        var since = begun > from ? begun : from;
        return now - since >= atLeast ? since : null;
    }

    /// <summary>Raises for stretches nobody knew of, ends those that are over, and gives what is to be remembered.</summary>
    public static ImmutableArray<LastingAlert> Judge(
        ImmutableArray<LastingAlert> known, IEnumerable<Stretch> stretches, TimeSpan atLeast, Schedule? schedule, DateTimeOffset now,
        Func<DateTimeOffset, string> raise)
    {
        foreach (var stretch in stretches)
        {
            foreach (var (from, to) in Parts(stretch.From, stretch.To ?? now, schedule))
            {
                if (to - from < atLeast || known.Any(alert => alert.Since >= from && alert.Since <= to)) continue;
                known = known.Add(new LastingAlert(from, raise(from), false));
            }
        }

        return known.Length > Max ? known.RemoveRange(0, known.Length - Max) : known;
    }

    /// <summary>Ends the alerts of stretches that are over: all but the one under way since <paramref name="from"/>.</summary>
    public static ImmutableArray<LastingAlert> End(ImmutableArray<LastingAlert> known, DateTimeOffset? from, string rule, AlertBatch batch)
    {
        for (var i = 0; i < known.Length; i++)
        {
            if (known[i].Ended || known[i].Since >= from) continue;
            batch.Ended.Add(new AlertEnd(known[i].AlertId, rule));
            known = known.SetItem(i, known[i] with { Ended = true });
        }

        return known;
    }

    private static IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Parts(DateTimeOffset from, DateTimeOffset to, Schedule? schedule)
    {
        if (schedule is null) return [(from, to)];
        var cut = to - LookBack;
        // What began before the cut would seem to begin at another time with each look.
        return from >= cut ? schedule.Between(from, to) : schedule.Between(cut, to).Where(part => part.From > cut);
    }
}
