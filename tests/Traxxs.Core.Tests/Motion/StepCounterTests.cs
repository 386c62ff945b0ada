using Traxxs.Core.Motion;
using Traxxs.Core.Tests.Fakes;

namespace Traxxs.Core.Tests.Motion;

[TestClass]
public class StepCounterTests
{
    [TestMethod]
    [DataRow(10)]
    [DataRow(20)]
    [DataRow(40)]
    public void Every_stride_is_one_step_at_every_rate(int periodMs)
    {
        var counter = Feed(Wearer.Walking, 60_000, periodMs);
        Assert.AreEqual(60_000.0 / Wearer.StrideMs, counter.Steps, 2.0);
        Assert.AreEqual(Wearer.StrideMs, counter.StrideMs, 2.0 * periodMs);
    }

    [TestMethod]
    public void The_way_the_sensor_is_mounted_does_not_matter()
    {
        var upright = Feed(Wearer.Walking, 60_000, 20);
        var turned = Feed(t =>
        {
            var (x, y, z) = Wearer.Walking(t);
            return (-z, x, -y);
        }, 60_000, 20);
        Assert.AreEqual(upright.Steps, turned.Steps);
    }

    [TestMethod]
    public void Standing_fidgeting_and_riding_are_no_steps()
    {
        Assert.AreEqual(0u, Feed(Wearer.Still, 600_000, 20).Steps);
        Assert.AreEqual(0u, Feed(Wearer.Fidgeting, 600_000, 20).Steps);
        Assert.AreEqual(0u, Feed(Wearer.Riding, 600_000, 20).Steps);
    }

    [TestMethod]
    public void One_kick_is_no_step()
    {
        var counter = Feed(t => t is > 5000 and < 5800 ? Wearer.Walking(t) : Wearer.Still(t), 20_000, 20);
        Assert.AreEqual(0u, counter.Steps);
    }

    [TestMethod]
    public void The_first_steps_count_once_the_walk_is_sure()
    {
        var counter = Feed(t => t < Wearer.StrideMs * 6 ? Wearer.Walking(t) : Wearer.Still(t), 20_000, 20);
        Assert.AreEqual(6u, counter.Steps);
    }

    [TestMethod]
    public void Extreme_samples_do_not_overflow()
    {
        var counter = Feed(t => t / 20 % 2 == 0 ? (short.MaxValue, short.MaxValue, short.MaxValue) : (short.MinValue, short.MinValue, short.MinValue), 60_000, 10);
        Assert.IsTrue(counter.Steps <= 60_000 / StepCounter.StrideMinMs);
    }

    private static StepCounter Feed(Func<long, (int X, int Y, int Z)> motion, int durationMs, int periodMs)
    {
        var counter = new StepCounter();
        counter.Reset();
        for (long t = 0; t < durationMs; t += periodMs)
        {
            var (x, y, z) = motion(t);
            counter.Feed(x, y, z, periodMs);
        }

        return counter;
    }
}
