using Traxxs.Core.Ports;
using Traxxs.Simulation.Run;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Tests.World;

[TestClass]
public sealed class RecordedMotionTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traxxs-motion-").FullName;

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void A_recording_is_played_as_it_is_with_lines_between_its_samples()
    {
        Write("a.csv", "t_s,ax_g,ay_g,az_g\n0,0,0,1\n0.1,1,-1,3\n0.2,1,-1,1\n");
        var motion = RecordedMotion.Read(Path.Combine(_folder, "a.csv"), 0);
        Assert.AreEqual(200, motion.LengthMs);
        foreach (var (atMs, expected) in new[] { (0L, (0, 0, 1000)), (50L, (500, -500, 2000)), (100L, (1000, -1000, 3000)), (150L, (1000, -1000, 2000)), (900L, (1000, -1000, 1000)) })
        {
            motion.At(atMs, out var x, out var y, out var z);
            Assert.AreEqual(expected, (x, y, z), $"{atMs} ms");
        }
    }

    [TestMethod]
    public void A_fall_that_was_recorded_is_found_by_the_firmware_of_a_sitting_person()
    {
        // Weightless, a blow of 6 g, then on the side; 100 Hz without a column of time.
        var samples = Enumerable.Range(0, 300).Select(i => i switch { < 100 => "0,0,1", < 140 => "0.05,0.05,0.1", < 146 => "2,4,6", < 160 => "0.3,1.6,0.4", _ => "0.2,0.95,0.2" });
        Write("fall.csv", "ax_g,ay_g,az_g\n" + string.Join('\n', samples) + "\n");
        using var with = ScenarioRunner.Run(Scenario("walk 5m", "{ file: fall.csv, from: 4m, rate: 100 }"), 1);
        Assert.Contains(IndicatorPattern.FallWarning, with.Run.Rigs[0].Shown.Select(shown => shown.Pattern).ToList());
        using var without = ScenarioRunner.Run(Scenario("walk 5m", null), 1);
        Assert.DoesNotContain(IndicatorPattern.FallWarning, without.Run.Rigs[0].Shown.Select(shown => shown.Pattern).ToList());
    }

    [TestMethod]
    [DataRow("{ file: gone.csv, from: 1m }", "cannot read the motion")]
    [DataRow("{ file: norate.csv, from: 1m }", "its rate must be given")]
    [DataRow("{ file: text.csv, from: 1m, rate: 100 }", "is not numbers")]
    [DataRow("{ from: 1m }", "file")]
    public void A_motion_that_cannot_be_played_is_named_with_its_place(string motion, string problem)
    {
        Write("norate.csv", "ax_g,ay_g,az_g\n0,0,1\n0,0,1\n");
        Write("text.csv", "ax_g,ay_g,az_g\n0,0,one\n");
        var error = Assert.ThrowsExactly<ScenarioException>(() => Scenario("sit 5m", motion));
        Assert.Contains(problem, error.Message);
        Assert.Contains("test.yaml", error.Message);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    private Scenario Scenario(string line, string? motion) => ScenarioFile.Parse("test.yaml", $$"""
        name: recorded
        people:
          - name: A
            route: { points: [[52.0, 5.1], [52.01, 5.1]] }
            day: [ {{line}}, lie 5m ]
        {{(motion is null ? "" : $"    motion: {motion}")}}
        devices: [ { id: a, wearer: A } ]
        """, _folder);
}
