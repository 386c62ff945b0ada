using Traxxs.Core.Location;

namespace Traxxs.Core.Tests.Location;

[TestClass]
public sealed class WallClockTests
{
    private const uint Now = 1_790_000_000;

    private readonly WallClock _clock = new();

    [TestMethod]
    public void The_first_fix_replaces_the_network_s_time_without_doubt_and_later_ones_do_not()
    {
        _clock.Hear(Now * 1000L, 5000);
        Assert.IsTrue(_clock.IsKnown);
        Assert.AreEqual(Now + 10, _clock.ToReportS(15_000));
        Assert.IsTrue(_clock.Learn(Now + 3600, 5000), "one is enough");
        Assert.AreEqual(Now + 3610, _clock.ToReportS(15_000));
        Assert.IsFalse(_clock.Learn(Now, 5000), "a jump between satellites' times is doubted as before");
    }

    [TestMethod]
    public void A_known_time_is_not_replaced_by_the_network_s()
    {
        Assert.IsTrue(_clock.Learn(Now, 5000));
        _clock.Hear((Now + 3600) * 1000L, 5000);
        Assert.AreEqual(Now, _clock.ToReportS(5000));
    }

    [TestMethod]
    [DataRow(0L)]
    [DataRow((WallClock.EarliestS * 1000L) - 1)]
    [DataRow(WallClock.LatestS * 1000L)]
    public void A_clock_that_nobody_has_set_is_not_believed(long unixMs)
    {
        _clock.Hear(unixMs, 5000);
        Assert.IsFalse(_clock.IsKnown);
        Assert.AreEqual(5u, _clock.ToReportS(5000));
    }
}
