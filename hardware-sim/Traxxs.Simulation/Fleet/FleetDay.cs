using Traxxs.Simulation.Randomness;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Fleet;

/// <summary>
/// A wearer's time with a fleet, drawn by chance: it begins in the middle of something, goes on as days go, and now and then someone
/// falls or presses SOS.
/// </summary>
internal static class FleetDay
{
    /// <summary>One wearer in so many falls and lies still, one in as many presses SOS.</summary>
    public const int EmergencyOneIn = 250;

    /// <summary>No emergency sooner: the insole has started and looked around, ms.</summary>
    private const long EmergencyFromMs = 30_000;

    /// <summary>No emergency later before the end: a fall waits for its cancel window and the server's answer, ms.</summary>
    private const long EmergencyUntilEndMs = 90_000;

    // What people do, how often out of 100, for how long: s. Sitting and standing are most of a working day.
    private static readonly (Activity Activity, int Share, int FromS, int ToS)[] Doings =
    [
        (Activity.Sit, 34, 300, 3600), (Activity.Fidget, 4, 300, 1800), (Activity.Stand, 20, 60, 900), (Activity.Walk, 26, 60, 1200),
        (Activity.Stairs, 4, 20, 90), (Activity.Run, 2, 120, 900), (Activity.Ride, 5, 300, 1800), (Activity.ShoeOff, 5, 900, 3600),
    ];

    /// <summary>A time with the insole on, of at least a length.</summary>
    public static Timeline Draw(DeterministicRandom random, long lengthMs)
    {
        var timeline = new Timeline();
        var first = true;
        while (timeline.EndMs < lengthMs)
        {
            var (activity, _, fromS, toS) = Pick(random);
            var lastsS = random.Between(fromS, toS);
            if (first) lastsS = random.Between(5, lastsS);
            first = false;
            timeline.Then(activity, TimeSpan.FromSeconds(lastsS), activity == Activity.Walk ? (int)random.Between(100, 165) : 0);
        }

        return timeline;
    }

    /// <summary>Puts an emergency into a time, or none; names the rule it must be told by.</summary>
    public static string? DrawEmergency(DeterministicRandom random, ref Timeline timeline, long lengthMs)
    {
        var untilMs = lengthMs - EmergencyUntilEndMs;
        var kind = random.Next(EmergencyOneIn);
        var atMs = untilMs > EmergencyFromMs ? random.Between(EmergencyFromMs, untilMs) : 0;
        if (kind > 1 || atMs == 0) return null;
        if (kind == 0)
        {
            timeline.DoAt(atMs, Deed.PressSos);
            return "sos";
        }

        var worn = WornAt(timeline, atMs);
        if (worn is null) return null;
        timeline = worn;
        return "man-down";
    }

    // The time until someone falls, then on the ground to its end; null where the shoe is not on or rides.
    private static Timeline? WornAt(Timeline timeline, long atMs)
    {
        if (timeline.At(atMs).Activity is not (Activity.Walk or Activity.Stand)) return null;
        var until = new Timeline();
        foreach (var span in timeline.Spans)
        {
            if (span.StartMs >= atMs) break;
            until.Then(span.Activity, TimeSpan.FromMilliseconds(Math.Min(span.EndMs, atMs) - span.StartMs), span.SpeedCmS);
        }

        return until.ThenFall(TimeSpan.FromMilliseconds(Math.Max(1000, timeline.EndMs - atMs)));
    }

    private static (Activity Activity, int Share, int FromS, int ToS) Pick(DeterministicRandom random)
    {
        var left = random.Next(100);
        foreach (var doing in Doings)
        {
            left -= doing.Share;
            if (left < 0) return doing;
        }

        return Doings[0];
    }
}
