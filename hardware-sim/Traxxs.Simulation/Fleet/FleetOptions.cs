using Traxxs.Core.Uplink;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Fleet;

/// <summary>What a fleet is told.</summary>
public sealed record FleetOptions
{
    /// <summary>Insoles, 1 to <see cref="InsolesMax"/>.</summary>
    public required int Insoles { get; init; }

    /// <summary>How long they live, in their own time.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Chance of everything.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How many times faster than real time.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Over how long they are switched on one after another, in their own time.</summary>
    public TimeSpan Ramp { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whose days they live; null for days drawn by chance.</summary>
    public Scenario? Scenario { get; init; }

    /// <summary>Threads the insoles are shared out to.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>
    /// How long, in real time, they get after the end to deliver what they still hold: the longest wait of the firmware after failed
    /// attempts and a minute of their time, at least ten real seconds. Most take a few seconds.
    /// </summary>
    public TimeSpan DrainMax => TimeSpan.FromMilliseconds(Math.Max(10_000, (UplinkPolicy.BackoffMaxMs + 60_000) / Speed));

    /// <summary>Most insoles of one fleet: about 100 KB each, and a connection each at the worst.</summary>
    public const int InsolesMax = 100_000;
}
