using Traxxs.Protocol;
using Traxxs.Server.Alerts;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Alerts;

/// <summary>The shoe may be off for 300 s, as by default. The day begins at 08:00 UTC on a Sunday.</summary>
[TestClass]
public sealed class ShoeRuleTests
{
    private const string Mornings = """{"timeZone":"UTC","week":[{"day":"sun","from":"09:00","to":"10:00"},{"day":"mon","from":"09:00","to":"10:00"}]}""";

    private readonly Reports _reports = new();
    private readonly RuleBench _bench = new();

    [TestMethod]
    public void Off_for_too_long_alerts_once_and_ends_when_it_is_on_again()
    {
        Off(0).Tick(299);
        Assert.IsEmpty(_bench.Raised);
        _bench.Tick(301).Tick(302).Tick(90000);
        Assert.AreEqual(Reports.At(0), _bench.Raised.Values.Single().EventTime);
        Assert.IsEmpty(_bench.Ended);
        On(91000);
        Assert.AreEqual(EndRule.ShoeOnAgain, _bench.Ended.Single().Rule);
        Off(92000).Tick(92301);
        Assert.HasCount(2, _bench.Raised);
    }

    [TestMethod]
    public void A_short_while_off_is_nothing()
    {
        Off(0);
        On(200).Tick(1000);
        Off(1100);
        On(1200).Tick(5000);
        Assert.IsEmpty(_bench.Raised);
    }

    [TestMethod]
    public void Outside_working_hours_it_may_be_off_and_counts_from_when_they_begin()
    {
        _bench.Book.Shift = ScheduleTests.Read(Mornings);
        Off(0).Tick(3599);
        _bench.Tick(3600 + 299);
        Assert.IsEmpty(_bench.Raised);
        _bench.Tick(3600 + 301).Tick(7100).Tick(7300).Tick(40000);
        Assert.AreEqual(Reports.At(3600), _bench.Raised.Values.Single().EventTime);
        _bench.Tick(90000 + 301).Tick(90000 + 400); // the next morning it is off still
        Assert.HasCount(2, _bench.Raised);
        On(91000);
        Assert.HasCount(2, _bench.Ended);
    }

    [TestMethod]
    public void A_stretch_that_comes_late_alerts_with_its_age_and_is_over()
    {
        _bench.Take(_reports.Add(5000, events: [Reports.Event(EventCode.ShoeOn, 4000), Reports.Event(EventCode.ShoeOff, 1000)]));
        var alert = _bench.Raised.Values.Single();
        Assert.AreEqual(TimeSpan.FromSeconds(4000), alert.Age);
        Assert.AreEqual(alert.Id, _bench.Ended.Single().AlertId);
    }

    [TestMethod]
    public void A_late_word_that_it_was_on_again_ends_the_alert_and_raises_nothing()
    {
        Off(0).Tick(301);
        _bench.Take(_reports.Add(400, events: [Reports.Event(EventCode.ShoeOn, 100)])).Tick(5000);
        Assert.HasCount(1, _bench.Raised);
        Assert.HasCount(1, _bench.Ended);
    }

    [TestMethod]
    public void Told_twice_it_is_one_and_an_earlier_beginning_raises_no_second()
    {
        Off(1000);
        Off(1000).Tick(1301);
        _bench.Take(_reports.Add(1400, events: [Reports.Event(EventCode.ShoeOff, 900)])).Tick(2000);
        Assert.HasCount(1, _bench.Raised);
    }

    [TestMethod]
    public void Turned_off_and_on_again_the_rule_neither_loses_what_stands_nor_raises_it_twice()
    {
        Off(0).Tick(301);
        _bench.Book.Set(AlertRuleName.ShoeOff, rule => rule with { Enabled = false });
        _bench.Tick(400);
        On(500);
        Assert.HasCount(1, _bench.Ended, "a rule that is off still ends what it raised");
        Off(600).Tick(1000);
        Assert.HasCount(1, _bench.Raised);
        _bench.Book.Set(AlertRuleName.ShoeOff, rule => rule with { Enabled = true });
        _bench.Tick(1001).Tick(1002);
        Assert.HasCount(2, _bench.Raised, "what stands when the rule is turned on alerts");
        _bench.Book.Set(AlertRuleName.ShoeOff, rule => rule with { Parameters = rule.Parameters.SetItem("afterS", 10) });
        _bench.Tick(1003);
        Assert.HasCount(2, _bench.Raised);
    }

    private RuleBench Off(double timeS) => _bench.Take(_reports.Add(timeS, events: [Reports.Event(EventCode.ShoeOff, timeS)]));

    private RuleBench On(double timeS) => _bench.Take(_reports.Add(timeS, events: [Reports.Event(EventCode.ShoeOn, timeS)]));
}
