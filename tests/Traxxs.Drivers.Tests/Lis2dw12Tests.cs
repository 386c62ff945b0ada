using Traxxs.Core;
using Traxxs.Simulation.Chips;
using Traxxs.Simulation.Energy;

namespace Traxxs.Drivers.Tests;

[TestClass]
public sealed class Lis2dw12Tests
{
    private readonly ScriptedFoot _foot = new();
    private readonly TrackerInputs _inputs = new();

    private Lis2dw12Chip Chip() => new(_foot, seed: 7);

    private static Lis2dw12 Started(Lis2dw12Chip chip, AccelerometerMode mode)
    {
        var driver = new Lis2dw12(chip);
        Assert.IsTrue(driver.TryStart());
        Assert.IsTrue(driver.TrySetMode(mode));
        return driver;
    }

    [TestMethod]
    public void Streaming_gives_every_40_ms_sample_in_mg_oldest_first()
    {
        _foot.StillUntilMs = 0;
        _foot.At = ms => ((int)ms, -2 * (int)ms, 1000 + (int)ms * 10);
        var chip = Chip();
        var driver = Started(chip, AccelerometerMode.Streaming);
        chip.AdvanceTo(400);

        Assert.IsTrue(driver.TryReadSamples(_inputs));

        Assert.AreEqual(10, _inputs.SampleCount);
        Assert.AreEqual(40, _inputs.SamplePeriodMs);
        Assert.IsFalse(_inputs.AccelerometerFault);
        for (var i = 0; i < 10; i++)
        {
            var ms = 40 * (i + 1);
            Assert.AreEqual(ms, _inputs.XMg[i], 4, "x");
            Assert.AreEqual(-2 * ms, _inputs.YMg[i], 4, "y");
            Assert.AreEqual(1000 + 10 * ms, _inputs.ZMg[i], 4, "z");
        }
    }

    [TestMethod]
    public void A_heel_strike_beyond_the_scale_saturates_and_keeps_its_sign()
    {
        _foot.StillUntilMs = 0;
        _foot.At = _ => (-20000, 20000, 15900);
        var chip = Chip();
        var driver = Started(chip, AccelerometerMode.Streaming);
        chip.AdvanceTo(40);
        Assert.IsTrue(driver.TryReadSamples(_inputs));
        Assert.AreEqual(-16000, _inputs.XMg[0]);
        Assert.IsTrue(_inputs.YMg[0] is > 15990 and < 16000, $"{_inputs.YMg[0]}");
        Assert.AreEqual(15900, _inputs.ZMg[0], 5);
    }

    [TestMethod]
    public void An_overrun_delivers_the_newest_32_and_says_so()
    {
        _foot.StillUntilMs = 0;
        _foot.At = ms => (0, 0, (int)ms);
        var chip = Chip();
        var driver = Started(chip, AccelerometerMode.Streaming);
        chip.AdvanceTo(40 * 40);

        Assert.IsTrue(driver.TryReadSamples(_inputs));

        Assert.AreEqual(32, _inputs.SampleCount);
        Assert.IsTrue(_inputs.AccelerometerFault);
        Assert.AreEqual(9 * 40, _inputs.ZMg[0], 4);
        Assert.AreEqual(1600, _inputs.ZMg[31], 4);

        _inputs.Clear();
        chip.AdvanceTo(1800);
        Assert.IsTrue(driver.TryReadSamples(_inputs));
        Assert.AreEqual(5, _inputs.SampleCount);
        Assert.IsFalse(_inputs.AccelerometerFault, "the overrun is over");
    }

    [TestMethod]
    public void Exactly_32_samples_are_no_overrun()
    {
        _foot.StillUntilMs = 0;
        var chip = Chip();
        var driver = Started(chip, AccelerometerMode.Streaming);
        chip.AdvanceTo(32 * 40);
        Assert.IsTrue(driver.TryReadSamples(_inputs));
        Assert.AreEqual(32, _inputs.SampleCount);
        Assert.IsFalse(_inputs.AccelerometerFault);
    }

