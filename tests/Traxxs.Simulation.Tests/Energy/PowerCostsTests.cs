using Traxxs.Core;
using Traxxs.Core.Power;
using Traxxs.Simulation.Energy;
using Traxxs.Simulation.Rig;

namespace Traxxs.Simulation.Tests.Energy;

/// <summary>The firmware weighs the same currents against each other as the account is kept in.</summary>
[TestClass]
public sealed class PowerCostsTests
{
    [TestMethod]
    public void The_firmware_and_the_energy_table_know_the_same_currents()
    {
        foreach (var (state, microamps) in new (EnergyState, int)[]
        {
            (EnergyState.GnssAcquiring, PowerCosts.GnssAcquiringUa),
            (EnergyState.GnssTracking, PowerCosts.GnssTrackingUa),
            (EnergyState.ControllerActive, PowerCosts.ControllerActiveUa),
            (EnergyState.ControllerLightSleep, PowerCosts.ControllerLightSleepUa),
        })
        {
            Assert.AreEqual(EnergyTable.Of(state).Microamps, microamps, $"{state}");
        }
    }

    [TestMethod]
    public void A_deep_sleep_is_taken_where_it_costs_less_than_a_light_one_and_no_receiver_is_kept_warm_in_vain()
    {
        var start = EnergyTable.Of(EnergyState.ControllerActive).Microamps * InsoleRig.BootMs;
        var saved = EnergyTable.Of(EnergyState.ControllerLightSleep).Microamps - EnergyTable.Of(EnergyState.ControllerDeepSleep).Microamps;
        Assert.AreEqual(PowerCosts.DeepSleepMinMs, start / saved, start / saved / 20);
        var warm = EnergyTable.Of(EnergyState.GnssTracking).Microamps * TrackerProfile.FixIntervalMinS * 1000;
        var hotStart = EnergyTable.Of(EnergyState.GnssAcquiring).Microamps * PowerCosts.HotFixMs;
        Assert.IsTrue(hotStart < warm, "the shortest interval is already too long to keep the receiver warm");
    }
}
