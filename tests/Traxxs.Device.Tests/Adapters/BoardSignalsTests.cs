using System.Device.Gpio;
using nanoFramework.Hardware.Esp32;
using Traxxs.Device.Adapters;
using Traxxs.NanoHost;

namespace Traxxs.Device.Tests.Adapters;

[TestClass]
public sealed class BoardSignalsTests
{
    private readonly AutoResetEvent _attention = new(false);
    private NanoBoard _board = null!;
    private BoardSignals _signals = null!;

    [TestInitialize]
    public void PowerOn()
    {
        _board = NanoBoard.Current = new NanoBoard();
        _signals = new BoardSignals(new GpioController(), _attention);
    }

    [TestMethod]
    public void Every_press_counts_once_and_ends_the_wait()
    {
        for (var i = 0; i < 3; i++)
        {
            _board.Pin(Board.SosPin).Drive(true);
            _board.Pin(Board.SosPin).Drive(false);
        }

        _board.Pin(Board.CancelPin).Drive(true);
        Assert.IsTrue(_attention.WaitOne(0));
        Assert.AreEqual(3, _signals.TakeSosPresses());
        Assert.AreEqual(0, _signals.TakeSosPresses());
        Assert.AreEqual(1, _signals.TakeCancelPresses());
    }

    [TestMethod]
    public void A_motion_interrupt_is_kept_until_taken_and_stands_while_its_line_does()
    {
        Assert.IsFalse(_signals.TakeMotionInterrupt());
        _board.Pin(Board.AccelerometerInt1Pin).Drive(true);
        _board.Pin(Board.AccelerometerInt1Pin).Drive(false);
        Assert.IsTrue(_signals.TakeMotionInterrupt());
        Assert.IsFalse(_signals.TakeMotionInterrupt());
        _board.Pin(Board.AccelerometerInt1Pin).Drive(true);
        Assert.IsTrue(_signals.TakeMotionInterrupt());
        Assert.IsTrue(_signals.TakeMotionInterrupt(), "the line still stands");
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void A_press_that_wakes_the_chip_counts_once_whether_the_button_is_still_down_or_not(bool stillDown)
    {
        _board.LightSleep = (_, pins) =>
        {
            Assert.AreNotEqual(0ul, pins & 1ul << Board.SosPin, "the SOS pin must be able to wake");
            return 1ul << Board.SosPin;
        };
        Sleep.EnableWakeupByMultiPins(Board.WakePinsStill, Sleep.WakeupMode.AnyHigh);
        Sleep.StartLightSleep();
        var pin = _board.Pin(Board.SosPin);
        if (stillDown) pin.Drive(true);
        _signals.TakeSosPresses();                      // An edge that was noticed as well, before the wake is.
        var again = stillDown ? 0 : 1;
        _signals.NoteWake(Sleep.GetWakeupGpioPin());
        Assert.AreEqual(again, _signals.TakeSosPresses());
        pin.Drive(false);
        pin.Drive(true);
        Assert.AreEqual(1, _signals.TakeSosPresses(), "the next press counts again");
    }

    [TestMethod]
    public void The_receivers_supply_is_off_at_the_start_and_follows_its_switch()
    {
        Assert.IsFalse(_board.Pin(Board.GnssSupplyPin).Level);
        _signals.SetGnssSupply(true);
        Assert.IsTrue(_board.Pin(Board.GnssSupplyPin).Level);
        _signals.SetGnssSupply(false);
        Assert.IsFalse(_board.Pin(Board.GnssSupplyPin).Level);
    }

    [TestMethod]
    public void The_charger_is_seen_and_its_coming_ends_the_wait()
    {
        Assert.IsFalse(_signals.ChargerConnected);
        _board.Pin(Board.ChargerPin).Drive(true);
        Assert.IsTrue(_signals.ChargerConnected);
        Assert.IsTrue(_attention.WaitOne(0));
    }

    [TestMethod]
    public void Wake_pins_are_the_pins_of_their_inputs()
    {
        AssertPins(Board.WakePinsStill, Board.AccelerometerInt1Pin, Board.SosPin, Board.CancelPin);
        AssertPins(Board.WakePinsStreaming, Board.AccelerometerInt2Pin, Board.SosPin, Board.CancelPin);
        AssertPins(Board.WakePinCharger, Board.ChargerPin);
        AssertPins(Board.SelfTestButton, Board.CancelPin);
        _signals.NoteWake((Sleep.WakeupGpioPin)(1ul << Board.AccelerometerInt1Pin));
        Assert.IsTrue(_signals.TakeMotionInterrupt());
        _signals.NoteWake((Sleep.WakeupGpioPin)(1ul << Board.CancelPin));
        Assert.AreEqual(1, _signals.TakeCancelPresses());
        Assert.AreEqual(0, _signals.TakeSosPresses());
    }

    private static void AssertPins(Sleep.WakeupGpioPin mask, params int[] pins) =>
        Assert.AreEqual(pins.Aggregate(0ul, (bits, pin) => bits | 1ul << pin), (ulong)mask);
}
