using Traxxs.Core;
using Traxxs.Core.Ports;
using Traxxs.Simulation.Chips;
using Traxxs.Simulation.World;

namespace Traxxs.Drivers.Tests;

[TestClass]
public sealed class UbxReceiverTests
{
    private const long StartUnixMs = 1_790_000_000_250;     // 2026-09-21, a quarter past a second.
    private readonly FixedSky _sky = new();
    private readonly TrackerInputs _inputs = new();
    private MaxM10Chip _chip = null!;
    private UbxReceiver _driver = null!;
    private long _nowMs;

    [TestInitialize]
    public void Connect() => Connect(seed: 11);

    private void Connect(ulong seed)
    {
        _nowMs = 0;
        _chip = new MaxM10Chip(_sky, seed, StartUnixMs);
        _driver = new UbxReceiver(_chip);
    }

    private void PowerUp()
    {
        _chip.SetSupply(true, _nowMs);
        _driver.PowerUp(_nowMs);
    }

    private void PowerDown()
    {
        _chip.SetSupply(false, _nowMs);
        _driver.PowerDown();
    }

    // Polls every 100 ms; returns the time from the start to the first valid fix, or -1.
    private long RunUntilFix(long maxMs)
    {
        var startMs = _nowMs;
        while (_nowMs < startMs + maxMs)
        {
            Step();
            if (_inputs.HasFix && _inputs.Fix.Valid) return _nowMs - startMs;
        }

        return -1;
    }

    private void Run(long durationMs)
    {
        var endMs = _nowMs + durationMs;
        while (_nowMs < endMs) Step();
    }

    private void Step()
    {
        _nowMs += 100;
        _inputs.Clear();
        _chip.AdvanceTo(_nowMs);
        _driver.Poll(_inputs, _nowMs);
    }

    private double ErrorM() => Math.Sqrt(
        Math.Pow((_inputs.Fix.LatitudeE7 / 1e7 - _sky.LatitudeDeg) * 111195, 2)
        + Math.Pow((_inputs.Fix.LongitudeE7 / 1e7 - _sky.LongitudeDeg) * 111195 * Math.Cos(_sky.LatitudeDeg * Math.PI / 180), 2));

    [TestMethod]
    public void A_new_receiver_is_configured_and_gives_a_fix_with_time_place_and_accuracy_after_a_cold_start()
    {
        PowerUp();
        var took = RunUntilFix(60_000);
        Assert.IsTrue(took is > 20_000 and < 40_000, $"{took} ms");
        Assert.AreEqual(UbxReceiverState.Running, _driver.State);
        Assert.AreEqual(1, _chip.Configurations);
        Assert.IsFalse(_driver.ConfigurationFault);
        Assert.AreEqual((StartUnixMs + _nowMs) / 1000.0, _inputs.Fix.TimeS, 1.1);
        Assert.IsTrue(ErrorM() < 40, $"{ErrorM():F1} m");
        Assert.IsTrue(_inputs.Fix.AccuracyMm is > 1000 and < 20_000);
    }

    [TestMethod]
    public void Once_configured_only_nav_pvt_comes_once_a_second()
    {
        PowerUp();
        RunUntilFix(60_000);
        var sentences = _driver.Parser.NmeaSentences;
        var fixes = 0;
        var bytes = 0;
        for (var i = 0; i < 600; i++)
        {
            Step();
            bytes += _inputs.GnssBytes;
            if (_inputs.HasFix) fixes++;
        }

        Assert.AreEqual(60, fixes, 1);
        Assert.AreEqual(60 * 100, bytes, 100);
        Assert.AreEqual(sentences, _driver.Parser.NmeaSentences);
    }

    [TestMethod]
    public void A_receiver_whose_backup_kept_all_is_hot_and_not_configured_again()
    {
        PowerUp();
        RunUntilFix(60_000);
        Run(40_000);
        PowerDown();
        _nowMs += 3_600_000;
        PowerUp();
        var took = RunUntilFix(60_000);
        Assert.IsTrue(took is > 0 and < 5_500, $"{took} ms");
        Assert.AreEqual(1, _chip.Configurations);
    }

