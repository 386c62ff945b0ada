using Traxxs.Core.Diagnostics;
using Traxxs.Core.Tests.Fakes;

namespace Traxxs.Core.Tests;

/// <summary>What the device may take of memory and flash. Images are measured in Repository.Tests, steps and reads where they are tested.</summary>
[TestClass]
public class BudgetTests
{
    private const int HeapMax = 48 * 1024;
    private const int EraseCyclesMax = 200;

    public required TestContext TestContext { get; set; }

    [TestMethod]
    public void A_tracker_takes_less_than_its_share_of_the_heap()
    {
        var storage = new MemoryStorage(32, 4096);
        var uplink = new FakeUplink(new IdealServer());
        _ = new Tracker(new TrackerProfile(), storage, uplink, 1, BootReason.PowerOn);
        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = new Tracker(new TrackerProfile(), storage, uplink, 1, BootReason.PowerOn);
        _ = new TrackerInputs();
        _ = new TrackerOutputs();
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;
        TestContext.WriteLine($"{taken} bytes of {HeapMax}, with the headers and pointers of a PC");
        Assert.IsLessThan(HeapMax, taken);
    }

    // Each append to a segment's file rewrites its block in littlefs, so it is counted as an erase cycle like an erase.
    [TestMethod]
    public void A_day_takes_less_than_two_hundred_erase_cycles_on_the_default_profile()
    {
        var rig = new Rig(storage: new MemoryStorage(32, 4096)) { SleepsDeeply = true };
        rig.Do(Doing.Still, 3600);
        var (appends, erases) = (rig.Storage.Appends, rig.Storage.Erases);
        for (var i = 0; i < 6; i++)
        {
            rig.Do(Doing.Walking, 1200);
            rig.Do(Doing.Still, 900);
            rig.Do(Doing.Fidgeting, 300);
            rig.Do(Doing.Still, 6000);
        }

        rig.Do(Doing.Still, 86_400 - 6 * 8400);
        var cycles = rig.Storage.Appends - appends + rig.Storage.Erases - erases;
        TestContext.WriteLine($"{rig.Storage.Appends - appends} appends, {rig.Storage.Erases - erases} erases, {rig.Sleeps} deep sleeps, {rig.Server.Reports.Count} reports");
        Assert.IsGreaterThan(20, rig.Sleeps);
        Assert.IsLessThan(EraseCyclesMax, cycles);
    }
}
