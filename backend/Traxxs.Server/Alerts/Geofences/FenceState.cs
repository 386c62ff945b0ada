using System.Collections.Immutable;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts.Geofences;

/// <summary>What is remembered of one device and one geofence.</summary>
public sealed record FenceState
{
    /// <summary>Most crossings remembered; the oldest make room. Late fixes older than that start afresh: 32 cover days of coming and going.</summary>
    public const int CrossingsMax = 32;

    /// <summary>The shape this speaks of, see <see cref="Geofence.ShapeKey"/>.</summary>
    public string ShapeKey { get; init; } = "";

    /// <summary>Side before the first remembered crossing.</summary>
    public FenceSide FirstSide { get; init; }

    /// <summary>Since when that side is known.</summary>
    public DateTimeOffset FirstTime { get; init; }

    /// <summary>Crossings by time.</summary>
    public ImmutableArray<FenceCrossing> Crossings { get; init; } = [];

    /// <summary>A crossing that still wants its confirmation.</summary>
    public FenceCandidate? Candidate { get; init; }

    /// <summary>Newest fix taken in.</summary>
    public DateTimeOffset LastFixTime { get; init; }

    /// <summary>Stays inside that alerted because they lasted too long.</summary>
    public ImmutableArray<LastingAlert> Dwells { get; init; } = [];

    /// <summary>The side now.</summary>
    public FenceSide Side => Crossings.IsEmpty ? FirstSide : Crossings[^1].Side;

    /// <summary>Since when the wearer is inside; null where not.</summary>
    public DateTimeOffset? InsideSince => Side != FenceSide.Inside ? null : Crossings.IsEmpty ? FirstTime : Crossings[^1].Time;

    /// <summary>The side at a time, by what is known.</summary>
    public FenceSide SideAt(DateTimeOffset time)
    {
        var side = time < FirstTime ? FenceSide.Unknown : FirstSide;
        foreach (var crossing in Crossings)
        {
            if (crossing.Time > time) break;
            side = crossing.Side;
        }

        return side;
    }

    /// <summary>Stays inside, by time.</summary>
    internal IEnumerable<Stretch> Stays()
    {
        DateTimeOffset? since = FirstSide == FenceSide.Inside ? FirstTime : null;
        foreach (var crossing in Crossings)
        {
            if (crossing.Side == FenceSide.Inside)
            {
                since = crossing.Time;
            }
            else if (since is { } entered)
            {
                yield return new Stretch(entered, crossing.Time);
                since = null;
            }
        }

        if (since is { } still) yield return new Stretch(still, null);
    }
}

/// <summary>A crossing of the edge.</summary>
/// <param name="Time">Fix time of the first fix on the new side.</param>
/// <param name="Side">The new side.</param>
/// <param name="AlertId">The alert raised for it; null where none was asked for.</param>
/// <param name="Ended">Whether that alert was ended by crossing back.</param>
public sealed record FenceCrossing(DateTimeOffset Time, FenceSide Side, string? AlertId, bool Ended);

/// <summary>A crossing that still wants its confirmation.</summary>
/// <param name="Time">Fix time of the first fix on the new side.</param>
/// <param name="Side">The new side.</param>
/// <param name="Fixes">Fixes on it in a row.</param>
/// <param name="SeenAt">When the server got the first of them.</param>
/// <param name="Position">Where.</param>
public sealed record FenceCandidate(DateTimeOffset Time, FenceSide Side, int Fixes, DateTimeOffset SeenAt, AlertPosition Position);
