using System.Globalization;
using System.Text;
using Traxxs.Simulation.Randomness;

namespace Traxxs.Simulation.Soak;

/// <summary>
/// Makes a whole plan of a seed: who wears which insole where, what they do, and what goes wrong. It is written as a scenario file,
/// so that a failure can be run again, read and cut down. Each plan has some kinds of fault and not others: a bug that needs one
/// kind alone is not hidden behind the noise of all.
/// </summary>
public static class SoakPlanner
{
    /// <summary>Minutes of a plan where nobody says otherwise.</summary>
    public const int MinutesUsual = 240;

    /// <summary>Least minutes: below this hardly anything happens.</summary>
    public const int MinutesMin = 10;

    /// <summary>Most minutes: a week.</summary>
    public const int MinutesMax = 7 * 24 * 60;

    private static readonly string[] Places = ["dead-zone", "garage", "indoors", "canyon", "geofence"];

    private static readonly string[] People = ["Ann", "Ben", "Cas"];

    /// <summary>The plan of a seed.</summary>
    public static string Plan(ulong seed, int minutes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minutes, MinutesMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minutes, MinutesMax);
        var random = DeterministicRandom.For(seed, "soak/plan");
        var count = 1 + random.Next(People.Length);
        var text = new StringBuilder();
        Line(text, $"name: soak-{seed}");
        Line(text, $"seed: {seed}");
        Line(text, $"store: {(random.Next(3) == 0 ? "sqlite" : "memory")}");
        Line(text, $"start: 2026-03-02T{random.Next(24):00}:00:00Z");
        Line(text, $"duration: {minutes}m");
        WritePlaces(text, random);
        Line(text, $"people:");
        for (var i = 0; i < count; i++) WritePerson(text, random, People[i], minutes);
        Line(text, $"devices:");
        for (var i = 0; i < count; i++) WriteDevice(text, random, People[i]);
        WriteSupervisors(text, random);
        SoakFaultPlan.Write(text, random, minutes, count);
        return text.ToString();
    }

    /// <summary>The device of the person with a number.</summary>
    internal static string DeviceOf(int index) => "insole-" + People[index].ToLowerInvariant();

    /// <summary>Adds a line, numbers as the file has them.</summary>
    internal static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static void WritePlaces(StringBuilder text, DeterministicRandom random)
    {
        var count = random.Next(4);
        if (count == 0) return;
        Line(text, $"places:");
        for (var i = 0; i < count; i++) Line(text, $"  - {{ name: place-{i}, kind: {Places[random.Next(Places.Length)]}, centre: {Point(random)}, radius: {random.Between(30, 400)} }}");
    }

    private static void WritePerson(StringBuilder text, DeterministicRandom random, string name, int minutes)
    {
        var points = string.Join(", ", Enumerable.Range(0, 2 + random.Next(4)).Select(_ => Point(random)));
        Line(text, $"  - name: {name}");
        Line(text, $"    route: {{ end: back, points: [{points}] }}");
        Line(text, $"    day:");
        long leftS = minutes * 60L;
        var falls = 2;
        while (leftS > 0)
        {
            if (random.Next(12) == 0 && falls-- > 0) Line(text, $"      - fall");
            if (random.Next(10) == 0) Line(text, $"      - press sos");
            var lengthS = Math.Min(leftS, random.Between(1, 30) * 60 + random.Next(60));
            leftS -= lengthS;
            Line(text, $"      - {Activity(random)} {lengthS}s");
            if (random.Next(8) == 0) Line(text, $"      - {{ \"after {random.Between(5, 200)}s\": {(random.Next(3) == 0 ? "press cancel" : "press sos")} }}");
        }
    }

    private static string Activity(DeterministicRandom random) => random.Next(20) switch
    {
        < 6 => "walk",
        < 7 => "run",
        < 8 => "ride",
        < 9 => "stairs",
        < 13 => "sit",
        < 15 => "stand",
        < 16 => "fidget",
        < 18 => "lie",
        < 19 => "charge",
        _ => "shoe-off",
    };

    private static void WriteDevice(StringBuilder text, DeterministicRandom random, string wearer)
    {
        var settings = new List<string>();
        Add("fixIntervalS", 30, 300);
        Add("batchFixes", 1, 30);
        Add("batchAgeS", 30, 1200);
        Add("stopReportS", 10, 600);
        Add("heartbeatS", 60, 3600);
        Add("alarmRetryS", 10, 120);
        Add("alarmListenS", 0, 600);
        Add("fallCancelS", 10, 60);
        Add("batteryIntervalS", 60, 900);
        if (random.Next(3) == 0) settings.Add(Number("immobileS", random.Between(300, 3600)));
        if (random.Next(3) == 0) settings.Add(Number("checkInS", random.Between(900, 7200)));
        Line(text, $"  - {{ id: insole-{wearer.ToLowerInvariant()}, wearer: {wearer}, battery: {random.Between(40, 100)}, profile: {{ {string.Join(", ", settings)} }} }}");

        void Add(string name, int from, int to)
        {
            if (random.Next(2) == 0 || settings.Count == 0) settings.Add(Number(name, random.Between(from, to)));
        }
    }

    private static void WriteSupervisors(StringBuilder text, DeterministicRandom random)
    {
        if (random.Next(2) == 0) return;
        Line(text, $"supervisors:");
        Line(text, $"  - {{ name: eve, acknowledges-after: {random.Between(1, 40)}m }}");
        if (random.Next(2) == 0) Line(text, $"  - {{ name: fin, resolves-after: {random.Between(5, 90)}m }}");
    }

    private static string Number(string name, long value) => string.Create(CultureInfo.InvariantCulture, $"{name}: {value}");

    private static string Point(DeterministicRandom random)
        => string.Create(CultureInfo.InvariantCulture, $"[{52 + random.Next(200) / 10000.0:0.0000}, {5.1 + random.Next(300) / 10000.0:0.0000}]");
}
