using Traxxs.Simulation.Traces;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Tests.Traces;

[TestClass]
public sealed class PackingTests
{
    [TestMethod]
    public void Motion_comes_back_as_it_was_to_its_extremes()
    {
        int[] mg = [0, -1, 1000, int.MaxValue, int.MinValue, 5, -32768, 32767, 0];
        CollectionAssert.AreEqual(mg, Packing.Motion(Packing.Motion(mg), 3));
        Assert.Contains("fewer", Assert.ThrowsExactly<InvalidDataException>(() => Packing.Motion(Packing.Motion(mg), 4)).Message);
        Assert.Contains("more", Assert.ThrowsExactly<InvalidDataException>(() => Packing.Motion(Packing.Motion(mg), 2)).Message);
    }

    [TestMethod]
    public void A_sky_comes_back_to_the_last_bit()
    {
        SkyState[] states = [new() { LatitudeDeg = 52.1234567890123, LongitudeDeg = -0.1, SpeedMS = 1.4, HeadingDeg = 359.99, Reflections = 1.0 / 3, View = SkyView.Trees }, default];
        var back = Packing.Sky(Packing.Sky(states));
        CollectionAssert.AreEqual(states, back);
    }

    [TestMethod]
    [DataRow("not base64!")]
    [DataRow("aGVsbG8gd29ybGQh")]
    public void What_is_no_block_is_refused(string text) => Assert.ThrowsExactly<InvalidDataException>(() => Packing.Sky(text));

    [TestMethod]
    public void Intervals_know_their_edges_to_the_millisecond()
    {
        var recorded = Intervals.Record(timeMs => timeMs is < 1500 or >= 70_001 and < 80_000 or >= 90_003, 100_000);
        CollectionAssert.AreEqual(new long[] { 0, 1500, 70_001, 80_000, 90_003, long.MaxValue }, recorded.Edges.ToArray());
        foreach (var (timeMs, holds) in new[] { (0L, true), (1499L, true), (1500L, false), (70_000L, false), (70_001L, true), (80_000L, false), (500_000L, true) })
            Assert.AreEqual(holds, recorded.Hold(timeMs), $"{timeMs}");
        Assert.ThrowsExactly<InvalidDataException>(() => new Intervals([5, 3]));
        Assert.ThrowsExactly<InvalidDataException>(() => new Intervals([5]));
    }

    [TestMethod]
    public void A_sky_between_two_seconds_lies_between_them()
    {
        var sky = new TraceSky(500, [new SkyState { LatitudeDeg = 50 }, new SkyState { LatitudeDeg = 51 }]);
        foreach (var (timeMs, latitude) in new[] { (0L, 50.0), (500L, 50.0), (1000L, 50.5), (1500L, 51.0), (9000L, 51.0) })
        {
            sky.At(timeMs, out var state);
            Assert.AreEqual(latitude, state.LatitudeDeg, 1e-12, $"{timeMs}");
        }
    }
}
