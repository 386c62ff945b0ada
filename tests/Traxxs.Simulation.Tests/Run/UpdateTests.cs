using Traxxs.Protocol;
using Traxxs.Server.Ingest;
using Traxxs.Simulation.Run;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Tests.Run;

[TestClass]
public sealed class UpdateTests
{
    [TestMethod]
    public void An_image_goes_on_where_a_cut_left_it_and_the_image_that_runs_is_it()
    {
        using var finished = Run("""
            updates: [ { at: 5s, version: 9.1.0, size: 40000 } ]
            faults: [ { fault: power-cut, at: 44s } ]
            """, "10m");
        var wanted = Words(finished, EventCode.UpdateWants).ToList();
        Assert.AreEqual(1, finished.Run.Rigs[0].Image);
        Assert.AreEqual(3, finished.Run.Rigs[0].Starts, "power, the cut, the new image");
        Assert.AreEqual(0, wanted[0]);
        Assert.AreEqual(1, wanted.Count(from => from == 0), "nothing is fetched twice from the beginning");
        Assert.IsTrue(wanted.Any(from => from % 8192 != 0), "it asks for what follows the last block it has: " + string.Join(", ", wanted));
        Assert.IsTrue(finished.Result.Expectations.All(one => one.Passed != false));
    }

    [TestMethod]
    public void A_version_that_failed_is_refused_and_the_expectation_says_what_came_of_it()
    {
        using var finished = Run("""
            updates:
              - { at: 1m, version: 9.1.0, size: 2000, image: breaks }
              - { at: 20m, version: 9.1.0, size: 2000 }
            expect:
              - { update: kept, version: 9.1.0, device: u }
              - { update: kept, version: 9.9.9, device: u }
            """, "40m");
        Assert.AreEqual(0, finished.Run.Rigs[0].Image);
        var kept = finished.Result.Expectations.Single(one => one.Text.Contains("9.1.0", StringComparison.Ordinal));
        Assert.IsFalse(kept.Passed);
        Assert.Contains("returned", kept.Detail);
        Assert.Contains("not newer than what the device runs, or no newer than a version that failed there", kept.Detail);
        Assert.IsNotNull(kept.AtMs, "the moment to look at");
        Assert.AreEqual("never offered", finished.Result.Expectations.Single(one => one.Text.Contains("9.9.9", StringComparison.Ordinal)).Detail);
    }

    [TestMethod]
    [DataRow("updates: [ { at: 1m, version: 9.1 } ]", "a version such as 9.1.0")]
    [DataRow("updates: [ { at: 1m, version: 9.999.0 } ]", "three numbers such as 1.2.3")]
    [DataRow("updates: [ { at: 1m, version: 9.1.0, device: other } ]", "there is no device 'other'")]
    [DataRow("updates: [ { at: 1m, version: 9.1.0, image: bad } ]", "'bad' is not how the image behaves; it is good, breaks or mute")]
    [DataRow("store: memory\nupdates: [ { at: 1m, version: 9.1.0 } ]", "the soak's server offers no images")]
    public void What_is_no_update_is_named(string plan, string problem)
        => Assert.Contains(problem, Assert.ThrowsExactly<ScenarioException>(() => Read(plan, "10m")).Message);

    private static FinishedRun Run(string plan, string duration) => ScenarioRunner.Run(Read(plan, duration), 1);

    private static Scenario Read(string plan, string duration) => ScenarioFile.Parse("update.yaml", $$"""
        name: update
        people: [ { name: Una, route: { points: [[52.0, 5.1], [52.01, 5.1]] }, day: [ stand 1m, sit {{duration}} ] } ]
        devices: [ { id: u, wearer: Una, profile: { batchAgeS: 60, heartbeatS: 300 } } ]
        {{plan}}
        """);

    private static IEnumerable<int> Words(FinishedRun finished, EventCode code) => finished.Server!.Reports.SelectMany(report => report.Events).Where(word => word.Code == code).Select(word => word.Value);
}
