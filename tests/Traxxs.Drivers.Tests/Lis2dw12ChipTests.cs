using Traxxs.Simulation.Chips;

namespace Traxxs.Drivers.Tests;

/// <summary>The simulated accelerometer by its registers alone, without the driver.</summary>
[TestClass]
public sealed class Lis2dw12ChipTests
{
    private readonly ScriptedFoot _foot = new() { StillUntilMs = 0 };
    private readonly byte[] _buffer = new byte[256];

    private void Write(Lis2dw12Chip chip, byte register, params byte[] values) => Assert.IsTrue(chip.TryWrite(register, values, values.Length));

    private byte Read(Lis2dw12Chip chip, byte register)
    {
        Assert.IsTrue(chip.TryRead(register, _buffer, 1));
        return _buffer[0];
    }

    [TestMethod]
    public void After_power_up_it_is_itself_and_rests()
    {
        var chip = new Lis2dw12Chip(_foot, 1);
        Assert.AreEqual(0x44, Read(chip, 0x0F));
        Assert.AreEqual(0x04, Read(chip, 0x21), "CTRL2: address increment on");
        Assert.AreEqual(0x00, Read(chip, 0x20));
        chip.AdvanceTo(10_000);
        Assert.AreEqual(0, Read(chip, 0x27) & 1, "no data in power-down");
        Assert.IsFalse(chip.Int1Level);
    }

    [TestMethod]
    [DataRow(0x10, 16)]
    [DataRow(0x20, 125)]
    [DataRow(0x34, 250)]
    [DataRow(0x44, 500)]
    [DataRow(0x54, 1000)]
    [DataRow(0x64, 2000)]
    [DataRow(0x74, 4000)]
    [DataRow(0x70, 2000, DisplayName = "low-power modes stop at 200 Hz")]
    [DataRow(0x94, 16000)]
    public void Each_rate_gives_its_samples_in_ten_seconds(int ctrl1, int expected)
    {
        var chip = new Lis2dw12Chip(_foot, 1);
        Write(chip, 0x2E, 0xC0);
        Write(chip, 0x20, (byte)ctrl1);
        var count = 0;
        for (var ms = 1; ms <= 10_000; ms++)
        {
            chip.AdvanceTo(ms);
            var waiting = Read(chip, 0x2F) & 0x3F;
            if (waiting > 0) chip.TryRead(0x28, _buffer, waiting * 6);
            count += waiting;
        }

        Assert.AreEqual(expected, count);
    }

    [TestMethod]
    [DataRow(0x00, 1000)]
    [DataRow(0x10, 2000)]
    [DataRow(0x20, 4000)]
    [DataRow(0x30, 8000)]
    public void Half_of_each_scale_is_half_of_its_counts(int ctrl6, int mg)
    {
        _foot.At = _ => (0, 0, mg);
        var chip = new Lis2dw12Chip(_foot, 1);
        Write(chip, 0x25, (byte)ctrl6);
        Write(chip, 0x20, 0x20);
        chip.AdvanceTo(80);
        chip.TryRead(0x2C, _buffer, 2);
        var counts = (short)(_buffer[0] | (_buffer[1] << 8));
        Assert.AreEqual(16384, counts, 300);
        Assert.AreEqual(0, counts & 0x0F, "12 bits in low-power mode 1");
    }

    [TestMethod]
    public void Fifo_mode_keeps_the_oldest_and_bypass_empties_it()
    {
        _foot.At = ms => ((int)ms, 0, 0);
        var chip = new Lis2dw12Chip(_foot, 1);
        Write(chip, 0x25, 0x30);
        Write(chip, 0x2E, 0x20);
        Write(chip, 0x20, 0x44);
        chip.AdvanceTo(2000);
        Assert.AreEqual(0x60, Read(chip, 0x2F) & 0x7F, "32 samples and an overrun");
        chip.TryRead(0x28, _buffer, 2);
        Assert.AreEqual(20, (short)(_buffer[0] | (_buffer[1] << 8)) * 16000 / 32768, 3);
        Write(chip, 0x2E, 0x00);
        Assert.AreEqual(0, Read(chip, 0x2F) & 0x7F);
    }

