using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Server.Devices;
using Traxxs.Server.Identity;
using Traxxs.Server.Tests.Support;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Identity;

/// <summary>What one erasure or device left unreadable holds up no other.</summary>
[TestClass]
public sealed class RetentionWorkerTests
{
    [TestMethod]
    public async Task An_erasure_whose_progress_nobody_can_read_is_begun_again_and_everything_behind_it_is_let_go()
    {
        using var folder = new TemporaryFolder();
        using var database = ServiceDatabase.Open(folder.File(ServiceDatabase.FileName));
        var clock = new ManualClock();
        await using var store = new MemoryReportStore();
        database.Write(session =>
        {
            session.AddWearer("wendy", "insole-1");
            session.AddWearer("will", "insole-2");
            foreach (var wearer in (string[])["wendy", "will"]) session.Erasures.Add(wearer, clock.GetUtcNow(), "ada");
            session.Erasures.Update(session.Erasures.NextWaiting()! with { Progress = "{broken" });
        });
        foreach (var device in (string[])["insole-1", "insole-2"])
            await store.AppendAsync(new ReportRecord(device, 1, 1, clock.GetUtcNow().ToUnixTimeMilliseconds(), Reports.Start.ToUnixTimeSeconds(), null, null, 0, new byte[] { 1 }));
        await using var retention = new RetentionWorker(database, store, new WearerEraser(database, store, clock, NullLogger.Instance), clock, NullLogger.Instance);
        retention.Start();
        var started = Environment.TickCount64;
        while (database.Read(session => session.Erasures.NextWaiting()) is not null)
        {
            Assert.IsLessThan(120_000L, Environment.TickCount64 - started, $"never all erased: {retention.Trouble}");
            await Task.Delay(10);
        }

        Assert.IsEmpty(store.ReadAfter(0, 10));
    }

    [TestMethod]
    public void What_a_device_said_of_itself_and_nobody_can_read_counts_as_nothing_said() => Assert.AreSame(DeviceState.Empty, DeviceState.Stored("{broken"));
}