    [TestMethod]
    public void A_knock_while_asleep_raises_the_line_and_is_told_as_a_wake_up()
    {
        _foot.StillUntilMs = 100_000;
        _foot.At = ms => (ms % 160 < 80 ? 300 : -300, 0, 1000);
        var chip = Chip();
        var driver = Started(chip, AccelerometerMode.WakeOnMotion);

        var at = chip.NextInterruptMs(3_600_000);

        Assert.IsTrue(at is >= 100_000 and <= 100_240, $"woke at {at}");
        Assert.IsTrue(chip.Int1Level);
        Assert.IsTrue(driver.TryReadSources(_inputs));
        Assert.IsTrue(_inputs.WakeInterrupt);
        Assert.IsFalse(_inputs.FreeFallInterrupt);
        Assert.IsFalse(chip.Int1Active, "asking releases the line");
    }

    [TestMethod]
    public void Weightlessness_for_two_samples_is_told_as_free_fall()
    {
        _foot.StillUntilMs = 10_000;
        _foot.At = ms => ms < 10_400 ? (20, -30, 50) : (0, 0, 1000);
        var chip = Chip();
        var driver = Started(chip, AccelerometerMode.WakeOnMotion);
        chip.AdvanceTo(10_400);
        Assert.IsTrue(driver.TryReadSources(_inputs));
        Assert.IsTrue(_inputs.FreeFallInterrupt);
    }

    [TestMethod]
    public void While_streaming_the_flag_of_a_threshold_that_does_not_hold_there_is_not_believed()
    {
        _foot.StillUntilMs = 0;
        _foot.At = ms => (ms is >= 400 and < 440 ? 1500 : 0, 0, 1000);
        var chip = Chip();
        var driver = Started(chip, AccelerometerMode.Streaming);
        Assert.AreEqual(420L, chip.NextInterruptMs(2_000), 40L);
        Assert.IsTrue(driver.TryReadSources(_inputs));
        Assert.IsTrue(_inputs.WakeInterrupt);
        Assert.IsFalse(_inputs.FreeFallInterrupt);
    }

    [TestMethod]
    public void Why_the_chip_woke_a_sleeping_board_can_be_asked_before_the_start()
    {
        _foot.StillUntilMs = 10_000;
        _foot.At = ms => ms < 10_400 ? (20, -30, 50) : (0, 0, 1000);
        var chip = Chip();
        Started(chip, AccelerometerMode.WakeOnMotion);
        chip.NextInterruptMs(60_000);
        chip.AdvanceTo(11_000);
        var afterReset = new Lis2dw12(chip);
        Assert.IsTrue(afterReset.TryReadPast(_inputs));
        Assert.IsTrue(_inputs.WakeInterrupt && _inputs.FreeFallInterrupt);
        Assert.IsTrue(afterReset.TryStart());
    }

    [TestMethod]
    [DataRow(AccelerometerMode.WakeOnMotion, 2000)]
    [DataRow(AccelerometerMode.WakeOnStride, 16000)]
    public void What_was_felt_while_the_board_started_is_read_back_oldest_first(AccelerometerMode mode, int scaleMg)
    {
        _foot.StillUntilMs = 3_600_000;
        _foot.At = ms => (ms < 3_600_000 ? 0 : 5 * (int)((ms - 3_600_000) / 80), 0, ms < 3_600_500 ? 1000 : 6000);
        var chip = Chip();
        Started(chip, mode);
        Assert.AreEqual(3_600_500, chip.NextInterruptMs(7_200_000), 80.0);
        Assert.IsTrue(chip.Int1Active);
        chip.AdvanceTo(3_602_000);
        var afterReset = new Lis2dw12(chip);
        Assert.IsTrue(afterReset.TryReadPast(_inputs));
        Assert.IsTrue(_inputs.WakeInterrupt);
        Assert.IsFalse(_inputs.FreeFallInterrupt || _inputs.AccelerometerFault, "an hour's overrun is no fault");
        Assert.AreEqual(32, _inputs.SampleCount);
        Assert.AreEqual(80, _inputs.SamplePeriodMs);
        for (var i = 0; i < 32; i++)
        {
            var ms = 3_602_000 - (31 - i) * 80;
            Assert.AreEqual(ms < 3_600_000 ? 0 : 5 * ((ms - 3_600_000) / 80), _inputs.XMg[i], 25, $"x at {ms} ms");
            Assert.AreEqual(Math.Min(scaleMg, ms < 3_600_500 ? 1000 : 6000), _inputs.ZMg[i], 25, $"z at {ms} ms");
        }
    }

