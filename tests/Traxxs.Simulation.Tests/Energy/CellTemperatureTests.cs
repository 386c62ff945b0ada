using Traxxs.Simulation.Energy;

namespace Traxxs.Simulation.Tests.Energy;

[TestClass]
public sealed class CellTemperatureTests
{
    [TestMethod]
    public void Cold_makes_a_cell_sag_under_load_and_keeps_its_charge()
    {
        var (warm, cold) = (new Battery(250, 50), new Battery(250, 50));
        warm.SetTemperature(20);
        cold.SetTemperature(-10);
        Assert.AreEqual(warm.VoltageMv(0), cold.VoltageMv(0));
        var (sagWarm, sagCold) = (warm.VoltageMv(0) - warm.VoltageMv(110_000), cold.VoltageMv(0) - cold.VoltageMv(110_000));
        Assert.AreEqual(4.0 * sagWarm, sagCold, 3, "30 degrees are two doublings");
        warm.Rest(86_400_000);
        cold.Rest(86_400_000);
        Assert.IsGreaterThan(warm.LeftMah, cold.LeftMah);
    }

    [TestMethod]
    public void A_worn_shoe_keeps_its_cell_warm()
    {
        Assert.AreEqual(-20, CellTemperature.Of(-20, worn: false));
        Assert.AreEqual(15, CellTemperature.Of(-20, worn: true), 0.01);
        Assert.AreEqual(1, CellTemperature.ResistanceFactor(CellTemperature.RoomC));
        Assert.AreEqual(CellTemperature.ResistanceFactor(-40), CellTemperature.ResistanceFactor(-60), "beyond the table its end holds");
    }
}
