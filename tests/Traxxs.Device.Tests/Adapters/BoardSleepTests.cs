using System.Device.Gpio;
using Traxxs.Core;
using Traxxs.Device.Adapters;
using Traxxs.NanoHost;

namespace Traxxs.Device.Tests.Adapters;

[TestClass]
public sealed class BoardSleepTests
{
    private readonly AutoResetEvent _attention = new(false);
    private readonly List<(TimeSpan Time, ulong Pins)> _slept = [];
    private NanoBoard _board = null!;
    private BoardSignals _signals = null!;

    [TestInitialize]
    public void PowerOn()
    {
        _board = NanoBoard.Current = new NanoBoard { ClockUs = () => 1_000_000_000 };
        _board.LightSleep = (time, pins) =>
        {
            _slept.Add((time, pins));
            return 0;
        };
        _signals = new BoardSignals(new GpioController(), _attention);
    }

    [TestMethod]
    public void A_quiet_wait_is_light_sleep_until_the_due_time_or_a_wake_pin()
    {
        new BoardSleep(_attention, _signals, true).Until(1_000_500, RestMode.LightSleep, Board.WakePinsStill);
        Assert.AreEqual((TimeSpan.FromMilliseconds(500), (ulong)(Board.WakePinsStill | Board.WakePinCharger)), _slept.Single());
    }

    [TestMethod]
    public void With_the_radio_on_a_short_wait_or_no_leave_the_chip_stays_awake()
    {
        _attention.Set();
        new BoardSleep(_attention, _signals, true).Until(1_060_000, RestMode.Awake, Board.WakePinsStill);
        new BoardSleep(_attention, _signals, true).Until(1_000_000 + BoardSleep.LightSleepMinMs - 1, RestMode.LightSleep, Board.WakePinsStill);
        _attention.Set();
        new BoardSleep(_attention, _signals, false).Until(1_060_000, RestMode.LightSleep, Board.WakePinsStill);
        Assert.IsEmpty(_slept);
    }

    [TestMethod]
    public void What_came_since_the_step_is_dealt_with_before_sleeping()
    {
        _board.Pin(Board.SosPin).Drive(true);
        new BoardSleep(_attention, _signals, true).Until(1_060_000, RestMode.LightSleep, Board.WakePinsStill);
        Assert.IsEmpty(_slept);
        Assert.AreEqual(1, _signals.TakeSosPresses());
    }

    [TestMethod]
    public void A_due_time_that_is_past_does_not_wait()
    {
        new BoardSleep(_attention, _signals, true).Until(999_999, RestMode.LightSleep, Board.WakePinsStill);
        Assert.IsEmpty(_slept);
    }

    [TestMethod]
    public void While_a_button_is_held_the_chip_waits_awake_and_looks_again_soon()
    {
        _board.Pin(Board.SosPin).Drive(true);
        _attention.Reset();
        var sleep = new BoardSleep(_attention, _signals, true);
        sleep.Until(1_060_000, RestMode.LightSleep, Board.WakePinsStill);      // Returns long before the minute is over, or the test does not end.
        Assert.IsEmpty(_slept);
        _board.Pin(Board.SosPin).Drive(false);
        _attention.Reset();
        sleep.Until(1_060_000, RestMode.LightSleep, Board.WakePinsStill);
        Assert.HasCount(1, _slept);
    }

    [TestMethod]
    public void The_motion_line_of_a_walk_keeps_no_one_awake()
    {
        _board.Pin(Board.AccelerometerInt1Pin).Drive(true);
        _attention.Reset();
        new BoardSleep(_attention, _signals, true).Until(1_000_500, RestMode.LightSleep, Board.WakePinsStreaming);
        Assert.HasCount(1, _slept);
    }

    [TestMethod]
    public void A_chip_that_cannot_wake_by_pins_stays_awake_so_that_no_press_is_missed()
    {
        _board.WakesByPins = false;
        var sleep = new BoardSleep(_attention, _signals, true);
        sleep.Until(1_000_030, RestMode.LightSleep, Board.WakePinsStill);
        sleep.Until(1_000_030, RestMode.LightSleep, Board.WakePinsStill);
        Assert.IsEmpty(_slept);
    }

    [TestMethod]
    public void Light_sleep_on_the_simulated_board_ends_with_a_wake_pin_and_its_press_counts()
    {
        _board.LightSleep = null;
        _board.ClockUs = null;
        var sleep = new BoardSleep(_attention, _signals, true);
        var sleeper = Task.Run(() => sleep.Until(BoardSleep.NowMs() + 60_000, RestMode.LightSleep, Board.WakePinsStill));
        Eventually.True(() => _board.IsAsleep, "the chip sleeps");
        _board.Pin(Board.SosPin).Drive(true);
        Assert.IsTrue(sleeper.Wait(TimeSpan.FromSeconds(30)), "the press must wake the chip");
        Assert.AreEqual(1, _signals.TakeSosPresses());
    }

    [TestMethod]
    public void Deep_sleep_ends_the_run_with_timer_and_pins_armed()
    {
        Assert.ThrowsExactly<BoardOffException>(() => new BoardSleep(_attention, _signals, true).Until(8_200_000, RestMode.DeepSleep, Board.WakePinsStill));
        Assert.AreEqual((TimeSpan.FromSeconds(7200), (ulong)(Board.WakePinsStill | Board.WakePinCharger)), _board.DeepSleep, "two hours, in one piece");
        Assert.IsEmpty(_slept);
    }

    [TestMethod]
    public void On_the_charger_deep_sleep_would_end_at_once_and_light_sleep_is_taken_without_its_pin()
    {
        _board.Pin(Board.ChargerPin).Drive(true);
        _attention.Reset();
        new BoardSleep(_attention, _signals, true).Until(1_060_000, RestMode.DeepSleep, Board.WakePinsStill);
        Assert.IsNull(_board.DeepSleep);
        Assert.AreEqual((ulong)Board.WakePinsStill, _slept.Single().Pins);
    }

    [TestMethod]
    public void A_button_that_is_held_keeps_the_chip_from_starting_over_and_over()
    {
        _board.Pin(Board.SosPin).Drive(true);
        _attention.Reset();
        new BoardSleep(_attention, _signals, true).Until(1_060_000, RestMode.DeepSleep, Board.WakePinsStill);
        Assert.IsNull(_board.DeepSleep);
    }

    [TestMethod]
    public void A_full_watermark_line_is_read_before_the_chip_sleeps_on_it()
    {
        _board.Pin(Board.AccelerometerInt2Pin).Drive(true);
        Assert.IsTrue(_attention.WaitOne(0), "samples enough end the wait");
        new BoardSleep(_attention, _signals, true).Until(1_060_000, RestMode.LightSleep, Board.WakePinsStreaming);
        Assert.IsEmpty(_slept);
        _board.Pin(Board.AccelerometerInt2Pin).Drive(false);
        _attention.Reset();
        new BoardSleep(_attention, _signals, true).Until(1_060_000, RestMode.LightSleep, Board.WakePinsStreaming);
        Assert.HasCount(1, _slept);
    }
}
