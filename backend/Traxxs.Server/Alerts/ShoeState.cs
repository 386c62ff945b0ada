using System.Collections.Immutable;

namespace Traxxs.Server.Alerts;

/// <summary>When the shoe was on and off the foot, and what was raised for it.</summary>
public sealed record ShoeState
{
    /// <summary>Most changes remembered; the oldest make room. A change older than all of them is let be.</summary>
    public const int ChangesMax = 32;

    /// <summary>Changes by time, off and on by turns.</summary>
    public ImmutableArray<ShoeChange> Changes { get; init; } = [];

    /// <summary>What was raised.</summary>
    public ImmutableArray<LastingAlert> Raised { get; init; } = [];

    /// <summary>Since when it is off; null while it is on, or not known.</summary>
    public DateTimeOffset? OffSince => Changes is [.., { Off: true } last] ? last.Time : null;
}

/// <summary>The shoe went off the foot or on it.</summary>
/// <param name="Time">When.</param>
/// <param name="Off">Whether off.</param>
public sealed record ShoeChange(DateTimeOffset Time, bool Off);
