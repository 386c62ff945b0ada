using Traxxs.Server.Alerts;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.World;

namespace Traxxs.Cli.Demo;

/// <summary>An alert that must be raised exactly once.</summary>
/// <param name="DeviceId">Device.</param>
/// <param name="Rule">Rule.</param>
/// <param name="EventFrom">Earliest time the event may be said to have happened, simulated.</param>
/// <param name="EventTo">Latest.</param>
/// <param name="AgeMin">Least age when raised.</param>
/// <param name="AgeMax">Most.</param>
/// <param name="Story">Why, for a person.</param>
internal sealed record ExpectedAlert(string DeviceId, string Rule, TimeSpan EventFrom, TimeSpan EventTo, TimeSpan AgeMin, TimeSpan AgeMax, string Story);

/// <summary>A line of the story as told while it happens.</summary>
/// <param name="TimeMs">Simulated.</param>
/// <param name="Who">Who.</param>
/// <param name="What">What.</param>
internal sealed record StoryLine(long TimeMs, string Who, string What);

/// <summary>A circle whose edge the server watches.</summary>
/// <param name="Name">Name.</param>
/// <param name="Centre">Centre.</param>
/// <param name="RadiusM">Radius, m.</param>
/// <param name="DeviceId">Whom it concerns.</param>
internal sealed record DemoFence(string Name, GeoPoint Centre, double RadiusM, string DeviceId);

/// <summary>
/// Three people, three stories, and what must come of them: Ann falls and lies still, Ben presses SOS where there is no
/// network and surfaces twenty minutes later, Cleo walks out of the yard.
/// </summary>
internal sealed class DemoScript
{
    public const string Ann = "insole-ann", Ben = "insole-ben", Cleo = "insole-cleo";

    // Ann.
    private static readonly TimeSpan FallAt = TimeSpan.FromMinutes(9);

    // Ben: the times at which he is cut off, presses, and is back.
    private static readonly TimeSpan CutOffAt = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan SosAt = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan SurfacesAt = TimeSpan.FromMinutes(23);

    // Cleo: she walks from minute 1 to minute 9 and must be out in between.
    private static readonly TimeSpan CleoStarts = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CleoStops = TimeSpan.FromMinutes(9);

    private DemoScript(Scenario scenario, DemoFence fence, IReadOnlyList<ExpectedAlert> expected, IReadOnlyList<StoryLine> story)
        => (Scenario, Fence, Expected, Story) = (scenario, fence, expected, story);

    /// <summary>People, routes and insoles.</summary>
    public Scenario Scenario { get; }

    /// <summary>The yard Cleo leaves.</summary>
    public DemoFence Fence { get; }

    /// <summary>What the server must raise, each once, and nothing else.</summary>
    public IReadOnlyList<ExpectedAlert> Expected { get; }

    /// <summary>What happens, in order.</summary>
    public IReadOnlyList<StoryLine> Story { get; }

    /// <summary>Writes the script. Throws <see cref="DemoException"/> where the tracks do not allow it.</summary>
    public static DemoScript Write(DemoOptions options, DateTimeOffset start)
    {
        var routes = DemoRoutes.Choose(options.Tracks);
        var ann = new Person("Ann", routes.Ann, new Timeline().Then(Activity.Walk, FallAt).ThenFall(options.Duration - FallAt));
        var ben = new Person("Ben", routes.Ben, new Timeline()
            .Then(Activity.Walk, SosAt).Do(Deed.PressSos)
            .Then(Activity.Sit, SurfacesAt - SosAt - TimeSpan.FromMinutes(1))
            .Then(Activity.Walk, TimeSpan.FromMinutes(2)).Then(Activity.Sit, options.Duration));
        var (cleo, fence, leavesAt) = FindWayOut(routes.Cleo, options.Duration);
        var scenario = new Scenario
        {
            Name = "demo",
            About = "Ann falls and lies still, Ben presses SOS where there is no network, Cleo leaves the yard.",
            Start = start,
            Duration = options.Duration,
            Devices =
            [
                new ScenarioDevice { Id = Ann, Wearer = ann },
                new ScenarioDevice { Id = Ben, Wearer = ben },
                new ScenarioDevice { Id = Cleo, Wearer = cleo },
            ],
            Faults = [new PlannedFault(FaultKind.LinkDown, Ms(CutOffAt), Ms(SurfacesAt), Ben, 100)],
        };
        return new DemoScript(scenario, fence, Expect(leavesAt), Tell(leavesAt));
    }

