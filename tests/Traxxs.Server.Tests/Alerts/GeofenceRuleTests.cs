using System.Collections.Immutable;
using Traxxs.Server.Alerts;
using Traxxs.Server.Alerts.Geofences;
using Traxxs.Server.Ingest;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Alerts;

/// <summary>A circle of 100 m about 52 N 13 E; fixes are given as metres north of its centre.</summary>
[TestClass]
public sealed class GeofenceRuleTests
{
    private readonly Reports _reports = new();
    private readonly RuleBench _bench = new(null, Circle(FenceCrossings.Enter | FenceCrossings.Leave));

    internal static Geofence Circle(FenceCrossings alertOn, double radiusM = 100) => new(
        "yard", 1, "Yard", new CircleShape(new GeoPoint(52, 13), radiusM), alertOn, AlertSeverity.Warning, []);

    [TestMethod]
    [DataRow("0 0 150 160", "geofence-leave@2")]
    [DataRow("150 160 0 0", "geofence-enter@2")]
    [DataRow("150 160 170", "")] // where a wearer is first seen is no crossing
    [DataRow("0 0 300 0 0", "")] // one stray fix is no crossing
    [DataRow("0 105 95 108 92 105", "")] // along the edge, within the margin
    [DataRow("0 150 105 160", "geofence-leave@1")] // a fix too near to say neither confirms nor contradicts
    [DataRow("0 150 160 0 5 200 210", "geofence-enter@3 geofence-leave@1 geofence-leave@5")]
    public void Crossings_are_found_once_and_timed_at_the_first_fix_across(string metres, string expected)
    {
        var fixes = metres.Split(' ').Select((m, i) => Reports.North(i, double.Parse(m))).ToArray();
        _bench.Take(_reports.Add(100, fixes: fixes));
        Assert.AreEqual(expected, Found());
    }

    [TestMethod]
    [DataRow(130, 4, true)]
    [DataRow(130, 39, false)] // 30 m beyond the edge says nothing when the fix is 39 m wide
    [DataRow(300, 39, true)]
    [DataRow(500, 195, true)]
    public void A_fix_counts_only_beyond_its_own_inaccuracy(double metres, int accuracyM, bool crossed)
    {
        _bench.Take(_reports.Add(100, fixes: [Reports.North(0, 0), Reports.North(1, metres, accuracyM), Reports.North(2, metres, accuracyM)]));
        Assert.HasCount(crossed ? 1 : 0, _bench.Raised);
    }

    [TestMethod]
    public void A_leave_ends_by_crossing_back()
    {
        _bench.Take(_reports.Add(10, fixes: [Reports.North(0, 0), Reports.North(1, 200), Reports.North(2, 200)]));
        Assert.IsEmpty(_bench.Ended);
        _bench.Take(_reports.Add(20, fixes: [Reports.North(11, 0), Reports.North(12, 0)]));
        Assert.AreEqual(EndRule.CrossedBack, _bench.Ended.Single().Rule);
        Assert.AreEqual(AlertRuleName.GeofenceEnter, _bench.OpenRules.Single());
    }

    [TestMethod]
    public void Who_crosses_and_stops_sends_one_fix_and_that_is_enough_after_a_while()
    {
        _bench.Take(_reports.Add(10, fixes: [Reports.North(0, 0), Reports.North(1, 200)])).Tick(129);
        Assert.IsEmpty(_bench.Raised);
        _bench.Tick(131).Tick(500);
        Assert.AreEqual("geofence-leave@1", Found());
    }

    [TestMethod]
    public void A_fence_that_changed_starts_afresh()
    {
        _bench.Take(_reports.Add(10, fixes: [Reports.North(0, 0), Reports.North(1, 0)]));
        _bench.Fences.Current = [Circle(FenceCrossings.Leave) with { ShapeKey = "2", Shape = new CircleShape(new GeoPoint(52.1, 13), 100) }];
        _bench.Take(_reports.Add(20, fixes: [Reports.North(11, 0), Reports.North(12, 0)]));
        Assert.IsEmpty(_bench.Raised);
    }

