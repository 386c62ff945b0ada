using Traxxs.Protocol;
using Traxxs.Server.Alerts;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Alerts;

[TestClass]
public sealed class AlarmEventRuleTests
{
    private readonly Reports _reports = new();
    private readonly RuleBench _bench = new();

    [TestMethod]
    [DataRow(EventCode.Sos, AlertRuleName.Sos, AlertSeverity.Critical)]
    [DataRow(EventCode.ManDown, AlertRuleName.ManDown, AlertSeverity.Critical)]
    [DataRow(EventCode.Immobile, AlertRuleName.Immobile, AlertSeverity.High)]
    [DataRow(EventCode.CheckInMissed, AlertRuleName.CheckInMissed, AlertSeverity.High)]
    public void Each_alarm_of_the_device_raises_its_alert(EventCode code, string rule, AlertSeverity severity)
    {
        _bench.Take(_reports.Add(10, events: [Reports.Event(code, 8, 60)]));
        var alert = _bench.Raised.Values.Single();
        Assert.AreEqual(rule, alert.Rule);
        Assert.AreEqual(severity, alert.Severity);
        Assert.AreEqual(Reports.At(8), alert.EventTime);
        Assert.HasCount(1, _bench.Proofs);
    }

    [TestMethod]
    [DataRow(EventCode.FallSuspected)]
    [DataRow(EventCode.FallCancelled)]
    [DataRow(EventCode.MovingSince)]
    [DataRow(EventCode.GnssTimeout)]
    [DataRow(EventCode.Started)]
    public void What_is_no_alarm_raises_nothing(EventCode code)
    {
        _bench.Take(_reports.Add(10, events: [Reports.Event(code, 8, 60)]));
        Assert.IsEmpty(_bench.Raised);
        Assert.IsEmpty(_bench.Proofs);
    }

    [TestMethod]
    public void An_alarm_this_server_does_not_know_raises_a_plain_alert()
    {
        _bench.Take(_reports.Add(10, events: [Reports.Event((EventCode)14, 8, 3)]));
        Assert.AreEqual("alarm-14", _bench.Raised.Values.Single().Rule);
    }

    [TestMethod]
    public void Every_SOS_press_counts()
    {
        // Two presses within one second, one more later in another report.
        _bench.Take(_reports.Add(10, events: [Reports.Event(EventCode.Sos, 8, 1), Reports.Event(EventCode.Sos, 8, 2)]));
        _bench.Take(_reports.Add(40, events: [Reports.Event(EventCode.Sos, 39, 3)]));
        Assert.HasCount(3, _bench.Raised);
    }

    [TestMethod]
    public void The_same_press_told_again_in_another_report_is_one_alert_and_both_reports_get_their_proof()
    {
        _bench.Take(_reports.Add(10, events: [Reports.Event(EventCode.Sos, 8, 1)]));
        _bench.Take(_reports.Add(70, events: [Reports.Event(EventCode.Sos, 8, 1)]));
        Assert.HasCount(1, _bench.Raised);
        Assert.HasCount(2, _bench.Proofs);
    }

    [TestMethod]
    public void A_man_down_repeated_with_longer_stillness_is_one_alert()
    {
        _bench.Take(_reports.Add(10, events: [Reports.Event(EventCode.ManDown, 8, 60)]));
        _bench.Take(_reports.Add(70, events: [Reports.Event(EventCode.ManDown, 8, 120)]));
        Assert.HasCount(1, _bench.Raised);
    }

    [TestMethod]
    public void A_press_twenty_minutes_old_alerts_with_its_true_age_and_place()
    {
        var report = _reports.Add(1300, closedS: 110, fixes: [Reports.North(60, 0), Reports.North(101, 50), Reports.North(109, 90)],
            events: [Reports.Event(EventCode.Sos, 100, 1)]);
        _bench.Take(report);
        var alert = _bench.Raised.Values.Single();
        Assert.AreEqual(TimeSpan.FromSeconds(1200), alert.Age);
        Assert.AreEqual(Reports.At(101), alert.Position!.FixTime);
    }

    [TestMethod]
    public void An_alarm_without_a_fix_has_the_last_known_position()
    {
        _bench.Take(_reports.Add(10, fixes: [Reports.North(9, 0)]));
        _bench.Take(_reports.Add(60, events: [Reports.Event(EventCode.Sos, 58, 1)]));
        Assert.AreEqual(Reports.At(9), _bench.Raised.Values.Single().Position!.FixTime);
    }

    [TestMethod]
    public void An_alarm_of_a_device_that_knows_no_time_alerts_once_a_report()
    {
        _bench.Take(_reports.Add(10, events: [Reports.Event(EventCode.Sos, null, 1)], timeKnown: false));
        _bench.Take(_reports.Add(20, events: [Reports.Event(EventCode.Sos, null, 1)], timeKnown: false));
        Assert.HasCount(2, _bench.Raised);
        Assert.IsNull(_bench.Raised.Values.First().Age);
    }

    [TestMethod]
    public void A_missed_check_in_ends_by_a_later_check_in_and_not_by_an_older_one()
    {
        _bench.Take(_reports.Add(100, events: [Reports.Event(EventCode.CheckInMissed, 90, 60)]));
        _bench.Take(_reports.Add(110, events: [Reports.Event(EventCode.CheckIn, 30)]));
        Assert.IsEmpty(_bench.Ended);
        _bench.Take(_reports.Add(120, events: [Reports.Event(EventCode.CheckIn, 115)]));
        Assert.AreEqual(EndRule.WearerCheckedIn, _bench.Ended.Single().Rule);
    }

    [TestMethod]
    public void Nothing_but_a_person_ends_an_SOS_or_a_man_down()
    {
        _bench.Take(_reports.Add(10, events: [Reports.Event(EventCode.Sos, 8, 1), Reports.Event(EventCode.ManDown, 9, 60)]));
        _bench.Take(_reports.Add(60, percent: 80, charging: true, fixes: [Reports.North(59, 0)], events:
        [
            Reports.Event(EventCode.CheckIn, 58), Reports.Event(EventCode.FallCancelled, 58), Reports.Event(EventCode.MovingSince, 58),
            Reports.Event(EventCode.Started, 58),
        ]));
        _bench.Tick(1e6);
        Assert.IsEmpty(_bench.Ended);
    }

    [TestMethod]
    [DataRow(EventCode.Degraded, 2, 1)]
    [DataRow(EventCode.SelfTest, 4, 1)]
    [DataRow(EventCode.SelfTest, 0, 0)]
    [DataRow(EventCode.ReportsDropped, 12, 1)]
    public void A_fault_of_the_device_raises_an_alert_and_a_passed_self_test_none(EventCode code, int value, int alerts)
    {
        _bench.Take(_reports.Add(10, events: [Reports.Event(code, 8, value)]));
        Assert.HasCount(alerts, _bench.Raised);
    }
}
