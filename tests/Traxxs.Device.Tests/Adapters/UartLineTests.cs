using Traxxs.Device.Adapters;
using Traxxs.NanoHost;

namespace Traxxs.Device.Tests.Adapters;

[TestClass]
public sealed class UartLineTests
{
    [TestInitialize]
    public void PowerOn() => NanoBoard.Current = new NanoBoard();

    [TestMethod]
    public void What_has_come_is_read_and_nothing_is_waited_for()
    {
        var line = new UartLine("COM2", 9600, 64);
        var buffer = new byte[8];
        Assert.AreEqual(0, line.Read(buffer, 0, 8));
        NanoBoard.Current.Serial("COM2").Feed([1, 2, 3]);
        Assert.AreEqual(2, line.Read(buffer, 1, 2));
        Assert.AreEqual(1, line.Read(buffer, 0, 8));
        CollectionAssert.AreEqual(new byte[] { 3, 1, 2, 0, 0, 0, 0, 0 }, buffer);
    }

    [TestMethod]
    public void The_buffer_is_as_large_as_asked_and_more_is_lost()
    {
        var line = new UartLine("COM2", 9600, 64);
        NanoBoard.Current.Serial("COM2").Feed(new byte[100]);
        Assert.AreEqual(64, line.Read(new byte[100], 0, 100));
        Assert.AreEqual(36, NanoBoard.Current.Serial("COM2").Overrun);
    }

    [TestMethod]
    public void Bytes_are_sent_as_they_are_and_a_refusal_is_a_false()
    {
        var line = new UartLine("COM2", 9600, 64);
        byte[] sent = [];
        NanoBoard.Current.Serial("COM2").Sent = bytes => sent = bytes;
        Assert.IsTrue(line.TryWrite([0, 0xB5, 0x62, 0], 1, 2));
        CollectionAssert.AreEqual(new byte[] { 0xB5, 0x62 }, sent);
        NanoBoard.Current.Serial("COM2").Sent = _ => throw new TimeoutException();
        Assert.IsFalse(line.TryWrite([1], 0, 1));
    }
}