    private static IReadOnlyList<ExpectedAlert> Expect(TimeSpan leavesAt) =>
    [
        new(Cleo, AlertRuleName.GeofenceLeave, leavesAt - TimeSpan.FromSeconds(30), leavesAt + TimeSpan.FromSeconds(150), TimeSpan.Zero, TimeSpan.FromMinutes(15),
            "Cleo leaves the yard; the report of her walk tells it when she stops"),
        new(Ann, AlertRuleName.ManDown, FallAt, FallAt + TimeSpan.FromSeconds(60), TimeSpan.Zero, TimeSpan.FromSeconds(60),
            "Ann falls and does not move for half a minute"),
        new(Ben, AlertRuleName.Sos, SosAt - TimeSpan.FromSeconds(5), SosAt + TimeSpan.FromSeconds(5), SurfacesAt - SosAt, SurfacesAt - SosAt + TimeSpan.FromMinutes(3),
            "Ben presses SOS where there is no network; it alerts when he surfaces, with its true age"),
    ];

    private static IReadOnlyList<StoryLine> Tell(TimeSpan leavesAt)
    {
        StoryLine[] lines =
        [
            new(0, "Ann", "walks across the estate"),
            new(0, "Ben", "walks to the pump house"),
            new(Ms(CleoStarts), "Cleo", "walks off"),
            new(Ms(CutOffAt), "Ben", "is in the pump house: no network from here on"),
            new(Ms(SosAt), "Ben", "presses SOS. Nobody can hear it yet"),
            new(Ms(leavesAt), "Cleo", "crosses the edge of the yard"),
            new(Ms(FallAt), "Ann", "falls and lies still"),
            new(Ms(CleoStops), "Cleo", "sits down"),
            new(Ms(SurfacesAt), "Ben", "is out of the pump house, 20 minutes after he pressed SOS"),
        ];
        return [.. lines.OrderBy(line => line.TimeMs)];
    }

    // Draws the yard so that Cleo is surely in it first, surely out of it later, and crosses its edge once.
    private static (Person Cleo, DemoFence Fence, TimeSpan LeavesAt) FindWayOut(IReadOnlyList<Route> candidates, TimeSpan duration)
    {
        const double marginM = 40; // fix error and the rule's own margin
        foreach (var route in candidates)
        {
            var cleo = new Person("Cleo", route, new Timeline().Then(Activity.Stand, CleoStarts).Then(Activity.Walk, CleoStops - CleoStarts).Then(Activity.Sit, duration));
            var home = cleo.PositionAt(0);
            for (var at = CleoStarts + TimeSpan.FromMinutes(2); at <= CleoStops - TimeSpan.FromMinutes(3); at += TimeSpan.FromSeconds(10))
            {
                var radiusM = home.DistanceTo(cleo.PositionAt(Ms(at)));
                var (before, after) = (FarthestM(cleo, home, TimeSpan.Zero, at - TimeSpan.FromMinutes(1)), NearestM(cleo, home, at + TimeSpan.FromMinutes(1), CleoStops));
                if (radiusM - marginM < before || radiusM + marginM > after || radiusM < 2 * marginM) continue;
                return (cleo, new DemoFence("Yard", home, Math.Round(radiusM, 1), Cleo), at);
            }
        }

        throw new DemoException("none of the tracks leaves its beginning clearly enough for the geofence story: name one that walks 300 m or more away from where it starts");
    }

    private static double FarthestM(Person person, GeoPoint from, TimeSpan begin, TimeSpan end) => Distances(person, from, begin, end).Max();

    private static double NearestM(Person person, GeoPoint from, TimeSpan begin, TimeSpan end) => Distances(person, from, begin, end).Min();

    private static IEnumerable<double> Distances(Person person, GeoPoint from, TimeSpan begin, TimeSpan end)
    {
        for (var t = Ms(begin); t <= Ms(end); t += 2000) yield return from.DistanceTo(person.PositionAt(t));
    }

    private static long Ms(TimeSpan span) => (long)span.TotalMilliseconds;
}