    [TestMethod]
    public void After_the_ephemerides_have_aged_the_start_is_warm_and_without_backup_it_is_cold_and_configured_again()
    {
        PowerUp();
        RunUntilFix(60_000);
        Run(40_000);
        PowerDown();
        _nowMs += 6 * 3_600_000;
        PowerUp();
        var warm = RunUntilFix(60_000);
        Assert.IsTrue(warm is > 17_000 and < 29_000, $"{warm} ms");
        PowerDown();
        _chip.LoseBackup();
        PowerUp();
        var cold = RunUntilFix(60_000);
        Assert.IsTrue(cold is > 20_000 and < 40_000, $"{cold} ms");
        Assert.AreEqual(2, _chip.Configurations);
    }

    [TestMethod]
    public void Indoors_there_is_no_fix_and_the_receiver_says_so()
    {
        _sky.View = SkyView.Indoors;
        PowerUp();
        Assert.AreEqual(-1, RunUntilFix(120_000));
        Assert.IsTrue(_driver.Parser.NoFixMessages > 100);
        Assert.IsFalse(_driver.SilenceFault);
    }

    [TestMethod]
    public void Entering_a_building_ends_the_fixes_and_leaving_it_brings_them_back_within_seconds()
    {
        PowerUp();
        RunUntilFix(60_000);
        Run(10_000);
        _sky.View = SkyView.Indoors;
        Run(10_000);
        Assert.AreEqual(-1, RunUntilFix(60_000));
        _sky.View = SkyView.Open;
        Assert.IsTrue(RunUntilFix(10_000) is > 0 and < 5_000);
    }

    [TestMethod]
    public void Between_buildings_errors_are_large_correlated_and_owned_up_to()
    {
        _sky.View = SkyView.Canyon;
        PowerUp();
        Assert.IsTrue(RunUntilFix(180_000) > 40_000);
        double squares = 0, steps = 0, last = double.NaN;
        var count = 0;
        for (var i = 0; i < 6000; i++)
        {
            Step();
            if (!_inputs.HasFix) continue;
            var northM = (_inputs.Fix.LatitudeE7 / 1e7 - _sky.LatitudeDeg) * 111195;
            if (count > 0) steps += (northM - last) * (northM - last);
            last = northM;
            squares += northM * northM;
            count++;
            Assert.IsTrue(_inputs.Fix.AccuracyMm is >= 15_000 and <= 40_000, $"{_inputs.Fix.AccuracyMm} mm");
        }

        var sigma = Math.Sqrt(squares / count);
        Assert.IsTrue(sigma is > 5 and < 25, $"{sigma:F1} m");
        Assert.IsTrue(Math.Sqrt(steps / count) < sigma / 2, "neighbouring errors are alike");
    }

    [TestMethod]
    [DataRow(3ul, 61_000)]
    [DataRow(14ul, 73_333)]
    [DataRow(15ul, 299_000)]
    public void After_a_pause_the_first_frame_is_expected_where_frames_came_before(ulong seed, int pauseMs)
    {
        Connect(seed);
        PowerUp();
        Assert.IsGreaterThan(0, RunUntilFix(120_000));
        for (var start = 0; start < 20; start++)
        {
            PowerDown();
            _nowMs += pauseMs + 37 * start;
            _chip.AdvanceTo(_nowMs);
            PowerUp();
            var (upMs, awakeMs) = (_nowMs, 0L);
            while (_driver.Parser.NavPvtMessages == 0)
            {
                Assert.IsLessThan(upMs + 1500, _nowMs, "the first frame must not be slept through");
                var dueMs = _driver.NextPollMs;
                if (_driver.QuietUntilMs > _nowMs) _chip.AdvanceTo(_driver.QuietUntilMs);
                else awakeMs += dueMs - _nowMs;
                if (_driver.QuietUntilMs > _nowMs) Assert.AreEqual(0, _chip.Read(new byte[512], 0, 512), $"a byte came before {_driver.QuietUntilMs}");
                _nowMs = dueMs;
                _chip.AdvanceTo(_nowMs);
                _inputs.Clear();
                _driver.Poll(_inputs, _nowMs);
            }

            Assert.IsLessThan(600, awakeMs, "most of the second nobody need listen");
        }
    }