    [TestMethod]
    public void Asleep_for_a_stride_the_flag_of_free_fall_neither_wakes_nor_is_believed()
    {
        _foot.StillUntilMs = 10_000;
        _foot.At = ms => (ms > 12_000 ? 1500 : 0, 0, 1000);
        var chip = Chip();
        Started(chip, AccelerometerMode.WakeOnStride);
        Assert.AreEqual(12_000, chip.NextInterruptMs(60_000), 100.0);
        chip.AdvanceTo(13_400);
        Assert.IsTrue(new Lis2dw12(chip).TryReadPast(_inputs));
        Assert.IsTrue(_inputs.WakeInterrupt);
        Assert.IsFalse(_inputs.FreeFallInterrupt);
    }

    [TestMethod]
    public void Lying_still_for_a_day_neither_wakes_nor_costs_samples()
    {
        var chip = Chip();
        Started(chip, AccelerometerMode.WakeOnMotion);
        Assert.AreEqual(86_400_000L, chip.NextInterruptMs(86_400_000));
        Assert.IsFalse(chip.Int1Active);
        Assert.IsTrue(_foot.Asked < 200, $"{_foot.Asked} samples made");   // 64 until all has settled, 32 that the FIFO holds
    }

    [TestMethod]
    public void Skipping_stillness_gives_the_same_noise_as_sampling_it()
    {
        var skipped = new Lis2dw12Chip(_foot, 3);
        var sampled = new Lis2dw12Chip(new ScriptedFoot { StillUntilMs = 0 }, 3);
        var inputs = new TrackerInputs();
        var columns = new List<short[]>();
        foreach (var chip in new[] { skipped, sampled })
        {
            var driver = Started(chip, AccelerometerMode.WakeOnMotion);
            chip.AdvanceTo(600_000);
            Assert.IsTrue(driver.TrySetMode(AccelerometerMode.Streaming));
            chip.AdvanceTo(600_200);
            Assert.IsTrue(driver.TryReadSamples(inputs));
            columns.Add(inputs.ZMg[..inputs.SampleCount]);
        }

        CollectionAssert.AreEqual(columns[0], columns[1]);
    }

    [TestMethod]
    public void Noise_at_rest_is_that_of_the_datasheet()
    {
        _foot.StillUntilMs = 0;
        _foot.At = _ => (1, 0, 1000);       // Half a step of the 1.95 mg resolution at +-16 g, so that noise shows.
        var chip = Chip();
        var driver = Started(chip, AccelerometerMode.Streaming);
        double sum = 0, squares = 0;
        var count = 0;
        for (var ms = 500; ms <= 50_000; ms += 500)
        {
            chip.AdvanceTo(ms);
            Assert.IsTrue(driver.TryReadSamples(_inputs));
            for (var i = 0; i < _inputs.SampleCount; i++, count++)
            {
                sum += _inputs.XMg[i];
                squares += _inputs.XMg[i] * _inputs.XMg[i];
            }
        }

        // 90 ug/sqrt(Hz) over 25 Hz is 0.45 mg; steps of 1.95 mg and the driver's whole mg add about as much.
        var deviation = Math.Sqrt(squares / count - sum / count * (sum / count));
        Assert.IsTrue(deviation is > 0.3 and < 1.2, $"{deviation:F2} mg");
        Assert.AreEqual(0, sum / count, 1.0);
    }

    [TestMethod]
    public void Each_mode_draws_what_its_line_of_the_energy_table_says()
    {
        var chip = Chip();
        Assert.AreEqual(EnergyState.AccelerometerPowerDown, chip.EnergyState);
        var driver = Started(chip, AccelerometerMode.WakeOnMotion);
        Assert.AreEqual(EnergyState.AccelerometerLowPower, chip.EnergyState);
        Assert.IsTrue(driver.TrySetMode(AccelerometerMode.Streaming));
        Assert.AreEqual(EnergyState.AccelerometerHighPerformance, chip.EnergyState);
        Assert.IsTrue(driver.TryStart());
        Assert.AreEqual(EnergyState.AccelerometerPowerDown, chip.EnergyState);
    }

    [TestMethod]
    public void A_wrong_identity_stops_the_start_and_is_named()
    {
        var chip = Chip();
        chip.Faults.WrongIdentity = 0x33;
        var driver = new Lis2dw12(chip);
        Assert.IsFalse(driver.TryStart());
        Assert.AreEqual(Lis2dw12Register.WhoAmI, driver.BadRegister);
    }

