using Traxxs.Core;
using Traxxs.Simulation.Chips;
using Traxxs.Simulation.Energy;

namespace Traxxs.Drivers.Tests;

[TestClass]
public sealed class Max17048Tests
{
    private readonly Battery _battery = new(250, percent: 62);
    private readonly TrackerInputs _inputs = new();

    [TestMethod]
    public void Voltage_and_charge_are_those_of_the_cell()
    {
        var driver = new Max17048(new Max17048Chip(_battery));
        Assert.IsTrue(driver.TryStart());
        Assert.IsTrue(driver.TryRead(_inputs));
        Assert.IsTrue(_inputs.HasBattery);
        Assert.AreEqual(62, _inputs.BatteryPercent);
        Assert.AreEqual(_battery.TerminalMv, _inputs.BatteryMv, 1);
    }

    [TestMethod]
    public void Under_load_the_voltage_sags_and_the_charge_does_not()
    {
        var driver = new Max17048(new Max17048Chip(_battery));
        Assert.IsTrue(driver.TryRead(_inputs));
        var restingMv = _inputs.BatteryMv;
        _battery.SetLoad(110_000);
        Assert.IsTrue(driver.TryRead(_inputs));
        Assert.AreEqual(33, restingMv - _inputs.BatteryMv, 2);
        Assert.AreEqual(62, _inputs.BatteryPercent);
    }

    [TestMethod]
    public void A_wrong_identity_is_refused_and_named()
    {
        var chip = new Max17048Chip(_battery);
        chip.Faults.WrongIdentity = 0x33;
        var driver = new Max17048(chip);
        Assert.IsFalse(driver.TryStart());
        Assert.AreEqual(Max17048Register.Version, driver.BadRegister);
    }

    [TestMethod]
    public void A_refusal_at_any_transfer_is_told_and_over_at_the_next()
    {
        for (var n = 0; n < 2; n++)
        {
            var chip = new Max17048Chip(_battery);
            chip.Faults.NakAt = n;
            var driver = new Max17048(chip);
            _inputs.Clear();
            Assert.IsFalse(driver.TryStart() && driver.TryRead(_inputs));
            Assert.IsFalse(_inputs.HasBattery);
            Assert.AreEqual(n == 0 ? Max17048Register.Version : Max17048Register.VCell, driver.BadRegister);
            Assert.IsTrue(driver.TryStart() && driver.TryRead(_inputs));
        }
    }

    [TestMethod]
    [DataRow(0, 0xFF)]
    [DataRow(0, 0x00)]
    [DataRow(1, 0xFF)]
    [DataRow(1, 0x00)]
    public void A_stuck_bus_is_no_battery(int from, int value)
    {
        var chip = new Max17048Chip(_battery);
        chip.Faults.StuckFrom = from;
        chip.Faults.StuckValue = (byte)value;
        var driver = new Max17048(chip);
        Assert.IsFalse(driver.TryStart() && driver.TryRead(_inputs));
        Assert.IsFalse(_inputs.HasBattery);
    }

    [TestMethod]
    public void Reading_allocates_nothing()
    {
        var driver = new Max17048(new Max17048Chip(_battery));
        driver.TryRead(_inputs);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) driver.TryRead(_inputs);
        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
