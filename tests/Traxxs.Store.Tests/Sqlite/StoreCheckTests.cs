using Traxxs.Store.Sqlite;

namespace Traxxs.Store.Tests.Sqlite;

[TestClass]
public sealed class StoreCheckTests
{
    [TestMethod]
    public async Task A_sound_store_has_no_problems_also_while_it_is_open()
    {
        using var folder = new TemporaryFolder();
        await using var store = await Filled(folder.Path);
        Assert.IsEmpty(StoreCheck.Run(folder.Path));
    }

    [TestMethod]
    [DataRow("DELETE FROM chunk WHERE number = 1", "not in the index")]
    [DataRow("DELETE FROM segment WHERE id = 2", "reports before it")]
    [DataRow("UPDATE segment SET reports = x'00' WHERE id = 3", "does not end")]
    [DataRow("DELETE FROM numbering", "not in the table")]
    public async Task Each_damage_is_named(string damage, string words)
    {
        using var folder = new TemporaryFolder();
        await (await Filled(folder.Path)).DisposeAsync();
        using (var database = Database.Open(Path.Combine(folder.Path, "reports.db"), readOnly: false)) database.Execute(damage);
        StringAssert.Contains(string.Join("; ", StoreCheck.Run(folder.Path)), words);
    }

    [TestMethod]
    public void A_folder_without_a_store_is_named() => StringAssert.Contains(StoreCheck.Run("/nowhere").Single(), "does not exist");

    private static async Task<IReportStore> Filled(string folder)
    {
        var store = SqliteReportStore.Open(folder);
        for (var i = 0; i < 200; i++) await store.AppendAsync(Reports.Make("d", i, fixS: (i, i)));
        return store;
    }
}
