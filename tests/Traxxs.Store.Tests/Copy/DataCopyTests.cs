using Traxxs.Store.Copy;
using Traxxs.Store.Postgres;
using Traxxs.Store.Service;
using Traxxs.Store.Sqlite;
using Traxxs.Store.Tests.Postgres;
using Traxxs.Store.Tests.Service;

namespace Traxxs.Store.Tests.Copy;

[TestClass]
public sealed class DataCopyTests
{
    private readonly TemporaryFolder _folder = new();

    public required TestContext TestContext { get; set; }

    [TestCleanup]
    public void Cleanup() => _folder.Dispose();

    [TestMethod]
    public async Task There_and_back_everything_is_as_it_was_and_both_go_on_counting_where_it_stood()
    {
        var (first, last) = (await FilledFolderAsync("first"), Path.Combine(_folder.Path, "last"));
        var postgres = PostgresFixture.NewDatabase();
        var there = await CopyAsync(DataSide.OfFolder(first), DataSide.OfPostgres(postgres));
        var back = await CopyAsync(DataSide.OfPostgres(postgres), DataSide.OfFolder(last));
        Assert.IsTrue(there.IsEqual && back.IsEqual);
        Assert.AreEqual(there.TargetHash, back.TargetHash);
        Assert.AreEqual((610L, 40L, 2L), (there.Reports, there.Erased, there.Rejected));
        await using (var copy = PostgresReportStore.Open(postgres))
        {
            Assert.AreEqual(AppendOutcome.Duplicate, (await copy.AppendAsync(Reports.Make("gone", 30))).Outcome, "what was erased does not come back");
            Assert.HasCount(10, copy.ReadNewest("gone", 100));
            Assert.AreEqual(650, copy.Count());
        }

        Assert.IsGreaterThan(0, there.Rows["alerts"] * there.Rows["audit"] * there.Rows["outbox"] * there.Rows["users"]);
        Assert.AreEqual((await DataCopy.LookAsync(DataSide.OfFolder(first))).Hash, (await DataCopy.LookAsync(DataSide.OfFolder(last))).Hash);

        using var one = ServiceDatabase.Open(Path.Combine(first, ServiceDatabase.FileName));
        using var two = ServiceDatabase.OpenPostgres(postgres);
        using var three = ServiceDatabase.Open(Path.Combine(last, ServiceDatabase.FileName));
        var numbers = new[] { one, two, three }.Select(database => database.Write(session =>
        {
            session.Audit.Add("main", DateTimeOffset.UnixEpoch, "w", "x", "y");
            return session.Audit.Read("main", 0, 1000)[^1].Id;
        })).Distinct();
        Assert.HasCount(1, numbers.ToList());
    }

    [TestMethod]
    public async Task The_rules_go_on_behind_the_same_report_in_the_other_store()
    {
        var folder = await FilledFolderAsync("source");
        long behind;
        await using (var store = SqliteReportStore.Open(folder))
        {
            using var service = ServiceDatabase.Open(Path.Combine(folder, ServiceDatabase.FileName));
            behind = store.ReadAfter(store.ReadAfter(0, 250)[^1].Position, 1).Single().Report.Sequence;
            service.Write(session => session.Rules.Cursor = store.ReadAfter(0, 250)[^1].Position);
        }

        var postgres = PostgresFixture.NewDatabase();
        await CopyAsync(DataSide.OfFolder(folder), DataSide.OfPostgres(postgres));
        await using var copy = PostgresReportStore.Open(postgres);
        using var copied = ServiceDatabase.OpenPostgres(postgres);
        var cursor = copied.Read(session => session.Rules.Cursor);
        Assert.HasCount(360, copy.ReadAfter(cursor, 1000));
        Assert.AreEqual(behind, copy.ReadAfter(cursor, 1).Single().Report.Sequence);
    }

    [TestMethod]
    public async Task A_target_that_holds_something_is_refused_and_an_interrupted_copy_goes_on()
    {
        var folder = await FilledFolderAsync("source");
        var postgres = PostgresFixture.NewDatabase();
        await using (var store = PostgresReportStore.Open(postgres))
        await using (var source = SqliteReportStore.Open(folder))
        {
            // As far as a copy came that was ended.
            foreach (var stored in source.ReadAfter(0, 100)) await store.AppendAsync(stored.Report);
            var frame = source.ReadRejected(10)[^1];
            await store.AppendRejectedAsync(frame.DeviceId, frame.ServerTimeMs, frame.Reason, frame.Payload);
        }

        var refused = await Assert.ThrowsExactlyAsync<DataCopyException>(() => CopyAsync(DataSide.OfFolder(folder), DataSide.OfPostgres(postgres)));
        StringAssert.Contains(refused.Message, "--resume");
        Assert.IsTrue((await CopyAsync(DataSide.OfFolder(folder), DataSide.OfPostgres(postgres), resume: true)).IsEqual);
        refused = await Assert.ThrowsExactlyAsync<DataCopyException>(() => CopyAsync(DataSide.OfFolder(folder), DataSide.OfPostgres(postgres), resume: true));
        StringAssert.Contains(refused.Message, "holds a server's data already");
    }