    [TestMethod]
    public void After_a_long_pause_or_without_configuration_the_line_is_listened_to()
    {
        PowerUp();
        Assert.IsGreaterThan(0, RunUntilFix(120_000));
        PowerDown();
        _nowMs += 301_000;
        PowerUp();
        Assert.IsLessThanOrEqualTo(_nowMs, _driver.QuietUntilMs, "the chip's clock may have drifted");
        Assert.IsGreaterThan(0, RunUntilFix(120_000));
        PowerDown();
        _chip.LoseBackup();
        _nowMs += 60_000;
        _chip.AdvanceTo(_nowMs);
        PowerUp();
        Assert.IsGreaterThan(0, RunUntilFix(120_000), "it is configured anew");
        Assert.AreEqual(2, _chip.Configurations);
    }

    [TestMethod]
    [DataRow(3ul)]
    [DataRow(14ul)]
    [DataRow(15ul)]
    public void A_chip_that_is_deaf_while_no_byte_is_due_misses_no_frame(ulong seed)
    {
        Connect(seed);
        PowerUp();
        Assert.IsGreaterThan(0, RunUntilFix(120_000));
        var frames = _driver.Parser.NavPvtMessages;
        var deafMs = 0L;
        var until = _nowMs + 120_000;
        for (var steps = 0; _nowMs < until; steps++)
        {
            Assert.IsLessThan(20_000, steps, "the receiver wants no more than a poll each 50 ms");
            var dueMs = _driver.NextPollMs;
            if (_driver.QuietUntilMs > _nowMs)
            {
                // Asleep: what comes now is lost.
                _chip.AdvanceTo(_driver.QuietUntilMs);
                Assert.AreEqual(0, _chip.Read(new byte[512], 0, 512), $"a byte came at {_nowMs}..{_driver.QuietUntilMs}");
                deafMs += _driver.QuietUntilMs - _nowMs;
            }

            _nowMs = dueMs;
            _chip.AdvanceTo(_nowMs);
            _inputs.Clear();
            _driver.Poll(_inputs, _nowMs);
        }

        Assert.IsGreaterThan(0.6 * 120_000, deafMs, "most of the time nobody need listen");
        Assert.IsInRange(119, 121, _driver.Parser.NavPvtMessages - frames, "one a second, and none was missed");
    }

    [TestMethod]
    public void Silence_is_told_after_three_seconds_and_ends_with_the_next_byte()
    {
        PowerUp();
        Run(5_000);
        Assert.IsFalse(_driver.SilenceFault);
        _chip.Faults.Silent = true;
        Run(3_000 + UbxReceiver.SilenceMaxMs);
        Assert.IsTrue(_driver.SilenceFault);
        _chip.Faults.Silent = false;
        Run(3_000);
        Assert.IsFalse(_driver.SilenceFault);
    }

    [TestMethod]
    public void A_receiver_silent_from_the_start_is_tried_a_bounded_number_of_times()
    {
        _chip.Faults.Silent = true;
        PowerUp();
        Run(120_000);
        Assert.AreEqual(UbxReceiver.ConfigureTriesMax, _chip.Configurations);
        Assert.IsTrue(_driver.SilenceFault);
        Assert.IsTrue(_driver.ConfigurationFault);
    }

    [TestMethod]
    public void A_lost_configuration_or_a_lost_answer_is_tried_again()
    {
        _chip.Faults.MessagesLost = 1;
        _chip.Faults.AnswersLost = 1;
        PowerUp();
        Run(10_000);
        Assert.AreEqual(UbxReceiverState.Running, _driver.State);
        Assert.AreEqual(2, _chip.Configurations);
    }

