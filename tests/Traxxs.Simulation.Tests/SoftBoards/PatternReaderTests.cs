using Traxxs.Core.Ports;
using Traxxs.Device.Adapters;
using Traxxs.Simulation.SoftBoards;

namespace Traxxs.Simulation.Tests.SoftBoards;

[TestClass]
public sealed class PatternReaderTests
{
    [TestMethod]
    [DataRow(0)]
    [DataRow(40)]
    public void Every_pattern_is_known_by_its_switching_though_the_machine_is_late(int lateMs)
    {
        foreach (var pattern in Enum.GetValues<IndicatorPattern>().Where(pattern => pattern != IndicatorPattern.None))
        {
            var reader = new PatternReader();
            var atMs = 1000L;
            var on = false;
            foreach (var lasts in PatternShapes.Of(pattern))
            {
                reader.Switched(on = !on, atMs);
                atMs += lasts + lateMs;
            }

            reader.Switched(false, atMs);
            Assert.IsFalse(reader.TryTake(atMs + 600, out _), $"{pattern} could go on");
            Assert.IsTrue(reader.TryTake(atMs + 700, out var felt));
            Assert.AreEqual(pattern, felt);
            Assert.IsFalse(reader.TryTake(atMs + 5000, out _), "taken once");
        }
    }

    // The server's answer comes when it comes, a moment behind the pattern of the call too.
    [TestMethod]
    [DataRow(1, 0)]
    [DataRow(150, 0)]
    [DataRow(500, 0)]
    [DataRow(699, 0)]
    [DataRow(150, 40)]
    public void Patterns_that_follow_one_another_closely_are_felt_one_by_one(int pauseMs, int lateMs)
    {
        IndicatorPattern[] played = [IndicatorPattern.AlarmSending, IndicatorPattern.AlarmReceived, IndicatorPattern.AlarmAcknowledged];
        var reader = new PatternReader();
        var atMs = 1000L;
        foreach (var pattern in played)
        {
            var on = false;
            foreach (var lasts in PatternShapes.Of(pattern))
            {
                reader.Switched(on = !on, atMs);
                atMs += lasts + lateMs;
            }

            reader.Switched(false, atMs);
            atMs += pauseMs;
        }

        var felt = new List<IndicatorPattern>();
        while (reader.TryTake(atMs + 700, out var pattern)) felt.Add(pattern);
        CollectionAssert.AreEqual(played, felt);
    }

    [TestMethod]
    [DataRow(50)]
    [DataRow(400)]
    [DataRow(790)]
    public void A_pattern_that_takes_another_s_place_is_the_one_that_is_felt(int afterMs)
    {
        var reader = new PatternReader();
        reader.Switched(true, 1000);
        var atMs = 1000L + afterMs;
        var on = false;
        foreach (var lasts in PatternShapes.Of(IndicatorPattern.AlarmReceived))
        {
            reader.Switched(on = !on, atMs);
            atMs += lasts;
        }

        reader.Switched(false, atMs);
        Assert.IsTrue(reader.TryTake(atMs + 700, out var felt));
        Assert.AreEqual(IndicatorPattern.AlarmReceived, felt);
        Assert.IsFalse(reader.TryTake(atMs + 5000, out _));
    }

    [TestMethod]
    public void Switching_that_is_no_pattern_is_none_and_bounded()
    {
        var reader = new PatternReader();
        for (var i = 0; i < 10_000; i++) reader.Switched(i % 2 == 0, i);
        Assert.IsTrue(reader.TryTake(20_000, out var felt));
        Assert.AreEqual(IndicatorPattern.None, felt);
    }
}
