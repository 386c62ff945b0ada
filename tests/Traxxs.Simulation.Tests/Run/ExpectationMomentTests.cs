using Traxxs.Simulation.Run;
using Traxxs.Simulation.Tests.Reporting;

namespace Traxxs.Simulation.Tests.Run;

[TestClass]
public sealed class ExpectationMomentTests
{
    private static IReadOnlyList<ExpectationResult> _results = [];

    [ClassInitialize]
    public static void RunOnce(TestContext _)
    {
        using var finished = FailingScenario.Run();
        _results = finished.Result.Expectations;
    }

    [TestMethod]
    [DataRow("alert sos", 20, 20)]
    [DataRow("alert man-down", 40, 40)]
    [DataRow("no other alerts", 23, 23)]
    [DataRow("felt alarm-acknowledged", 33, 33)]
    [DataRow("path-covered-at-least", 19, 27)]
    [DataRow("position-error-at-most", 20, 26)]
    [DataRow("latency-at-most", 5, 50)]
    [DataRow("starts-at-most", 28, 28)]
    public void What_failed_points_to_where_it_failed(string expectation, int fromMinute, int toMinute)
    {
        var result = _results.Single(e => e.Text.StartsWith(expectation, StringComparison.Ordinal));
        Assert.IsFalse(result.Passed);
        Assert.AreEqual("cleo", result.DeviceId);
        Assert.IsTrue(result.AtMs >= fromMinute * 60_000 && result.AtMs < (toMinute + 1) * 60_000, $"{result.AtMs} ms");
    }

    [TestMethod]
    public void What_holds_points_nowhere_and_a_day_of_charge_to_no_moment()
    {
        Assert.IsTrue(_results.Where(e => e.Passed == true).All(e => e.AtMs is null && e.DeviceId is null));
        var energy = _results.Single(e => e.Text == "energy-at-most 3");
        Assert.AreEqual(("cleo", null), (energy.DeviceId, energy.AtMs));
    }

    [TestMethod]
    [DataRow("alert sos", "one sos alert for what happens at 08:20:00 (0:20:00 ±15 s), raised within 2 min (cleo)")]
    [DataRow("alert man-down", "one man-down alert for what happens at 08:40:00 (0:40:00 ±1 min) (cleo)")]
    [DataRow("felt", "the wearer feels \"alarm acknowledged\" between 08:33:00 and 08:34:00 (cleo)")]
    [DataRow("position-error", "95 % of the stored fixes within 5 m of the truth (every insole)")]
    [DataRow("starts", "at most 1 start of the firmware (every insole)")]
    public void An_expectation_reads_as_a_sentence(string expectation, string meaning)
        => Assert.AreEqual(meaning, _results.Single(e => e.Text.StartsWith(expectation, StringComparison.Ordinal)).Meaning);

    [TestMethod]
    public void An_alert_that_does_not_fit_says_why()
        => Assert.Contains("away from 0:20:00, at most 0:00:15 was expected", _results.Single(e => e.Text.StartsWith("alert sos", StringComparison.Ordinal)).Detail);
}