    [TestMethod]
    public void A_fence_for_others_does_not_concern_a_device()
    {
        _bench.Fences.Current = [Circle(FenceCrossings.Leave) with { Devices = ["insole-2"] }];
        _bench.Take(_reports.Add(10, fixes: [Reports.North(0, 0), Reports.North(1, 200), Reports.North(2, 200)]));
        Assert.IsEmpty(_bench.Raised);
    }

    [TestMethod]
    public void A_crossing_in_a_late_batch_alerts_with_its_true_time()
    {
        _bench.Take(_reports.Add(10, fixes: [Reports.North(0, 0), Reports.North(1, 0)]));
        _bench.Take(_reports.Add(4000, fixes: [Reports.North(3990, 0), Reports.North(3991, 0)]));
        _bench.Take(_reports.Add(4001, closedS: 2000, fixes: [Reports.North(1000, 200), Reports.North(1001, 200), Reports.North(1100, 0), Reports.North(1101, 0)]));
        Assert.AreEqual("geofence-enter@1100 geofence-leave@1000", Found());
        Assert.AreEqual(TimeSpan.FromSeconds(3001), _bench.Raised.Values.Single(alert => alert.Rule == AlertRuleName.GeofenceLeave).Age);
    }

    [TestMethod]
    public void Late_fixes_give_a_known_crossing_its_better_time_and_no_second_alert()
    {
        _bench.Take(_reports.Add(10, fixes: [Reports.North(0, 0), Reports.North(1, 0)]));
        _bench.Take(_reports.Add(4000, fixes: [Reports.North(3990, 300), Reports.North(3991, 300)]));
        Assert.AreEqual("geofence-leave@3990", Found());
        _bench.Take(_reports.Add(4001, closedS: 2000, fixes: [Reports.North(900, 0), Reports.North(1000, 200), Reports.North(1001, 200)]));
        Assert.AreEqual("geofence-leave@1000", Found());
    }

    /// <summary>
    /// A day of wandering in and out, cut into reports that arrive in many different orders. What is raised cannot be
    /// taken back, so an order may show a crossing that later fixes would not confirm; none may hide or repeat one.
    /// </summary>
    [TestMethod]
    public void No_order_of_arrival_hides_a_crossing_or_raises_it_twice()
    {
        var random = new Random(7);
        var fixes = new List<ReportFix>();
        var metres = 0.0;
        for (var i = 0; i < 600; i++)
        {
            metres = Math.Clamp(metres + random.Next(-60, 61), -250, 250);
            fixes.Add(Reports.North((i * 120) + random.Next(60), metres + random.Next(-8, 9)));
        }

        var chunks = fixes.Chunk(20).ToArray();
        var inOrder = FoundIn(chunks);
        Assert.IsGreaterThan(10, inOrder.Split(' ').Length);
        for (var shuffle = 0; shuffle < 40; shuffle++)
        {
            // The first stays first (it says where the day began); alarms overtake, batches follow in any order.
            var order = chunks[1..].ToArray();
            random.Shuffle(order);
            var found = FoundIn([chunks[0], .. order]).Split(' ');
            Assert.IsEmpty(inOrder.Split(' ').Except(found), $"hidden, shuffle {shuffle}");
            Assert.IsLessThanOrEqualTo(inOrder.Split(' ').Length + 2, found.Length, $"shuffle {shuffle}");
        }
    }

    private static string FoundIn(IEnumerable<ReportFix[]> chunks)
    {
        var bench = new RuleBench(null, Circle(FenceCrossings.Leave));
        var reports = new Reports();
        var arrives = 100_000;
        foreach (var chunk in chunks) bench.Take(reports.Add(arrives++, fixes: chunk));
        return Found(bench);
    }

    private static string Found(RuleBench bench) => string.Join(' ',
        bench.Raised.Values.Select(alert => $"{alert.Rule}@{(alert.EventTime!.Value - Reports.Start).TotalSeconds}").Order(StringComparer.Ordinal));

    private string Found() => Found(_bench);
}
