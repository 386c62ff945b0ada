using Traxxs.Simulation.Energy;
using Traxxs.Simulation.Reporting;
using Traxxs.Simulation.Run;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Tests.Run;

[TestClass]
public sealed class ScenarioRunnerTests
{
    public static IEnumerable<object[]> BuiltIn => ScenarioFile.BuiltIn.SelectMany(name => new[] { 1UL, 7UL }.Select(seed => new object[] { name, seed }));

    public static IEnumerable<object[]> Names => ScenarioFile.BuiltIn.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(BuiltIn))]
    public void A_scenario_that_comes_along_ends_as_it_expects(string name, ulong seed)
    {
        using var finished = ScenarioRunner.Run(ScenarioFile.Load(name), seed);
        foreach (var expectation in finished.Result.Expectations) Assert.IsTrue(expectation.Passed, $"{name}: {expectation.Text}: {expectation.Detail}");
        Assert.IsGreaterThan(0, finished.Result.AcceptedReports);
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void A_scenario_that_comes_along_would_tell_if_nothing_came_through(string name)
    {
        var scenario = ScenarioFile.Load(name);
        var cut = scenario with { Faults = [.. scenario.Faults, new PlannedFault(FaultKind.LinkDown, 0, (long)scenario.Duration.TotalMilliseconds, null, 100)] };
        using var finished = ScenarioRunner.Run(cut, 1);
        Assert.IsGreaterThan(0, finished.Result.ExpectationsFailed, $"{name} expects nothing that could fail");
        Assert.IsTrue(finished.Result.Expectations.Single(e => e.Text == "every accepted report is stored exactly once").Passed, "and yet nothing is lost");
    }

    [TestMethod]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        Assert.AreEqual(HashOf("working-day", 42), HashOf("working-day", 42));
        Assert.AreNotEqual(HashOf("working-day", 42), HashOf("working-day", 43));
    }

    [TestMethod]
    public void The_standard_day_costs_a_sane_charge_and_every_part_of_it_is_accounted_for()
    {
        using var finished = ScenarioRunner.Run(ScenarioFile.Load("working-day"), 3);
        var rig = finished.Run.Rigs[0];
        var parts = Enum.GetValues<EnergyConsumer>().Select(rig.Energy.MahOf).ToList();
        Assert.IsTrue(parts.All(mah => mah >= 0));
        Assert.AreEqual(rig.UsedMah, parts.Sum() + rig.SelfDischargeMah, 1e-9);
        // Two hours of walking cannot cost less than the receiver alone, nor as much as a receiver that never sleeps.
        Assert.IsTrue(finished.Result.MAhPerDay is > 2 and < 100, $"{finished.Result.MAhPerDay} mAh a day");
        Assert.AreEqual(200 - rig.UsedMah, rig.Battery.LeftMah, 0.01, "80 % of 250 mAh, less what was used");
        Assert.AreEqual(250 * 0.9 / finished.Result.MAhPerDay, finished.Result.ProjectedDays, 0.1);
    }

    [TestMethod]
    public void The_stored_fixes_lie_where_the_wearer_was()
    {
        using var finished = ScenarioRunner.Run(ScenarioFile.Load("working-day"), 3);
        var rig = finished.Run.Rigs[0];
        var fixes = finished.Server!.Reports.SelectMany(r => r.Fixes).ToList();
        var errors = fixes.Select(fix => rig.Wearer.PositionAt((long)(fix.FixTime - finished.Run.Scenario.Start).TotalMilliseconds)
            .DistanceTo(new Simulation.World.GeoPoint(fix.Latitude, fix.Longitude))).Order().ToList();
        Assert.IsGreaterThan(60, fixes.Count);
        Assert.IsLessThan(15, errors[errors.Count / 2], "median error in metres");
        Assert.IsLessThan(150, errors[^1], "largest error in metres");
    }

    [TestMethod]
    [DataRow(1UL)]
    [DataRow(2UL)]
    [DataRow(3UL)]
    [DataRow(4UL)]
    public void Power_cuts_lost_acknowledgements_and_link_cuts_at_random_lose_and_double_nothing(ulong seed)
    {
        var chance = new Random((int)seed);
        var faults = string.Join("\n", Enumerable.Range(0, 25).Select(_ => $"  - {{ fault: power-cut, at: {chance.Next(60, 4 * 3600)}s }}")
            .Concat(Enumerable.Range(0, 6).Select(_ => chance.Next(60, 4 * 3600)).Select(from => $"  - {{ fault: link-down, from: {from}s, to: {from + chance.Next(10, 1500)}s }}")));
        var scenario = ScenarioFile.Parse("faults.yaml", $$"""
            name: faults
            people:
              - name: Dan
                route: { end: back, points: [[52.0, 5.1], [52.02, 5.11]] }
                day: [ walk 40m, sit 20m, press sos, walk 1h, sit 10m, press sos, walk 30m, sit 1h20m ]
            devices:
              - { id: d, wearer: Dan, profile: { BatchAgeS: 120, HeartbeatS: 300 } }
            faults:
              - { fault: ack-loss, from: 0s, to: 4h, percent: 30 }
            {{faults}}
            """);
        using var finished = ScenarioRunner.Run(scenario, seed);
        var result = finished.Result;
        Assert.IsGreaterThan(30, result.AcceptedReports);
        Assert.AreEqual(26, finished.Run.Rigs[0].Starts);
        Assert.IsGreaterThan(0, finished.Server!.Repeats, "lost acknowledgements must have made the device send again");
        Assert.AreEqual((0, 0), (result.Lost, result.Duplicates));
        Assert.AreEqual(result.AcceptedReports, finished.Server.Stored.Count);
        Assert.AreEqual(0, finished.Run.Rigs[0].Dropped);
    }

    [TestMethod]
    public void Nothing_leaves_a_dead_zone_and_everything_comes_after_it()
    {
        var scenario = ScenarioFile.Parse("zone.yaml", """
            name: zone
            places: [ { name: zone, kind: dead-zone, centre: [52.01, 5.1], radius: 500 } ]
            people:
              - name: Eve
                route: { points: [[52.0, 5.1], [52.02, 5.1]] }
                day: [ walk 40m at 5 km/h, sit 5m ]
            devices: [ { id: e, wearer: Eve, profile: { BatchAgeS: 60 } } ]
            """);
        using var finished = ScenarioRunner.Run(scenario, 1);
        var rig = finished.Run.Rigs[0];
        bool InZone(long timeMs) => scenario.Places.Has(Simulation.World.PlaceKind.DeadZone, rig.Wearer.PositionAt(timeMs));
        Assert.IsGreaterThan(3, rig.Accepted.Count(f => InZone(f.TimeMs)), "reports must be made inside");
        foreach (var stored in finished.Server!.Reports)
        {
            Assert.IsFalse(InZone((long)(stored.ServerTime - scenario.Start).TotalMilliseconds), $"report {stored.Sequence} was stored while its device was in the dead zone");
        }

        Assert.AreEqual(0, finished.Result.Lost);
    }

    [TestMethod]
    public void An_empty_battery_switches_the_insole_off_and_a_charger_brings_it_back_with_its_reports()
    {
        var scenario = ScenarioFile.Parse("empty.yaml", """
            name: empty
            people:
              - name: Fay
                route: { end: back, points: [[52.0, 5.1], [52.02, 5.1]] }
                day: [ walk 6h, connect charger, shoe-off 2h, disconnect charger, walk 30m ]
            devices: [ { id: f, wearer: Fay, battery: 3 } ]
            """);
        using var finished = ScenarioRunner.Run(scenario, 1);
        var rig = finished.Run.Rigs[0];
        Assert.AreEqual(2, rig.Starts);
        Assert.IsTrue(rig.Trace.States.Any(s => !s.Running));
        Assert.AreEqual(0, finished.Result.Lost);
        Assert.IsTrue(finished.Result.Alerts.Any(a => a.Rule == "low-battery"));
    }

    [TestMethod]
    public void The_report_is_one_page_and_the_junit_file_has_a_case_an_expectation()
    {
        using var finished = ScenarioRunner.Run(ScenarioFile.Load("sos-twice"), 1);
        var html = HtmlReport.Of(finished);
        Assert.Contains("<svg", html);
        Assert.Contains("sos", html);
        Assert.DoesNotContain("http", html.Replace("http-equiv", "", StringComparison.Ordinal), "the page needs no other file");
        var junit = JUnitReport.Of(finished.Result);
        Assert.AreEqual(finished.Result.Expectations.Count, junit.Descendants("testcase").Count());
        Assert.IsEmpty(junit.Descendants("failure"));
    }

    private static string HashOf(string name, ulong seed)
    {
        using var finished = ScenarioRunner.Run(ScenarioFile.Load(name), seed);
        return finished.Result.Hash;
    }
}
