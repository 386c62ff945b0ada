using Traxxs.Simulation.Baselines;
using Traxxs.Simulation.Energy;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Tests.Baselines;

[TestClass]
public sealed class EnergyComparisonTests
{
    private static readonly EnergyComparison StandardDay = EnergyComparison.Of(ScenarioFile.Load("working-day"), 1);

    [TestMethod]
    public void Nobody_beats_the_oracle_at_its_coverage()
    {
        var oracle = Way("oracle");
        Assert.IsGreaterThanOrEqualTo(96, oracle.PathCoveredPercent, "an oracle that loses the way proves nothing");
        foreach (var way in StandardDay.Ways.Where(way => way.PathCoveredPercent >= oracle.PathCoveredPercent - 10)) Assert.IsGreaterThanOrEqualTo(oracle.MAhPerDay, way.MAhPerDay, way.Name);
        Assert.IsGreaterThanOrEqualTo(1, StandardDay.OverOracle);
    }

    [TestMethod]
    public void A_receiver_that_never_sleeps_costs_its_tracking_current_all_day()
    {
        var always = Way("always-on GNSS");
        var least = EnergyTable.Of(EnergyState.GnssTracking).Microamps * 24 / 1000;
        Assert.IsTrue(always.EnergyMAh["Gnss"] >= least && always.EnergyMAh["Gnss"] <= least * 1.25, $"{always.EnergyMAh["Gnss"]} mAh, {least} at the least");
        Assert.IsGreaterThanOrEqualTo(97, always.PathCoveredPercent);
        Assert.IsLessThan(1, always.Days);
    }

    [TestMethod]
    public void Fewer_fixes_cost_less_and_cover_less()
    {
        var (often, seldom) = (Way("a fix every 70 s"), Way("a fix every 10 min"));
        Assert.IsGreaterThan(seldom.MAhPerDay, often.MAhPerDay);
        Assert.IsGreaterThan(seldom.PathCoveredPercent + 20, often.PathCoveredPercent);
        Assert.IsGreaterThan(seldom.BytesOnAirPerDay, often.BytesOnAirPerDay);
    }

    [TestMethod]
    public void Every_account_is_the_sum_of_its_consumers()
    {
        foreach (var way in StandardDay.Ways) Assert.AreEqual(way.MAhPerDay, way.EnergyMAh.Values.Sum(), 0.01, way.Name);
    }

    [TestMethod]
    public void The_same_seed_gives_the_same_account()
    {
        var again = EnergyComparison.Of(ScenarioFile.Load("working-day"), 1);
        CollectionAssert.AreEqual(StandardDay.Ways.Select(way => (way.MAhPerDay, way.Fixes, way.BytesOnAirPerDay)).ToArray(), again.Ways.Select(way => (way.MAhPerDay, way.Fixes, way.BytesOnAirPerDay)).ToArray());
    }

    private static BaselineResult Way(string name) => StandardDay.Ways.Single(way => way.Name == name);
}