    [TestMethod]
    public void A_refused_configuration_is_a_fault_and_positions_come_from_nmea()
    {
        _chip.Faults.RefuseConfiguration = true;
        PowerUp();
        Assert.IsTrue(RunUntilFix(60_000) > 0);
        Assert.IsTrue(_driver.ConfigurationFault);
        Assert.AreEqual(1, _chip.Configurations, "a refusal is an answer");
        Assert.IsTrue(ErrorM() < 40, $"{ErrorM():F1} m");
        Assert.AreEqual((StartUnixMs + _nowMs) / 1000.0, _inputs.Fix.TimeS, 2.1);
    }

    [TestMethod]
    public void A_receiver_that_restarts_by_itself_without_backup_is_configured_again()
    {
        PowerUp();
        Run(10_000);
        _chip.LoseBackup();
        _chip.Restart(_nowMs);
        Run(10_000);
        Assert.AreEqual(2, _chip.Configurations);
        Assert.AreEqual(UbxReceiverState.Running, _driver.State);
    }

    [TestMethod]
    public void A_garbled_line_costs_only_the_garbled_messages()
    {
        PowerUp();
        RunUntilFix(60_000);
        _chip.Faults.GarbledPart = 0.002;
        var fixes = 0;
        for (var i = 0; i < 3000; i++)
        {
            Step();
            if (!_inputs.HasFix) continue;
            fixes++;
            Assert.IsTrue(_inputs.Fix.Valid && ErrorM() < 40, $"{ErrorM():F1} m");
        }

        var garbled = _driver.Parser.RejectedFor(GnssReject.BadChecksum) + _driver.Parser.RejectedFor(GnssReject.TooLong);
        Assert.IsTrue(fixes is > 200 and < 290, $"{fixes} fixes of 300");
        Assert.IsTrue(garbled > 10, $"{garbled} refused");
    }

    [TestMethod]
    public void A_receiver_one_rollover_behind_is_not_believed()
    {
        _chip.Faults.WrongWeek = true;
        PowerUp();
        Assert.AreEqual(-1, RunUntilFix(60_000));
        Assert.IsTrue(_driver.Parser.RejectedFor(GnssReject.ImplausibleDate) > 10);
    }

    [TestMethod]
    public void Before_the_receiver_knows_the_time_no_fix_is_valid()
    {
        PowerUp();
        for (var i = 0; i < 150; i++)
        {
            Step();
            Assert.IsFalse(_inputs.HasFix && _inputs.Fix.Valid);
        }
    }

    [TestMethod]
    public void A_lying_receiver_lies_with_confidence_which_only_the_core_can_see()
    {
        PowerUp();
        RunUntilFix(60_000);
        _chip.Faults.LieNorthM = 300;
        Run(3_000);
        RunUntilFix(2_000);
        Assert.IsTrue(ErrorM() is > 250 and < 350);
        Assert.IsTrue(_inputs.Fix.AccuracyMm <= 2_500);
    }

    [TestMethod]
    public void Long_gaps_between_polls_lose_nothing_that_the_uart_holds()
    {
        PowerUp();
        RunUntilFix(60_000);
        var before = _driver.Parser.NavPvtMessages;
        _nowMs += 30_000;
        _chip.AdvanceTo(_nowMs);
        _inputs.Clear();
        _driver.Poll(_inputs, _nowMs);
        Assert.AreEqual(30, _driver.Parser.NavPvtMessages - before, 1);
        Assert.AreEqual((StartUnixMs + _nowMs) / 1000.0, _inputs.Fix.TimeS, 1.1, "the newest wins");
        Assert.AreEqual(0L, _chip.BytesOverrun);
    }

    [TestMethod]
    public void A_line_that_refuses_to_send_ends_in_a_fault_not_in_a_loop()
    {
        var driver = new UbxReceiver(new DeafLine());
        driver.PowerUp(0);
        for (var ms = 0; ms < 60_000; ms += 100) driver.Poll(_inputs, ms);
        Assert.IsTrue(driver.ConfigurationFault);
        Assert.IsTrue(driver.SilenceFault);
    }

