using Traxxs.Store.Sqlite;

namespace Traxxs.Store.Tests.Sqlite;

/// <summary>What erasing leaves on the disk.</summary>
[TestClass]
public sealed class ErasureTests
{
    private static readonly byte[] Trace = "somebody was here"u8.ToArray();

    [TestMethod]
    public async Task No_file_of_the_store_holds_a_byte_of_an_erased_report()
    {
        using var folder = new TemporaryFolder();
        await using var store = SqliteReportStore.Open(folder.Path);
        for (var i = 0; i < 500; i++)
        {
            await store.AppendAsync(Reports.Make("insole-1", i, fixS: (1000, 2000), payload: Trace));
            await store.AppendAsync(Reports.Make("insole-2", i));
        }

        Assert.IsTrue(IsOnDisk(folder.Path));
        await EraseAllAsync(store, "insole-1");
        Assert.IsFalse(IsOnDisk(folder.Path));
        Assert.AreEqual(500, store.ReadNewest("insole-2", 1000).Count);
    }

    [TestMethod]
    public async Task After_an_erasure_the_store_is_sound_and_knows_the_same_when_opened_again()
    {
        using var folder = new TemporaryFolder();
        await using (var store = SqliteReportStore.Open(folder.Path))
        {
            for (var i = 0; i < 500; i++) await store.AppendAsync(Reports.Make($"insole-{i % 2}", i, fixS: (1000, 2000)));
            await EraseAllAsync(store, "insole-1");
            await store.AppendAsync(Reports.Make("insole-1", 900, fixS: (3000, 4000)));
        }

        Assert.IsEmpty(StoreCheck.Run(folder.Path));
        await using var again = SqliteReportStore.Open(folder.Path);
        Assert.AreEqual(900, again.ReadNewest("insole-1", 10).Single().Report.Sequence);
        Assert.HasCount(251, again.ReadAfter(0, 1000));
        Assert.AreEqual(AppendOutcome.Duplicate, (await again.AppendAsync(Reports.Make("insole-1", 1, fixS: (1000, 2000)))).Outcome);
    }

    [TestMethod]
    public async Task A_store_of_before_there_was_erasing_opens_and_is_closed_to_the_program_that_wrote_it()
    {
        using var folder = new TemporaryFolder();
        await using (var store = SqliteReportStore.Open(folder.Path)) await store.AppendAsync(Reports.Make("insole-1", 1));
        var path = Path.Combine(folder.Path, "reports.db");
        using (var database = Database.Open(path, readOnly: false)) database.Execute("PRAGMA user_version = 1");
        await using (var store = SqliteReportStore.Open(folder.Path)) Assert.HasCount(1, store.ReadAfter(0, 10));
        using (var database = Database.Open(path, readOnly: true)) Assert.AreEqual(2, database.Scalar("PRAGMA user_version"));
    }

    private static async Task EraseAllAsync(SqliteReportStore store, string device)
    {
        string? next = null;
        do next = (await store.EraseAsync(new ReportErasure(device), next, 64)).Next;
        while (next is not null);
    }

    private static bool IsOnDisk(string folder)
    {
        foreach (var path in Directory.GetFiles(folder, "reports.db*"))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            if (bytes.AsSpan().IndexOf(Trace) >= 0) return true;
        }

        return false;
    }
}
