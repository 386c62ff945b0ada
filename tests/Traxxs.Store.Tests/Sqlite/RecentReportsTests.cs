using Traxxs.Store.Sqlite;

namespace Traxxs.Store.Tests.Sqlite;

/// <summary>The contract again with the newest reports in memory, few enough that most reads cross to the file.</summary>
[TestClass]
public sealed class RecentReportsTests : ReportStoreContract
{
    private readonly TemporaryFolder _folder = new();

    [TestCleanup]
    public void Cleanup() => _folder.Dispose();

    protected override Task<IReportStore> OpenAsync() => Task.FromResult<IReportStore>(Open(recentMax: 7));

    [TestMethod]
    public async Task Who_follows_closely_gets_what_the_appender_knew_and_who_is_behind_gets_what_the_file_has()
    {
        await using var store = Open(recentMax: 10);
        for (var i = 1; i <= 30; i++) await store.AppendAsync(Reports.Make(Device, i) with { Decoded = i });
        var all = store.ReadAfter(0, 100);
        CollectionAssert.AreEqual(Enumerable.Range(1, 30).ToList(), all.Select(stored => (int)stored.Report.Sequence).ToList());
        Assert.IsTrue(all.All(stored => stored.Report.Decoded is null), "what is read from the file is not decoded");

        var recent = store.ReadAfter(all[19].Position, 100);
        CollectionAssert.AreEqual(Enumerable.Range(21, 10).ToList(), recent.Select(stored => (int)stored.Report.Decoded!).ToList());
        CollectionAssert.AreEqual(new[] { 26, 27 }, store.ReadAfter(all[24].Position, 2).Select(stored => (int)stored.Report.Decoded!).ToList());
        Assert.HasCount(11, store.ReadAfter(all[18].Position, 100), "one behind: from the file, and nothing is left out");
        Assert.IsEmpty(store.ReadAfter(store.LastPosition, 100));
    }

    [TestMethod]
    public async Task Duplicates_and_conflicts_are_not_told_twice()
    {
        await using var store = Open(recentMax: 10);
        await store.AppendAsync(Reports.Make(Device, 1, payload: [1]));
        await store.AppendAsync(Reports.Make(Device, 1, payload: [1]));
        await store.AppendAsync(Reports.Make(Device, 1, payload: [2]));
        await store.AppendAsync(Reports.Make(Device, 2));
        CollectionAssert.AreEqual(new long[] { 1, 2 }, store.ReadAfter(0, 10).Select(stored => stored.Report.Sequence).ToList());
    }

    [TestMethod]
    public async Task Large_payloads_are_bounded_by_their_bytes()
    {
        await using var store = Open(recentMax: 1000);
        var count = RecentReports.BytesMax / 60_000 + 5;
        for (var i = 0; i < count; i++) await store.AppendAsync(Reports.Make(Device, i, payload: new byte[60_000]) with { Decoded = i });
        var all = store.ReadAfter(0, count);
        Assert.HasCount(count, all);
        Assert.IsNull(all[0].Report.Decoded);
        Assert.HasCount(RecentReports.BytesMax / 60_000, store.ReadAfter(all[4].Position, count).Where(stored => stored.Report.Decoded is not null).ToList());
    }

    [TestMethod]
    public async Task A_restart_begins_with_nothing_in_memory()
    {
        await using (var store = Open(recentMax: 10)) await store.AppendAsync(Reports.Make(Device, 1) with { Decoded = 1 });
        await using var again = Open(recentMax: 10);
        Assert.IsNull(again.ReadAfter(0, 10).Single().Report.Decoded);
    }

    private SqliteReportStore Open(int recentMax) => SqliteReportStore.Open(new SqliteReportStoreOptions { Folder = _folder.Path, RecentMax = recentMax });
}
