using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.Time;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Tests.Scenarios;

[TestClass]
public sealed class ScenarioFileTests
{
    private const string Good = """
        name: small
        start: 2026-05-04T06:30:00Z
        places:
          - { name: hall, kind: indoors, centre: [52.0, 5.1], radius: 40 }
          - { name: yard, kind: geofence, area: [[52.0, 5.1], [52.01, 5.1], [52.01, 5.11]] }
        people:
          - name: Ann
            route: { end: loop, points: [[52.0, 5.1], [52.01, 5.1]] }
            day:
              - sit 1h30m
              - walk 10m at 4.5 km/h
              - press sos
              - after 20s: press cancel
              - fall
              - lie 5m
        devices:
          - { id: a, wearer: Ann, battery: 55, profile: { FixIntervalS: 120 } }
        faults:
          - { fault: link-down, from: 10m, to: 20m }
          - { fault: power-cut, at: 30m, device: a }
        expect:
          - { alert: sos, device: a, at: 1h40m }
          - { energy-at-most: 30 }
          - no other alerts
        """;

    [TestMethod]
    public void A_scenario_says_what_it_was_written_to_say()
    {
        var scenario = ScenarioFile.Parse("small.yaml", Good);
        Assert.AreEqual(new DateTimeOffset(2026, 5, 4, 6, 30, 0, TimeSpan.Zero), scenario.Start);
        Assert.AreEqual(TimeSpan.FromMinutes(105) + TimeSpan.FromMilliseconds(Timeline.FallMs), scenario.Duration);
        Assert.HasCount(2, scenario.Places.All);
        var device = scenario.Devices.Single();
        Assert.AreEqual((55, 120), (device.BatteryPercent, device.Profile.FixIntervalS));
        var timeline = device.Wearer.Timeline;
        CollectionAssert.AreEqual(new[] { Activity.Sit, Activity.Walk, Activity.Fall, Activity.LieStill }, timeline.Spans.Select(s => s.Activity).ToArray());
        Assert.AreEqual(125, timeline.Spans[1].SpeedCmS);
        CollectionAssert.AreEqual(new[] { new TimedDeed(6_000_000, Deed.PressSos), new TimedDeed(6_020_000, Deed.PressCancel) }, timeline.Deeds.ToArray());
        Assert.HasCount(2, scenario.Faults);
        Assert.HasCount(3, scenario.Expectations);
    }

    [TestMethod]
    [DataRow("sit 1h30m", "sti 1h30m", 10, 9, "'sti' is not known")]
    [DataRow("walk 10m at 4.5 km/h", "walk 10m at 400 km/h", 11, 9, "0.5 to 150")]
    [DataRow("kind: indoors", "kind: outdoors", 4, 25, "'outdoors' is not a kind of place")]
    [DataRow("radius: 40", "radius: wide", 4, 63, "radius (metres) is a number from 1 to 100000")]
    [DataRow("[[52.0, 5.1], [52.01, 5.1]]", "[[52.0, 5.1], [95.01, 5.1]]", 8, 48, "latitude is a number from -85 to 85")]
    [DataRow("wearer: Ann", "wearer: Bob", 17, 22, "nobody is called 'Bob'")]
    [DataRow("FixIntervalS: 120", "FixIntervalS: 1", 17, 49, "FixIntervalS is 1, outside 30..3600")]
    [DataRow("FixIntervalS: 120", "FixEvery: 120", 17, 51, "the firmware has no setting 'FixEvery'")]
    [DataRow("battery: 55", "charge: 55", 17, 27, "a device has no 'charge'")]
    [DataRow("to: 20m", "to: 5m", 19, 5, "'to' is before 'from'")]
    [DataRow("device: a, at", "device: b, at", 22, 27, "there is no device 'b'")]
    [DataRow("power-cut", "power-cat", 20, 14, "'power-cat' is not a fault")]
    [DataRow("name: small", "name: [", 1, 7, "not YAML")]
    public void A_mistake_is_named_with_its_line_and_column(string right, string wrong, int line, int column, string problem)
    {
        Assert.Contains(right, Good);
        var text = Good.Replace(right, wrong, StringComparison.Ordinal);
        var error = Assert.ThrowsExactly<ScenarioException>(() => ScenarioFile.Parse("small.yaml", text));
        Assert.Contains(problem, error.Message);
        if (problem == "not YAML") return; // the place is the YAML reader's
        Assert.StartsWith($"small.yaml:{line}:{column}: ", error.Message);
    }

    [TestMethod]
    public void A_name_that_is_neither_a_file_nor_known_lists_those_that_are()
    {
        var error = Assert.ThrowsExactly<ScenarioException>(() => ScenarioFile.Load("no-such-day"));
        Assert.Contains("working-day", error.Message);
    }

    [TestMethod]
    [DataRow("1d2h3m4s", 93784)]
    [DataRow("90m", 5400)]
    [DataRow("1h 30m", -1)]
    [DataRow("", -1)]
    [DataRow("5", -1)]
    public void A_span_is_days_hours_minutes_and_seconds(string text, int seconds)
    {
        Assert.AreEqual(seconds >= 0, SpanText.TryParse(text, out var span));
        if (seconds >= 0) Assert.AreEqual(seconds, span.TotalSeconds);
    }
}