    [TestMethod]
    public void The_states_change_along_the_listed_edges_only()
    {
        var edges = new SortedSet<string>(StringComparer.Ordinal);
        for (var seed = 0UL; seed < 40; seed++)
        {
            Connect(seed);
            for (var i = 0; i < 400; i++)
            {
                var before = _driver.State;
                var draw = ChipNoise.Bits(seed, (ulong)i);
                switch (draw % 40)
                {
                    case 0: PowerUp(); break;
                    case 1: PowerDown(); break;
                    case 2: _chip.Faults.RefuseConfiguration = !_chip.Faults.RefuseConfiguration; break;
                    case 3: _chip.Faults.MessagesLost = (int)(draw >> 8) & 7; break;
                    case 4: _chip.LoseBackup(); break;
                    case 5: _chip.Restart(_nowMs); break;
                    default: Step(); break;
                }

                if (_driver.State != before) edges.Add($"{before} -> {_driver.State}");
                for (var more = 0; more < 8; more++)
                {
                    before = _driver.State;
                    Step();
                    if (_driver.State != before) edges.Add($"{before} -> {_driver.State}");
                }
            }
        }

        string[] listed =
        [
            "Booting -> Configuring", "Booting -> Off", "Booting -> Running",
            "Configuring -> Booting", "Configuring -> Degraded", "Configuring -> Off", "Configuring -> Running",
            "Degraded -> Booting", "Degraded -> Off",
            "Off -> Booting",
            "Running -> Booting", "Running -> Configuring", "Running -> Off",
        ];
        CollectionAssert.AreEqual(listed, edges.ToArray(), string.Join("; ", edges));
    }

    [TestMethod]
    public void Polling_allocates_nothing()
    {
        var chip = new MaxM10Chip(_sky, 1, StartUnixMs);
        var line = new RecordedLine(chip);
        var driver = new UbxReceiver(line);
        chip.SetSupply(true, 0);
        driver.PowerUp(0);
        for (var ms = 0; ms < 40_000; ms += 100)
        {
            chip.AdvanceTo(ms);
            driver.Poll(_inputs, ms);
        }

        Assert.IsTrue(_inputs.HasFix);
        line.Replay();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var ms = 40_000; ms < 80_000; ms += 100) driver.Poll(_inputs, ms);
        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.IsTrue(line.Exhausted);
    }

    [TestMethod]
    public void The_same_seed_gives_the_same_bytes_and_another_does_not()
    {
        CollectionAssert.AreEqual(Bytes(5), Bytes(5));
        CollectionAssert.AreNotEqual(Bytes(5), Bytes(6));

        byte[] Bytes(ulong seed)
        {
            var chip = new MaxM10Chip(_sky, seed, StartUnixMs, receiveBufferSize: 65536);
            chip.SetSupply(true, 0);
            chip.AdvanceTo(60_000);
            var all = new byte[65536];
            return all[..chip.Read(all, 0, all.Length)];
        }
    }

    private sealed class DeafLine : ISerialLine
    {
        public int Read(byte[] buffer, int offset, int count) => 0;

        public bool TryWrite(byte[] buffer, int offset, int count) => false;
    }

    private sealed class RecordedLine(ISerialLine inner) : ISerialLine
    {
        private readonly List<byte> _all = [];
        private byte[]? _replay;
        private int _at;

        public bool Exhausted => _at == _replay?.Length;

        public void Replay() => _replay = [.. _all];

        public int Read(byte[] buffer, int offset, int count)
        {
            if (_replay is null)
            {
                var read = inner.Read(buffer, offset, count);
                _all.AddRange(buffer.AsSpan(offset, read));
                return read;
            }

            var part = Math.Min(Math.Min(count, 37), _replay.Length - _at);
            _replay.AsSpan(_at, part).CopyTo(buffer.AsSpan(offset));
            _at += part;
            return part;
        }

        public bool TryWrite(byte[] buffer, int offset, int count) => _replay is not null || inner.TryWrite(buffer, offset, count);
    }
}
