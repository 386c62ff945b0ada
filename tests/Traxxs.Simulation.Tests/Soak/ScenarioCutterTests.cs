using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.Soak;

namespace Traxxs.Simulation.Tests.Soak;

[TestClass]
public sealed class ScenarioCutterTests
{
    private static readonly HashSet<string> Nothing = [];

    [TestMethod]
    public void A_failing_plan_becomes_a_small_one_that_fails_at_the_same_invariant()
    {
        var parts = new SoakParts { Store = store => new EarlyStore(store) };
        var (plan, violation) = FailingPlan(parts);
        var failing = SoakFailing.With(violation.Invariant, parts);
        var cut = new ScenarioCutter(failing, Nothing).Cut(plan, attemptsMax: 150);
        Assert.IsTrue(failing.StillFails(cut.Text, CancellationToken.None));
        Assert.IsLessThanOrEqualTo(30, cut.Lines, $"{plan.Count(c => c == '\n')} lines became\n{cut.Text}");
        var scenario = ScenarioFile.Parse("cut.yaml", cut.Text);
        Assert.HasCount(1, scenario.Devices);
        Assert.IsLessThanOrEqualTo(3, scenario.Faults.Count, cut.Text);
        Assert.IsNull(SoakRun.Run(cut.Text).Violation, "without the bug it holds");
    }

    [TestMethod]
    public void An_ordinary_scenario_keeps_what_it_expects_and_the_day_that_is_to_bring_it_about()
    {
        const string text = """
            name: late
            places: [ { name: zone, kind: dead-zone, centre: [52.3, 5.9], radius: 50 }, { name: home, kind: indoors, centre: [52.2, 5.9], radius: 50 } ]
            people:
              - name: Ann
                route: { points: [[52.0, 5.1], [52.01, 5.1], [52.02, 5.1]] }
                day: [ stand 5m, walk 10m, press sos, sit 20m ]
              - name: Ben
                route: { points: [[52.0, 5.1], [52.01, 5.1]] }
                day: [ stand 5m, walk 5m, sit 25m ]
            devices:
              - { id: ann, wearer: Ann, battery: 70 }
              - { id: ben, wearer: Ben, battery: 60 }
            faults:
              - { fault: gnss-silent, from: 1m, to: 2m }
              - { fault: link-down, from: 14m, to: 32m, device: ann }
              - { fault: power-cut, at: 20m, device: ben }
            expect:
              - { alert: sos, device: ann, raised-within: 5m }
              - { fixes-at-least: 1, device: ann }
            """ + "\n";
        const string expectation = "alert sos, device ann, raised-within 5m";
        CollectionAssert.AreEqual(new[] { expectation }, ExpectationFailing.FailuresOf(text, 1, "", CancellationToken.None).ToArray());
        var cut = new ScenarioCutter(new ExpectationFailing(expectation, 1, ""), ExpectationFailing.KeptFor(text, expectation, "")).Cut(text);
        var scenario = ScenarioFile.Parse("cut.yaml", cut.Text);
        Assert.AreEqual(FaultKind.LinkDown, scenario.Faults.Single().Kind, cut.Text);
        Assert.AreEqual("ann", scenario.Devices.Single().Id);
        Assert.IsEmpty(scenario.Places.All);
        Assert.HasCount(2, scenario.Expectations);
        Assert.AreEqual(TimeSpan.FromMinutes(35).TotalMilliseconds, scenario.Devices[0].Wearer.Timeline.EndMs, "the day is as it was");
        Assert.HasCount(1, scenario.Devices[0].Wearer.Timeline.Deeds);
    }

    [TestMethod]
    public void What_does_not_fail_comes_back_as_it_was()
    {
        var plan = SoakPlans.WithFaults();
        Assert.AreEqual(new CutResult(plan, 0), new ScenarioCutter(new SoakFailing(SoakInvariant.StoredOnce), Nothing).Cut(plan));
        Assert.IsFalse(new SoakFailing(SoakInvariant.StoredOnce).StillFails("name: no scenario", CancellationToken.None));
    }

    [TestMethod]
    public void Attempts_are_bounded_and_what_was_found_by_then_still_fails()
    {
        var parts = new SoakParts { Store = store => new EarlyStore(store) };
        var (plan, violation) = FailingPlan(parts);
        var failing = SoakFailing.With(violation.Invariant, parts);
        var cut = new ScenarioCutter(failing, Nothing).Cut(plan, attemptsMax: 5);
        Assert.IsLessThanOrEqualTo(5, cut.Attempts);
        Assert.IsTrue(failing.StillFails(cut.Text, CancellationToken.None));
    }

    // Of a generated plan, so that there is something to cut.
    private static (string Plan, SoakViolation Violation) FailingPlan(SoakParts parts)
    {
        for (var seed = 1UL; seed <= 200; seed++)
        {
            var plan = SoakPlanner.Plan(seed, 30);
            if (!plan.Contains("server-crash", StringComparison.Ordinal) || !plan.Contains("slow-disk", StringComparison.Ordinal)) continue;
            if (SoakRun.Run(plan, null, parts).Violation is { Invariant: SoakInvariant.AcknowledgedIsStored } violation) return (plan, violation);
        }

        throw new AssertFailedException("no seed of two hundred finds a store that acknowledges before its commit");
    }
}
