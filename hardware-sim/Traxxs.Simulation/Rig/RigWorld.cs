using Traxxs.Simulation.Randomness;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Rig;

/// <summary>
/// What the world does to one insole, as its chips and its radio meet it, each a pure function of time. Comes from a wearer, or from a
/// trace that was recorded of one.
/// </summary>
public sealed record RigWorld
{
    /// <summary>What the accelerometer feels.</summary>
    public required IFootMotion Motion { get; init; }

    /// <summary>What the receiver sees.</summary>
    public required ISky Sky { get; init; }

    /// <summary>Whether there is no network where the insole is, by time in ms.</summary>
    public required Func<long, bool> IsOutOfReach { get; init; }

    /// <summary>Whether a foot warms it, by time in ms.</summary>
    public required Func<long, bool> IsWorn { get; init; }

    /// <summary>Presses and the charger.</summary>
    public required IReadOnlyList<TimedDeed> Deeds { get; init; }

    /// <summary>The world of a wearer.</summary>
    public static RigWorld Of(RigOptions options)
    {
        var (wearer, places) = (options.Wearer, options.Places);
        return new RigWorld
        {
            Motion = MotionOf(wearer, DeterministicRandom.SeedOf(options.Seed, options.DeviceId + "/gait"), options.Gait),
            Sky = new PersonSky(wearer, places),
            IsOutOfReach = timeMs => places.CutsOff(wearer, timeMs),
            IsWorn = timeMs => wearer.Timeline.At(timeMs).Activity != Activity.ShoeOff,
            Deeds = wearer.Timeline.Deeds,
        };
    }

    /// <summary>The motion of a wearer's foot: by what they do, and by a recording while one plays.</summary>
    internal static IFootMotion MotionOf(Person wearer, ulong seed, RecordedStrides? gait = null)
    {
        var foot = new FootGait(wearer.Timeline, seed, gait);
        return wearer.Recording is { } recording ? new PlayedMotion(foot, recording, wearer.RecordingFromMs) : foot;
    }
}
