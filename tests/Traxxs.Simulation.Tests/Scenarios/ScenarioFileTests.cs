using Traxxs.Protocol;
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
        supervisors:
          - { name: Sam, alert: sos, acknowledges-after: 2m }
        """;

    [TestMethod]
    public void A_scenario_says_what_it_was_written_to_say()
    {
        var scenario = ScenarioFile.Parse("small.yaml", Good);
        Assert.AreEqual(new DateTimeOffset(2026, 5, 4, 6, 30, 0, TimeSpan.Zero), scenario.Start);
        Assert.AreEqual(TimeSpan.FromMinutes(105) + TimeSpan.FromMilliseconds(Timeline.FallMs), scenario.Duration);
        Assert.HasCount(2, scenario.Places.All);
        var device = scenario.Devices.Single();
        Assert.AreEqual((55, 120), (device.BatteryPercent, device.Profile[SettingCode.FixIntervalS]));
        var timeline = device.Wearer.Timeline;
        CollectionAssert.AreEqual(new[] { Activity.Sit, Activity.Walk, Activity.Fall, Activity.LieStill }, timeline.Spans.Select(s => s.Activity).ToArray());
        Assert.AreEqual(125, timeline.Spans[1].SpeedCmS);
        CollectionAssert.AreEqual(new[] { new TimedDeed(6_000_000, Deed.PressSos), new TimedDeed(6_020_000, Deed.PressCancel) }, timeline.Deeds.ToArray());
        Assert.HasCount(2, scenario.Faults);
        Assert.HasCount(3, scenario.Expectations);
        Assert.AreEqual((TimeSpan.FromMinutes(2), null), (scenario.Supervisors.Single().AcknowledgesAfter, scenario.Supervisors.Single().ResolvesAfter));
    }

    [TestMethod]
    public void Every_kind_of_fault_can_be_written()
    {
        const string faults = """
            - { fault: link-down, from: 1m, to: 2m }
            - { fault: link-loss, from: 1m, to: 2m, percent: 30 }
            - { fault: ack-loss, from: 1m, to: 2m, percent: 30 }
            - { fault: link-latency, from: 1m, to: 2m, by: 3s }
            - { fault: server-down, from: 1m, to: 2m }
            - { fault: server-kill, from: 1m, to: 2m }
            - { fault: slow-disk, from: 1m, to: 2m, by: 4s }
            - { fault: bus-nak, from: 1m, to: 2m, chip: fuel-gauge, percent: 5 }
            - { fault: bus-stuck, from: 1m, to: 2m, chip: accelerometer }
            - { fault: flash-full, from: 1m, to: 2m }
            - { fault: flash-torn, at: 1m }
            - { fault: flash-flips, at: 1m, bits: 7 }
            - { fault: gnss-silent, from: 1m, to: 2m, device: a }
            - { fault: gnss-garbled, from: 1m, to: 2m, percent: 2 }
            - { fault: gnss-lies, from: 1m, to: 2m, north: -500 }
            - { fault: gnss-wrong-week, from: 1m, to: 2m }
            - { fault: gnss-clock-jump, from: 1m, to: 2m, back: 17226d }
            - { fault: server-clock-jump, at: 1m, ahead: 2h }
            - { fault: power-cut, at: 1m }
            - { fault: brown-out, at: 1m }
            - { fault: server-crash, at: 1m, moment: torn-journal, for: 30s }
            - { fault: store-fails, from: 1m, to: 2m, percent: 30 }
            - { fault: store-full, from: 1m, to: 2m }
            - { fault: journal-full, from: 1m, to: 2m }
            - { fault: channel-fails, from: 1m, to: 2m }
            - { fault: session-takeover, at: 1m }
            - { fault: frame-twice, from: 1m, to: 2m }
            - { fault: frame-late, from: 1m, to: 2m, by: 90s }
            """;
        var head = Good[..Good.IndexOf("faults:", StringComparison.Ordinal)];
        var read = ScenarioFile.Parse("faults.yaml", "store: memory\n" + head + "faults:\n" + faults).Faults;
        CollectionAssert.AreEquivalent(Enum.GetValues<FaultKind>(), read.Select(fault => fault.Kind).ToArray());
        Assert.AreEqual((3000, 4000, 7, -500), (Amount(FaultKind.LinkLatency), Amount(FaultKind.SlowDisk), Amount(FaultKind.FlashFlips), Amount(FaultKind.GnssLies)));
        Assert.AreEqual((-17226 * 86400, 7200), (Amount(FaultKind.GnssClockJump), Amount(FaultKind.ServerClockJump)));
        Assert.AreEqual(BusChip.FuelGauge, read.Single(fault => fault.Kind == FaultKind.BusNak).Chip);
        Assert.AreEqual("a", read.Single(fault => fault.Kind == FaultKind.GnssSilent).DeviceId);

        int Amount(FaultKind kind) => read.Single(fault => fault.Kind == kind).Amount;
    }

    [TestMethod]
    public void A_clock_that_jumps_says_which_way()
    {
        var head = Good[..Good.IndexOf("faults:", StringComparison.Ordinal)];
        var error = Assert.ThrowsExactly<ScenarioException>(() => ScenarioFile.Parse("faults.yaml", head + "faults:\n- { fault: server-clock-jump, at: 1m }"));
        Assert.Contains("'ahead' or 'back'", error.Message);
    }

    [TestMethod]
    public void Every_quantity_can_be_expected()
    {
        const string expected = """
            - { energy-at-most: 30 }
            - { battery-at-least: 20, device: a }
            - { fixes-at-least: 1 }
            - { fixes-at-most: 100 }
            - { reports-at-least: 1 }
            - { reports-at-most: 100 }
            - { dropped-at-most: 0 }
            - { starts-at-least: 1 }
            - { starts-at-most: 1 }
            - { searches-at-most: 9 }
            - { position-error-at-most: 30, percentile: 95 }
            - { path-covered-at-least: 95, within: 20 }
            - { latency-at-most: 2m, percentile: 90 }
            - { step-error-at-most: 5 }
            """;
        var head = Good[..Good.IndexOf("expect:", StringComparison.Ordinal)];
        var read = ScenarioFile.Parse("expect.yaml", head + "expect:\n" + expected).Expectations.Cast<QuantityExpectation>().ToList();
        CollectionAssert.AreEquivalent(Enum.GetValues<Quantity>(), read.Select(one => one.Quantity).Distinct().ToArray());
        Assert.IsTrue(read.TrueForAll(one => one.AtLeast is null != one.AtMost is null));
        var latency = read.Single(one => one.Quantity == Quantity.Latency);
        Assert.AreEqual((120, 90), (latency.AtMost, latency.Percentile));
        Assert.AreEqual(20, read.Single(one => one.Quantity == Quantity.PathCovered).WithinM);
    }

    [TestMethod]
    [DataRow("sit 1h30m", "sti 1h30m", 10, 9, "'sti' is not known")]
    [DataRow("walk 10m at 4.5 km/h", "walk 10m at 400 km/h", 11, 9, "0.5 to 150")]
    [DataRow("kind: indoors", "kind: outdoors", 4, 25, "'outdoors' is not a kind of place")]
    [DataRow("radius: 40", "radius: wide", 4, 63, "radius (metres) is a number from 1 to 100000")]
    [DataRow("[[52.0, 5.1], [52.01, 5.1]]", "[[52.0, 5.1], [95.01, 5.1]]", 8, 48, "latitude is a number from -85 to 85")]
    [DataRow("wearer: Ann", "wearer: Bob", 17, 22, "nobody is called 'Bob'")]
    [DataRow("FixIntervalS: 120", "FixIntervalS: 1", 17, 65, "FixIntervalS is 1, outside the range")]
    [DataRow("FixIntervalS: 120", "accuracyWorstM: 10, accuracyGoodM: 50", 17, 67, "accuracyWorstM is 10, outside the range")]
    [DataRow("FixIntervalS: 120", "FixEvery: 120", 17, 51, "the firmware has no setting 'FixEvery'")]
    [DataRow("battery: 55", "charge: 55", 17, 27, "a device has no 'charge'")]
    [DataRow("to: 20m", "to: 5m", 19, 5, "'to' is before 'from'")]
    [DataRow("to: 20m", "to: soon", 19, 40, "to is a span such as 30s, 20m or 6h30m, not 'soon'")]
    [DataRow(", to: 20m", "", 19, 5, "a fault that strikes now and then needs 'to'")]
    [DataRow("at: 30m, device: a", "at: 30m, percent: 5", 20, 34, "a fault at an instant has no 'percent'")]
    [DataRow("alert: sos, device", "alert: soss, device", 22, 14, "'soss' is not a rule of the server; it is sos, man-down")]
    [DataRow("energy-at-most: 30", "energy-at-mots: 30", 23, 5, "an expectation is")]
    [DataRow("- no other alerts", "- no others", 24, 5, "an expectation is")]
    [DataRow("radius: 40", "raduis: 40", 4, 55, "a place has no 'raduis'")]
    [DataRow(", radius: 40", "", 4, 5, "a place needs 'radius'")]
    [DataRow("radius: 40", "radius: 40, alert: leave", 4, 74, "only a geofence raises alerts")]
    [DataRow("acknowledges-after: 2m", "acknowledges-after: [2m]", 26, 50, "acknowledges-after is a span")]
    [DataRow("after 20s: press cancel", "after dinner: press cancel", 13, 9, "'after dinner: ...' is not known")]
    [DataRow("lie 5m", "stamp 50 times", 15, 9, "write 'stamp 5 times', at most 20")]
    [DataRow("id: a, wearer", "id: a b, wearer", 17, 11, "id is letters, digits")]
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
