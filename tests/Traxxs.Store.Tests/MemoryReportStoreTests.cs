namespace Traxxs.Store.Tests;

[TestClass]
public sealed class MemoryReportStoreTests : ReportStoreContract
{
    protected override Task<IReportStore> OpenAsync() => Task.FromResult<IReportStore>(new MemoryReportStore());

    [TestMethod]
    public async Task While_it_fails_nothing_is_stored_and_the_waiter_is_told()
    {
        var store = new MemoryReportStore();
        store.Fail("the card is gone");
        await Assert.ThrowsExactlyAsync<StoreUnavailableException>(async () => await store.AppendAsync(Reports.Make(Device, 1)));
        Assert.AreEqual(new StoreHealth(false, "the card is gone", 0), store.Health);
        store.Heal();
        Assert.AreEqual(AppendOutcome.Stored, (await store.AppendAsync(Reports.Make(Device, 1))).Outcome);
    }
}
