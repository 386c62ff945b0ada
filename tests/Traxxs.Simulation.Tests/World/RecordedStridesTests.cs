using System.Globalization;
using Traxxs.Simulation.Run;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.World;
using Traxxs.Testing;

namespace Traxxs.Simulation.Tests.World;

[TestClass]
public sealed class RecordedStridesTests
{
    [TestMethod]
    public void A_walk_with_recorded_strides_has_the_shape_of_the_recording()
    {
        if (Recordings.Find("foot_openshoe", out var message) is not { } folder)
        {
            Assert.Inconclusive(message);
            return;
        }

        var file = Path.Combine(folder, "m30.csv.gz");
        var strides = RecordedStrides.Read(file, 250);
        Assert.IsGreaterThan(15, strides.Count);
        var gait = new FootGait(new Timeline().Then(Activity.Walk, TimeSpan.FromMinutes(5)), 1, strides);
        var walk = GaitStatistics.Of(Enumerable.Range(0, 5 * 60 * 250).Select(i => (i / 250.0, Magnitude(gait, i * 4L))).ToList());
        var recorded = GaitStatistics.Of(GaitStatistics.Read(file, 250, 1, counterColumn: false));
        Assert.AreEqual(recorded.ShareAbove2G, walk.ShareAbove2G, 0.05, $"recorded {recorded}, played {walk}");
        Assert.AreEqual(recorded.PeakG, walk.PeakG, recorded.PeakG * 0.2, $"recorded {recorded}, played {walk}");
    }

    [TestMethod]
    [DataRow("foot_openshoe", 250)]
    [DataRow("gait_voisard", 100)]
    public void The_firmware_counts_recorded_strides_as_well_as_our_own(string set, int rateHz)
    {
        if (Recordings.Find(set, out var message) is not { } folder)
        {
            Assert.Inconclusive(message);
            return;
        }

        var scenario = ScenarioFile.Parse("walk.yaml", """
            name: walk
            people: [ { name: A, route: { end: back, points: [[52.0, 5.1], [52.02, 5.1]] }, day: [ stand 1m, walk 20m, sit 5m ] } ]
            devices: [ { id: a, wearer: A } ]
            expect: [ { step-error-at-most: 8, device: a } ]
            """);
        using var finished = ScenarioRunner.Run(scenario, 1, new RunOptions { Gait = RecordedStrides.Read(folder, rateHz) });
        Assert.AreEqual(0, finished.Result.ExpectationsFailed, string.Join("; ", finished.Result.Expectations.Where(e => e.Passed == false)));
    }

    [TestMethod]
    public void A_foot_mounted_askew_is_turned_upright()
    {
        var path = Path.Combine(Path.GetTempPath(), $"traxxs-gait-{Guid.NewGuid():N}.csv");
        try
        {
            // Our own walk, with the sensor on its side and turned about: its axes are -Z, X, -Y of ours.
            var model = new FootGait(new Timeline().Then(Activity.Walk, TimeSpan.FromSeconds(30)), 1);
            File.WriteAllLines(path, Enumerable.Range(0, 30 * 200).Select(i =>
            {
                model.AccelerationAt(i * 5L, out var x, out var y, out var z);
                return string.Create(CultureInfo.InvariantCulture, $"{i * 5},{-z / 1000.0},{x / 1000.0},{-y / 1000.0}");
            }).Prepend("t_ms,ax_g,ay_g,az_g"));
            var strides = RecordedStrides.Read(path, rateHz: 1);
            Assert.IsGreaterThan(20, strides.Count);
            strides.At(3, 0, 1000, out var flatX, out var flatY, out var flatZ);
            Assert.IsTrue(Math.Abs(flatX) < 150 && Math.Abs(flatY) < 150 && Math.Abs(flatZ - 1000) < 150, $"{flatX} {flatY} {flatZ}");
            var brake = Enumerable.Range(0, 4096).Min(phase =>
            {
                strides.At(3, phase, 1000, out var x, out _, out _);
                return x;
            });
            Assert.IsLessThan(-2000, brake, "the brake before landing points backwards");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestMethod]
    [DataRow("ax,ay,az\n1,2,3", "ax_g or ax_mps2")]
    [DataRow("ax_g,ay_g,az_g\n0,0,1\n0,0,1", "no strides found")]
    [DataRow("ax_g,ay_g,az_g\n0,x,1", "line 2 is not numbers")]
    public void What_is_no_walk_is_named(string text, string problem)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, text);
            Assert.Contains(problem, Assert.ThrowsExactly<InvalidDataException>(() => RecordedStrides.Read(path, 100)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static double Magnitude(FootGait gait, long timeMs)
    {
        gait.AccelerationAt(timeMs, out var x, out var y, out var z);
        return Math.Sqrt((double)x * x + (double)y * y + (double)z * z) / 1000;
    }
}
