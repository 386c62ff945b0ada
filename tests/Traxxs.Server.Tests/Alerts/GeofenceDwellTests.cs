using System.Text.Json;
using Traxxs.Server.Alerts;
using Traxxs.Server.Alerts.Geofences;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Alerts;

/// <summary>Staying too long, schedules, hysteresis, and fences changed while somebody is across; the circle of <see cref="GeofenceRuleTests"/>.</summary>
[TestClass]
public sealed class GeofenceDwellTests
{
    private readonly Reports _reports = new();
    private readonly RuleBench _bench = new(null, Staying);

    private static Geofence Staying => GeofenceRuleTests.Circle(FenceCrossings.Dwell) with { Dwell = TimeSpan.FromMinutes(10) };

    [TestMethod]
    public void A_stay_that_lasts_too_long_alerts_once_and_ends_by_leaving()
    {
        Take(40, (0, 300), (10, 0), (20, 0));
        _bench.Tick(609);
        Assert.IsEmpty(_bench.Raised);
        _bench.Tick(611).Tick(612).Tick(5000);
        var alert = _bench.Raised.Values.Single();
        Assert.AreEqual(AlertRuleName.GeofenceDwell, alert.Rule);
        Assert.AreEqual(Reports.At(610), alert.EventTime);
        Take(6000, (5900, 300), (5910, 300));
        Assert.AreEqual(EndRule.CrossedBack, _bench.Ended.Single().Rule);
        Take(7000, (6900, 0), (6910, 0));
        _bench.Tick(7501);
        Assert.HasCount(2, _bench.Raised);
    }

    [TestMethod]
    public void A_stay_that_comes_late_alerts_and_is_over()
    {
        Take(10, (0, 300), (5, 300));
        Take(9000, (8900, 300), (8910, 300));
        Take(9100, (1000, 0), (1010, 0), (1900, 0), (2000, 300), (2010, 300));
        var alert = _bench.Raised.Values.Single();
        Assert.AreEqual(Reports.At(1600), alert.EventTime);
        Assert.AreEqual(alert.Id, _bench.Ended.Single().AlertId);
    }

    [TestMethod]
    public void Outside_its_schedule_a_fence_raises_nothing_and_a_stay_counts_from_its_beginning()
    {
        var schedule = ScheduleTests.Read("""{"timeZone":"UTC","week":[{"day":"sun","from":"09:00","to":"12:00"}]}""");
        _bench.Fences.Current = [Staying with { AlertOn = FenceCrossings.Dwell | FenceCrossings.Enter | FenceCrossings.Leave, Schedule = schedule }];
        Take(40, (0, 300), (10, 0), (20, 0));
        _bench.Tick(3500).Tick(3600 + 599);
        Assert.IsEmpty(_bench.Raised);
        _bench.Tick(3600 + 601);
        Assert.AreEqual(AlertRuleName.GeofenceDwell, _bench.Raised.Values.Single().Rule);
        Take(5000, (4990, 300), (4995, 300));
        Assert.AreEqual(2, _bench.Raised.Count);
    }

    [TestMethod]
    public void Without_a_schedule_of_its_own_a_stay_counts_within_working_hours()
    {
        _bench.Book.Shift = ScheduleTests.Read("""{"timeZone":"UTC","week":[{"day":"sun","from":"08:00","to":"08:05"},{"day":"mon","from":"08:00","to":"09:00"}]}""");
        Take(40, (0, 300), (10, 0), (20, 0));
        _bench.Tick(611).Tick(40_000).Tick(86_400 + 599);
        Assert.IsEmpty(_bench.Raised, "the shift ended before the stay was too long");
        _bench.Tick(86_400 + 601);
        Assert.AreEqual(Reports.At(86_400 + 600), _bench.Raised.Values.Single().EventTime);
    }

    [TestMethod]
    public void While_the_wearers_place_is_not_to_be_seen_no_stay_alerts()
    {
        var hidden = true;
        var rule = new ShownPlacesRule(new GeofenceRule(_bench.Book, _bench.Fences, _bench), (_, _) => hidden);
        var state = new DeviceRuleState
        {
            Fences = DeviceRuleState.Empty.Fences.Add("yard", new FenceState { ShapeKey = "1", FirstSide = FenceSide.Inside, FirstTime = Reports.At(0), LastFixTime = Reports.At(0) }),
        };
        var batch = new AlertBatch(Reports.At(5000), 0);
        Assert.AreSame(state, rule.Tick(state, "insole-1", new TickContext(Reports.At(5000), Reports.At(0)), batch));
        hidden = false;
        rule.Tick(state, "insole-1", new TickContext(Reports.At(5000), Reports.At(0)), batch);
        Assert.HasCount(1, batch.Raised);
    }

    [TestMethod]
    public void A_fence_with_its_own_hysteresis_wants_that_distance()
    {
        _bench.Fences.Current = [GeofenceRuleTests.Circle(FenceCrossings.Leave) with { HysteresisM = 60 }];
        Take(40, (0, 0), (10, 150), (20, 150), (30, 150));
        Assert.IsEmpty(_bench.Raised);
        Take(60, (50, 170), (55, 170));
        Assert.HasCount(1, _bench.Raised);
    }

    [TestMethod]
    public void A_new_name_or_severity_changes_nothing_that_stands()
    {
        _bench.Fences.Current = [Feature("Yard", 100, 1)];
        Take(40, (0, 0), (10, 200), (20, 200));
        Assert.HasCount(1, _bench.Raised);
        _bench.Fences.Current = [Feature("Big yard", 100, 2)];
        Take(60, (50, 210), (55, 210));
        Assert.HasCount(1, _bench.Raised);
        Take(80, (70, 0), (75, 0));
        Assert.HasCount(1, _bench.Ended);
    }

    [TestMethod]
    public void When_the_edge_moves_an_open_alert_still_ends_by_crossing_back_and_nothing_is_raised_by_the_move()
    {
        _bench.Fences.Current = [Feature("Yard", 100, 1)];
        Take(40, (0, 0), (10, 300), (20, 300));
        _bench.Fences.Current = [Feature("Yard", 200, 2)];
        Take(60, (50, 310), (55, 310));
        Assert.HasCount(1, _bench.Raised);
        Assert.IsEmpty(_bench.Ended);
        Take(80, (70, 0), (75, 0));
        Assert.HasCount(1, _bench.Ended);
        Take(100, (90, 300), (95, 300));
        Assert.HasCount(2, _bench.Raised, "the next leave is another one");
    }

    [TestMethod]
    public void When_the_edge_moves_around_the_wearer_the_leave_is_over()
    {
        _bench.Fences.Current = [Feature("Yard", 100, 1)];
        Take(40, (0, 0), (10, 300), (20, 300));
        _bench.Fences.Current = [Feature("Yard", 1000, 2)];
        Take(60, (50, 310));
        Assert.HasCount(1, _bench.Ended);
        Take(80, (70, 1200), (75, 1200));
        Assert.HasCount(2, _bench.Raised);
    }

    private static Geofence Feature(string name, int radiusM, int version) => GeofenceJson.Read("yard", version, JsonDocument.Parse(
        $$$"""{"type":"Feature","geometry":{"type":"Point","coordinates":[13,52]},"properties":{"name":"{{{name}}}","radiusM":{{{radiusM}}},"on":["leave"]}}""").RootElement);

    private void Take(double arrivesS, params (double TimeS, double Metres)[] fixes) =>
        _bench.Take(_reports.Add(arrivesS, fixes: [.. fixes.Select(fix => Reports.North(fix.TimeS, fix.Metres))]));
}
