using Traxxs.Protocol;
using Traxxs.Server.Alerts;
using Traxxs.Server.Alerts.Rules;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Alerts;

/// <summary>What an organisation sets is what the rules judge by; changes while something stands neither raise twice nor lose.</summary>
[TestClass]
public sealed class RuleSettingsTests
{
    private readonly Reports _reports = new();
    private readonly RuleBench _bench = new();

    [TestMethod]
    public void Every_default_lies_within_its_bounds_and_every_rule_is_described_once()
    {
        foreach (var rule in RuleCatalogue.All)
        {
            foreach (var parameter in rule.Parameters)
                Assert.IsTrue(parameter.Default >= parameter.Min && parameter.Default <= parameter.Max, $"{rule.Name}.{parameter.Name}");
            Assert.IsTrue(rule.Severity >= rule.SeverityMin, rule.Name);
        }

        Assert.HasCount(RuleCatalogue.All.Count, RuleCatalogue.All.Select(rule => rule.Name).Distinct().ToList());
    }

    [TestMethod]
    public void A_threshold_raised_over_a_standing_level_alerts_at_the_next_reading_and_lowered_again_raises_no_second()
    {
        _bench.Take(_reports.Add(0, percent: 22));
        Assert.IsEmpty(_bench.Raised);
        Set(AlertRuleName.LowBattery, ("lowPercent", 30), ("recoveredPercent", 50));
        _bench.Take(_reports.Add(10, percent: 22)).Take(_reports.Add(20, percent: 21));
        Assert.HasCount(1, _bench.Raised);
        Set(AlertRuleName.LowBattery, ("lowPercent", 10), ("recoveredPercent", 20));
        _bench.Take(_reports.Add(30, percent: 21));
        Assert.AreEqual(EndRule.BatteryRecovered, _bench.Ended.Single().Rule);
        Assert.HasCount(1, _bench.Raised);
    }

    [TestMethod]
    public void A_rule_turned_off_ends_what_it_raised_and_turned_on_raises_what_stands()
    {
        _bench.Take(_reports.Add(0, nextS: 300)).Tick(500);
        _bench.Book.Set(AlertRuleName.MissedContact, rule => rule with { Enabled = false });
        _bench.Take(_reports.Add(600, nextS: 300)).Tick(5000);
        Assert.HasCount(1, _bench.Ended);
        Assert.HasCount(1, _bench.Raised);
        _bench.Book.Set(AlertRuleName.MissedContact, rule => rule with { Enabled = true });
        _bench.Tick(5001).Tick(5002);
        Assert.HasCount(2, _bench.Raised);
    }

    [TestMethod]
    public void A_longer_grace_holds_for_silence_under_way()
    {
        Set(AlertRuleName.MissedContact, ("graceS", 1000));
        _bench.Take(_reports.Add(0, nextS: 300)).Tick(1299);
        Assert.IsEmpty(_bench.Raised);
        Set(AlertRuleName.MissedContact, ("graceS", 10));
        _bench.Tick(1300);
        Assert.HasCount(1, _bench.Raised);
    }

    [TestMethod]
    public void With_a_schedule_silence_counts_from_when_it_begins()
    {
        var schedule = ScheduleTests.Read("""{"timeZone":"UTC","week":[{"day":"sun","from":"09:00","to":"10:00"}]}""");
        _bench.Book.Set(AlertRuleName.MissedContact, rule => rule with { Schedule = schedule });
        _bench.Take(_reports.Add(0, nextS: 300)).Tick(3500).Tick(3600 + 119);
        Assert.IsEmpty(_bench.Raised);
        _bench.Tick(3600 + 121);
        Assert.HasCount(1, _bench.Raised);
    }

    [TestMethod]
    public void An_alarm_whose_rule_is_off_raises_nothing_and_the_device_gets_its_proof_all_the_same()
    {
        _bench.Book.Set(AlertRuleName.Immobile, rule => rule with { Enabled = false });
        _bench.Take(_reports.Add(0, events: [Reports.Event(EventCode.Immobile, 0, 600)]));
        Assert.IsEmpty(_bench.Raised);
        Assert.HasCount(1, _bench.Proofs);
    }

    [TestMethod]
    public void The_severity_is_as_set()
    {
        _bench.Book.Set(AlertRuleName.Immobile, rule => rule with { Severity = AlertSeverity.Critical });
        _bench.Take(_reports.Add(0, events: [Reports.Event(EventCode.Immobile, 0, 600)]));
        Assert.AreEqual(AlertSeverity.Critical, _bench.Raised.Values.Single().Severity);
    }

    [TestMethod]
    public void A_call_by_the_foot_says_so()
    {
        _bench.Take(_reports.Add(0, events: [Reports.Event(EventCode.Sos, 0, (1 << 16) | 3), Reports.Event(EventCode.Sos, 0, 4)]));
        Assert.AreEqual("called for help with the foot (press 3), pressed for help (press 4)",
            string.Join(", ", _bench.Raised.Values.Select(alert => alert.Summary.Split("the wearer ")[1])));
    }

    [TestMethod]
    public void Nothing_that_calls_for_help_ends_without_a_person_and_nothing_ends_but_by_a_written_rule()
    {
        var written = typeof(EndRule).GetFields().Select(field => (string)field.GetRawConstantValue()!).ToList();
        CollectionAssert.AreEquivalent(written, RuleCatalogue.All.Select(rule => rule.EndsBy).OfType<string>().Distinct().ToList());
        var random = new Random(11);
        EventCode[] codes = [.. Enum.GetValues<EventCode>().Where(code => code != EventCode.None)];
        for (var i = 0; i < 2000; i++)
        {
            var events = Enumerable.Range(0, random.Next(3)).Select(_ => Reports.Event(codes[random.Next(codes.Length)], (i * 60) - random.Next(4000), random.Next(5))).ToArray();
            _bench.Take(_reports.Add(i * 60, nextS: random.Next(2) == 0 ? 30 : 600, percent: random.Next(100), charging: random.Next(5) == 0, events: events)).Tick((i * 60) + 200);
        }

        foreach (var end in _bench.Ended)
        {
            var rule = RuleCatalogue.Find(_bench.Raised[end.AlertId].Rule)!;
            Assert.AreEqual(rule.EndsBy, end.Rule, rule.Name);
        }

        Assert.HasCount(4, _bench.Ended.Select(end => end.Rule).Distinct().ToList());
    }

    private void Set(string rule, params (string Name, int Value)[] numbers) => _bench.Book.Set(rule, before => before with
    {
        Parameters = before.Parameters.SetItems(numbers.Select(number => KeyValuePair.Create(number.Name, number.Value))),
    });
}