    // Start, each mode, samples, sources, the past: every transfer of the driver, in the order the board makes them.
    private bool RunAll(Lis2dw12 driver, Lis2dw12Chip chip)
    {
        if (!driver.TryStart()) return false;
        if (!driver.TrySetMode(AccelerometerMode.WakeOnMotion)) return false;
        chip.AdvanceTo(chip.NowMs + 400);
        if (!driver.TryReadSources(_inputs)) return false;
        if (!driver.TrySetMode(AccelerometerMode.Streaming)) return false;
        chip.AdvanceTo(chip.NowMs + 200);
        if (!driver.TryReadSamples(_inputs) || !driver.TryReadSources(_inputs)) return false;
        if (!driver.TrySetMode(AccelerometerMode.WakeOnStride)) return false;
        chip.AdvanceTo(chip.NowMs + 4000);
        return driver.TryReadPast(_inputs);
    }

    private int TransfersOfRunAll()
    {
        var chip = Chip();
        Assert.IsTrue(RunAll(new Lis2dw12(chip), chip));
        return chip.Faults.Transfers;
    }

    [TestMethod]
    public void A_refusal_at_any_transfer_is_told_names_its_register_and_is_over_at_the_next_start()
    {
        var transfers = TransfersOfRunAll();
        Assert.IsTrue(transfers > 50, $"{transfers} transfers");
        for (var n = 0; n < transfers; n++)
        {
            var chip = Chip();
            chip.Faults.NakAt = n;
            var driver = new Lis2dw12(chip);
            Assert.IsFalse(RunAll(driver, chip), $"transfer {n} was refused and nobody said so");
            Assert.AreNotEqual(Lis2dw12Register.None, driver.BadRegister, $"transfer {n}");
            _inputs.Clear();
            Assert.IsTrue(RunAll(driver, chip), $"no recovery after transfer {n}: {driver.BadRegister}");
            Assert.AreEqual(Lis2dw12Register.None, driver.BadRegister);
            Assert.IsFalse(_inputs.AccelerometerFault);
        }
    }

    [TestMethod]
    [DataRow(0xFF)]
    [DataRow(0x00)]
    public void A_bus_stuck_from_any_transfer_is_noticed(int stuckValue)
    {
        var transfers = TransfersOfRunAll();
        for (var n = 0; n < transfers; n++)
        {
            var chip = Chip();
            chip.Faults.StuckFrom = n;
            chip.Faults.StuckValue = (byte)stuckValue;
            var driver = new Lis2dw12(chip);
            _inputs.Clear();
            var good = RunAll(driver, chip);

            // A line held low can look like "no samples, no cause" once: the board keeps asking, and gets the truth in time.
            for (var poll = 0; good && poll < 10; poll++)
            {
                chip.AdvanceTo(chip.NowMs + 40);
                good = driver.TryReadSamples(_inputs);
            }

            Assert.IsFalse(good, $"stuck at {stuckValue:X2} from transfer {n} and nobody noticed");
            Assert.AreNotEqual(Lis2dw12Register.None, driver.BadRegister);
        }
    }

    [TestMethod]
    public void A_damaged_configuration_byte_is_found_by_reading_back()
    {
        for (var n = 3; n < 29; n++)         // Thirteen writes, each read back.
        {
            var chip = Chip();
            chip.Faults.FlipAt = n;
            chip.Faults.FlipMask = 0x08;
            var driver = new Lis2dw12(chip);
            Assert.IsTrue(driver.TryStart());
            Assert.IsFalse(driver.TrySetMode(AccelerometerMode.WakeOnMotion), $"transfer {n}");
        }
    }

    [TestMethod]
    public void Polling_allocates_nothing()
    {
        _foot.StillUntilMs = 0;
        var chip = Chip();
        var driver = Started(chip, AccelerometerMode.Streaming);
        Poll(1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Poll(21_000);
        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Poll(long untilMs)
        {
            while (chip.NowMs < untilMs)
            {
                chip.AdvanceTo(chip.NowMs + 200);
                driver.TryReadSamples(_inputs);
                driver.TryReadSources(_inputs);
            }
        }
    }
}
