using Traxxs.Protocol;
using Traxxs.Server.Alerts;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Alerts;

[TestClass]
public sealed class BatteryRuleTests
{
    private readonly Reports _reports = new();
    private readonly RuleBench _bench = new();

    [TestMethod]
    [DataRow("16", 0, 0)]
    [DataRow("15", 1, 0)]
    [DataRow("15 16 14 24 15", 1, 0)] // between the thresholds nothing is raised again and nothing ends
    [DataRow("15 25", 1, 1)]
    [DataRow("15 25 15", 2, 1)]
    [DataRow("15 12+", 1, 1)] // + charging
    [DataRow("12+", 0, 0)]
    [DataRow("0", 1, 0)]
    public void Raised_once_at_the_threshold_and_ended_clearly_above_it(string readings, int raised, int ended)
    {
        var s = 0;
        foreach (var reading in readings.Split(' '))
        {
            _bench.Take(_reports.Add(s += 60, percent: int.Parse(reading.TrimEnd('+')), charging: reading.EndsWith('+')));
        }

        Assert.HasCount(raised, _bench.Raised);
        Assert.HasCount(ended, _bench.Ended);
        Assert.IsTrue(_bench.Ended.All(end => end.Rule == EndRule.BatteryRecovered));
    }

    [TestMethod]
    public void An_old_reading_that_comes_late_changes_nothing()
    {
        _bench.Take(_reports.Add(1000, closedS: 1000, percent: 90));
        _bench.Take(_reports.Add(1001, closedS: 500, percent: 5));
        Assert.IsEmpty(_bench.Raised);
    }

    [TestMethod]
    public void The_devices_own_word_is_enough()
    {
        _bench.Take(_reports.Add(10, events: [Reports.Event(EventCode.BatteryLow, 9, 3400)]));
        Assert.AreEqual(AlertRuleName.LowBattery, _bench.Raised.Values.Single().Rule);
    }
}
