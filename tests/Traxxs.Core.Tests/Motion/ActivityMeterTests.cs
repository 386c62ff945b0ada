using Traxxs.Core.Motion;
using Traxxs.Core.Tests.Fakes;

namespace Traxxs.Core.Tests.Motion;

[TestClass]
public class ActivityMeterTests
{
    [TestMethod]
    public void Rest_is_below_and_walking_above_the_level_at_every_rate()
    {
        foreach (var periodMs in new[] { 10, 20, 40 })
        {
            Assert.IsFalse(Feed(Wearer.Still, periodMs).Active, $"rest at {periodMs} ms");
            Assert.IsFalse(Feed(Wearer.Lying, periodMs).Active, $"lying at {periodMs} ms");
            Assert.IsTrue(Feed(Wearer.Walking, periodMs).Active, $"walking at {periodMs} ms");
        }
    }

    [TestMethod]
    public void A_window_is_a_second_whatever_the_rate()
    {
        foreach (var periodMs in new[] { 10, 40 })
        {
            var meter = new ActivityMeter(new TrackerProfile());
            Assert.AreEqual(20, Enumerable.Range(0, 20_000 / periodMs).Count(_ => meter.Feed(0, 0, 1000, periodMs)), $"at {periodMs} ms");
        }
    }

    [TestMethod]
    public void Magnitude_is_the_integer_root()
    {
        var random = new Random(5);
        for (var i = 0; i < 10000; i++)
        {
            var (x, y, z) = (random.Next(-32768, 32768), random.Next(-32768, 32768), random.Next(-32768, 32768));
            Assert.AreEqual((int)Math.Floor(Math.Sqrt((double)x * x + (double)y * y + (double)z * z)), Magnitude.Of(x, y, z));
        }

        Assert.AreEqual(65535, Magnitude.Root(uint.MaxValue));
        Assert.AreEqual(0, Magnitude.Root(0));
    }

    [TestMethod]
    public void The_root_is_rounded_down_on_both_sides_of_every_square()
    {
        for (uint root = 1; root <= ushort.MaxValue; root++)
        {
            Assert.AreEqual((int)root, Magnitude.Root(root * root), $"{root} squared");
            Assert.AreEqual((int)root - 1, Magnitude.Root(root * root - 1), $"one below {root} squared");
        }
    }

    private static ActivityMeter Feed(Func<long, (int X, int Y, int Z)> motion, int periodMs)
    {
        var meter = new ActivityMeter(new TrackerProfile());
        for (long t = 0; t < 20_000; t += periodMs)
        {
            var (x, y, z) = motion(t);
            meter.Feed(x, y, z, periodMs);
        }

        return meter;
    }
}
