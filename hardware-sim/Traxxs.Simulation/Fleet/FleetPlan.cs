using System.Globalization;
using Traxxs.Simulation.Randomness;
using Traxxs.Simulation.Rig;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Fleet;

/// <summary>One insole of a fleet before it lives.</summary>
/// <param name="Rig">What it is made of.</param>
/// <param name="FromMs">When it is switched on, ms of fleet time.</param>
/// <param name="Emergency">Rule of the alert that must come of its day; null where none must.</param>
/// <param name="EmergencyMs">When it happens, ms of fleet time.</param>
public sealed record FleetMember(RigOptions Rig, long FromMs, string? Emergency, long EmergencyMs);

/// <summary>
/// Who is in a fleet: different people in different places who are switched on one after another, so that a fleet is no choir. The
/// same options give the same people.
/// </summary>
public static class FleetPlan
{
    /// <summary>Begin of every insole's identity; its number follows.</summary>
    public const string IdPrefix = "fleet-";

    private static readonly GeoPoint Town = new(52.08, 5.1);

    /// <summary>Identities of a fleet, in order.</summary>
    public static IEnumerable<string> Ids(int insoles) => Enumerable.Range(0, insoles).Select(IdOf);

    /// <summary>All members. <paramref name="start"/> is civil time at fleet time 0.</summary>
    public static IEnumerable<FleetMember> Members(FleetOptions options, DateTimeOffset start)
    {
        for (var i = 0; i < options.Insoles; i++) yield return Member(options, start, i);
    }

    private static string IdOf(int number) => IdPrefix + number.ToString("D5", CultureInfo.InvariantCulture);

    private static FleetMember Member(FleetOptions options, DateTimeOffset start, int number)
    {
        var id = IdOf(number);
        var random = DeterministicRandom.For(options.Seed, "fleet/" + id);
        var fromMs = random.Between(0, Math.Max(0, (long)options.Ramp.TotalMilliseconds));
        var lengthMs = Math.Max(1, (long)options.Duration.TotalMilliseconds - fromMs);
        var rig = new RigOptions
        {
            DeviceId = id,
            Wearer = null!,
            Start = start.AddMilliseconds(fromMs),
            Seed = options.Seed,
            BatteryPercent = (int)random.Between(30, 100),
        };
        return options.Scenario is { } scenario ? OfScenario(rig, scenario, random, fromMs, number, lengthMs) : OfChance(rig, random, fromMs, lengthMs);
    }

    private static FleetMember OfChance(RigOptions rig, DeterministicRandom random, long fromMs, long lengthMs)
    {
        var timeline = FleetDay.Draw(random, lengthMs);
        var emergency = FleetDay.DrawEmergency(random, ref timeline, lengthMs);
        var home = Town.Move(random.Between(-15_000, 15_000), random.Between(-15_000, 15_000));
        var points = new List<GeoPoint> { home };
        for (var i = 0; i < 6; i++) points.Add(points[^1].Move(random.Between(-250, 250), random.Between(-250, 250)));
        var places = new List<Place>();
        if (random.Next(2) == 0) places.Add(Place.Circle("house", PlaceKind.Indoors, home, 20));
        if (random.Next(20) == 0 && emergency is null) places.Add(Place.Circle("cellar", PlaceKind.DeadZone, points[2], 30));
        var wearer = new Person("wearer of " + rig.DeviceId, new Route(points, RouteEnd.TurnBack), timeline);
        return new FleetMember(rig with { Wearer = wearer, Places = places.Count == 0 ? Places.None : new Places(places) }, fromMs, emergency, fromMs + EmergencyOf(timeline));
    }

    // The scenario's people in turn, each somewhere in the middle of the day. What alerts come of that is not the plan's to say.
    private static FleetMember OfScenario(RigOptions rig, Scenario scenario, DeterministicRandom random, long fromMs, int number, long lengthMs)
    {
        var device = scenario.Devices[number % scenario.Devices.Count];
        var phaseMs = random.Between(0, Math.Max(0, (long)scenario.Duration.TotalMilliseconds - lengthMs));
        var wearer = device.Wearer.From(phaseMs);
        return new FleetMember(rig with
        {
            Wearer = wearer,
            Places = scenario.Places,
            TemperatureC = scenario.TemperatureC,
            Profile = device.Profile,
            BatteryPercent = device.BatteryPercent,
            CapacityMAh = device.CapacityMAh,
            Faults = [.. scenario.Faults.Where(fault => (fault.DeviceId is null || fault.DeviceId == device.Id) && fault.ToMs > phaseMs)
                .Select(fault => fault with { FromMs = Math.Max(0, fault.FromMs - phaseMs), ToMs = fault.ToMs - phaseMs })],
        }, fromMs, null, 0);
    }

    private static long EmergencyOf(Timeline timeline)
        => timeline.Deeds.Count > 0 ? timeline.Deeds[0].TimeMs : timeline.Spans.FirstOrDefault(span => span.Activity == Activity.Fall).StartMs;
}
