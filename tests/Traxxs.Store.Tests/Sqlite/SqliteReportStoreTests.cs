using Traxxs.Store.Sqlite;

namespace Traxxs.Store.Tests.Sqlite;

[TestClass]
public sealed class SqliteReportStoreTests : ReportStoreContract
{
    private readonly TemporaryFolder _folder = new();

    [TestCleanup]
    public void Cleanup() => _folder.Dispose();

    // Nothing is kept in memory: every read of the contract comes from the file.
    protected override Task<IReportStore> OpenAsync() =>
        Task.FromResult<IReportStore>(SqliteReportStore.Open(new SqliteReportStoreOptions { Folder = _folder.Path, RecentMax = 0 }));

    [TestMethod]
    public async Task A_full_queue_takes_nothing_and_an_append_that_waits_goes_on_when_there_is_space()
    {
        await using var store = SqliteReportStore.Open(new SqliteReportStoreOptions { Folder = _folder.Path, QueueMax = 4 });
        using var holdsWriter = new ManualResetEventSlim();
        using var writerHeld = new ManualResetEventSlim();
        Assert.IsTrue(store.TryAppend(Reports.Make(Device, 0), (_, _, _) =>
        {
            writerHeld.Set();
            holdsWriter.Wait();
        }, null));
        writerHeld.Wait();
        for (var i = 1; i <= 4; i++) Assert.IsTrue(store.TryAppend(Reports.Make(Device, i), (_, _, _) => { }, null));
        Assert.IsFalse(store.TryAppend(Reports.Make(Device, 5), (_, _, _) => Assert.Fail("it was not queued"), null));
        Assert.AreEqual(4, store.Health.Queued);
        Assert.IsFalse(store.Health.Available, "who is turned away must not be called silent");
        var waiting = store.AppendAsync(Reports.Make(Device, 6)).AsTask();
        Assert.IsFalse(waiting.IsCompleted);
        holdsWriter.Set();
        await waiting;
        Assert.IsTrue(store.Health.Available);
        CollectionAssert.AreEqual(new long[] { 0, 1, 2, 3, 4, 6 }, store.ReadAfter(0, 10).Select(stored => stored.Report.Sequence).ToArray());
    }

    [TestMethod]
    public async Task The_write_ahead_log_begins_anew_while_commits_go_on()
    {
        await using var store = SqliteReportStore.Open(new SqliteReportStoreOptions { Folder = _folder.Path, CheckpointPages = 50 });
        var random = new Random(1);
        for (var i = 0; i < 3000; i++)
        {
            var payload = new byte[1000]; // a page for some four of them
            random.NextBytes(payload);
            await store.AppendAsync(Reports.Make(Device, i, payload: payload));
        }

        const int bytesOfAPage = 4096 + 24;
        Assert.IsLessThan(1500 * bytesOfAPage, new FileInfo(Path.Combine(_folder.Path, "reports.db-wal")).Length, "3,000 commits wrote more than 6,000 pages");
        Assert.IsEmpty(StoreCheck.Run(_folder.Path));
        Assert.HasCount(3000, store.ReadAfter(0, 5000));
    }

    [TestMethod]
    public async Task Closing_commits_what_is_queued_and_takes_nothing_more()
    {
        var store = SqliteReportStore.Open(_folder.Path);
        var completed = 0;
        for (var i = 0; i < 500; i++) store.TryAppend(Reports.Make(Device, i), (_, _, error) => completed += error is null ? 1 : 0, null);
        await store.DisposeAsync();
        Assert.AreEqual(500, completed);
        Assert.ThrowsExactly<ObjectDisposedException>(() => store.TryAppend(Reports.Make(Device, 501), (_, _, _) => { }, null));
        await using var again = SqliteReportStore.Open(_folder.Path);
        Assert.AreEqual(500, again.Count());
        Assert.HasCount(500, again.ReadAfter(0, 1000));
        Assert.AreEqual(AppendOutcome.Duplicate, (await again.AppendAsync(Reports.Make(Device, 499))).Outcome);
    }

