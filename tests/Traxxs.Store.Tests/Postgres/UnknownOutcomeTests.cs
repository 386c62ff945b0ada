using Traxxs.Store.Postgres;
using Traxxs.Store.Service;
using Traxxs.Testing;

namespace Traxxs.Store.Tests.Postgres;

/// <summary>The connection is lost inside COMMIT: nobody was told whether it happened.</summary>
[TestClass]
public sealed class UnknownOutcomeTests
{
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task A_report_is_not_acknowledged_and_sent_again_it_is_there_once(bool wasCommitted)
    {
        var direct = PostgresFixture.NewDatabase();
        using var proxy = new CuttingProxy(PostgresServer.Shared.Port);
        await using var store = PostgresReportStore.Open(Through(proxy, direct));
        await store.AppendAsync(Reports.Make("d", 1));
        proxy.CutNext(wasCommitted ? CuttingProxy.Cut.After : CuttingProxy.Cut.Before);
        await Assert.ThrowsExactlyAsync<StoreUnavailableException>(async () => await store.AppendAsync(Reports.Make("d", 2)));
        await Eventually.True(() => store.Health.Available);
        var again = await store.AppendAsync(Reports.Make("d", 2));
        Assert.AreEqual(1, proxy.Cuts);
        Assert.AreEqual(wasCommitted ? AppendOutcome.Duplicate : AppendOutcome.Stored, again.Outcome);
        CollectionAssert.AreEqual(new long[] { 1, 2 }, store.ReadAfter(0, 10).Select(stored => stored.Report.Sequence).ToArray());
    }

    [TestMethod]
    public void A_write_that_happened_is_said_to_have_and_is_our_own()
    {
        var direct = PostgresFixture.NewDatabase();
        using var proxy = new CuttingProxy(PostgresServer.Shared.Port);
        using var database = ServiceDatabase.OpenPostgres(Through(proxy, direct));
        var version = database.ForeignVersion();
        proxy.CutNext(CuttingProxy.Cut.After);
        Assert.AreEqual("done", database.Write(session =>
        {
            session.Rules.Cursor = 5;
            return "done";
        }));
        Assert.AreEqual((1, 5L), (proxy.Cuts, database.Read(session => session.Rules.Cursor)));
        Assert.AreEqual(version, database.ForeignVersion());
        Assert.IsNull(database.LastError);
    }

    [TestMethod]
    public void A_write_that_did_not_happen_is_said_not_to_have()
    {
        var direct = PostgresFixture.NewDatabase();
        using var proxy = new CuttingProxy(PostgresServer.Shared.Port);
        using var database = ServiceDatabase.OpenPostgres(Through(proxy, direct));
        proxy.CutNext(CuttingProxy.Cut.Before);
        Assert.ThrowsExactly<StoreUnavailableException>(() => database.Write(session => session.Rules.Cursor = 5));
        Assert.IsNotNull(database.LastError);
        Assert.AreEqual(0, database.Read(session => session.Rules.Cursor));
        database.Write(session => session.Rules.Cursor = 6);
        Assert.AreEqual((1, 6L), (proxy.Cuts, database.Read(session => session.Rules.Cursor)));
    }

    private static PostgresOptions Through(CuttingProxy proxy, PostgresOptions direct) =>
        direct with { Connection = new UriBuilder(direct.Connection) { Port = proxy.Port }.Uri.AbsoluteUri };
}
