using Traxxs.Simulation.Run;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.Traces;

namespace Traxxs.Simulation.Tests.Traces;

[TestClass]
public sealed class TraceTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traxxs-trace-").FullName;

    private string File1 => Path.Combine(_folder, "one.trace");

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow("sos-twice", 1UL)]
    [DataRow("fall-in-dead-zone", 7UL)]
    [DataRow("five-taps", 3UL)]
    [DataRow("shoe-off", 2UL)]
    public void A_replay_gives_the_same_reports_byte_for_byte(string name, ulong seed)
    {
        using var recorded = Record(name, seed);
        var trace = TraceReader.Read(File1);
        Assert.AreEqual(seed, trace.Seed);
        using var replayed = Replay(trace, trace.With(null), trace.Seed);
        Assert.AreEqual(recorded.Result.Hash, replayed.Result.Hash);
        CollectionAssert.AreEqual(Alerts(recorded), Alerts(replayed));
        CollectionAssert.AreEqual(recorded.Result.Expectations.Select(e => e.Passed).ToList(), replayed.Result.Expectations.Select(e => e.Passed).ToList());
    }

    [TestMethod]
    public void What_is_recorded_of_a_replay_is_the_trace_again()
    {
        using var recorded = Record("sos-twice", 1);
        var trace = TraceReader.Read(File1);
        using var replayed = Replay(trace, trace.With(null), trace.Seed);
        var again = Path.Combine(_folder, "two.trace");
        TraceWriter.Write(again, replayed.Run);
        Assert.IsTrue(File.ReadAllBytes(File1).AsSpan().SequenceEqual(File.ReadAllBytes(again)));
    }

    [TestMethod]
    public void Another_chance_of_chips_and_link_is_another_run_in_the_same_world()
    {
        using var recorded = Record("sos-twice", 1);
        var trace = TraceReader.Read(File1);
        using var other = Replay(trace, trace.With(null), 2);
        Assert.AreNotEqual(recorded.Result.Hash, other.Result.Hash);
        Assert.AreEqual(0, other.Result.ExpectationsFailed, "the same presses, whatever the noise");
        using var without = ScenarioRunner.Run(ScenarioFile.Load("sos-twice"), 2);
        Assert.AreNotEqual(without.Result.Hash, other.Result.Hash, "the gait is the recorded one, not seed 2's");
    }

    [TestMethod]
    public void Another_configuration_meets_the_same_world()
    {
        using var recorded = Record("courier-ride", 1);
        var trace = TraceReader.Read(File1);
        var id = trace.Scenario.Devices[0].Id;
        var other = ScenarioFile.Parse("other.yaml", $$"""
            name: fewer-fixes
            people: [ { name: A, route: { points: [[52.0, 5.1]] }, day: [ sit 10m ] } ]
            devices: [ { id: {{id}}, wearer: A, profile: { fixIntervalS: 600 } } ]
            expect: [ { fixes-at-least: 1, device: {{id}} } ]
            """);
        using var replayed = Replay(trace, trace.With(other), trace.Seed);
        Assert.AreEqual("fewer-fixes", replayed.Result.Scenario);
        Assert.AreEqual(recorded.Run.Scenario.Duration, replayed.Run.Scenario.Duration, "the recorded day, not ten minutes of sitting");
        Assert.IsLessThan(Fixes(recorded) / 2, Fixes(replayed));
        Assert.IsGreaterThan(0, Fixes(replayed));
        Assert.IsLessThan(40.0, replayed.Result.Devices.Single(device => device.DeviceId == id).PositionErrorP95M!.Value, "held against the recorded way");

        static int Fixes(FinishedRun run) => run.Result.Devices[0].Fixes;
    }

    [TestMethod]
    public void An_insole_that_was_not_recorded_is_named()
    {
        using var recorded = Record("sos-twice", 1);
        var trace = TraceReader.Read(File1);
        var problem = Assert.ThrowsExactly<InvalidDataException>(() => trace.With(ScenarioFile.Load("working-day")));
        Assert.Contains("no insole 'insole-ann'", problem.Message);
    }

    [TestMethod]
    [DataRow("cut", "the last line is missing")]
    [DataRow("line", "lines were written")]
    [DataRow("version", "version 9")]
    [DataRow("kind", "not a trace")]
    [DataRow("block", "line 4")]
    public void What_is_damaged_is_named_with_its_line(string damage, string expected)
    {
        using var recorded = Record("sos-twice", 1);
        var lines = File.ReadAllLines(File1).ToList();
        switch (damage)
        {
            case "cut": lines.RemoveAt(lines.Count - 1); break;
            case "line": lines.RemoveAt(5); break;
            case "version": lines[0] = lines[0].Replace("\"version\":1", "\"version\":9", StringComparison.Ordinal); break;
            case "kind": lines[0] = "{}"; break;
            default:
                var at = lines.FindIndex(line => line.Contains("\"motion\":", StringComparison.Ordinal));
                lines[3] = lines[at].Replace("\"motion\":\"", "\"motion\":\"AAAA", StringComparison.Ordinal);
                break;
        }

        File.WriteAllLines(File1, lines);
        Assert.Contains(expected, Assert.ThrowsExactly<InvalidDataException>(() => TraceReader.Read(File1)).Message);
    }

    private FinishedRun Record(string name, ulong seed)
    {
        var run = ScenarioRunner.Run(ScenarioFile.Load(name), seed);
        TraceWriter.Write(File1, run.Run);
        return run;
    }

    private static FinishedRun Replay(WorldTrace trace, Scenario scenario, ulong seed) => ScenarioRunner.Run(scenario, seed, new RunOptions { Trace = trace });

    private static List<string> Alerts(FinishedRun run) => [.. run.Result.Alerts.Select(alert => $"{alert.DeviceId} {alert.Rule} {alert.RaisedAt:O}")];
}
