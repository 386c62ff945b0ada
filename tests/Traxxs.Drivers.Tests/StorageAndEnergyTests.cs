using Traxxs.Simulation.Chips;
using Traxxs.Simulation.Energy;

namespace Traxxs.Drivers.Tests;

/// <summary>The simulated flash and the energy account.</summary>
[TestClass]
public sealed class StorageAndEnergyTests
{
    private static readonly byte[] Record = [1, 2, 3, 4, 5, 6, 7, 8];

    [TestMethod]
    public void What_was_appended_is_read_back_also_after_a_restart()
    {
        var flash = new SegmentFlash(4, 64);
        Assert.IsTrue(flash.TryAppend(1, Record, 0, 8));
        Assert.IsTrue(flash.TryAppend(1, Record, 4, 4));
        var again = flash.AfterRestart();
        var buffer = new byte[16];
        Assert.AreEqual(12, again.LengthOf(1));
        Assert.IsTrue(again.TryRead(1, 6, buffer, 2, 6));
        CollectionAssert.AreEqual(new byte[] { 7, 8, 5, 6, 7, 8 }, buffer[2..8]);
        Assert.IsFalse(again.TryRead(1, 8, buffer, 0, 5), "beyond the end");
        Assert.AreEqual(2, again.Reads, "a refused read is a read");
    }

    [TestMethod]
    public void A_full_segment_refuses_and_an_erase_empties_it_and_is_counted()
    {
        var flash = new SegmentFlash(2, 10);
        Assert.IsTrue(flash.TryAppend(0, Record, 0, 8));
        Assert.IsFalse(flash.TryAppend(0, Record, 0, 3));
        Assert.AreEqual(8, flash.LengthOf(0));
        Assert.IsTrue(flash.TryErase(0));
        Assert.AreEqual(0, flash.LengthOf(0));
        Assert.AreEqual(1, flash.ErasesOf(0));
        Assert.AreEqual(0, flash.ErasesOf(1));
    }

    [TestMethod]
    public void A_power_cut_tears_an_append_at_any_byte_and_nothing_works_until_the_restart()
    {
        for (var cut = 0; cut < 16; cut++)
        {
            var flash = new SegmentFlash(2, 64) { CutAfterBytes = cut };
            var first = flash.TryAppend(0, Record, 0, 8);
            var second = flash.TryAppend(0, Record, 0, 8);
            Assert.AreEqual(cut >= 8, first, $"cut after {cut}");
            Assert.IsFalse(second);
            Assert.IsTrue(flash.Dead);
            Assert.IsFalse(flash.TryErase(0));
            Assert.AreEqual(-1, flash.LengthOf(0));
            Assert.AreEqual(cut, flash.AfterRestart().LengthOf(0));
        }
    }

    [TestMethod]
    public void A_torn_append_a_refused_erase_a_flipped_bit_and_a_lost_segment_are_as_ordered()
    {
        var flash = new SegmentFlash(3, 64) { TearAppendAt = 1, TornBytes = 3, RefuseEraseAt = 0 };
        Assert.IsTrue(flash.TryAppend(0, Record, 0, 8));
        Assert.IsFalse(flash.TryAppend(0, Record, 0, 8));
        Assert.AreEqual(11, flash.LengthOf(0));
        Assert.IsTrue(flash.TryAppend(0, Record, 0, 8), "only one is torn");
        Assert.IsFalse(flash.TryErase(0));
        Assert.AreEqual(19, flash.LengthOf(0));
        flash.Flip(0, 2, 0x80);
        var buffer = new byte[4];
        Assert.IsTrue(flash.TryRead(0, 0, buffer, 0, 4));
        Assert.AreEqual(0x83, buffer[2]);
        flash.SetUnreadable(0, true);
        Assert.AreEqual(-1, flash.LengthOf(0));
        Assert.IsFalse(flash.TryRead(0, 0, buffer, 0, 4));
    }

    [TestMethod]
    public void Every_state_has_one_line_with_a_source_in_the_energy_table()
    {
        foreach (var state in Enum.GetValues<EnergyState>())
        {
            var lines = EnergyTable.Entries.Where(line => line.State == state).ToList();
            Assert.AreEqual(1, lines.Count, $"{state}");
            Assert.IsTrue(lines[0].Source.Length > 3 && lines[0].Microamps >= 0, $"{state}");
            Assert.AreEqual(state, EnergyTable.Of(state).State);
        }
    }

    [TestMethod]
    public void The_account_adds_up_by_consumer()
    {
        var meter = new EnergyMeter(0);
        meter.Set(EnergyState.GnssAcquiring, 0);
        meter.Set(EnergyState.GnssTracking, 3_600_000);
        meter.Set(EnergyState.GnssBackup, 2 * 3_600_000);
        meter.AdvanceTo(24 * 3_600_000);
        var expected = (EnergyTable.Of(EnergyState.GnssAcquiring).Microamps + EnergyTable.Of(EnergyState.GnssTracking).Microamps + 22 * EnergyTable.Of(EnergyState.GnssBackup).Microamps) / 1000;
        Assert.AreEqual(expected, meter.MahOf(EnergyConsumer.Gnss), 1e-9);
        Assert.AreEqual(meter.TotalMah, Enum.GetValues<EnergyConsumer>().Sum(meter.MahOf), 1e-9);
        meter.Add(EnergyState.IndicatorMotor, 1000);
        Assert.AreEqual(60.0 / 3600, meter.MahOf(EnergyConsumer.Indicator), 1e-9);
    }

    [TestMethod]
    public void Resting_consumers_stay_below_the_floor_the_power_budget_was_made_with()
    {
        // 28 uA of board, controller and sensors, with the receiver's backup supply beside it.
        var meter = new EnergyMeter(0);
        Assert.IsTrue(meter.CurrentUa - EnergyTable.Of(EnergyState.GnssBackup).Microamps <= 29, $"{meter.CurrentUa} uA");
    }

    [TestMethod]
    public void A_cell_empties_sags_and_loses_charge_by_itself()
    {
        var battery = new Battery(250);
        Assert.AreEqual(4200, battery.TerminalMv);
        battery.Rest(86_400_000);
        Assert.AreEqual(249.75, battery.LeftMah, 1e-9);
        var last = battery.TerminalMv;
        while (battery.LeftMah > 0)
        {
            battery.Draw(5);
            Assert.IsTrue(battery.TerminalMv <= last);
            last = battery.TerminalMv;
        }

        Assert.IsTrue(battery.Empty);
        battery.Draw(-25);
        Assert.AreEqual(10, battery.Percent, 1e-9);
        Assert.IsFalse(battery.Empty);
        battery.SetLoad(1_200_000);
        Assert.IsTrue(battery.Empty, "the regulator lets go under load before the cell is empty");
    }
}
