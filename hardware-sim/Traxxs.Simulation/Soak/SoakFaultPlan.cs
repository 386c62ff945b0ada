using System.Text;
using Traxxs.Simulation.Randomness;

namespace Traxxs.Simulation.Soak;

/// <summary>Plans what goes wrong: some kinds out of all, each a few times.</summary>
internal static class SoakFaultPlan
{
    // Most faults of one kind in a plan.
    private const int EachMax = 4;

    private static readonly string[] Moments = ["before-commit", "torn-commit", "after-commit", "before-rules", "torn-journal", "after-journal"];

    // Each gives its line for a begin and an end in s; {0} is left to the device.
    private static readonly (string Kind, int LongestS, Func<DeterministicRandom, string> More)[] Lasting =
    [
        ("link-down", 3000, static _ => "{0}"),
        ("link-loss", 1800, static random => $"{{0}}, percent: {random.Between(5, 80)}"),
        ("ack-loss", 1800, static random => $"{{0}}, percent: {random.Between(5, 80)}"),
        ("link-latency", 1800, static random => $"{{0}}, by: {random.Between(1, 6)}s"),
        ("frame-twice", 3600, static random => $"{{0}}, percent: {random.Between(10, 100)}"),
        ("frame-late", 1800, static random => $"{{0}}, by: {random.Between(1, 900)}s, percent: {random.Between(10, 80)}"),
        ("server-kill", 2400, static _ => ""),
        ("server-down", 2400, static _ => ""),
        ("slow-disk", 2400, static random => $", by: {random.Between(1, 40)}s"),
        ("store-fails", 1800, static random => $", percent: {random.Between(20, 100)}"),
        ("store-full", 1200, static _ => ""),
        ("journal-full", 2400, static _ => ""),
        ("channel-fails", 2400, static random => $", percent: {random.Between(20, 100)}"),
        ("bus-nak", 900, static random => $"{{0}}, chip: {Chip(random)}, percent: {random.Between(1, 60)}"),
        ("bus-stuck", 600, static random => $"{{0}}, chip: {Chip(random)}"),
        ("gnss-silent", 1800, static _ => "{0}"),
        ("gnss-garbled", 1800, static random => $"{{0}}, percent: {random.Between(1, 60)}"),
        ("gnss-lies", 1800, static random => $"{{0}}, north: {random.Between(-20000, 20000)}"),
        ("gnss-wrong-week", 1800, static _ => "{0}"),
        ("flash-full", 900, static _ => "{0}"),
        ("gnss-clock-jump", 1200, static random => $"{{0}}, {(random.Next(2) == 0 ? "ahead" : "back")}: {random.Between(1, 7200)}s"),
    ];

    private static readonly (string Kind, bool OfDevice, Func<DeterministicRandom, string> More)[] Instants =
    [
        ("power-cut", true, static _ => ""),
        ("brown-out", true, static _ => ""),
        ("flash-torn", true, static _ => ""),
        ("flash-flips", true, static random => $", bits: {random.Between(1, 40)}"),
        ("server-clock-jump", false, static random => $", {(random.Next(2) == 0 ? "ahead" : "back")}: {random.Between(1, 600)}s"),
        ("session-takeover", true, static _ => ""),
        ("server-crash", false, static random => $", moment: {Moments[random.Next(Moments.Length)]}, for: {random.Between(1, 600)}s"),
    ];

    /// <summary>Adds the faults of a plan.</summary>
    public static void Write(StringBuilder text, DeterministicRandom random, int minutes, int devices)
    {
        var lines = new List<string>();
        // How much of everything this plan gets: from a calm day to a bad one.
        var outOfTen = 1 + random.Next(5);
        foreach (var (kind, longestS, more) in Lasting)
        {
            if (random.Next(10) >= outOfTen) continue;
            for (var i = random.Between(1, EachMax); i > 0; i--)
            {
                var from = random.Next(minutes * 60);
                var device = devices > 1 && random.Next(2) == 0 ? $", device: {SoakPlanner.DeviceOf(random.Next(devices))}" : "";
                lines.Add(FormattableString.Invariant($"fault: {kind}, from: {from}s, to: {from + random.Between(1, longestS)}s") + more(random).Replace("{0}", device, StringComparison.Ordinal));
            }
        }

        foreach (var (kind, ofDevice, more) in Instants)
        {
            if (random.Next(10) >= outOfTen + 1) continue;
            for (var i = random.Between(1, 2 * EachMax); i > 0; i--)
            {
                var device = ofDevice && devices > 1 ? $", device: {SoakPlanner.DeviceOf(random.Next(devices))}" : "";
                lines.Add(FormattableString.Invariant($"fault: {kind}, at: {random.Next(minutes * 60)}s") + device + more(random));
            }
        }

        if (lines.Count == 0) return;
        SoakPlanner.Line(text, $"faults:");
        foreach (var line in lines) SoakPlanner.Line(text, $"  - {{ {line} }}");
    }

    private static string Chip(DeterministicRandom random) => random.Next(2) == 0 ? "accelerometer" : "fuel-gauge";
}
