using Traxxs.Store.LiteDb;

namespace Traxxs.Store.Tests.LiteDb;

/// <summary>Compiled with <c>-p:CardPackages=true</c>.</summary>
[TestClass]
public sealed class LiteDbReportStoreTests : ReportStoreContract
{
    private readonly TemporaryFolder _folder = new();

    [TestCleanup]
    public void Cleanup() => _folder.Dispose();

    protected override Task<IReportStore> OpenAsync() => Task.FromResult<IReportStore>(LiteDbReportStore.Open(_folder.Path));

    [TestMethod]
    public async Task What_was_stored_and_erased_is_as_it_was_after_it_is_opened_again()
    {
        await using (var store = LiteDbReportStore.Open(_folder.Path))
        {
            for (var i = 0; i < 500; i++) await store.AppendAsync(Reports.Make(Device, i, fixS: (i, i + 5)));
            await store.AppendAsync(Reports.Make("other", 1));
            await store.AppendRejectedAsync(Device, 5, "TooShort", new byte[] { 1 });
            await EraseAsync(store, new ReportErasure("other"), 10);
        }

        await using var again = LiteDbReportStore.Open(_folder.Path);
        Assert.AreEqual((501L, 501L), (again.Count(), again.LastPosition));
        Assert.HasCount(500, again.ReadAfter(0, 1000));
        Assert.AreEqual(499, again.ReadNewestOfEachDevice().Single().Report.Sequence);
        Assert.AreEqual(new Numbering(3, 0, 499), again.ReadNumberings(Device).Single());
        Assert.HasCount(1, again.ReadRejected(10));
        Assert.AreEqual(AppendOutcome.Duplicate, (await again.AppendAsync(Reports.Make("other", 1))).Outcome);
        Assert.AreEqual(new AppendResult(AppendOutcome.Stored, 502), await again.AppendAsync(Reports.Make("other", 2)));
    }

    [TestMethod]
    public async Task Copies_of_the_files_taken_while_commits_go_on_hold_what_was_acknowledged()
    {
        var live = Path.Combine(_folder.Path, "live");
        await using var store = LiteDbReportStore.Open(live);
        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < 40; i++) await store.AppendAsync(Reports.Make(Device, (round * 40) + i, payload: new byte[500]));
            var copy = Path.Combine(_folder.Path, $"copy{round}");
            Directory.CreateDirectory(copy);
            foreach (var file in Directory.GetFiles(live).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal))) Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            await using var crashed = LiteDbReportStore.Open(copy);
            CollectionAssert.AreEqual(store.ReadAfter(0, 1000).Select(stored => stored.Position).ToList(), crashed.ReadAfter(0, 1000).Select(stored => stored.Position).ToList());
        }
    }

    [TestMethod]
    public async Task No_byte_of_an_erased_report_is_in_the_files()
    {
        var secret = "where somebody was on that day"u8.ToArray();
        await using (var store = LiteDbReportStore.Open(_folder.Path))
        {
            for (var i = 0; i < 50; i++) await store.AppendAsync(Reports.Make(Device, i, payload: secret));
            Assert.AreEqual(50, await EraseAsync(store, new ReportErasure(Device), 20));
        }

        foreach (var file in Directory.GetFiles(_folder.Path)) Assert.IsLessThan(0, File.ReadAllBytes(file).AsSpan().IndexOf(secret), $"{Path.GetFileName(file)} holds it");
    }

    [TestMethod]
    public async Task Refused_frames_make_room_and_a_second_writer_is_refused()
    {
        await using var store = LiteDbReportStore.Open(new LiteDbReportStoreOptions { Folder = _folder.Path, RejectedMax = 3 });
        for (var i = 0; i < 5; i++) await store.AppendRejectedAsync(Device, i, "TooShort", new byte[] { (byte)i });
        CollectionAssert.AreEqual(new byte[] { 4, 3, 2 }, store.ReadRejected(10).Select(frame => frame.Payload[0]).ToArray());
        Assert.ThrowsExactly<StoreInUseException>(() => LiteDbReportStore.Open(_folder.Path));
    }

    private static void Copy(string from, string to)
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var target = File.Create(to);
        source.CopyTo(target);
    }
}