    [TestMethod]
    public async Task What_is_no_copy_of_the_source_does_not_pass_for_one()
    {
        var folder = await FilledFolderAsync("source");
        var postgres = PostgresFixture.NewDatabase();
        await using (var store = PostgresReportStore.Open(postgres)) await store.AppendAsync(Reports.Make("stranger", 1));
        Assert.IsFalse((await CopyAsync(DataSide.OfFolder(folder), DataSide.OfPostgres(postgres), resume: true)).IsEqual);

        postgres = PostgresFixture.NewDatabase();
        await using (var store = PostgresReportStore.Open(postgres)) await store.AppendAsync(Reports.Make("d2", 5, payload: [9]) with { Epoch = 0 });
        await Assert.ThrowsExactlyAsync<DataCopyException>(() => CopyAsync(DataSide.OfFolder(folder), DataSide.OfPostgres(postgres), resume: true));
    }

    [TestMethod]
    public async Task Nothing_is_made_where_there_is_nothing_to_copy()
    {
        var (none, target) = (Path.Combine(_folder.Path, "none"), Path.Combine(_folder.Path, "target"));
        await Assert.ThrowsExactlyAsync<DataCopyException>(() => CopyAsync(DataSide.OfFolder(none), DataSide.OfFolder(target)));
        Assert.IsFalse(Directory.Exists(none) || Directory.Exists(target));
    }

    [TestMethod]
    public async Task Every_table_there_is_is_copied()
    {
        var folder = await FilledFolderAsync("source");
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(folder, ServiceDatabase.FileName)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name, coalesce((SELECT group_concat(p.name, ', ') FROM pragma_table_info(t.name) p WHERE p.pk > 0 ORDER BY p.pk), ''), sql LIKE '%AUTOINCREMENT%' FROM sqlite_schema t WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name";
        using var rows = command.ExecuteReader();
        var expected = new List<string>();
        while (rows.Read()) expected.Add($"{rows.GetString(0)} ({rows.GetString(1)}) {rows.GetInt64(2)}");
        CollectionAssert.AreEqual(expected, ServiceTables.All.Select(table => $"{table.Name} ({table.Key}) {(table.IsNumbered ? 1 : 0)}").Order(StringComparer.Ordinal).ToList());
    }

    private Task<CopyResult> CopyAsync(DataSide from, DataSide to, bool resume = false) => DataCopy.RunAsync(from, to, resume, TestContext.WriteLine, TestContext.CancellationToken);

    private async Task<string> FilledFolderAsync(string name)
    {
        var folder = Path.Combine(_folder.Path, name);
        await using var store = SqliteReportStore.Open(folder);
        var random = new Random(4);
        for (var i = 0; i < 600; i++)
        {
            (long, long)? fixS = random.Next(4) == 0 ? null : (i, i + random.Next(100));
            await store.AppendAsync(Reports.Make($"d{i % 3}", i, fixS) with { DeviceTimeS = random.Next(3) == 0 ? null : i, Epoch = i / 300 });
        }

        for (var i = 0; i < 50; i++) await store.AppendAsync(Reports.Make("gone", i, (i, i)) with { DeviceTimeS = i });
        for (string? next = null; (next = (await store.EraseAsync(new ReportErasure("gone") { FromS = 10 }, next, 100)).Next) is not null;) Assert.Fail("one slice is enough");
        await store.AppendRejectedAsync("d1", 5, "TooShort", new byte[] { 1 });
        await store.AppendRejectedAsync("d2", 6, "BadChecksum", new byte[] { 2, 3 });
        using var service = ServiceDatabase.Open(Path.Combine(folder, ServiceDatabase.FileName));
        ServiceScript.Run(service);
        service.Write(session => session.Erasures.Add("B", DateTimeOffset.UnixEpoch, "ada"));
        service.Write(session => session.Erasures.Update(session.Erasures.NextWaiting()! with { Progress = "half way" }));
        return folder;
    }
}
