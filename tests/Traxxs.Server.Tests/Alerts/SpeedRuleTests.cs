using Traxxs.Server.Alerts;
using Traxxs.Server.Ingest;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Alerts;

/// <summary>The limit is 30 km/h (8.3 m/s) for 30 s; fixes are metres north, 4 m accurate.</summary>
[TestClass]
public sealed class SpeedRuleTests
{
    private readonly Reports _reports = new();
    private readonly RuleBench _bench = new();

    public SpeedRuleTests() => _bench.Book.Set(AlertRuleName.Speed, rule => rule with { Enabled = true });

    [TestMethod]
    [DataRow("0:0 30:40 60:80 90:120", "")] // walking
    [DataRow("0:0 30:400 60:800 90:1200", "0")] // 48 km/h
    [DataRow("0:0 30:40 60:440 90:840 120:880 150:920", "30")]
    [DataRow("0:0 30:40 40:240 50:440 80:480", "")] // too fast, not for long enough
    [DataRow("0:0 30:2000 60:20 90:40", "")] // one stray fix goes nowhere
    [DataRow("0:0 30:255 60:510 90:765", "")] // 8.5 m/s, but not when both fixes err
    [DataRow("0:0 60:800 120:810 180:1700 240:2600", "0 120")]
    public void Too_fast_for_too_long_alerts_once_for_each_stretch(string fixes, string expected)
    {
        Take(10_000, fixes);
        Assert.AreEqual(expected, Found());
    }

    [TestMethod]
    public void It_ends_when_the_wearer_is_certainly_slow_again()
    {
        Take(90, "0:0 30:400 60:800");
        Assert.AreEqual("0", Found());
        Take(120, "90:1050"); // neither certainly fast nor certainly slow
        Assert.IsEmpty(_bench.Ended);
        Take(150, "120:1100");
        Assert.AreEqual(EndRule.SlowedDown, _bench.Ended.Single().Rule);
    }

    [TestMethod]
    public void A_stretch_over_many_reports_is_one()
    {
        for (var i = 0; i < 20; i++) Take(i * 30, $"{i * 30}:{i * 400}");
        Assert.AreEqual("0", Found());
    }

    [TestMethod]
    public void A_ride_that_comes_late_alerts_with_its_true_time_and_one_known_is_not_raised_again()
    {
        Take(10, "0:0");
        Take(4000, "3990:5000 4020:5010");
        Take(4100, "600:0 630:400 660:800 690:1200 720:1210");
        Assert.AreEqual("600", Found());
        Take(4200, "615:200 645:600");
        Assert.AreEqual("600", Found());
        Assert.HasCount(1, _bench.Ended);
    }

    [TestMethod]
    public void The_order_of_arrival_hides_no_ride()
    {
        var random = new Random(3);
        var metres = 0.0;
        var fixes = new List<ReportFix>();
        for (var i = 0; i < 300; i++)
        {
            metres += i % 60 is > 20 and < 30 ? 400 : random.Next(10, 40);
            fixes.Add(Reports.North(i * 30, metres));
        }

        string? expected = null;
        for (var shuffle = 0; shuffle < 20; shuffle++)
        {
            var chunks = fixes.Chunk(10).ToArray();
            if (shuffle > 0) random.Shuffle(chunks);
            var bench = new RuleBench();
            bench.Book.Set(AlertRuleName.Speed, rule => rule with { Enabled = true });
            var reports = new Reports();
            for (var i = 0; i < chunks.Length; i++) bench.Take(reports.Add(50_000 + i, fixes: chunks[i]));
            var found = string.Join(' ', bench.Raised.Values.Select(alert => (alert.EventTime!.Value - Reports.Start).TotalSeconds / 1800).Select(Math.Floor).Distinct().Order());
            expected ??= found;
            Assert.AreEqual(expected, found, $"shuffle {shuffle}");
        }

        Assert.AreEqual("0 1 2 3 4", expected);
    }

    [TestMethod]
    public void Where_nobody_asked_nothing_is_raised()
    {
        var bench = new RuleBench();
        bench.Take(_reports.Add(100, fixes: [Reports.North(0, 0), Reports.North(60, 3000), Reports.North(120, 6000)]));
        Assert.IsEmpty(bench.Raised);
    }

    private void Take(double arrivesS, string fixes) => _bench.Take(_reports.Add(arrivesS, fixes:
        [.. fixes.Split(' ').Select(text => text.Split(':')).Select(pair => Reports.North(double.Parse(pair[0]), double.Parse(pair[1])))]));

    private string Found() => string.Join(' ', _bench.Raised.Values.Select(alert => (alert.EventTime!.Value - Reports.Start).TotalSeconds).Order());
}
