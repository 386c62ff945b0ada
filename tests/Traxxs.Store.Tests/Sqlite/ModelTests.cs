using Traxxs.Store.Sqlite;

namespace Traxxs.Store.Tests.Sqlite;

/// <summary>Random operations on the database and on the memory store side by side; every read must agree.</summary>
[TestClass]
public sealed class ModelTests
{
    [TestMethod]
    [DataRow(11)]
    [DataRow(12)]
    [DataRow(13)]
    [DataRow(14)]
    public async Task Database_and_memory_agree_over_random_operations_and_restarts(int seed)
    {
        using var folder = new TemporaryFolder();
        await StoreModel.RunAsync(seed, steps: 60, () => SqliteReportStore.Open(new SqliteReportStoreOptions { Folder = folder.Path, RecentMax = 250 }));
        Assert.IsEmpty(StoreCheck.Run(folder.Path), $"seed {seed}");
    }
}
