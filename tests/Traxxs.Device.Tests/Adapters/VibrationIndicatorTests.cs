using System.Device.Gpio;
using Traxxs.Core.Ports;
using Traxxs.Device.Adapters;
using Traxxs.NanoHost;

namespace Traxxs.Device.Tests.Adapters;

[TestClass]
public sealed class VibrationIndicatorTests
{
    private readonly AutoResetEvent _attention = new(false);
    private readonly List<bool> _levels = [];
    private VibrationIndicator _indicator = null!;

    [TestInitialize]
    public void PowerOn()
    {
        NanoBoard.Current = new NanoBoard();
        _indicator = new VibrationIndicator(new GpioController(), _attention);
        NanoBoard.Current.Pin(Board.VibrationPin).Written = level =>
        {
            lock (_levels) _levels.Add(level);
        };
    }

    [TestMethod]
    public void A_pattern_goes_on_and_off_as_often_as_its_shape_says_and_ends_off()
    {
        _indicator.Show(IndicatorPattern.AlarmReceived);
        Assert.IsTrue(_indicator.IsPlaying);
        Assert.IsTrue(_attention.WaitOne(30_000), "the end of a pattern lets the chip sleep");
        Assert.IsFalse(_indicator.IsPlaying);
        lock (_levels) CollectionAssert.AreEqual(new[] { true, false, true, false }, _levels);
        Assert.IsFalse(NanoBoard.Current.Pin(Board.LedPin).Level);
    }

    [TestMethod]
    public void None_leaves_what_plays_and_another_pattern_replaces_it()
    {
        _indicator.Show(IndicatorPattern.FindMe);
        _indicator.Show(IndicatorPattern.None);
        Assert.IsTrue(_indicator.IsPlaying);
        _indicator.Show(IndicatorPattern.Ready);
        Eventually.True(() => !_indicator.IsPlaying, "the short pattern has ended, not the long one");
        lock (_levels) CollectionAssert.AreEqual(new[] { true, true, false }, _levels);
    }

    [TestMethod]
    public void Every_pattern_has_a_shape_of_its_own_that_ends_on()
    {
        var shapes = new HashSet<string>();
        foreach (var pattern in Enum.GetValues<IndicatorPattern>().Where(pattern => pattern != IndicatorPattern.None))
        {
            var shape = PatternShapes.Of(pattern);
            Assert.AreEqual(1, shape.Length % 2, $"{pattern} must end with an on time");
            Assert.IsTrue(shape.All(duration => duration is >= 100 and <= 1000), $"{pattern}: a pulse or pause outside 0.1..1 s cannot be told apart through a sock");
            Assert.IsTrue(shapes.Add(string.Join(' ', shape)), $"{pattern} feels like another pattern");
        }

        Assert.IsEmpty(PatternShapes.Of(IndicatorPattern.None));
        Assert.IsEmpty(PatternShapes.Of((IndicatorPattern)200));
    }
}
