using Traxxs.Simulation.Fleet;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Tests.Fleet;

[TestClass]
public sealed class FleetPlanTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    [TestMethod]
    public void The_same_options_give_the_same_people_and_no_two_are_alike()
    {
        var options = new FleetOptions { Insoles = 300, Duration = TimeSpan.FromMinutes(30), Seed = 5 };
        var members = FleetPlan.Members(options, Start).ToList();
        var again = FleetPlan.Members(options, Start).ToList();
        CollectionAssert.AreEqual(members.Select(Describe).ToList(), again.Select(Describe).ToList());
        Assert.HasCount(300, members.Select(Describe).Distinct().ToList(), "two insoles live the same day");
        Assert.IsGreaterThan(200, members.Select(member => member.FromMs / 100).Distinct().Count(), "they are switched on one after another");
        Assert.IsTrue(members.All(member => member.FromMs <= 60_000 && member.Rig.Start == Start.AddMilliseconds(member.FromMs)));
        CollectionAssert.AreEqual(FleetPlan.Ids(300).ToList(), members.Select(member => member.Rig.DeviceId).ToList());
    }

    [TestMethod]
    public void Emergencies_are_rare_and_leave_time_for_their_alert()
    {
        var options = new FleetOptions { Insoles = 5000, Duration = TimeSpan.FromMinutes(30), Seed = 1 };
        var members = FleetPlan.Members(options, Start).Where(member => member.Emergency is not null).ToList();
        CollectionAssert.AreEquivalent(new[] { "man-down", "sos" }, members.Select(member => member.Emergency).Distinct().ToList());
        Assert.IsTrue(members.Count is > 10 and < 60, $"{members.Count}");
        foreach (var member in members)
        {
            Assert.IsTrue(member.EmergencyMs >= member.FromMs + 30_000 && member.EmergencyMs <= options.Duration.TotalMilliseconds - 90_000, $"{member.EmergencyMs} ms");
            var timeline = member.Rig.Wearer.Timeline;
            var atMs = member.EmergencyMs - member.FromMs;
            if (member.Emergency == "sos") Assert.AreEqual(new TimedDeed(atMs, Deed.PressSos), timeline.Deeds.Single());
            else Assert.AreEqual(Activity.Fall, timeline.At(atMs).Activity);
        }
    }

    [TestMethod]
    public void A_run_too_short_for_an_alert_has_no_emergency()
    {
        var options = new FleetOptions { Insoles = 2000, Duration = TimeSpan.FromMinutes(2), Ramp = TimeSpan.Zero };
        Assert.IsTrue(FleetPlan.Members(options, Start).All(member => member.Emergency is null));
    }

    [TestMethod]
    public void A_scenarios_people_begin_at_other_hours_and_where_the_day_has_led_them()
    {
        var scenario = ScenarioFile.Load("working-day");
        var members = FleetPlan.Members(new FleetOptions { Insoles = 40, Duration = TimeSpan.FromMinutes(10), Scenario = scenario }, Start).ToList();
        Assert.IsGreaterThan(30, members.Select(member => member.Rig.Wearer.Timeline.EndMs).Distinct().Count());
        var ann = scenario.Devices[0].Wearer;
        foreach (var wearer in members.Select(member => member.Rig.Wearer))
        {
            var phaseMs = ann.Timeline.EndMs - wearer.Timeline.EndMs;
            foreach (var minute in new[] { 0, 3, 9 }) Assert.AreEqual(ann.PositionAt(phaseMs + minute * 60_000), wearer.PositionAt(minute * 60_000));
            Assert.AreEqual(ann.Timeline.At(phaseMs + 60_000).Activity, wearer.Timeline.At(60_000).Activity);
        }
    }

    private static string Describe(FleetMember member)
        => $"{member.FromMs} {string.Join(',', member.Rig.Wearer.Timeline.Spans)} {string.Join(',', member.Rig.Wearer.Route.Points)} {member.Rig.BatteryPercent}";
}
