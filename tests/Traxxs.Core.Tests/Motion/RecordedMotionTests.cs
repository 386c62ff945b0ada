using System.Text.Json;
using Traxxs.Cli.Motion;
using Traxxs.Testing;

namespace Traxxs.Core.Tests.Motion;

[TestClass]
public class RecordedMotionTests
{
    private readonly TrackerProfile _profile = new();

    [TestMethod]
    public void Steps_at_the_foot_are_counted_within_two_percent_a_trial()
    {
        var summary = Steps("gait_voisard");
        Assert.IsTrue(Number(summary, "mapePercentByTrial") <= 2.0, summary.ToString());
        Assert.IsTrue(Number(summary, "mapePercent") <= 2.2, summary.ToString());
    }

    [TestMethod]
    public void Steps_of_walkers_with_gait_disorders_are_counted_within_two_percent()
    {
        var summary = Steps("gait_truong");
        Assert.IsTrue(Number(summary, "mapePercent") <= 2.0, summary.ToString());
    }

    [TestMethod]
    public void Falls_at_the_ankle_are_found_and_few_activities_are_suspected()
    {
        var falls = Falls("falls_umafall", null);
        Assert.IsTrue(Number(falls, "detectedPercent") >= 95, falls.ToString());
        Assert.IsTrue(Number(falls, "falseAlarmPercent") <= 2, falls.ToString());
    }

    [TestMethod]
    public void A_recorded_fall_is_man_down_where_rest_follows_and_never_where_a_walk_does()
    {
        var outcomes = Falls("falls_umafall", null).GetProperty("outcomes");
        var falls = outcomes.GetProperty("falls");
        var (suspected, manDown) = (Number(falls.GetProperty("resting"), "suspected"), Number(falls.GetProperty("resting"), "manDown"));
        Assert.IsTrue(manDown >= suspected - 1, outcomes.ToString()); // one wearer gets up and walks before the recording ends
        Assert.IsTrue(Number(falls.GetProperty("walking"), "suspected") > 50, outcomes.ToString());
        Assert.AreEqual(0.0, Number(falls.GetProperty("walking"), "manDown"), outcomes.ToString());
        Assert.AreEqual(0.0, Number(outcomes.GetProperty("activities").GetProperty("walking"), "manDown"), outcomes.ToString());
    }

    [TestMethod]
    public void Walking_raises_no_fall()
    {
        Assert.AreEqual(0.0, Number(Falls("gait_voisard", 100), "suspicions"));
        Assert.AreEqual(0.0, Number(Falls("foot_openshoe", 250), "suspicions"));
    }

    private JsonElement Steps(string set)
    {
        var index = new RecordingIndex();
        var steps = new StepEvaluation();
        foreach (var (track, path) in Tracks(set, 100)) steps.Add(track, index.RowOf(path));
        return JsonSerializer.SerializeToElement(steps.Summary());
    }

    private JsonElement Falls(string set, double? rateHz)
    {
        var index = new RecordingIndex();
        var falls = new FallEvaluation();
        foreach (var (track, path) in Tracks(set, rateHz)) falls.Add(track, index.RowOf(path));
        return JsonSerializer.SerializeToElement(falls.Summary());
    }

    private IEnumerable<(AccelerometerTrack Track, string Path)> Tracks(string set, double? rateHz)
    {
        var folder = Recordings.Find(set, out var message);
        if (folder is null) Assert.Inconclusive(message);
        return RecordingIndex.Find([folder!]).SelectMany(path =>
            AccelerometerTrack.Read(path, "ankle", rateHz, AccelerationUnit.ByName, TrackerProfile.SamplePeriodMs).Select(track => (track, path)));
    }

    private static double Number(JsonElement summary, string name) => summary.GetProperty(name).GetDouble();
}
