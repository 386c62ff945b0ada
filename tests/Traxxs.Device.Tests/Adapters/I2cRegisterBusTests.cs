using Traxxs.Device.Adapters;
using Traxxs.NanoHost;

namespace Traxxs.Device.Tests.Adapters;

[TestClass]
public sealed class I2cRegisterBusTests
{
    private readonly byte[] _registers = new byte[256];
    private bool _answers = true;

    [TestInitialize]
    public void PowerOn()
    {
        NanoBoard.Current = new NanoBoard();
        NanoBoard.Current.PlugI2c(1, 0x19, Transfer);
    }

    [TestMethod]
    public void A_write_begins_at_its_register_and_a_read_follows_a_repeated_start()
    {
        var bus = new I2cRegisterBus(1, 0x19);
        Assert.IsTrue(bus.TryWrite(0x20, [1, 2, 3], 2));
        CollectionAssert.AreEqual(new byte[] { 1, 2, 0 }, _registers[0x20..0x23]);
        var buffer = new byte[] { 9, 9, 9 };
        Assert.IsTrue(bus.TryRead(0x20, buffer, 2));
        CollectionAssert.AreEqual(new byte[] { 1, 2, 9 }, buffer);
    }

    [TestMethod]
    public void A_chip_that_does_not_acknowledge_is_a_false()
    {
        var bus = new I2cRegisterBus(1, 0x19);
        _answers = false;
        Assert.IsFalse(bus.TryRead(0, new byte[1], 1));
        Assert.IsFalse(bus.TryWrite(0, new byte[1], 1));
        Assert.IsFalse(new I2cRegisterBus(1, 0x20).TryRead(0, new byte[1], 1), "nobody is at this address");
    }

    [TestMethod]
    public void An_exception_of_the_bus_driver_is_a_false()
    {
        var bus = new I2cRegisterBus(1, 0x19);
        NanoBoard.Current.PlugI2c(1, 0x19, (_, _) => throw new InvalidOperationException("bus stuck"));
        Assert.IsFalse(bus.TryRead(0, new byte[1], 1));
        Assert.IsFalse(bus.TryWrite(0, new byte[1], 1));
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow(I2cRegisterBus.WriteSizeMax + 1)]
    public void A_count_outside_the_buffers_is_refused(int count)
    {
        var bus = new I2cRegisterBus(1, 0x19);
        Assert.IsFalse(bus.TryWrite(0, new byte[64], count));
        Assert.IsFalse(bus.TryRead(0, new byte[8], count));
        Assert.IsTrue(bus.TryWrite(0, new byte[64], I2cRegisterBus.WriteSizeMax));
    }

    private bool Transfer(ReadOnlySpan<byte> written, Span<byte> read)
    {
        if (!_answers) return false;
        written[1..].CopyTo(_registers.AsSpan(written[0]));
        _registers.AsSpan(written[0], read.Length).CopyTo(read);
        return true;
    }
}
