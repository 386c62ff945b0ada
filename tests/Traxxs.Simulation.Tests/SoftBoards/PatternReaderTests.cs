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

    [TestMethod]
    public void Switching_that_is_no_pattern_is_none_and_bounded()
    {
        var reader = new PatternReader();
        for (var i = 0; i < 10_000; i++) reader.Switched(i % 2 == 0, i);
        Assert.IsTrue(reader.TryTake(20_000, out var felt));
        Assert.AreEqual(IndicatorPattern.None, felt);
    }
}
