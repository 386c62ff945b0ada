using System.Collections.Concurrent;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts.Schedules;

/// <summary>
/// Time zones by their IANA names. Which there are is the machine's to say (<c>tzdata</c>), and a setting may have been made on another
/// machine: a stored name that is not found costs its own schedule and nothing else, and is remembered here, for the log and health to tell.
/// </summary>
public static class TimeZones
{
    // More than people set in earnest; names beyond are not remembered.
    private const int UnknownMax = 100;

    private static readonly ConcurrentDictionary<string, bool> Missed = new(StringComparer.Ordinal);

    private static readonly Lazy<bool> Some = new(() => Find(new OrganisationSettings().TimeZone) is not null);

    /// <summary>Whether this machine has time zones at all.</summary>
    public static bool AreThere => Some.Value;

    /// <summary>What is wrong with time zones on this machine, since the start, for a person; null where nothing is.</summary>
    public static string? Trouble => !AreThere
        ? "this machine has no time zones, install tzdata: until then only hours in UTC are kept and can be set"
        : Missed.IsEmpty
            ? null
            : $"settings name time zones this machine does not know ({string.Join(", ", Missed.Keys.Order(StringComparer.Ordinal))}): their quiet hours are not kept, their rules hold at all times, "
                + "places of wearers with such hours are hidden; choose another name there, or install tzdata";

    /// <summary>A time zone by its name, or null where this machine knows none of that name.</summary>
    public static TimeZoneInfo? Find(string? name) =>
        name is { Length: > 0 and <= 100 } && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;

    /// <summary>As <see cref="Find"/>, for a name that was taken once: where it is not found now, <see cref="Trouble"/> tells.</summary>
    public static TimeZoneInfo? FindStored(string? name)
    {
        var zone = Find(name);
        if (zone is null && name is not null && Missed.Count < UnknownMax) Missed.TryAdd(name, true);
        return zone;
    }
}
