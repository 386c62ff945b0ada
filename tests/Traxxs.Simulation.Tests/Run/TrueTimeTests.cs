using Traxxs.Simulation.Run;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Tests.Run;

/// <summary>A board that starts where there is neither sky nor network, sleeps, and is pressed: hours later the alert has the true age.</summary>
[TestClass]
public sealed class TrueTimeTests
{
    private const string Basement = """
        name: basement
        about: Ines starts her insole in a basement and presses SOS there; nobody hears it for hours.
        start: 2026-03-02T08:00:00Z
        places:
          - { name: basement, kind: indoors, centre: [52.0000, 5.1000], radius: 100 }
        people:
          - name: Ines
            route: { end: stop, points: [[52.0000, 5.1000], [52.0200, 5.1000]] }
            day:
              - sit 1h20m
              - press sos
              - sit 3h
              - DAY
        devices:
          - { id: insole-ines, wearer: Ines }
        faults:
          - { fault: link-down, from: 0s, to: UNTIL }
        expect:
          - { alert: sos, device: insole-ines, at: 1h20m, within: 30s, age-at-least: 2h30m }
        """;

    [TestMethod]
    [DataRow("sit 40m", "4h", 0, DisplayName = "the network tells the time")]
    [DataRow("walk 30m at 4 km/h", "4h45m", 1, DisplayName = "a satellite tells it before the network is back")]
    public void The_alert_of_a_press_before_the_time_was_known_has_its_true_age(string day, string until, int fixesMin)
    {
        using var finished = ScenarioRunner.Run(ScenarioFile.Parse("basement.yaml", Basement.Replace("DAY", day).Replace("UNTIL", until)), 5);
        var rig = finished.Run.Rigs[0];
        Assert.IsGreaterThan(0, rig.Wakes, "it sleeps deeply before the press");
        Assert.AreEqual(1, rig.Starts);
        foreach (var expectation in finished.Result.Expectations) Assert.IsTrue(expectation.Passed, $"{expectation.Text}: {expectation.Detail}");
        Assert.AreEqual(0, finished.Result.Duplicates);
        Assert.AreEqual(fixesMin > 0, finished.Result.Devices[0].Fixes > 0);
        Assert.IsTrue(finished.Server!.Reports.All(report => report.UptimeS is null), "what was closed before the press has its true time too");
    }
}
