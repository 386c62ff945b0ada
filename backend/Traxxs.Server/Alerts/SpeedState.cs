using System.Collections.Immutable;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts;

/// <summary>How fast the wearer was, as far as the speed rule asks.</summary>
public sealed record SpeedState
{
    /// <summary>Most stretches remembered; the oldest make room.</summary>
    public const int RunsMax = 16;

    /// <summary>Newest fix taken in.</summary>
    public required AlertPosition Last { get; init; }

    /// <summary>Fix at which the stretch that is too fast began; null where the wearer is not too fast now.</summary>
    public AlertPosition? RunFrom { get; init; }

    /// <summary>Stretches that alerted, by time.</summary>
    public ImmutableArray<SpeedRun> Runs { get; init; } = [];
}

/// <summary>A stretch that was too fast for long enough.</summary>
/// <param name="From">Fix time of its first fix.</param>
/// <param name="To">Fix time of its last fix so far.</param>
/// <param name="AlertId">Its alert.</param>
/// <param name="Ended">Whether that ended because the wearer slowed down.</param>
public sealed record SpeedRun(DateTimeOffset From, DateTimeOffset To, string AlertId, bool Ended);
