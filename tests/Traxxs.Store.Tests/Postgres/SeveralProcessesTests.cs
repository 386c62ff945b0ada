using System.Collections.Concurrent;
using Traxxs.Store.Postgres;

namespace Traxxs.Store.Tests.Postgres;

/// <summary>Several stores on one database, as the listeners and readers of several processes are.</summary>
[TestClass]
public sealed class SeveralProcessesTests
{
    private const int DevicesCount = 12;
    private const int ReportsOfEach = 400;

    [TestMethod]
    public async Task Who_follows_two_writers_finds_every_report_once_and_none_that_comes_in_behind()
    {
        var options = PostgresFixture.NewDatabase();
        await using var left = PostgresReportStore.Open(options with { GroupMax = 7 });
        await using var right = PostgresReportStore.Open(options);
        await using var reading = PostgresReportStore.Open(options);
        var acknowledged = new ConcurrentDictionary<(string, long), long>();
        var doubles = 0;
        // Every report is sent to both, as a device does that lost a connection before its acknowledgement.
        var writing = Task.WhenAll(WriteAsync(left, 1), WriteAsync(right, 2));

        var followed = new List<StoredReport>();
        for (var last = false; !last;)
        {
            last = writing.IsCompleted;
            while (reading.ReadAfter(followed.Count == 0 ? 0 : followed[^1].Position, 100) is { Count: > 0 } page) followed.AddRange(page);
        }

        await writing;
        const int count = DevicesCount * ReportsOfEach;
        Assert.AreEqual(count, doubles, "each was stored by one of them and known to the other");
        Assert.HasCount(count, followed);
        CollectionAssert.AreEqual(reading.ReadAfter(0, int.MaxValue).Select(stored => stored.Position).ToList(), followed.Select(stored => stored.Position).ToList(), "nothing came in behind the reader");
        foreach (var stored in followed) Assert.AreEqual(acknowledged[(stored.Report.DeviceId, stored.Report.Sequence)], stored.Position);
        Assert.AreEqual(count, left.Count());
        Assert.IsEmpty(left.ReadRejected(10));

        async Task WriteAsync(IReportStore store, int seed)
        {
            var random = new Random(seed);
            var reports = Enumerable.Range(0, count).Select(i => Reports.Make($"d{i % DevicesCount}", i / DevicesCount, fixS: (i, i))).OrderBy(report => report.Sequence + random.Next(50)).ToList();
            foreach (var some in reports.Chunk(40))
            {
                foreach (var (report, result) in some.Zip(await Task.WhenAll(some.Select(report => store.AppendAsync(report).AsTask()))))
                {
                    if (result.Outcome == AppendOutcome.Duplicate) Interlocked.Increment(ref doubles);
                    Assert.AreEqual(result.Position, acknowledged.GetOrAdd((report.DeviceId, report.Sequence), result.Position));
                }
            }
        }
    }

    [TestMethod]
    public async Task What_one_process_has_in_memory_is_not_all_there_is()
    {
        var options = PostgresFixture.NewDatabase();
        await using var here = PostgresReportStore.Open(options);
        await using var there = PostgresReportStore.Open(options);
        for (var i = 0; i < 20; i++) await (i % 3 == 0 ? here : there).AppendAsync(Reports.Make("d", i));
        foreach (var store in new[] { here, there })
        {
            CollectionAssert.AreEqual(Enumerable.Range(0, 20).Select(i => (long)i).ToList(), store.ReadAfter(0, 100).Select(stored => stored.Report.Sequence).ToList());
            Assert.AreEqual(19, store.ReadAfter(store.ReadAfter(0, 19)[^1].Position, 5).Single().Report.Sequence);
            Assert.AreEqual(20, store.Count());
        }
    }

    [TestMethod]
    public async Task Two_processes_may_make_the_tables_at_the_same_time()
    {
        var options = PostgresFixture.NewDatabase();
        var stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => PostgresReportStore.Open(options))));
        foreach (var store in stores)
        {
            await store.AppendAsync(Reports.Make("d", 1));
            await store.DisposeAsync();
        }

        await using var again = PostgresReportStore.Open(options);
        Assert.AreEqual(1, again.Count());
    }
}
