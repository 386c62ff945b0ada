using System.Text.RegularExpressions;
using System.Xml.Linq;
using Traxxs.Simulation.Comparison;
using Traxxs.Simulation.Reporting;
using Traxxs.Simulation.Run;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.Tests.Reporting;

namespace Traxxs.Simulation.Tests.Comparison;

[TestClass]
public sealed partial class RunComparisonTests
{
    private static StoredRun _run = null!;

    [ClassInitialize]
    public static void RunOnce(TestContext _)
    {
        using var finished = ScenarioRunner.Run(ScenarioFile.Load("sos-twice"), 1);
        _run = new StoredRun("a", finished.Result, RunPlotsReading.Of(finished));
    }

    [TestMethod]
    public void A_run_is_not_worse_than_itself()
    {
        var comparison = RunComparison.Of(_run, _run with { Name = "b" }, 0);
        Assert.IsTrue(comparison.SameBytes);
        Assert.IsEmpty(comparison.Worse);
        Assert.IsEmpty(comparison.Expectations);
        Assert.IsTrue(comparison.Numbers.All(number => number.Change == Change.Same));
        Assert.HasCount(2, comparison.Alerts);
        Assert.IsTrue(comparison.Alerts.All(alert => alert.Change == Change.Same));
    }

    [TestMethod]
    [DataRow(1.5, 2.0, false)]
    [DataRow(2.5, 2.0, true)]
    [DataRow(2.5, 5.0, false)]
    [DataRow(-9.0, 2.0, false)]
    public void More_charge_is_worse_beyond_the_bound(double percent, double maxWorse, bool worse)
    {
        var thirsty = With(device => device with { MAhPerDay = device.MAhPerDay * (1 + percent / 100) });
        var number = RunComparison.Of(_run, thirsty, maxWorse).Numbers.Single(n => n.Name == "charge, mAh a day");
        Assert.AreEqual(worse, number.Change == Change.Worse);
        Assert.AreEqual(percent < -maxWorse, number.Change == Change.Better);
        Assert.AreEqual(percent, number.Percent!.Value, 0.01);
    }

    [TestMethod]
    public void One_lost_report_is_worse_whatever_the_bound()
    {
        var lossy = With(device => device with { Stored = device.Stored - 1 });
        Assert.Contains("reports lost: 0 before, now 1", RunComparison.Of(_run, lossy, 50).Worse);
    }

    [TestMethod]
    public void Noise_below_the_slack_is_no_news_and_more_of_it_is()
    {
        Assert.IsEmpty(RunComparison.Of(_run, With(device => device with { LatencyP95S = device.LatencyP95S + 0.9 }), 2).Worse);
        Assert.HasCount(1, RunComparison.Of(_run, With(device => device with { LatencyP95S = device.LatencyP95S + 1.1 }), 2).Worse);
        Assert.AreEqual("way within 25 m of the track, %: 100 before, now 97", RunComparison.Of(With(d => d with { PathCoveredPercent = 100 }), With(d => d with { PathCoveredPercent = 97 }), 2).Worse.Single().Replace("insole-cleo, ", "", StringComparison.Ordinal));
        Assert.HasCount(1, RunComparison.Of(_run, With(device => device with { PositionErrorP95M = null }), 2).Worse, "nothing to measure any more");
    }

    [TestMethod]
    public void An_alert_that_is_missing_or_late_is_worse_and_a_new_one_is_told()
    {
        var missing = _run with { Result = _run.Result with { Alerts = [_run.Result.Alerts[0]] } };
        Assert.AreEqual("insole-cleo, sos alert 2: it is no longer raised", RunComparison.Of(_run, missing, 2).Worse.Single());
        var added = RunComparison.Of(missing, _run, 2);
        Assert.IsEmpty(added.Worse);
        Assert.AreEqual("it was not raised before", added.Alerts[1].Note);
        var late = _run.Result.Alerts[1] with { RaisedAt = _run.Result.Alerts[1].RaisedAt.AddSeconds(11) };
        Assert.HasCount(1, RunComparison.Of(_run, _run with { Result = _run.Result with { Alerts = [_run.Result.Alerts[0], late] } }, 2).Worse);
    }

    [TestMethod]
    public void An_expectation_that_no_longer_holds_is_worse_and_one_that_holds_again_is_better()
    {
        var expectations = _run.Result.Expectations.ToList();
        expectations[3] = expectations[3] with { Passed = false, Detail = "none raised" };
        var failing = _run with { Result = _run.Result with { Expectations = expectations } };
        Assert.Contains("holds before, now fails (none raised)", RunComparison.Of(_run, failing, 2).Worse.Single());
        Assert.AreEqual(Change.Better, RunComparison.Of(failing, _run, 2).Expectations.Single().Change);
    }

    [TestMethod]
    public void Runs_of_two_scenarios_cannot_be_compared()
    {
        var other = _run with { Name = "b", Result = _run.Result with { Scenario = "garage" } };
        Assert.AreEqual("a is a run of sos-twice, b of garage: only runs of one scenario can be compared", Assert.ThrowsExactly<InvalidDataException>(() => RunComparison.Of(_run, other, 2)).Message);
    }

    [TestMethod]
    public void The_page_has_both_runs_over_each_other()
    {
        using var finishedA = FailingScenario.Run(1);
        using var finishedB = FailingScenario.Run(2);
        var a = new StoredRun("x/<a>", finishedA.Result, RunPlotsReading.Of(finishedA));
        var b = new StoredRun("x/b", finishedB.Result, RunPlotsReading.Of(finishedB));
        var page = ComparisonPage.Of(RunComparison.Of(a, b, 2), a, b);
        var plots = Plot().Matches(page).Select(match => XElement.Parse(match.Value)).ToList();
        Assert.HasCount(2, plots);
        foreach (var plot in plots)
        {
            foreach (var run in new[] { "run-a", "run-b" }) Assert.IsTrue(plot.Descendants().Any(e => e.Attribute("class")?.Value == run && e.Attribute("d")?.Value.Length > 50), run);
        }

        Assert.DoesNotContain("<a>", page);
        Assert.Contains("The seeds differ", page);
        Assert.DoesNotContain("http", page);
        Assert.Contains("only the summary is here", ComparisonPage.Of(RunComparison.Of(a, b, 2), a, b with { Plots = null }));
    }

    private static StoredRun With(Func<DeviceResult, DeviceResult> change) => _run with { Name = "b", Result = _run.Result with { Devices = [.. _run.Result.Devices.Select(change)] } };

    [GeneratedRegex("<svg class=\"(?:time|map)\".*?</svg>(?=<fig)", RegexOptions.Singleline)]
    private static partial Regex Plot();
}
