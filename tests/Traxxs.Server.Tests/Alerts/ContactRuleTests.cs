using Traxxs.Server.Alerts;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Alerts;

/// <summary>The grace is 120 s here, as by default.</summary>
[TestClass]
public sealed class ContactRuleTests
{
    private readonly Reports _reports = new();
    private readonly RuleBench _bench = new();

    [TestMethod]
    [DataRow(300, 419, 0)]
    [DataRow(300, 421, 1)]
    [DataRow(21600, 21719, 0)] // six hours of planned deep sleep are in the contract
    [DataRow(21600, 21721, 1)]
    public void Silence_counts_from_the_contract_plus_grace(int nextS, double nowS, int alerts)
    {
        _bench.Take(_reports.Add(0, nextS: nextS)).Tick(nowS);
        Assert.HasCount(alerts, _bench.Raised);
    }

    [TestMethod]
    public void A_missed_contact_names_when_the_device_should_have_spoken_and_is_raised_once()
    {
        _bench.Take(_reports.Add(0, nextS: 300, fixes: [Reports.North(-5, 0)])).Tick(500).Tick(501).Tick(9000);
        var alert = _bench.Raised.Values.Single();
        Assert.AreEqual(AlertRuleName.MissedContact, alert.Rule);
        Assert.AreEqual(Reports.At(300), alert.EventTime);
        Assert.IsNotNull(alert.Position);
    }

    [TestMethod]
    public void It_ends_when_the_device_speaks_again_and_can_be_missed_anew()
    {
        _bench.Take(_reports.Add(0, nextS: 300)).Tick(500);
        _bench.Take(_reports.Add(800, nextS: 300));
        Assert.AreEqual(EndRule.DeviceSpokeAgain, _bench.Ended.Single().Rule);
        _bench.Tick(1300);
        Assert.HasCount(2, _bench.Raised);
    }

    [TestMethod]
    public void A_batch_that_comes_late_moves_no_contract_back()
    {
        _bench.Take(_reports.Add(1000, closedS: 1000, nextS: 3600, sequence: 50));
        _bench.Take(_reports.Add(1010, closedS: 100, nextS: 60, sequence: 10));
        _bench.Tick(4000);
        Assert.IsEmpty(_bench.Raised);
        _bench.Tick(4721);
        Assert.HasCount(1, _bench.Raised);
    }

    [TestMethod]
    public void A_late_batch_with_a_long_contract_does_not_stretch_a_newer_short_one()
    {
        _bench.Take(_reports.Add(1000, closedS: 1000, nextS: 60, sequence: 50));
        _bench.Take(_reports.Add(1001, closedS: 900, nextS: 36000, sequence: 10));
        _bench.Tick(1200);
        Assert.HasCount(1, _bench.Raised);
    }

    [TestMethod]
    public void A_device_heard_just_now_is_not_missing_however_old_its_words()
    {
        // Out of a dead zone: the first report was closed twenty minutes ago and its contract has long run out.
        _bench.Take(_reports.Add(1300, closedS: 100, nextS: 60)).Tick(1310);
        Assert.IsEmpty(_bench.Raised);
        _bench.Tick(1421);
        Assert.HasCount(1, _bench.Raised);
    }

    [TestMethod]
    public void Without_the_device_time_the_contract_counts_from_arrival()
    {
        _bench.Take(_reports.Add(1000, nextS: 300, timeKnown: false)).Tick(1419);
        Assert.IsEmpty(_bench.Raised);
        _bench.Tick(1421);
        Assert.HasCount(1, _bench.Raised);
    }

    [TestMethod]
    public void A_device_clock_that_runs_ahead_does_not_stretch_the_contract()
    {
        _bench.Take(_reports.Add(0, closedS: 100000, nextS: 300)).Tick(421);
        Assert.HasCount(1, _bench.Raised);
    }

    [TestMethod]
    public void A_report_without_a_contract_ends_the_one_before_and_promises_nothing()
    {
        _bench.Take(_reports.Add(0, nextS: 300));
        _bench.Take(_reports.Add(10)).Tick(1e6);
        Assert.IsEmpty(_bench.Raised);
    }

    [TestMethod]
    public void Silence_while_the_server_could_not_hear_is_not_the_devices()
    {
        _bench.Take(_reports.Add(0, nextS: 300)).Tick(5000, listeningSinceS: 4990);
        Assert.IsEmpty(_bench.Raised);
        _bench.Tick(4990 + 959, listeningSinceS: 4990);
        Assert.IsEmpty(_bench.Raised, "it may wait for a quarter of an hour after attempts in vain");
        _bench.Tick(4990 + 961, listeningSinceS: 4990);
        Assert.HasCount(1, _bench.Raised);
    }

    [TestMethod]
    public void A_device_that_was_due_soon_after_the_server_came_back_may_still_wait_after_attempts_in_vain()
    {
        _bench.Take(_reports.Add(0, nextS: 5000)).Tick(5200, listeningSinceS: 4990);
        Assert.IsEmpty(_bench.Raised);
        _bench.Tick(4990 + 961, listeningSinceS: 4990);
        Assert.HasCount(1, _bench.Raised);
    }

    [TestMethod]
    public void A_device_heard_since_the_server_came_back_is_held_to_its_contract_alone()
    {
        _bench.Take(_reports.Add(0, nextS: 300));
        _bench.Take(_reports.Add(5000, nextS: 300)).Tick(5419, listeningSinceS: 4990);
        Assert.IsEmpty(_bench.Raised);
        _bench.Tick(5421, listeningSinceS: 4990);
        Assert.HasCount(1, _bench.Raised);
    }
}