    [TestMethod]
    public void An_unlatched_cause_ends_with_the_motion_and_a_latched_one_stays_until_read()
    {
        foreach (var latched in new[] { false, true })
        {
            _foot.At = ms => (ms is >= 400 and < 480 ? 900 : 0, 0, 1000);
            var chip = new Lis2dw12Chip(_foot, 1);
            Write(chip, 0x22, (byte)(latched ? 0x10 : 0x00));
            Write(chip, 0x23, 0x20);
            Write(chip, 0x34, 0x04);
            Write(chip, 0x3F, 0x20);
            Write(chip, 0x20, 0x20);
            chip.AdvanceTo(400);
            Assert.IsTrue(chip.Int1Level);
            chip.AdvanceTo(2000);
            Assert.AreEqual(latched, chip.Int1Level);
            if (!latched) continue;
            Assert.AreEqual(0x0C, Read(chip, 0x38) & 0x0C, "WAKE_UP_SRC names the X axis");
            Assert.IsFalse(chip.Int1Level);
        }
    }

    [TestMethod]
    public void Wake_up_duration_asks_for_so_many_samples_in_a_row()
    {
        _foot.At = ms => (ms is >= 400 and < 480 ? 900 : 0, 0, 1000);     // One knock swings the filter for two samples.
        var chip = new Lis2dw12Chip(_foot, 1);
        Write(chip, 0x22, 0x10);
        Write(chip, 0x23, 0x20);
        Write(chip, 0x34, 0x08);
        Write(chip, 0x35, 0x60);
        Write(chip, 0x3F, 0x20);
        Write(chip, 0x20, 0x20);
        chip.AdvanceTo(2000);
        Assert.IsFalse(chip.Int1Level);
    }

    [TestMethod]
    public void Turning_over_is_a_6d_event_with_the_new_side()
    {
        _foot.At = ms => (0, 0, ms < 1000 ? 1000 : -1000);
        var chip = new Lis2dw12Chip(_foot, 1);
        Write(chip, 0x22, 0x10);
        Write(chip, 0x23, 0x80);
        Write(chip, 0x30, 0x40);
        Write(chip, 0x3F, 0x20);
        Write(chip, 0x20, 0x20);
        chip.AdvanceTo(900);
        Assert.IsFalse(chip.Int1Level);
        chip.AdvanceTo(1100);
        Assert.IsTrue(chip.Int1Level);
        Assert.AreEqual(0x50, Read(chip, 0x3A), "6D_IA and ZL");
    }

    [TestMethod]
    public void Active_low_turns_the_line_over_and_the_self_test_moves_every_axis()
    {
        var chip = new Lis2dw12Chip(_foot, 1);
        Write(chip, 0x22, 0x08);
        Assert.IsTrue(chip.Int1Level);
        Write(chip, 0x25, 0x10);
        Write(chip, 0x20, 0x44);
        chip.AdvanceTo(20);
        chip.TryRead(0x28, _buffer, 6);
        var before = BitConverter.ToInt16(_buffer, 0);
        Write(chip, 0x22, 0x40);
        chip.AdvanceTo(40);
        chip.TryRead(0x28, _buffer, 6);
        var mg = (BitConverter.ToInt16(_buffer, 0) - before) * 4000 / 32768;
        Assert.IsTrue(mg is >= 70 and <= 1500, $"{mg} mg");
    }

    [TestMethod]
    public void A_soft_reset_brings_the_reset_values_back()
    {
        var chip = new Lis2dw12Chip(_foot, 1);
        Write(chip, 0x20, 0x44);
        Write(chip, 0x34, 0x3F);
        Write(chip, 0x21, 0x40);
        Assert.AreEqual(0x00, Read(chip, 0x20));
        Assert.AreEqual(0x00, Read(chip, 0x34));
        Assert.AreEqual(0x04, Read(chip, 0x21));
    }

    [TestMethod]
    public void Read_only_registers_cannot_be_written()
    {
        var chip = new Lis2dw12Chip(_foot, 1);
        Write(chip, 0x0F, 0x00);
        Write(chip, 0x2F, 0x1F);
        Assert.AreEqual(0x44, Read(chip, 0x0F));
        Assert.AreEqual(0, Read(chip, 0x2F));
    }

    [TestMethod]
    public void The_watermark_rises_on_the_line_it_is_routed_to_and_falls_when_the_samples_are_read()
    {
        var chip = new Lis2dw12Chip(_foot, 1);
        Write(chip, 0x24, 0x02);                        // INT2_FTH
        Write(chip, 0x2E, 0xC0 | 25);                   // continuous, 25 samples
        Write(chip, 0x20, 0x44);                        // 50 Hz
        Assert.AreEqual(500, chip.NextWatermarkMs(2000));
        Assert.IsTrue(chip.Int2Active);
        Assert.IsFalse(chip.Int1Active, "not routed there");
        Assert.AreEqual(0x80 | 25, Read(chip, 0x2F));
        Assert.IsTrue(chip.TryRead(0x28, _buffer, 6 * 25));
        Assert.IsFalse(chip.Int2Active);
        Assert.AreEqual(1000, chip.NextWatermarkMs(2000));
    }
}
