using System.Collections.Immutable;
using Traxxs.Server.Alerts.Geofences;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts;

/// <summary>
/// All that the rules remember of one device. Immutable: an evaluation makes a new one, which counts only once it is
/// committed with what was raised.
/// </summary>
public sealed record DeviceRuleState
{
    /// <summary>A device nothing is known of.</summary>
    public static DeviceRuleState Empty { get; } = new();

    /// <summary>Newest position by fix time.</summary>
    public AlertPosition? LastPosition { get; init; }

    /// <summary>The contract of silence in force.</summary>
    public ContactState? Contact { get; init; }

    /// <summary>The battery by its newest reading.</summary>
    public BatteryState? Battery { get; init; }

    /// <summary>The missed check-in that is open.</summary>
    public CheckInState? CheckIn { get; init; }

    /// <summary>How fast the wearer was; null where nobody asked.</summary>
    public SpeedState? Speed { get; init; }

    /// <summary>When the shoe was off; null where it never was.</summary>
    public ShoeState? Shoe { get; init; }

    /// <summary>Where the device stands to each geofence, by fence id.</summary>
    public ImmutableSortedDictionary<string, FenceState> Fences { get; init; } = ImmutableSortedDictionary<string, FenceState>.Empty;
}

/// <summary>The contract of silence in force, and whether it was broken.</summary>
/// <param name="Epoch">Report that made it.</param>
/// <param name="Sequence">Report that made it.</param>
/// <param name="MadeAt">When the device made it: its own time, or the server's where it knew none.</param>
/// <param name="DueAt">By when it speaks again.</param>
/// <param name="HeardAt">When the server last heard the device, of any report.</param>
/// <param name="AlertId">The alert raised for it; null where it holds.</param>
public sealed record ContactState(
    int Epoch, long Sequence, DateTimeOffset MadeAt, DateTimeOffset? DueAt, DateTimeOffset HeardAt, string? AlertId);

/// <summary>The battery by its newest reading.</summary>
/// <param name="ReadAt">Time of the reading.</param>
/// <param name="AlertId">The open low-battery alert; null where the battery is well.</param>
public sealed record BatteryState(DateTimeOffset ReadAt, string? AlertId);

/// <summary>A missed check-in that is open.</summary>
/// <param name="MissedAt">When the check-in was missed; null where the device did not know.</param>
/// <param name="AlertId">Its alert.</param>
public sealed record CheckInState(DateTimeOffset? MissedAt, string AlertId);
