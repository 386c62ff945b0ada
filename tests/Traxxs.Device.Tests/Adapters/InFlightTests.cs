using Traxxs.Device.Adapters;

namespace Traxxs.Device.Tests.Adapters;

[TestClass]
public sealed class InFlightTests
{
    [TestMethod]
    public void Acknowledged_frames_are_taken_in_the_order_they_were_sent()
    {
        var flight = Full();
        Assert.IsTrue(flight.Acknowledge(102));
        Assert.IsTrue(flight.Acknowledge(100));
        Assert.IsTrue(flight.TryTake(out var token));
        Assert.AreEqual(0, token);
        Assert.IsTrue(flight.TryTake(out token));
        Assert.AreEqual(2, token);
        Assert.IsFalse(flight.TryTake(out _));
        Assert.IsFalse(flight.IsFull);
    }

    [TestMethod]
    public void An_identifier_nobody_knows_and_one_said_twice_change_nothing()
    {
        var flight = Full();
        Assert.IsFalse(flight.Acknowledge(7));
        Assert.IsTrue(flight.Acknowledge(101));
        Assert.IsFalse(flight.Acknowledge(101));
        Assert.IsTrue(flight.TryTake(out _));
        Assert.IsFalse(flight.TryTake(out _));
    }

    [TestMethod]
    public void A_broken_link_forgets_what_is_under_way_and_keeps_what_was_acknowledged()
    {
        var flight = Full();
        flight.Acknowledge(101);
        flight.ForgetUnacknowledged();
        Assert.IsFalse(flight.Acknowledge(100));
        Assert.IsTrue(flight.TryTake(out var token));
        Assert.AreEqual(1, token);
    }

    private static InFlight Full()
    {
        var flight = new InFlight();
        for (var i = 0; i < InFlight.FramesMax; i++) flight.Add(i, 100 + i);
        Assert.IsTrue(flight.IsFull);
        return flight;
    }
}
