using Traxxs.Store.Sqlite;

namespace Traxxs.Store.Tests.Sqlite;

[TestClass]
public sealed class FailingDiskTests
{
    [TestMethod]
    public async Task When_the_disk_is_full_nobody_is_acknowledged_until_it_has_space_again()
    {
        using var folder = new TemporaryFolder();
        var options = new SqliteReportStoreOptions { Folder = folder.Path, SizeMaxBytes = 200_000, RetryDelay = TimeSpan.FromMilliseconds(1), RetryDelayMax = TimeSpan.FromMilliseconds(5) };
        var acknowledged = new List<long>();
        await using var store = SqliteReportStore.Open(options);
        StoreUnavailableException? refusal = null;
        var sequence = 0;
        while (refusal is null)
        {
            Assert.IsLessThan(1000, sequence, "the bound was never reached");
            try
            {
                await store.AppendAsync(Big(sequence));
                acknowledged.Add(sequence++);
            }
            catch (StoreUnavailableException error)
            {
                refusal = error;
            }
        }

        Assert.IsFalse(store.Health.Available);
        StringAssert.Contains(store.Health.Reason!, "full");
        for (var i = 0; i < 20; i++)
        {
            await Task.Delay(5);
            Assert.IsFalse(store.Health.Available, "it is full still, though an attempt without a report would go through");
        }

        Assert.AreEqual(acknowledged.Count, store.Count(), "readers see what was acknowledged, no more");
        CollectionAssert.AreEqual(acknowledged, store.ReadAfter(0, 1000).Select(stored => stored.Report.Sequence).ToList());
        CollectionAssert.AreEqual(acknowledged, store.ReadByFixTime("d", 0, 1000, null, 1000).Select(stored => stored.Report.Sequence).ToList());

        // A group fails as a whole, also for reports that would have fitted.
        await Assert.ThrowsExactlyAsync<StoreUnavailableException>(async () =>
        {
            var small = store.AppendAsync(Reports.Make("d", 5000)).AsTask();
            await Task.WhenAll(small, store.AppendAsync(Big(5001)).AsTask(), store.AppendAsync(Big(5002)).AsTask());
        });

        options.SizeMaxBytes = null;
        AppendResult? healed = null;
        while (healed is null)
        {
            try
            {
                healed = await store.AppendAsync(Big(sequence));
            }
            catch (StoreUnavailableException)
            {
                await Task.Yield();
            }
        }

        Assert.IsTrue(store.Health.Available);
        Assert.AreEqual(AppendOutcome.Stored, healed.Value.Outcome);
        Assert.AreEqual(AppendOutcome.Duplicate, (await store.AppendAsync(Big(0))).Outcome);
    }

    [TestMethod]
    public async Task The_store_heals_without_traffic()
    {
        using var folder = new TemporaryFolder();
        var options = new SqliteReportStoreOptions { Folder = folder.Path, BusyTimeout = TimeSpan.FromMilliseconds(1), RetryDelay = TimeSpan.FromMilliseconds(1), RetryDelayMax = TimeSpan.FromMilliseconds(5) };
        await using var store = SqliteReportStore.Open(options);
        // Another process holds the write lock for longer than a writer waits: as a fault it is as good as any.
        using (var intruder = Database.Open(options.DatabasePath, readOnly: false))
        {
            intruder.Execute("BEGIN IMMEDIATE");
            await Assert.ThrowsExactlyAsync<StoreUnavailableException>(async () => await store.AppendAsync(Reports.Make("d", 1)));
            Assert.IsFalse(store.Health.Available);
            intruder.Execute("ROLLBACK");
        }

        await Eventually.True(() => store.Health.Available);
        Assert.AreEqual(0, store.Count());
    }

    [TestMethod]
    public async Task A_store_whose_file_cannot_be_opened_for_a_while_goes_on_when_it_can()
    {
        using var folder = new TemporaryFolder();
        var (data, aside) = (Path.Combine(folder.Path, "data"), Path.Combine(folder.Path, "aside"));
        var options = new SqliteReportStoreOptions { Folder = data, BusyTimeout = TimeSpan.FromMilliseconds(1), RetryDelay = TimeSpan.FromMilliseconds(1), RetryDelayMax = TimeSpan.FromMilliseconds(5), SizeMaxBytes = 4096 };
        await using var store = SqliteReportStore.Open(options);
        await Assert.ThrowsExactlyAsync<StoreUnavailableException>(async () =>
        {
            for (var i = 0; i < 1000; i++) await store.AppendAsync(Big(i));
        });
        // At one stroke, there and back: between two the store, which tries all the time, would make a new file.
        Directory.Move(data, aside);
        // It has room only once it is seen to find no file: an attempt that had opened it before would go through where it lies now.
        await Eventually.True(() => store.Health.Reason!.Contains("cannot open", StringComparison.Ordinal));
        options.SizeMaxBytes = null;
        await Task.Delay(50);
        Assert.IsFalse(store.Health.Available);
        Directory.Move(aside, data);
        await Eventually.True(() => store.Health.Available);
        Assert.AreEqual(AppendOutcome.Stored, (await store.AppendAsync(Big(5000))).Outcome);
    }

    private static ReportRecord Big(int sequence) => Reports.Make("d", sequence, fixS: (sequence, sequence), payload: Payload(sequence));

    private static byte[] Payload(int sequence)
    {
        var payload = new byte[1000];
        new Random(sequence).NextBytes(payload);
        return payload;
    }
}