    [TestMethod]
    public async Task A_waiter_that_throws_costs_nobody_else()
    {
        using var quiet = new QuietAsserts();
        await using var store = SqliteReportStore.Open(_folder.Path);
        store.TryAppend(Reports.Make(Device, 1), (_, _, _) => throw new InvalidOperationException("a bug"), null);
        Assert.AreEqual(AppendOutcome.Stored, (await store.AppendAsync(Reports.Make(Device, 2))).Outcome);
    }

    [TestMethod]
    public async Task A_second_writer_on_the_same_folder_is_refused_by_name()
    {
        await using var store = SqliteReportStore.Open(_folder.Path);
        Assert.ThrowsExactly<StoreInUseException>(() => SqliteReportStore.Open(_folder.Path));
    }

    [TestMethod]
    public async Task A_newer_schema_and_a_foreign_file_are_refused_by_name_and_left_alone()
    {
        await using (SqliteReportStore.Open(_folder.Path))
        {
        }

        var path = Path.Combine(_folder.Path, "reports.db");
        using (var database = Database.Open(path, readOnly: false)) database.Execute("PRAGMA user_version = 3");
        var error = Assert.ThrowsExactly<StoreSchemaException>(() => SqliteReportStore.Open(_folder.Path));
        StringAssert.Contains(error.Message, "schema 3");
        using (var database = Database.Open(path, readOnly: false)) database.Execute("PRAGMA application_id = 1");
        Assert.ThrowsExactly<StoreSchemaException>(() => SqliteReportStore.Open(_folder.Path));
        using (var database = Database.Open(path, readOnly: true)) Assert.AreEqual(3, database.Scalar("PRAGMA user_version"));
    }

    [TestMethod]
    public async Task Nobody_but_the_owner_may_read_the_folder_and_the_files()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("skipped: file modes are those of Unix");
            return;
        }

        var folder = Path.Combine(_folder.Path, "data");
        await using var store = SqliteReportStore.Open(folder);
        await store.AppendAsync(Reports.Make(Device, 1));
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        Assert.AreEqual(UnixFileMode.None, File.GetUnixFileMode(folder) & others);
        foreach (var file in Directory.GetFiles(folder, "reports.db*")) Assert.AreEqual(UnixFileMode.None, File.GetUnixFileMode(file) & others, file);
        Assert.IsGreaterThan(1, Directory.GetFiles(folder, "reports.db*").Length);
    }

    [TestMethod]
    public async Task Refused_frames_beyond_their_bound_push_out_the_oldest()
    {
        await using var store = SqliteReportStore.Open(new SqliteReportStoreOptions { Folder = _folder.Path, RejectedMax = 3 });
        for (var i = 1; i <= 5; i++) await store.AppendRejectedAsync(Device, i, "TooShort", new byte[1]);
        CollectionAssert.AreEqual(new long[] { 5, 4, 3 }, store.ReadRejected(10).Select(frame => frame.ServerTimeMs).ToArray());
        Assert.AreEqual(5, store.ReadRejected(1).Single().Id, "ids go on, so what is missing can be counted");
    }

    [TestMethod]
    public async Task Reads_go_on_while_a_writer_is_busy_and_see_only_whole_commits()
    {
        await using var store = SqliteReportStore.Open(_folder.Path);
        const int count = 5_000;
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < count; i += 2)
            {
                // Two reports queued at once by one thread may fall into two groups, but their order holds.
                while (!store.TryAppend(Reports.Make(Device, i, fixS: (i, i)), (_, _, _) => { }, null)) await Task.Yield();
                await store.AppendAsync(Reports.Make("other", i, fixS: (i, i)));
            }
        });
        var seen = 0;
        while (!writing.IsCompleted || seen == 0)
        {
            var found = store.ReadByFixTime(Device, 0, count, null, count);
            Assert.IsGreaterThanOrEqualTo(seen, found.Count, "what was read once stays");
            for (var i = 0; i < found.Count; i++) Assert.AreEqual(2 * i, found[i].Report.Sequence);
            seen = found.Count;
        }

        await writing;
        Assert.HasCount(count / 2, store.ReadByFixTime(Device, 0, count, null, count));
    }
}
