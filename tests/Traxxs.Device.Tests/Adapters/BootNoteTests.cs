using Traxxs.Core.Diagnostics;
using Traxxs.Device.Adapters;
using Traxxs.NanoHost;

namespace Traxxs.Device.Tests.Adapters;

[TestClass]
public sealed class BootNoteTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traxxs-boot-").FullName + Path.DirectorySeparatorChar;

    [TestInitialize]
    public void PowerOn() => NanoBoard.Current = new NanoBoard();

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void Without_a_note_the_power_came_on() => Assert.AreEqual(BootReason.PowerOn, BootNote.Take(_folder));

    [TestMethod]
    public void A_restart_the_firmware_asked_for_is_told_once()
    {
        BootNote.Leave(_folder, BootReason.Watchdog);
        Assert.AreEqual(BootReason.Watchdog, BootNote.Take(_folder));
        Assert.AreEqual(BootReason.PowerOn, BootNote.Take(_folder));
        Assert.IsEmpty(Directory.GetFiles(_folder));
    }

    [TestMethod]
    [DataRow(0ul, BootReason.WakeTimer)]
    [DataRow(1ul << 4, BootReason.WakePin)]
    public void A_wake_is_told_by_the_chip(ulong pins, BootReason reason)
    {
        NanoBoard.Current.WokenBy = pins;
        Assert.AreEqual(reason, BootNote.Take(_folder));
    }

    [TestMethod]
    public void A_note_that_cannot_be_understood_or_written_costs_nothing()
    {
        File.WriteAllBytes(_folder + "restart", [1, 2, 3]);
        Assert.AreEqual(BootReason.Unknown, BootNote.Take(_folder));
        BootNote.Leave(_folder + "no/such/folder/", BootReason.Requested);
    }
}
